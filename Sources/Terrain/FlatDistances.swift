internal import Tiling

/// Steps from each cell of filled land to where its flat drains: 1 where a neighbour is lower or land ends,
/// one more for each step through cells of the same elevation, 0 where not known yet.
///
/// A flat may cross many tiles. Each tile widens what it knows from its halo; rounds over tiles whose
/// neighbours learned something end at the one shortest distance, whatever the order and the tile size.
public enum FlatDistances {
    /// What one round did to a tile.
    public struct Round: Sendable {
        /// The tile's distances, without halo.
        public let distances: [Int32]
        /// Steps of the neighbouring tiles that may learn from it, as bits clockwise from the east.
        public let neighboursToVisit: UInt8
    }

    /// One round: `filled` and `known` are the tile with its halo.
    public static func widen(_ filled: HaloTile, known: [Int32]) -> Round {
        precondition(known.count == filled.values.count, "a distance for each cell and the halo")
        let levels = filled.values
        let offsets = filled.offsets
        var distances = known
        seedOutlets(filled, into: &distances)
        let before = known

        // Cells that know their distance, nearest first; those learned on the way follow in order, so that
        // two sorted lists are merged.
        var seeds: [Int] = []
        for index in distances.indices where distances[index] > 0 {
            seeds.append(index)
        }
        seeds.sort { (distances[$0], $0) < (distances[$1], $1) }
        var learned: [Int] = []
        var nextSeed = 0
        var nextLearned = 0
        let isInside = insideMask(filled.window)
        while nextSeed < seeds.count || nextLearned < learned.count {
            let cell: Int
            if nextLearned == learned.count
                || (nextSeed < seeds.count && distances[seeds[nextSeed]] <= distances[learned[nextLearned]])
            {
                cell = seeds[nextSeed]
                nextSeed += 1
            } else {
                cell = learned[nextLearned]
                nextLearned += 1
            }
            let level = levels[cell]
            let distance = distances[cell] + 1
            for offset in offsets {
                let neighbour = cell + offset
                guard neighbour >= 0, neighbour < levels.count, isInside[neighbour],
                    levels[neighbour] == level,
                    distances[neighbour] == 0 || distances[neighbour] > distance
                else { continue }
                distances[neighbour] = distance
                learned.append(neighbour)
            }
        }
        return Round(
            distances: inner(distances, of: filled),
            neighboursToVisit: changedSides(filled, before: before, after: distances))
    }

    /// Where water leaves a flat: a lower neighbour, or the end of the land.
    private static func seedOutlets(_ filled: HaloTile, into distances: inout [Int32]) {
        let levels = filled.values
        let offsets = filled.offsets
        for row in 0..<filled.window.rows {
            let start = filled.index(column: 0, row: row)
            for index in start..<start + filled.window.columns where distances[index] != 1 {
                let level = levels[index]
                guard !level.isNaN else { continue }
                // Not (other >= level) is true for lower ground and for NaN alike.
                if offsets.contains(where: { !(levels[index + $0] >= level) }) { distances[index] = 1 }
            }
        }
    }

    private static func insideMask(_ window: PixelWindow) -> [Bool] {
        let outside = [Bool](repeating: false, count: window.columns + 2)
        let line = [false] + [Bool](repeating: true, count: window.columns) + [false]
        return outside + (0..<window.rows).flatMap { _ in line } + outside
    }

    private static func inner(_ distances: [Int32], of tile: HaloTile) -> [Int32] {
        (0..<tile.window.rows).flatMap { row in
            let start = tile.index(column: 0, row: row)
            return distances[start..<start + tile.window.columns]
        }
    }

    /// A neighbouring tile has to look again where a flat goes on across the border and came nearer.
    private static func changedSides(_ tile: HaloTile, before: [Int32], after: [Int32]) -> UInt8 {
        var sides: UInt8 = 0
        let window = tile.window
        for index in tile.rimIndices where before[index] != after[index] {
            let column = index % tile.stride - 1
            let row = index / tile.stride - 1
            for step in FlowDirection.steps {
                let there = index + step.row * tile.stride + step.column
                guard tile.values[there] == tile.values[index] else { continue }
                let across = (
                    column + step.column < 0 ? -1 : column + step.column >= window.columns ? 1 : 0,
                    row + step.row < 0 ? -1 : row + step.row >= window.rows ? 1 : 0
                )
                if across == (0, 0) { continue }
                let side = FlowDirection.steps.firstIndex { $0.column == across.0 && $0.row == across.1 }
                if let side { sides |= 1 << UInt8(side) }
            }
        }
        return sides
    }
}
