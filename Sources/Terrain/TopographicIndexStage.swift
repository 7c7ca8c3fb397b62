internal import Foundation
internal import Storage
internal import Tiling

/// Makes a map of the topographic index, tile by tile in bounded memory.
///
/// Each phase is a function of one tile, or a join over what the tiles tell of their rims:
/// flood tiles → join basins → fill tiles → widen flats, in rounds → direct and sum tiles →
/// join flows → finish tiles. The result does not depend on the tile size or on the order of work.
public struct TopographicIndexStage: Sendable {
    /// How the work is done; none of it changes a value.
    public struct Settings: Sendable {
        /// Cells along a tile's side: a thread needs about 60 bytes per cell of a tile.
        public let tileSide: Int
        public let threadCount: Int

        public init(tileSide: Int = 2048, threadCount: Int = 1) {
            precondition(tileSide > 0 && threadCount > 0, "a tile has cells, and a team has threads")
            self.tileSide = tileSide
            self.threadCount = threadCount
        }
    }

    /// What was made.
    public struct Result: Equatable, Sendable {
        public let cellCount: Int
        /// Cells with an index; +inf of the published form among them.
        public let validCount: Int
    }

    let maps: TerrainMaps
    let index: TopographicIndex
    let scheme: TileScheme
    let team: TileTeam

    /// `progress` hears what is being done, tiles done and all tiles.
    public init(
        maps: TerrainMaps, mode: TopographicIndex.Mode, settings: Settings = Settings(),
        progress: @escaping @Sendable (String, Int, Int) -> Void = { _, _, _ in }
    ) {
        self.maps = maps
        index = TopographicIndex(mode: mode, geometry: maps.geometry)
        scheme = TileScheme(grid: maps.grid, pixelsPerSide: settings.tileSide)
        team = TileTeam(threadCount: settings.threadCount, progress: progress)
    }

    /// Writes the map under its final name, whole or not at all.
    public func write(to output: String) throws -> Result {
        let temporary = DurableFile.temporaryName(for: output)
        let map = try IndexMap(output: output, grid: maps.grid, mode: index.mode, source: maps.elevationPath)
        let scratch = try maps.directionsPath == nil ? directionsFromElevation(beside: output) : nil
        let valid =
            try maps.accumulationPath == nil ? finishWithJoin(scratch, map) : finishAsGiven(map)
        guard valid > 0 else {
            throw TerrainError(
                "\(maps.elevationPath): no cell has an index: check its values and their no-data value")
        }
        try map.finish(to: temporary)
        try DurableFile.adopt(temporary: temporary, as: output)
        return Result(cellCount: maps.grid.columns * maps.grid.rows, validCount: valid)
    }

    private var tiles: [Int] { Array(0..<scheme.tileCount) }

    private func window(_ tile: Int) -> PixelWindow { scheme.windowOnGrid(of: scheme.tile(at: tile)) }

    /// Accumulates along the directions, across all tiles, and writes the index.
    private func finishWithJoin(_ scratch: ScratchPlane<UInt8>?, _ map: IndexMap) throws -> Int {
        let summaries = try team.map("sum", tiles) { tile in
            let window = window(tile)
            return try flow(window, scratch).summary(rowWeights: weights(window))
        }
        let inflows = try naming(maps.directionsPath ?? maps.elevationPath) {
            try FlowJoin.inflows(of: summaries, scheme: scheme, isRing: maps.isRing)
        }
        return try team.map("index", tiles) { tile in
            let window = window(tile)
            let flow = try flow(window, scratch)
            let sums = flow.sums(rowWeights: weights(window), inflow: inflows[tile])
            return try map.write(
                index.values(
                    elevation: maps.elevation(window), directions: flow.directions,
                    areas: sums.map { Double($0) / CellGeometry.partsPerSquareMetre }), window)
        }.reduce(0, +)
    }

    /// With directions and accumulation there is nothing to join.
    private func finishAsGiven(_ map: IndexMap) throws -> Int {
        guard let directions = maps.directionsPath, let accumulation = maps.accumulationPath else { return 0 }
        return try team.map("index", tiles) { tile in
            let window = window(tile)
            return try map.write(
                index.values(
                    elevation: maps.elevation(window),
                    directions: maps.directions(window, path: directions),
                    areas: maps.areas(window, path: accumulation)), window)
        }.reduce(0, +)
    }

    private func flow(_ window: PixelWindow, _ scratch: ScratchPlane<UInt8>?) throws -> TileFlow {
        let directions =
            try scratch.map { try $0.read(window, halo: 0).map(FlowDirection.init(rawValue:)) }
            ?? maps.directions(window, path: maps.directionsPath ?? "")
        return try naming(maps.directionsPath ?? maps.elevationPath) {
            try TileFlow(window: window, directions: directions)
        }
    }

    private func weights(_ window: PixelWindow) -> [Int64] {
        maps.geometry.areaParts(rows: window.row..<window.row + window.rows)
    }

    private func naming<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as TerrainError {
            throw TerrainError("\(path): \(error)", isRetriable: error.isRetriable)
        }
    }
}

extension TopographicIndexStage {
    /// D8 directions of the filled DEM, on disk.
    private func directionsFromElevation(beside output: String) throws -> ScratchPlane<UInt8> {
        let filled = try fill(beside: output)
        let flats = try resolveFlats(filled, beside: output)
        let directions = try ScratchPlane<UInt8>(
            beside: output, grid: maps.grid, outside: FlowDirection.missing.rawValue)
        _ = try team.map("direct", tiles) { tile in
            let window = window(tile)
            let halo = HaloTile(window: window, values: try filled.read(window, halo: 1))
            let found = SteepestDescent.directions(
                halo, flats: try flats.read(window, halo: 1), geometry: maps.geometry)
            try directions.write(found.map(\.rawValue), window)
        }
        return directions
    }

    private func fill(beside output: String) throws -> ScratchPlane<Float> {
        let summaries = try team.map("flood", tiles) { try TileFlood(maps.elevation(window($0))).summary }
        let levels = FloodJoin.basinLevels(of: summaries, scheme: scheme, isRing: maps.isRing)
        let filled = try ScratchPlane<Float>(
            beside: output, grid: maps.grid, outside: .nan, isRing: maps.isRing)
        _ = try team.map("fill", tiles) { tile in
            let window = window(tile)
            // Flooded again rather than kept: time is cheaper here than 8 bytes a cell on disk.
            let flood = try TileFlood(maps.elevation(window))
            try filled.write(flood.filled(basinLevels: levels[tile]), window)
        }
        return filled
    }

    private func resolveFlats(
        _ filled: ScratchPlane<Float>, beside output: String
    ) throws -> ScratchPlane<Int32> {
        let flats = try ScratchPlane<Int32>(
            beside: output, grid: maps.grid, outside: 0, isRing: maps.isRing)
        var waiting = tiles
        while !waiting.isEmpty {
            let rounds = try team.map("flats", waiting) { tile in
                let window = window(tile)
                let halo = HaloTile(window: window, values: try filled.read(window, halo: 1))
                let round = FlatDistances.widen(halo, known: try flats.read(window, halo: 1))
                try flats.write(round.distances, window)
                return round.neighboursToVisit
            }
            waiting = scheme.neighbours(of: waiting, sides: rounds, isRing: maps.isRing)
        }
        return flats
    }
}
