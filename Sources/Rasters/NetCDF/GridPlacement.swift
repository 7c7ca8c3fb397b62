internal import Tiling

/// How the stored columns and rows of a variable become a grid that runs from north to south and west to
/// east.
struct GridPlacement {
    let grid: Grid
    /// The last column borders on the first.
    let isPeriodic: Bool
    /// The stored column (counted from the west) that is the grid's first.
    private let roll: Int
    private let columnsAreDescending: Bool
    private let rowsAreAscending: Bool

    /// The stored rows run from south to north.
    var storesRowsFromSouth: Bool { rowsAreAscending }

    /// Some columns of a window that are neighbours in the file.
    struct Part {
        let storedColumns: Range<Int>
        /// The stored columns run from east to west.
        let isReversed: Bool
        /// Where they begin in the window.
        let firstColumn: Int
    }

    init(x: RegularAxis, y: RegularAxis, crs: String, isGeographic: Bool) {
        let isGlobal = isGeographic && abs(Double(x.count) * x.spacing - 360) < 0.01 * x.spacing
        let width = isGlobal ? 360 / Double(x.count) : x.spacing
        var west = x.first - width / 2
        var roll = 0
        if isGlobal {
            // Half a cell each way is as near to -180; then the first centre is on it. The small number keeps
            // the choice from depending on the last bits of the file's coordinates.
            roll = Int(((-180 - west) / width + 0.5 - 1e-6).rounded(.down))
            west += Double(roll) * width
        } else if isGeographic {
            let centre = (x.lowerEdge + x.upperEdge) / 2
            if centre > 180 { west -= 360 } else if centre < -180 { west += 360 }
        }
        grid = Grid(
            crs: crs, west: west, north: y.upperEdge, pixelWidth: width, pixelHeight: y.spacing,
            columns: x.count,
            rows: y.count)
        isPeriodic = isGlobal
        self.roll = roll
        columnsAreDescending = x.isDescending
        rowsAreAscending = !y.isDescending
    }

    /// A grid that is stated from outside: row 0 is stored first, and is the north.
    init(stored grid: Grid) {
        self.init(
            x: RegularAxis(
                first: grid.centerX(column: 0), spacing: grid.pixelWidth, count: grid.columns,
                isDescending: false),
            y: RegularAxis(
                first: grid.centerY(row: grid.rows - 1), spacing: grid.pixelHeight, count: grid.rows,
                isDescending: true),
            crs: grid.crs, isGeographic: grid.isGeographic)
    }

    /// The stored rows under a window, and whether they run from south to north.
    func rows(of window: PixelWindow) -> (stored: Range<Int>, isReversed: Bool) {
        let rows = window.row..<window.row + window.rows
        guard rowsAreAscending else { return (rows, false) }
        return (grid.rows - rows.upperBound..<grid.rows - rows.lowerBound, true)
    }

    /// The stored columns under a window: one run, or two where it crosses the seam of the file.
    func parts(of window: PixelWindow) -> [Part] {
        let count = grid.columns
        var parts: [Part] = []
        var done = 0
        while done < window.columns {
            let remainder = (window.column + done + roll) % count
            let start = remainder < 0 ? remainder + count : remainder
            let length = min(count - start, window.columns - done)
            let stored =
                columnsAreDescending ? count - start - length..<count - start : start..<start + length
            parts.append(Part(storedColumns: stored, isReversed: columnsAreDescending, firstColumn: done))
            done += length
        }
        return parts
    }

    /// Nil for a window that lies on the grid; otherwise what is wrong. A periodic grid may be overrun east
    /// and west.
    func problem(with window: PixelWindow) -> String? {
        let column = isPeriodic && window.columns <= grid.columns ? 0 : window.column
        let placed = PixelWindow(
            column: column, row: window.row, columns: window.columns, rows: window.rows)
        if placed.fits(columns: grid.columns, rows: grid.rows) { return nil }
        return window.overhang(columns: grid.columns, rows: grid.rows)
    }
}
