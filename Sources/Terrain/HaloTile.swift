public import Tiling

/// A tile's elevations with one cell around them, row by row; NaN where there is no land or no map.
public struct HaloTile: Sendable {
    /// The tile's cells on the grid.
    public let window: PixelWindow
    /// (columns + 2) * (rows + 2) values.
    public let values: [Float]

    public init(window: PixelWindow, values: [Float]) {
        precondition(values.count == (window.columns + 2) * (window.rows + 2), "a tile with its halo")
        self.window = window
        self.values = values
    }

    /// Cells in a row, halo included.
    public var stride: Int { window.columns + 2 }

    /// What to add to an index to reach each of the eight neighbours, clockwise from the east.
    var offsets: [Int] { FlowDirection.steps.map { $0.row * stride + $0.column } }

    /// The index of a cell of the tile, counted without the halo.
    func index(column: Int, row: Int) -> Int { (row + 1) * stride + column + 1 }

    /// The index, halo included, of each cell of the rim, in the rim's order.
    var rimIndices: [Int] {
        let rim = TileRim(columns: window.columns, rows: window.rows)
        return (0..<rim.count).map {
            let cell = rim.cell(at: $0)
            return index(column: cell.column, row: cell.row)
        }
    }
}
