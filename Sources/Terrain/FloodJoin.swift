public import Tiling

/// Joins the floods of all tiles: at which level does each basin leave the map?
public enum FloodJoin {
    /// Levels of each tile's basins, the outside first, from the summaries of all tiles in order.
    ///
    /// `isRing`: the map goes once around the globe, so its last column touches its first one.
    public static func basinLevels(
        of summaries: [TileFlood.Summary], scheme: TileScheme, isRing: Bool = false
    ) -> [[Float]] {
        precondition(summaries.count == scheme.tileCount, "a summary for each tile")
        // Basin 0 of every tile is the one outside, node 0; the others follow tile by tile.
        var starts = [0]
        for summary in summaries { starts.append(starts[starts.count - 1] + summary.basinCount) }
        let nodeCount = starts[summaries.count] + 1
        func node(_ tile: Int, _ basin: Int32) -> Int { basin == 0 ? 0 : starts[tile] + Int(basin) }

        var edges: [Edge] = []
        for (tile, summary) in summaries.enumerated() {
            for pass in summary.passes {
                edges.append(Edge(from: node(tile, pass.from), to: node(tile, pass.to), level: pass.level))
            }
        }
        let numbering = RimNumbering(scheme: scheme, isRing: isRing)
        appendBorders(of: summaries, numbering, node: node, to: &edges)
        let levels = lowestWayOut(edges, nodeCount: nodeCount)
        return summaries.indices.map { tile in [levels[0]] + levels[starts[tile] + 1..<starts[tile + 1] + 1] }
    }

    private struct Edge {
        let from: Int
        let to: Int
        let level: Float
    }

    /// Cells that touch across a border between tiles, each pair once.
    private static func appendBorders(
        of summaries: [TileFlood.Summary], _ numbering: RimNumbering, node: (Int, Int32) -> Int,
        to edges: inout [Edge]
    ) {
        let scheme = numbering.scheme
        for (tile, summary) in summaries.enumerated() {
            let window = scheme.windowOnGrid(of: scheme.tile(at: tile))
            let rim = TileRim(columns: window.columns, rows: window.rows)
            // Neighbours often repeat the pair of basins: the lowest pass of each is enough.
            var lowest: [[Int]: Float] = [:]
            for index in 0..<rim.count where !summary.rimLevels[index].isNaN {
                let cell = rim.cell(at: index)
                for step in FlowDirection.steps {
                    let column = window.column + cell.column + step.column
                    let row = window.row + cell.row + step.row
                    // Cells inside the tile are no rim; a tile around the globe has itself for neighbour.
                    guard isAcross(column, row, window),
                        let (other, number) = numbering.cell(column: column, row: row), other >= tile
                    else { continue }
                    let there = number - numbering.starts[other]
                    let level = max(summary.rimLevels[index], summaries[other].rimLevels[there])
                    guard !level.isNaN, !summaries[other].rimLevels[there].isNaN else { continue }
                    let pair = [
                        node(tile, summary.rimBasins[index]), node(other, summaries[other].rimBasins[there]),
                    ]
                    lowest[pair] = min(lowest[pair] ?? .infinity, level)
                }
            }
            for (pair, level) in lowest { edges.append(Edge(from: pair[0], to: pair[1], level: level)) }
        }
    }

    private static func isAcross(_ column: Int, _ row: Int, _ window: PixelWindow) -> Bool {
        column < window.column || column >= window.column + window.columns || row < window.row
            || row >= window.row + window.rows
    }

    /// The lowest highest pass on any way from each node to node 0.
    private static func lowestWayOut(_ edges: [Edge], nodeCount: Int) -> [Float] {
        var ends = [Int](repeating: 0, count: nodeCount + 1)
        for edge in edges {
            ends[edge.from + 1] += 1
            ends[edge.to + 1] += 1
        }
        for node in 0..<nodeCount { ends[node + 1] += ends[node] }
        var free = ends
        var neighbours = [(node: Int32, level: Float)](repeating: (0, 0), count: 2 * edges.count)
        for edge in edges {
            neighbours[free[edge.from]] = (Int32(edge.to), edge.level)
            free[edge.from] += 1
            neighbours[free[edge.to]] = (Int32(edge.from), edge.level)
            free[edge.to] += 1
        }
        var levels = [Float](repeating: .infinity, count: nodeCount)
        levels[0] = -.infinity
        var isSettled = [Bool](repeating: false, count: nodeCount)
        var heap = MinimumHeap()
        heap.push(level: -.infinity, item: 0)
        while !heap.isEmpty {
            let node = heap.pop()
            if isSettled[node] { continue }
            isSettled[node] = true
            for place in ends[node]..<ends[node + 1] {
                let (next, pass) = neighbours[place]
                let level = max(levels[node], pass)
                guard level < levels[Int(next)] else { continue }
                levels[Int(next)] = level
                heap.push(level: level, item: Int(next))
            }
        }
        return levels
    }
}
