import Tiling

/// The cells of a source grid that some pixels need, numbered row by row.
struct CellSet {
    /// The rectangle around all of them.
    let window: PixelWindow
    /// By cell of the window, row by row: the cell's number, -1 where it is not needed.
    let numbers: [Int32]
    let count: Int

    /// Larger windows are a sign of a projection that tears the tile apart.
    static let windowCellsMax = 1 << 27

    /// `mark` calls back for every needed cell; cells may come again and in any order.
    init(window: PixelWindow, mark: ((_ column: Int, _ row: Int) -> Void) -> Void) {
        var numbers = [Int32](repeating: -1, count: window.pixelCount)
        mark { column, row in numbers[(row - window.row) * window.columns + column - window.column] = 0 }
        var count: Int32 = 0
        for cell in numbers.indices where numbers[cell] == 0 {
            numbers[cell] = count
            count += 1
        }
        self.window = window
        self.numbers = numbers
        self.count = Int(count)
    }

    /// Listed cells, in any order.
    init(of cells: [(column: Int, row: Int)]) {
        guard let left = cells.map(\.column).min(), let right = cells.map(\.column).max(),
            let top = cells.map(\.row).min(), let bottom = cells.map(\.row).max()
        else {
            self.init()
            return
        }
        let window = PixelWindow(
            column: left, row: top, columns: right - left + 1, rows: bottom - top + 1)
        self.init(window: window) { mark in for cell in cells { mark(cell.column, cell.row) } }
    }

    /// No cell at all.
    init() {
        window = PixelWindow(column: 0, row: 0, columns: 1, rows: 1)
        numbers = [-1]
        count = 0
    }

    func number(column: Int, row: Int) -> Int {
        Int(numbers[(row - window.row) * window.columns + column - window.column])
    }

    /// Puts values that lie side by side in a row of the window where their cells are, those that are needed.
    func place(
        _ values: UnsafeBufferPointer<Float>, column: Int, row: Int,
        in result: UnsafeMutableBufferPointer<Float>
    ) {
        let start = (row - window.row) * window.columns + column - window.column
        numbers.withUnsafeBufferPointer { numbers in
            let places = UnsafeBufferPointer(rebasing: numbers[start..<start + values.count])
            guard let first = places.first, let last = places.last else { return }
            // Numbers ascend along a row, so all of these are needed and lie side by side.
            if first >= 0, Int(last - first) == values.count - 1 {
                let part = Int(first)..<Int(last) + 1
                _ = UnsafeMutableBufferPointer(rebasing: result[part]).update(fromContentsOf: values)
                return
            }
            for (place, value) in zip(places, values) where place >= 0 { result[Int(place)] = value }
        }
    }

    /// The needed cells in the order of their numbers.
    var positions: [(column: Int, row: Int)] {
        numbers.indices.filter { numbers[$0] >= 0 }.map {
            (window.column + $0 % window.columns, window.row + $0 / window.columns)
        }
    }

    /// Rectangles that hold every needed cell once, none of them across the lines of a file's blocks, so that
    /// a block is decoded once and only if it is needed. With `part` only of that part of the grid, whose
    /// north-western corner the blocks are counted from.
    func windows(blockColumns: Int, blockRows: Int, in part: PixelWindow? = nil) -> [PixelWindow] {
        guard count > 0 else { return [] }
        let part =
            part
            ?? PixelWindow(
                column: 0, row: 0, columns: window.column + window.columns, rows: window.row + window.rows)
        let bottomEnd = min(window.row + window.rows, part.row + part.rows)
        let rightEnd = min(window.column + window.columns, part.column + part.columns)
        var windows: [PixelWindow] = []
        var top = max(window.row, part.row)
        while top < bottomEnd {
            let bottom = min(part.row + ((top - part.row) / blockRows + 1) * blockRows, bottomEnd)
            var left = max(window.column, part.column)
            while left < rightEnd {
                let right = min(
                    part.column + ((left - part.column) / blockColumns + 1) * blockColumns, rightEnd)
                if let part = needed(columns: left..<right, rows: top..<bottom) { windows.append(part) }
                left = right
            }
            top = bottom
        }
        return windows
    }

    /// The smallest rectangle around the needed cells of a part; nil when there are none.
    private func needed(columns: Range<Int>, rows: Range<Int>) -> PixelWindow? {
        var (left, right, top, bottom) = (Int.max, Int.min, Int.max, Int.min)
        for row in rows {
            // From both ends: most rows have needed cells at both.
            func isNeeded(_ column: Int) -> Bool { number(column: column, row: row) >= 0 }
            guard let first = columns.first(where: isNeeded), let last = columns.last(where: isNeeded) else {
                continue
            }
            (left, right) = (min(left, first), max(right, last))
            (top, bottom) = (min(top, row), max(bottom, row))
        }
        guard left <= right else { return nil }
        return PixelWindow(column: left, row: top, columns: right - left + 1, rows: bottom - top + 1)
    }
}
