internal import Foundation
public import Storage
public import Tiling

/// The passes of a topographic index as units of the engine: each reads what the pass before left in the
/// run, and leaves files of its own, so that any worker may do any unit, in any order within a pass, again
/// and again.
///
/// Memory is that of one tile with its neighbours; a join holds the rims of all tiles.
public struct TerrainUnits: Sendable {
    let maps: TerrainMaps
    let index: TopographicIndex
    let scheme: TileScheme
    let store: TerrainStore
    let team: TileTeam

    /// Opens the maps. `threadCount` is for the pass that joins flats.
    public init(terrain: PlannedTerrain, scheme: TileScheme, run: RunDirectory, threadCount: Int) throws {
        guard let unit = TerrainMaps.AccumulationUnit(rawValue: terrain.accumulationUnit),
            let mode = TopographicIndex.Mode(rawValue: terrain.mode)
        else {
            throw TerrainError("the plan names no known mode or unit: plan the run again with this Tilth")
        }
        maps = try TerrainMaps(
            elevation: terrain.elevation, directions: terrain.directions, accumulation: terrain.accumulation,
            accumulationUnit: unit)
        guard maps.grid == scheme.grid else {
            throw TerrainError("\(terrain.elevation): is not the DEM that was planned: plan another run")
        }
        index = TopographicIndex(mode: mode, geometry: maps.geometry)
        self.scheme = scheme
        store = TerrainStore(run: run, scheme: scheme, isRing: maps.isRing)
        team = TileTeam(threadCount: threadCount) { _, _, _ in }
    }

    /// The maps that a pass reads, as they are now.
    public func inputs(of pass: TerrainPass) throws -> [InputFile] {
        let paths: [String?] =
            switch pass {
            case .flood, .fill: [maps.elevationPath]
            case .direct: [maps.directionsPath]
            case .index: [maps.elevationPath, maps.directionsPath, maps.accumulationPath]
            case .basins, .flats, .lakes, .inflow, .assemble: []
            }
        // Maps of a whole globe are not read through for each tile: size and time stand for their content.
        return try paths.compactMap(\.self).map { path in
            let facts = try FileDigest.facts(ofFile: path)
            return InputFile(
                path: path, byteCount: facts.byteCount, modifiedAt: facts.modifiedAt, sha256: nil)
        }
    }

    /// Does one unit; the files that it left.
    public func execute(_ pass: TerrainPass, tile: Int) throws -> [OutputFile] {
        switch pass {
        case .flood: return [try flood(tile)]
        case .basins: return try joinBasins()
        case .fill: return [try fill(tile)]
        case .flats: return [try widenFlats(tile)]
        case .lakes: return try joinFlats()
        case .direct: return [try direct(tile)]
        case .inflow: return try joinFlows()
        case .index: return [try makeIndex(tile)]
        case .assemble: return [try assemble()]
        }
    }

    var tiles: [Int] { Array(0..<scheme.tileCount) }
    func window(_ tile: Int) -> PixelWindow { scheme.windowOnGrid(of: scheme.tile(at: tile)) }

    private func flood(_ tile: Int) throws -> OutputFile {
        let summary = try TileFlood(maps.elevation(window(tile))).summary
        return try store.write(
            .flood, tile,
            [
                bytes(of: [Int64(summary.basinCount)]), bytes(of: summary.rimLevels),
                bytes(of: summary.rimBasins), bytes(of: summary.passes.flatMap { [$0.from, $0.to] }),
                bytes(of: summary.passes.map(\.level)),
            ])
    }

    private func joinBasins() throws -> [OutputFile] {
        let summaries = try tiles.map { tile in
            let parts = try store.read(.flood, tile)
            guard parts.count == 5 else { throw TerrainError("\(store.path(.flood, tile)) is damaged") }
            let ends = numbers(parts[3], as: Int32.self)
            let levels = numbers(parts[4], as: Float.self)
            return TileFlood.Summary(
                basinCount: Int(numbers(parts[0], as: Int64.self)[0]),
                rimLevels: numbers(parts[1], as: Float.self), rimBasins: numbers(parts[2], as: Int32.self),
                passes: levels.indices.map {
                    TileFlood.Pass(from: ends[2 * $0], to: ends[2 * $0 + 1], level: levels[$0])
                })
        }
        let levels = FloodJoin.basinLevels(of: summaries, scheme: scheme, isRing: maps.isRing)
        return try tiles.map { try store.write(.basins, $0, [bytes(of: levels[$0])]) }
    }

    private func fill(_ tile: Int) throws -> OutputFile {
        let levels = numbers(try store.read(.basins, tile).first ?? [], as: Float.self)
        let flood = try TileFlood(maps.elevation(window(tile)))
        return try store.write(.fill, tile, [bytes(of: flood.filled(basinLevels: levels))])
    }

    func filled(_ tile: Int) throws -> HaloTile {
        HaloTile(
            window: window(tile),
            values: try store.haloPlane(tile, outside: .nan) { try store.plane(.fill, $0, of: Float.self) })
    }

    /// The directions of a tile: as they are given, or as `direct` found them.
    private func flow(_ tile: Int) throws -> TileFlow {
        let window = window(tile)
        let directions =
            try maps.directionsPath.map { try maps.directions(window, path: $0) }
            ?? store.plane(.direct, tile, of: UInt8.self).map(FlowDirection.init(rawValue:))
        return try naming { try TileFlow(window: window, directions: directions) }
    }

    private func direct(_ tile: Int) throws -> OutputFile {
        let window = window(tile)
        let directions: [FlowDirection]
        if let path = maps.directionsPath {
            directions = try maps.directions(window, path: path)
        } else {
            let lakes = try joinedTiles()
            let flats = try store.haloPlane(tile, outside: Int32(0)) { other in
                try store.plane(lakes.contains(other) ? .lakes : .flats, other, of: Int32.self)
            }
            directions = SteepestDescent.directions(try filled(tile), flats: flats, geometry: maps.geometry)
        }
        let summary = try naming { try TileFlow(window: window, directions: directions) }
            .summary(rowWeights: weights(window))
        return try store.write(
            .direct, tile,
            [
                directions.map(\.rawValue), summary.directions, bytes(of: summary.sums),
                bytes(of: summary.exits),
            ])
    }

    private func joinFlows() throws -> [OutputFile] {
        let summaries = try tiles.map { tile in
            let parts = try store.read(.direct, tile)
            guard parts.count == 4 else { throw TerrainError("\(store.path(.direct, tile)) is damaged") }
            return TileFlow.Summary(
                directions: parts[1], sums: numbers(parts[2], as: Int64.self),
                exits: numbers(parts[3], as: Int32.self))
        }
        let inflows = try naming {
            try FlowJoin.inflows(of: summaries, scheme: scheme, isRing: maps.isRing)
        }
        return try tiles.map { try store.write(.inflow, $0, [bytes(of: inflows[$0])]) }
    }

    private func makeIndex(_ tile: Int) throws -> OutputFile {
        let window = window(tile)
        let directions: [FlowDirection]
        let areas: [Double]
        if let path = maps.directionsPath, let accumulation = maps.accumulationPath {
            directions = try maps.directions(window, path: path)
            areas = try maps.areas(window, path: accumulation)
        } else {
            let flow = try flow(tile)
            let inflow = numbers(try store.read(.inflow, tile).first ?? [], as: Int64.self)
            directions = flow.directions
            areas = flow.sums(rowWeights: weights(window), inflow: inflow).map {
                Double($0) / CellGeometry.partsPerSquareMetre
            }
        }
        let values = index.values(
            elevation: try maps.elevation(window), directions: directions, areas: areas)
        return try store.write(.index, tile, [bytes(of: values)])
    }

    private func assemble() throws -> OutputFile {
        let path = store.run.absolute(PlannedTerrain.mapPath)
        let map = try IndexMap(output: path, grid: maps.grid, mode: index.mode, source: maps.elevationPath)
        let valid = try tiles.reduce(0) {
            try $0 + map.write(store.plane(.index, $1, of: Float.self), window($1))
        }
        guard valid > 0 else {
            throw TerrainError(
                "\(maps.elevationPath): no cell has an index: check its values and their no-data value")
        }
        let temporary = DurableFile.temporaryName(for: path)
        try map.finish(to: temporary)
        return try store.run.adoptOutput(temporary: temporary, as: PlannedTerrain.mapPath)
    }

    private func weights(_ window: PixelWindow) -> [Int64] {
        maps.geometry.areaParts(rows: window.row..<window.row + window.rows)
    }

    private func naming<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as TerrainError {
            throw TerrainError(
                "\(maps.directionsPath ?? maps.elevationPath): \(error)", isRetriable: error.isRetriable)
        }
    }
}
