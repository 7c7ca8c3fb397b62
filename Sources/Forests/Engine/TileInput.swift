/// What the engine was asked for: a tile, its days and its features.
struct TileInput: Sendable {
    let planes: [FeaturePlane]
    let columns: Int
    let rows: Int
    let days: Int
    let land: [Bool]
    /// The coarse grids of features that a forest uses, and the number of its grid for each feature.
    private(set) var grids: [[Int32]] = []
    private(set) var gridOfFeature: [Int: Int] = [:]
    /// The coarse grid that most features share: blocks are cut along its cells.
    private(set) var cellOfPixel: [Int32]?

    init(planes: [FeaturePlane], columns: Int, rows: Int, days: Int, land: [Bool]) {
        self.planes = planes
        self.columns = columns
        self.rows = rows
        self.days = days
        self.land = land
    }

    var pixelCount: Int { columns * rows }

    func check(_ forest: Forest) {
        precondition(columns >= 0 && rows >= 0 && days >= 0)
        precondition(land.count == pixelCount, "land has one value per pixel")
        precondition(planes.count == forest.features.count, "one plane per feature of the forest")
        precondition(
            planes.allSatisfy { $0.fits(pixelCount: pixelCount, dayCount: days) },
            "planes fit the tile and days")
    }

    /// The same with its grids known, and the one chosen that serves most of the features that a forest uses.
    func along(usedFeatures: [Int]) -> TileInput {
        var tile = self
        var counts: [Int] = []
        for feature in usedFeatures {
            guard case .coarse(_, _, let cellOfPixel) = planes[feature] else { continue }
            let known = tile.grids.firstIndex(of: cellOfPixel)
            if known == nil {
                tile.grids.append(cellOfPixel)
                counts.append(0)
            }
            let grid = known ?? tile.grids.count - 1
            tile.gridOfFeature[feature] = grid
            counts[grid] += 1
        }
        tile.cellOfPixel = counts.indices.max { counts[$0] < counts[$1] }.map { tile.grids[$0] }
        return tile
    }
}

extension FeaturePlane {
    var isFixed: Bool {
        if case .fixed = self { true } else { false }
    }
}
