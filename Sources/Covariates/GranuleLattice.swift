import Tiling

/// The grid that the granules of a source are parts of.
///
/// MODIS tiles are parts of one grid around the globe, so that grid is the same whichever of them are there.
/// For all others it is the rectangle around what is there.
struct GranuleLattice {
    let grid: Grid

    /// Of the sphere of the MODIS grid: half of its circumference, and a quarter, m.
    private static let modisWest = -20_015_109.354
    private static let modisNorth = 10_007_554.677

    /// `grids` are those of the granules, at least one.
    init(around grids: [Grid]) {
        let first = grids[0]
        if let globe = GranuleLattice.modisGlobe(of: first) {
            grid = globe
            return
        }
        let west = grids.map(\.west).min() ?? first.west
        let north = grids.map(\.north).max() ?? first.north
        let east = grids.map(\.east).max() ?? first.east
        let south = grids.map(\.south).min() ?? first.south
        grid = Grid(
            crs: first.crs, west: west, north: north, pixelWidth: first.pixelWidth,
            pixelHeight: first.pixelHeight, columns: Int(((east - west) / first.pixelWidth).rounded()),
            rows: Int(((north - south) / first.pixelHeight).rounded()))
    }

    /// Where a granule lies; nil when its cells are not those of the grid.
    func window(of other: Grid) -> PixelWindow? {
        let column = (other.west - grid.west) / grid.pixelWidth
        let row = (grid.north - other.north) / grid.pixelHeight
        let window = PixelWindow(
            column: Int(column.rounded()), row: Int(row.rounded()), columns: other.columns, rows: other.rows)
        let isAligned =
            other.crs == grid.crs && abs(column - column.rounded()) < 0.01 && abs(row - row.rounded()) < 0.01
            && abs(other.pixelWidth / grid.pixelWidth - 1) * Double(other.columns) < 0.01
            && abs(other.pixelHeight / grid.pixelHeight - 1) * Double(other.rows) < 0.01
        return isAligned && window.column >= 0 && window.row >= 0
            && window.column + window.columns <= grid.columns && window.row + window.rows <= grid.rows
            ? window : nil
    }

    private static func modisGlobe(of tile: Grid) -> Grid? {
        guard tile.crs.contains("Sinusoidal"), tile.crs.contains("6371007.181") else { return nil }
        let columns = (-2 * modisWest / tile.pixelWidth).rounded()
        guard columns >= 1, columns < 1e6 else { return nil }
        let pixel = -2 * modisWest / columns
        let offset = (tile.west - modisWest) / pixel
        guard abs(offset - offset.rounded()) < 0.01 else { return nil }
        return Grid(
            crs: tile.crs, west: modisWest, north: modisNorth, pixelWidth: pixel, pixelHeight: pixel,
            columns: Int(columns), rows: Int((2 * modisNorth / pixel).rounded()))
    }
}
