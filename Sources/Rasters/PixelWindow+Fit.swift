internal import Tiling

extension PixelWindow {
    /// Whether the window lies inside a raster of this shape.
    func fits(columns: Int, rows: Int) -> Bool {
        column >= 0 && row >= 0 && column + self.columns <= columns && row + self.rows <= rows
    }

    /// What is wrong when it does not.
    func overhang(columns: Int, rows: Int) -> String {
        "window of \(self.columns) x \(self.rows) pixels at column \(column), row \(row) hangs over the "
            + "grid of \(columns) x \(rows)"
    }
}
