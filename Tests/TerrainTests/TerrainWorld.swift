import Tiling

@testable import Terrain

/// A DEM in memory, and all phases of the work on it with any tile size: what the stage does with files.
struct TerrainWorld {
    let grid: Grid
    let elevation: [Float]
    let geometry: CellGeometry

    init(
        columns: Int, rows: Int, isGeographic: Bool = false, size: Double = 100,
        elevation: (Int, Int) -> Float
    ) {
        grid = Grid(
            crs: isGeographic ? "EPSG:4326" : "", west: 0, north: isGeographic ? 60 : 0,
            pixelWidth: size, pixelHeight: size, columns: columns, rows: rows)
        self.elevation = (0..<rows).flatMap { row in (0..<columns).map { elevation($0, row) } }
        geometry = CellGeometry(grid: grid, isGeographic: isGeographic)
    }

    struct Outcome: Equatable {
        var filled: [Float]
        var directions: [UInt8]
        var sums: [Int64]
        var index: [UInt32]
        var flatRoundCount = 0

        static func == (one: Outcome, other: Outcome) -> Bool {
            one.filled.map(\.bitPattern) == other.filled.map(\.bitPattern)
                && one.directions == other.directions && one.sums == other.sums && one.index == other.index
        }
    }

    /// Everything, by tiles of a size.
    func solve(tileSide: Int, mode: TopographicIndex.Mode = .corrected) throws -> Outcome {
        let scheme = TileScheme(grid: grid, pixelsPerSide: tileSide)
        let windows = (0..<scheme.tileCount).map { scheme.windowOnGrid(of: scheme.tile(at: $0)) }
        let floods = windows.map { TileFlood(halo(elevation, $0)) }
        let levels = FloodJoin.basinLevels(of: floods.map(\.summary), scheme: scheme)
        let filled = assemble(windows, zip(floods, levels).map { $0.filled(basinLevels: $1) }, empty: .nan)
        let (flats, roundCount) = widenFlats(filled, windows)
        let directions = assemble(
            windows,
            windows.map {
                SteepestDescent.directions(
                    halo(filled, $0), flats: cells(flats, $0, outside: 0), geometry: geometry)
            }, empty: .missing)
        let sums = try accumulate(directions, tileSide: tileSide) {
            geometry.areaParts(rows: $0.row..<$0.row + $0.rows)
        }
        let index = TopographicIndex(mode: mode, geometry: geometry)
        let values = windows.map { window in
            index.values(
                elevation: halo(elevation, window), directions: inner(directions, window),
                areas: inner(sums, window).map { Double($0) / CellGeometry.partsPerSquareMetre })
        }
        return Outcome(
            filled: filled, directions: directions.map(\.rawValue), sums: sums,
            index: assemble(windows, values, empty: .nan).map(\.bitPattern), flatRoundCount: roundCount)
    }

    /// Sums along directions, across tiles.
    func accumulate(
        _ directions: [FlowDirection], tileSide: Int, weights: (PixelWindow) -> [Int64]
    ) throws -> [Int64] {
        let scheme = TileScheme(grid: grid, pixelsPerSide: tileSide)
        let windows = (0..<scheme.tileCount).map { scheme.windowOnGrid(of: scheme.tile(at: $0)) }
        let flows = try windows.map { try TileFlow(window: $0, directions: inner(directions, $0)) }
        let inflows = try FlowJoin.inflows(
            of: zip(flows, windows).map { $0.summary(rowWeights: weights($1)) }, scheme: scheme)
        let sums = flows.indices.map {
            flows[$0].sums(rowWeights: weights(windows[$0]), inflow: inflows[$0])
        }
        return assemble(windows, sums, empty: 0)
    }

    private func widenFlats(_ filled: [Float], _ windows: [PixelWindow]) -> ([Int32], Int) {
        var flats = [Int32](repeating: 0, count: filled.count)
        var roundCount = 0
        var isMoving = true
        while isMoving {
            isMoving = false
            roundCount += 1
            for window in windows {
                let round = FlatDistances.widen(
                    halo(filled, window), known: cells(flats, window, outside: 0))
                if round.neighboursToVisit != 0 { isMoving = true }
                put(round.distances, window, into: &flats)
            }
        }
        return (flats, roundCount)
    }

    func halo(_ values: [Float], _ window: PixelWindow) -> HaloTile {
        HaloTile(window: window, values: cells(values, window, outside: .nan))
    }

    private func cells<Value>(_ values: [Value], _ window: PixelWindow, outside: Value) -> [Value] {
        (window.row - 1...window.row + window.rows).flatMap { row in
            (window.column - 1...window.column + window.columns).map { column in
                (0..<grid.rows).contains(row) && (0..<grid.columns).contains(column)
                    ? values[row * grid.columns + column] : outside
            }
        }
    }

    private func inner<Value>(_ values: [Value], _ window: PixelWindow) -> [Value] {
        (window.row..<window.row + window.rows).flatMap { row in
            values[row * grid.columns + window.column..<row * grid.columns + window.column + window.columns]
        }
    }

    private func assemble<Value>(_ windows: [PixelWindow], _ parts: [[Value]], empty: Value) -> [Value] {
        var whole = [Value](repeating: empty, count: grid.columns * grid.rows)
        for (window, part) in zip(windows, parts) { put(part, window, into: &whole) }
        return whole
    }

    private func put<Value>(_ part: [Value], _ window: PixelWindow, into whole: inout [Value]) {
        for row in 0..<window.rows {
            let start = (window.row + row) * grid.columns + window.column
            whole.replaceSubrange(
                start..<start + window.columns,
                with: part[row * window.columns..<(row + 1) * window.columns])
        }
    }
}
