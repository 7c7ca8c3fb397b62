internal import Tiling

/// The outermost cells of a tile, numbered: the top row, the bottom row, then the two sides between them.
///
/// What tiles tell each other is told about these cells alone, so that a whole globe's summaries fit a
/// machine that could not hold its cells.
struct TileRim: Sendable {
    let columns: Int
    let rows: Int

    var count: Int {
        rows == 1 ? columns : 2 * columns + (columns == 1 ? 1 : 2) * max(0, rows - 2)
    }

    /// The number of a cell of the tile; nil for one inside.
    func index(column: Int, row: Int) -> Int? {
        if row == 0 { return column }
        if row == rows - 1 { return columns + column }
        let side = 2 * columns + row - 1
        if column == 0 { return side }
        return column == columns - 1 ? side + rows - 2 : nil
    }

    /// The cell of a number.
    func cell(at index: Int) -> Pixel {
        if index < columns { return Pixel(column: index, row: 0) }
        if index < 2 * columns { return Pixel(column: index - columns, row: rows - 1) }
        let side = index - 2 * columns
        if side < rows - 2 { return Pixel(column: 0, row: side + 1) }
        return Pixel(column: columns - 1, row: side - (rows - 2) + 1)
    }
}

/// All rims of a grid in one numbering: what a join looks cells up in.
struct RimNumbering {
    let scheme: TileScheme
    /// Whether the grid's last column touches its first one.
    let isRing: Bool
    /// The number of each tile's first rim cell; one more than tiles.
    let starts: [Int]

    init(scheme: TileScheme, isRing: Bool) {
        self.scheme = scheme
        self.isRing = isRing
        var starts = [0]
        for index in 0..<scheme.tileCount {
            let window = scheme.windowOnGrid(of: scheme.tile(at: index))
            starts.append(starts[index] + TileRim(columns: window.columns, rows: window.rows).count)
        }
        self.starts = starts
    }

    var count: Int { starts[scheme.tileCount] }

    /// The rim cell at a place of the grid, and its tile; nil off the grid. The place must lie on a rim.
    func cell(column: Int, row: Int) -> (tile: Int, number: Int)? {
        let count = scheme.grid.columns
        let column = isRing ? (column + count) % count : column
        guard column >= 0, row >= 0, column < count, row < scheme.grid.rows else { return nil }
        let tile = scheme.tile(of: Pixel(column: column, row: row))
        let window = scheme.windowOnGrid(of: tile)
        let rim = TileRim(columns: window.columns, rows: window.rows)
        guard let index = rim.index(column: column - window.column, row: row - window.row) else { return nil }
        let number = scheme.index(of: tile)
        return (number, starts[number] + index)
    }
}
