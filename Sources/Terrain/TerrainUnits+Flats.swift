internal import Storage
internal import Synchronization
internal import Tiling

/// Flats: most end within their tile, which is the work of `flats`; those that cross tiles are widened in
/// rounds over the tiles that learn something, by the threads of one worker.
extension TerrainUnits {
    func widenFlats(_ tile: Int) throws -> OutputFile {
        let halo = try filled(tile)
        let round = FlatDistances.widen(halo, known: [Int32](repeating: 0, count: halo.values.count))
        return try store.write(.flats, tile, [bytes(of: round.distances), [round.neighboursToVisit]])
    }

    /// The tiles whose distances `lakes` wrote again: those that water of other tiles crosses.
    func joinedTiles() throws -> Set<Int> {
        let bytes = try DurableFile.read(store.run.absolute(listPath))
        return Set(numbers(bytes, as: Int32.self).map(Int.init))
    }

    private var listPath: String { "\(Stage.terrain.folder)/\(TerrainPass.lakes)/tiles.bin" }

    func joinFlats() throws -> [OutputFile] {
        let first = try tiles.map { try store.read(.flats, $0).last?.first ?? 0 }
        var waiting = neighbours(of: tiles, sides: first)
        try DurableFile.makeFolder(store.run.absolute("\(Stage.terrain.folder)/\(TerrainPass.lakes)"))
        let plane = LakePlane(
            scratch: try ScratchPlane<Int32>(
                beside: store.run.absolute(listPath), grid: maps.grid, outside: 0, isRing: maps.isRing))
        while !waiting.isEmpty {
            // A tile is read from its file when it is first looked at.
            for tile in Set(waiting.flatMap(around)).sorted() where plane.isNew(tile) {
                try plane.scratch.write(store.plane(.flats, tile, of: Int32.self), window(tile))
            }
            let rounds = try team.map("flats", waiting) { tile in
                let round = FlatDistances.widen(
                    try filled(tile), known: try plane.scratch.read(window(tile), halo: 1))
                try plane.scratch.write(round.distances, window(tile))
                plane.note(changed: tile)
                return round.neighboursToVisit
            }
            waiting = neighbours(of: waiting, sides: rounds)
        }
        let changed = plane.changedTiles
        let files = try changed.map {
            try store.write(.lakes, $0, [bytes(of: plane.scratch.read(window($0), halo: 0))])
        }
        return files + [try store.run.writeOutput(bytes(of: changed.map(Int32.init)), to: listPath)]
    }

    private func around(_ tile: Int) -> [Int] { neighbours(of: [tile], sides: [0xFF]) + [tile] }

    private func neighbours(of tiles: [Int], sides: [UInt8]) -> [Int] {
        scheme.neighbours(of: tiles, sides: sides, isRing: maps.isRing)
    }
}

/// What the rounds share: distances on disk, and which tiles they hold.
private final class LakePlane: Sendable {
    let scratch: ScratchPlane<Int32>
    private let tiles = Mutex((known: Set<Int>(), changed: Set<Int>()))

    init(scratch: ScratchPlane<Int32>) { self.scratch = scratch }

    func isNew(_ tile: Int) -> Bool { tiles.withLock { $0.known.insert(tile).inserted } }
    func note(changed tile: Int) { tiles.withLock { _ = $0.changed.insert(tile) } }
    var changedTiles: [Int] { tiles.withLock { $0.changed.sorted() } }
}

extension TileScheme {
    /// The tiles at some sides of tiles, as bits clockwise from the east; around the globe where the map
    /// goes.
    func neighbours(of tiles: [Int], sides: [UInt8], isRing: Bool) -> [Int] {
        var found: Set<Int> = []
        for (index, sides) in zip(tiles, sides) {
            let here = tile(at: index)
            for (number, step) in FlowDirection.steps.enumerated() where sides >> UInt8(number) & 1 == 1 {
                var x = here.x + step.column
                let y = here.y + step.row
                if isRing { x = (x + tileColumns) % tileColumns }
                guard x >= 0, y >= 0, x < tileColumns, y < tileRows else { continue }
                found.insert(self.index(of: Tile(x: x, y: y)))
            }
        }
        return found.sorted()
    }
}
