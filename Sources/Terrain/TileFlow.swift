public import Tiling

/// Flow accumulation inside one tile, along D8 directions.
///
/// Weights and sums are whole numbers, so sums are exact in any order; a tile knows all that happens inside
/// it, and `FlowJoin` adds what comes from other tiles.
public struct TileFlow: Sendable {
    /// What other tiles must know of this one, for each cell of its rim.
    public struct Summary: Codable, Sendable {
        public let directions: [UInt8]
        /// What the tile's own cells gather there.
        public let sums: [Int64]
        /// The cell of the rim through which water that enters here leaves the tile; -1 where it stays.
        public let exits: [Int32]
    }

    public let window: PixelWindow
    /// Of each cell, row by row.
    public let directions: [FlowDirection]
    /// The cell of the tile that a cell drains into, -1 for none.
    private let targets: [Int32]
    /// Cells from the ridges down.
    private let order: [Int32]

    /// Sorts a tile's cells from the ridges down.
    public init(window: PixelWindow, directions: [FlowDirection]) throws(TerrainError) {
        precondition(directions.count == window.pixelCount, "a direction for each cell")
        self.window = window
        self.directions = directions
        targets = Self.targets(window, directions)
        var donors = [UInt8](repeating: 0, count: directions.count)
        for target in targets where target >= 0 { donors[Int(target)] += 1 }
        var order: [Int32] = []
        order.reserveCapacity(directions.count)
        for index in donors.indices where donors[index] == 0 { order.append(Int32(index)) }
        var next = 0
        while next < order.count {
            let target = targets[Int(order[next])]
            next += 1
            guard target >= 0 else { continue }
            donors[Int(target)] -= 1
            if donors[Int(target)] == 0 { order.append(target) }
        }
        self.order = order
        guard order.count == directions.count else {
            let cell = donors.firstIndex { $0 > 0 } ?? 0
            throw TerrainError(
                "the directions run in a circle near column \(window.column + cell % window.columns), row "
                    + "\(window.row + cell / window.columns): mend them, or let them be made from the DEM")
        }
    }

    /// What every cell gathers, itself included. `rowWeights` is a cell's weight in each of the tile's rows;
    /// `inflow` what reaches each cell of the rim from other tiles. Cells without land gather nothing.
    public func sums(rowWeights: [Int64], inflow: [Int64]? = nil) -> [Int64] {
        precondition(rowWeights.count == window.rows, "a weight for each row")
        var sums: [Int64] = []
        sums.reserveCapacity(directions.count)
        for row in 0..<window.rows {
            for direction in directions[row * window.columns..<(row + 1) * window.columns] {
                sums.append(direction == .missing ? 0 : rowWeights[row])
            }
        }
        if let inflow {
            let rim = TileRim(columns: window.columns, rows: window.rows)
            precondition(inflow.count == rim.count, "an inflow for each cell of the rim")
            for index in inflow.indices where inflow[index] != 0 {
                let cell = rim.cell(at: index)
                sums[cell.row * window.columns + cell.column] += inflow[index]
            }
        }
        for cell in order {
            let target = targets[Int(cell)]
            if target >= 0 { sums[Int(target)] += sums[Int(cell)] }
        }
        return sums
    }

    /// What the join needs.
    public func summary(rowWeights: [Int64]) -> Summary {
        let rim = TileRim(columns: window.columns, rows: window.rows)
        let sums = sums(rowWeights: rowWeights)
        let cells = (0..<rim.count).map { number -> Int in
            let cell = rim.cell(at: number)
            return cell.row * window.columns + cell.column
        }
        var exits = [Int32](repeating: -1, count: directions.count)
        for (number, cell) in cells.enumerated() where leavesTile(cell) { exits[cell] = Int32(number) }
        for cell in order.reversed() {
            let target = targets[Int(cell)]
            if target >= 0 { exits[Int(cell)] = exits[Int(target)] }
        }
        return Summary(
            directions: cells.map { directions[$0].rawValue }, sums: cells.map { sums[$0] },
            exits: cells.map { exits[$0] })
    }

    private func leavesTile(_ cell: Int) -> Bool {
        guard let step = directions[cell].stepIndex else { return false }
        let column = cell % window.columns + FlowDirection.steps[step].column
        let row = cell / window.columns + FlowDirection.steps[step].row
        return column < 0 || row < 0 || column >= window.columns || row >= window.rows
    }

    private static func targets(_ window: PixelWindow, _ directions: [FlowDirection]) -> [Int32] {
        var targets = [Int32](repeating: -1, count: directions.count)
        for row in 0..<window.rows {
            for column in 0..<window.columns {
                let index = row * window.columns + column
                guard let number = directions[index].stepIndex else { continue }
                let step = FlowDirection.steps[number]
                let there = (column: column + step.column, row: row + step.row)
                guard there.column >= 0, there.row >= 0, there.column < window.columns,
                    there.row < window.rows
                else { continue }
                let target = there.row * window.columns + there.column
                if directions[target] != .missing { targets[index] = Int32(target) }
            }
        }
        return targets
    }
}
