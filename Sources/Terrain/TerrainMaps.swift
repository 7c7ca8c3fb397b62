internal import Rasters
public import Tiling

/// The maps that a topographic index is made from, checked against each other.
public struct TerrainMaps: Sendable {
    /// What an accumulation map counts.
    public enum AccumulationUnit: String, Codable, CaseIterable, Sendable {
        /// MERIT Hydro's `upa`.
        case km2
        case m2
        /// Cells, the cell itself counted; taken as so many cells of this one's size.
        case cells
    }

    /// Elevations outside of these are no land, m: a unit that is not metres, or an undeclared no-data value.
    static let possibleElevations: ClosedRange<Float> = -500...9000

    public let elevationPath: String
    public let directionsPath: String?
    public let accumulationPath: String?
    public let accumulationUnit: AccumulationUnit
    public let grid: Grid
    public let geometry: CellGeometry
    /// Whether the columns go once around the globe, so that water crosses the date line.
    public let isRing: Bool

    /// Opens the maps, and refuses those that do not lie on one grid or whose cells have no size in metres.
    public init(
        elevation: String, directions: String? = nil, accumulation: String? = nil,
        accumulationUnit: AccumulationUnit = .km2
    ) throws {
        let info = try RasterFile(path: elevation).info
        guard accumulation == nil || directions != nil else {
            throw TerrainError(
                "\(accumulation ?? ""): an accumulation without its directions: give --directions, too")
        }
        elevationPath = elevation
        directionsPath = directions
        accumulationPath = accumulation
        self.accumulationUnit = accumulationUnit
        grid = info.grid
        let isGeographic = try Self.isGeographic(grid, path: elevation)
        geometry = CellGeometry(grid: grid, isGeographic: isGeographic)
        isRing = isGeographic && abs(grid.east - grid.west - 360) < 0.01 * grid.pixelWidth
        guard geometry.sumsFit(columns: grid.columns) else {
            throw TerrainError("\(elevation): its cells together are larger than the Earth: check its CRS")
        }
        for path in [directions, accumulation].compactMap(\.self) {
            try Self.check(path, liesOn: grid, of: elevation)
        }
    }

    /// Whether the grid's unit is a degree; anything but degrees and true metres is refused.
    private static func isGeographic(_ grid: Grid, path: String) throws -> Bool {
        if grid.crs.isEmpty {
            guard grid.pixelWidth < 0.1 else { return false }
            throw TerrainError(
                "\(path): has no coordinate reference system, and its cells of \(grid.pixelWidth) look like "
                    + "degrees: give it one, with gdal_edit.py -a_srs for instance")
        }
        let x = (grid.west + grid.east) / 2
        let y = (grid.north + grid.south) / 2
        let transform = try CoordinateTransform(from: grid.crs, to: "EPSG:4326")
        var longitudes = [x, x + grid.pixelWidth]
        var latitudes = [y, y]
        transform.transform(x: &longitudes, y: &latitudes)
        // Datums differ by less than a hundredth of a degree.
        if transform.isIdentity || (abs(longitudes[0] - x) < 0.01 && abs(latitudes[0] - y) < 0.01) {
            guard grid.north <= 90 + grid.pixelHeight, grid.south >= -90 - grid.pixelHeight else {
                throw TerrainError("\(path): reaches beyond a pole: check its georeference")
            }
            return true
        }
        let ground = CellGeometry.distance(longitudes, latitudes)
        guard ground > 0.8 * grid.pixelWidth, ground < 1.25 * grid.pixelWidth else {
            throw TerrainError(
                "\(path): its cells of \(grid.pixelWidth) are \(ground) m wide on the ground: reproject it "
                    + "to EPSG:4326, or to a projection in metres that keeps distances")
        }
        return false
    }

    private static func check(_ path: String, liesOn grid: Grid, of elevation: String) throws {
        let other = try RasterFile(path: path).info.grid
        let tolerance = 0.01 * grid.pixelWidth
        let isSame =
            other.columns == grid.columns && other.rows == grid.rows
            && abs(other.west - grid.west) < tolerance && abs(other.north - grid.north) < tolerance
            && abs(other.east - grid.east) < tolerance && abs(other.south - grid.south) < tolerance
            && (other.crs == grid.crs || other.crs.isEmpty || grid.crs.isEmpty)
        guard isSame else {
            throw TerrainError(
                "\(path): \(other.columns) x \(other.rows) cells from \(other.west), \(other.north) are "
                    + "not the grid of \(elevation), \(grid.columns) x \(grid.rows) from \(grid.west), "
                    + "\(grid.north): cut it with gdalwarp")
        }
    }
}
