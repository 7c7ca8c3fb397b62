public import Tiling

/// What a raster file says about itself. `noData`, `scale`, `offset` and `unit` are those of the first band.
public struct RasterInfo: Equatable, Sendable {
    public let path: String
    /// GDAL's short name of the format: `GTiff`.
    public let driver: String
    /// WKT; empty when the file has none.
    public let crs: String
    /// Row 0 is the north, also where the file stores rows from the south. `grid.crs` is short where it can
    /// be.
    public let grid: Grid
    public let bandCount: Int
    /// GDAL's name of the number type: `Float32`.
    public let dataType: String
    public let blockColumns: Int
    public let blockRows: Int
    public let noData: Double?
    public let scale: Double
    public let offset: Double
    public let unit: String
    /// One per band, empty where the file has none.
    public let bandDescriptions: [String]
    /// What the file itself says it is of, as MODIS granules do and GeoTIFFs made of them; nil for most.
    public let period: DayRange?

    public var columns: Int { grid.columns }
    public var rows: Int { grid.rows }
}
