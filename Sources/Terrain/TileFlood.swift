internal import Tiling

/// Depression filling inside one tile: a priority flood from its rim and from where land ends (Barnes 2016,
/// "Parallel priority-flood depression filling for trillion cell digital elevation models").
///
/// A filled elevation is the lowest level at which water leaves the map, and so a property of the map, not of
/// the order of work: max(flooded level in the tile, level at which the cell's basin leaves the map).
public struct TileFlood: Sendable {
    /// What other tiles must know of this one.
    public struct Summary: Codable, Sendable {
        /// Basins are numbered from 1; 0 is all that drains off the map inside this tile.
        public let basinCount: Int
        /// Elevation of each cell of the rim; NaN where there is no land.
        public let rimLevels: [Float]
        /// Basin of each cell of the rim.
        public let rimBasins: [Int32]
        /// The lowest passes between basins.
        public let passes: [Pass]
    }

    /// A way between two basins, and how high one must climb.
    public struct Pass: Codable, Hashable, Sendable {
        public let from: Int32
        public let to: Int32
        public let level: Float
    }

    public let summary: Summary
    private let tile: HaloTile
    private let levels: [Float]
    private let basins: [Int32]

    /// Floods a tile.
    public init(_ tile: HaloTile) {
        self.tile = tile
        var run = Run(tile)
        run.flood()
        levels = run.levels
        basins = run.basins
        let rim = tile.rimIndices
        summary = Summary(
            basinCount: Int(run.basinCount), rimLevels: rim.map { tile.values[$0] },
            rimBasins: rim.map { run.basins[$0] },
            passes: run.passes.map {
                Pass(
                    from: Int32($0.key >> 32), to: Int32(truncatingIfNeeded: $0.key & 0xffff_ffff),
                    level: $0.value)
            }
            .sorted { ($0.from, $0.to) < ($1.from, $1.to) })
    }

    /// The tile's filled elevations, without halo, given the level at which each basin leaves the map.
    public func filled(basinLevels: [Float]) -> [Float] {
        precondition(
            basinLevels.count == summary.basinCount + 1, "a level for each basin, and for the outside")
        var filled: [Float] = []
        filled.reserveCapacity(tile.window.pixelCount)
        for row in 0..<tile.window.rows {
            let start = tile.index(column: 0, row: row)
            for index in start..<start + tile.window.columns {
                let level = levels[index]
                filled.append(level.isNaN ? .nan : max(level, basinLevels[Int(basins[index])]))
            }
        }
        return filled
    }

}

/// The flood while it rises.
private struct Run {
    private static let wall: Int32 = -1
    private static let unknown: Int32 = -2
    /// On the rim and in the heap, but reached by no basin yet.
    private static let waiting: Int32 = -3

    private let offsets: [Int]
    private(set) var levels: [Float]
    private(set) var basins: [Int32]
    private(set) var basinCount: Int32 = 0
    /// Keyed by the lower basin above, the higher one below.
    private(set) var passes: [UInt64: Float] = [:]
    private var heap = MinimumHeap()

    init(_ tile: HaloTile) {
        offsets = tile.offsets
        // -0 and 0 are one elevation.
        levels = tile.values.map { $0 + 0 }
        basins = [Int32](repeating: Self.wall, count: levels.count)
        let window = tile.window
        for row in 0..<window.rows {
            let isRimRow = row == 0 || row == window.rows - 1
            for column in 0..<window.columns {
                let index = tile.index(column: column, row: row)
                guard !levels[index].isNaN else { continue }
                let isShore = offsets.contains { levels[index + $0].isNaN }
                let isRim = isRimRow || column == 0 || column == window.columns - 1
                basins[index] = isShore ? 0 : isRim ? Self.waiting : Self.unknown
                if isShore || isRim { heap.push(level: levels[index], item: index) }
            }
        }
    }

    /// Cells are left in the order of their flooded level; those below the water that reaches them go
    /// through a plain list, which is most of the speed in flat land.
    mutating func flood() {
        var pit: [Int] = []
        var next = 0
        while true {
            let cell: Int
            if next < pit.count {
                cell = pit[next]
                next += 1
            } else if !heap.isEmpty {
                pit.removeAll(keepingCapacity: true)
                next = 0
                cell = heap.pop()
            } else {
                break
            }
            if basins[cell] == Self.waiting {
                basinCount += 1
                basins[cell] = basinCount
            }
            let level = levels[cell]
            let basin = basins[cell]
            for offset in offsets {
                let neighbour = cell + offset
                let other = basins[neighbour]
                if other == basin || other == Self.wall { continue }
                if other == Self.unknown {
                    basins[neighbour] = basin
                    if levels[neighbour] <= level {
                        levels[neighbour] = level
                        pit.append(neighbour)
                    } else {
                        heap.push(level: levels[neighbour], item: neighbour)
                    }
                } else if other == Self.waiting {
                    // Already in the heap, and not below the water: its own level stands.
                    basins[neighbour] = basin
                } else {
                    notePass(basin, other, level: max(level, levels[neighbour]))
                }
            }
        }
    }

    private mutating func notePass(_ one: Int32, _ other: Int32, level: Float) {
        let key = UInt64(min(one, other)) << 32 | UInt64(max(one, other))
        if let known = passes[key], known <= level { return }
        passes[key] = level
    }
}
