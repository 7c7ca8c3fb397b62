import Tiling

/// What is remembered of the last few tiles, because the next unit is often the same tile in another month.
struct TileMemory {
    /// Of one tile, all pixels.
    struct Entry {
        var land: [Bool]?
        var plans: [PlanKey: ResamplingPlan] = [:]
        var fixed: [FixedKey: CovariatePlane] = [:]
        var coordinates: PixelCoordinates?
    }

    struct PlanKey: Hashable {
        let grid: Grid
        let resampling: Covariate.Resampling
    }

    /// The files are in it as they were read, so that one that was replaced and prepared again is read again.
    struct FixedKey: Hashable {
        let covariate: String
        let files: [InputFile]
    }

    static let tileCountMax = 3

    /// The latest used is last.
    private var entries: [(tile: Tile, entry: Entry)] = []

    subscript(tile: Tile) -> Entry {
        get { entries.first { $0.tile == tile }?.entry ?? Entry() }
        set {
            entries.removeAll { $0.tile == tile }
            entries.append((tile, newValue))
            if entries.count > TileMemory.tileCountMax { entries.removeFirst() }
        }
    }
}

/// Degrees of pixel centres.
struct PixelCoordinates {
    let latitudes: [Float]
    let longitudes: [Float]
}
