public import Tiling

/// Joins the flows of all tiles: what reaches each rim cell from other tiles?
public enum FlowJoin {
    /// Inflow of each tile's rim, from the summaries of all tiles in order.
    public static func inflows(
        of summaries: [TileFlow.Summary], scheme: TileScheme, isRing: Bool = false
    ) throws(TerrainError) -> [[Int64]] {
        precondition(summaries.count == scheme.tileCount, "a summary for each tile")
        let numbering = RimNumbering(scheme: scheme, isRing: isRing)
        let links = links(summaries, numbering)
        var totals = summaries.flatMap(\.sums)
        var inflow = [Int64](repeating: 0, count: numbering.count)
        // How many exits send water to an exit through its tile.
        var donors = [Int32](repeating: 0, count: numbering.count)
        for target in links.targets where target >= 0 {
            let exit = links.exits[target]
            if exit >= 0 { donors[exit] += 1 }
        }
        var ready = links.targets.indices.filter { links.targets[$0] >= 0 && donors[$0] == 0 }
        var solvedCount = 0
        while let exit = ready.popLast() {
            solvedCount += 1
            let target = links.targets[exit]
            inflow[target] += totals[exit]
            let next = links.exits[target]
            // Water that leaves the next tile off the map is gathered there, but goes nowhere.
            guard next >= 0 else { continue }
            totals[next] += totals[exit]
            donors[next] -= 1
            if donors[next] == 0 && links.targets[next] >= 0 { ready.append(next) }
        }
        guard solvedCount == links.targets.count(where: { $0 >= 0 }) else {
            throw TerrainError(circle(donors, links.targets, numbering))
        }
        return summaries.indices.map { Array(inflow[numbering.starts[$0]..<numbering.starts[$0 + 1]]) }
    }

    /// For each rim cell of the grid: the rim cell of another tile that it drains into, and the exit of its
    /// own tile for water that enters there; -1 for none.
    private static func links(
        _ summaries: [TileFlow.Summary], _ numbering: RimNumbering
    ) -> (targets: [Int], exits: [Int]) {
        var targets = [Int](repeating: -1, count: numbering.count)
        var exits = [Int](repeating: -1, count: numbering.count)
        for (tile, summary) in summaries.enumerated() {
            let window = numbering.scheme.windowOnGrid(of: numbering.scheme.tile(at: tile))
            let rim = TileRim(columns: window.columns, rows: window.rows)
            let start = numbering.starts[tile]
            for index in 0..<rim.count where summary.exits[index] >= 0 {
                exits[start + index] = start + Int(summary.exits[index])
                guard summary.exits[index] == Int32(index),
                    let number = FlowDirection(rawValue: summary.directions[index]).stepIndex
                else { continue }
                let cell = rim.cell(at: index)
                let column = window.column + cell.column + FlowDirection.steps[number].column
                let row = window.row + cell.row + FlowDirection.steps[number].row
                guard let (other, target) = numbering.cell(column: column, row: row) else { continue }
                let there = summaries[other].directions[target - numbering.starts[other]]
                if there != FlowDirection.missing.rawValue { targets[start + index] = target }
            }
        }
        return (targets, exits)
    }

    private static func circle(_ donors: [Int32], _ targets: [Int], _ numbering: RimNumbering) -> String {
        let number = donors.indices.first { donors[$0] > 0 && targets[$0] >= 0 } ?? 0
        let tile = (numbering.starts.firstIndex { $0 > number } ?? 1) - 1
        let window = numbering.scheme.windowOnGrid(of: numbering.scheme.tile(at: tile))
        let cell = TileRim(columns: window.columns, rows: window.rows)
            .cell(at: number - numbering.starts[tile])
        return "the directions run in a circle near column \(window.column + cell.column), row "
            + "\(window.row + cell.row): mend them, or let them be made from the DEM"
    }
}
