import Rasters
public import Storage
public import Tiling

/// Gathers what the forest sees: the one path for prediction, training, explanation and checks.
///
/// Reads prepared planes and rasters in place, by the manifests that the prepare units left in the run. One
/// reader belongs to one thread; it remembers manifests, and plans and fixed planes of the last few tiles.
public final class CovariateReader {
    public let plan: RunPlan
    public let run: RunDirectory

    /// What planes are made in.
    let planeMemory: PlaneMemory
    var memory = TileMemory()
    /// Whether files in which a whole tile saw nothing have a value elsewhere.
    var filesWithValues: [String: Bool] = [:]
    private var manifests: ManifestStore
    private let landReader: LandReader

    /// Opens nothing yet. Planes are made in `planeMemory`, and go back there with their stacks.
    public init(plan: RunPlan, run: RunDirectory, planeMemory: PlaneMemory = PlaneMemory()) {
        self.plan = plan
        self.run = run
        self.planeMemory = planeMemory
        manifests = ManifestStore(run: run)
        landReader = LandReader(product: plan.product, dataRoot: plan.dataRoot)
    }

    /// The planes of some covariates for a whole tile, padding included (NaN there), over a run of days.
    public func gather(features: [String], tile: Tile, days: DayRange) throws -> FeatureStack {
        let all = Array(0..<plan.product.tiles.pixelsPerTile)
        return try gather(features: features, tile: tile, pixels: all, days: days)
    }

    /// The same for some pixels of a tile, given by their positions in its full block, row by row; reads only
    /// the blocks of files that these pixels need. Values have the same bits as those of the whole tile.
    public func gather(features: [String], tile: Tile, pixels: [Int], days: DayRange) throws -> FeatureStack {
        let scheme = plan.product.tiles
        precondition(scheme.contains(tile), "a tile of the product")
        precondition(
            pixels.allSatisfy { (0..<scheme.pixelsPerTile).contains($0) }, "positions within the tile")
        let isWholeTile = pixels.count == scheme.pixelsPerTile && pixels == Array(0..<scheme.pixelsPerTile)
        var gathering = Gathering(
            reader: self, tile: tile, pixels: pixels, isWholeTile: isWholeTile, days: days)
        return try gathering.stack(of: features)
    }

    /// Where a tile has land, by the product's mask; without a mask, wherever the grid is. Padding is sea.
    public func land(of tile: Tile) throws -> [Bool] {
        if let known = memory[tile].land { return known }
        try plan.checkFrozenInputs()
        let land = try landReader.land(of: tile)
        memory[tile].land = land
        return land
    }

    /// Degrees north and east of pixel centres; remembered for whole tiles.
    func coordinates(of tile: Tile, pixels: [Int], isWholeTile: Bool) throws -> PixelCoordinates {
        if isWholeTile, let known = memory[tile].coordinates { return known }
        let grid = plan.product.grid
        let scheme = plan.product.tiles
        let window = scheme.window(of: tile)
        let points = pixels.map { position in
            (
                x: grid.centerX(column: window.column + position % scheme.pixelsPerSide),
                y: grid.centerY(row: window.row + position / scheme.pixelsPerSide)
            )
        }
        let transform = try CoordinateTransform.between(grid.crs, "EPSG:4326", path: plan.product.name)
        let degrees = transform?.transformed(points) ?? points
        let made = PixelCoordinates(
            latitudes: degrees.map { Float($0.y) }, longitudes: degrees.map { Float($0.x) })
        if isWholeTile { memory[tile].coordinates = made }
        return made
    }

    /// The planned source that a covariate's files belong to.
    func source(of files: FileSource) throws -> PlannedSource {
        guard let source = plan.sources.first(where: { $0.path == files.path }) else {
            throw CovariateError.notInPlan(unit: "prepare/\(files.path.text)")
        }
        return source
    }

    /// What the manifests know about the days that a covariate needs for a run of days, flags included.
    func steps(of covariate: Covariate, from files: FileSource, days: DayRange) throws -> SourceSteps {
        var steps = try steps(of: try source(of: files), planes: files.planeNames, days: days)
        for test in covariate.quality ?? [] {
            let flags = try self.steps(
                of: try source(of: test.flags), planes: test.flags.planeNames, days: days)
            try steps.attach(flags, of: test)
        }
        return steps
    }

    /// What the manifests of a source know about the days that a run of days needs.
    private func steps(of source: PlannedSource, planes: [String], days: DayRange) throws -> SourceSteps {
        let found = try source.blocks(for: days).map { block in
            try manifests.manifest(source: source.name, block: source.calendar.name(ofBlock: block))
        }
        return try SourceSteps(found, planes: planes)
    }

    /// How pixels of a tile take values from a source grid; remembered for whole tiles.
    func resamplingPlan(
        tile: Tile, pixels: [Int], isWholeTile: Bool, grid: Grid, resampling: Covariate.Resampling,
        path: String
    ) throws -> ResamplingPlan {
        let key = TileMemory.PlanKey(grid: grid, resampling: resampling)
        if isWholeTile, let known = memory[tile].plans[key] { return known }
        let made = try SourcePositions(
            scheme: plan.product.tiles, tile: tile, pixels: pixels, source: grid,
            transform: try CoordinateTransform.between(plan.product.grid.crs, grid.crs, path: path)
        ).plan(resampling: resampling, path: path)
        if isWholeTile { memory[tile].plans[key] = made }
        return made
    }

    /// Holds files against their manifests. Source files of prepared planes may have been removed meanwhile,
    /// but not replaced.
    func checkUnchanged(_ files: [InputFile], isPrepared: Bool) throws {
        for file in Set(files) {
            let path = absolutePath(of: file.path, in: plan.dataRoot)
            guard DurableFile.exists(path) else {
                if isPrepared { continue }
                throw CovariateError.inputChanged(path: file.path)
            }
            guard try file.isUnchanged(at: path) else { throw CovariateError.inputChanged(path: file.path) }
        }
    }

    /// The needed cells of some steps, each the sum of its variables, without those whose flags are against
    /// them: [step * cellCount + cell].
    func cellValues(
        of wanted: [SourceSteps.Step], in steps: SourceSteps, cells: CellSet, grid: Grid,
        overpass: Overpass? = nil
    ) throws -> [Float] {
        func reader(isPrepared: Bool) -> CellReader {
            CellReader(
                root: isPrepared ? run.path : plan.dataRoot, cells: cells, grid: grid, memory: planeMemory)
        }
        var values =
            if let overpass {
                try OverpassCells(overpass, cells: cells, grid: grid).values(
                    of: wanted, by: reader(isPrepared: steps.isPrepared))
            } else {
                try reader(isPrepared: steps.isPrepared).values(of: wanted)
            }
        for (number, quality) in steps.quality.enumerated() {
            let flags = try reader(isPrepared: quality.isPrepared).values(
                of: wanted.map { $0.flags[number] }, asStored: true)
            quality.test.remove(from: &values, by: flags)
            planeMemory.giveBack(flags)
        }
        return values
    }
}

extension InputFile {
    /// Whether size and time of the last change are those of the file at a path.
    func isUnchanged(at path: String) throws -> Bool {
        let facts = try FileDigest.facts(ofFile: path)
        return facts.byteCount == byteCount && facts.modifiedAt == modifiedAt
    }
}

/// Paths of a product are relative to the data root, unless they begin at the root of the file system.
func absolutePath(of path: String, in root: String) -> String {
    path.hasPrefix("/") ? path : "\(root)/\(path)"
}
