/// The pixels of a product: a CRS, the outer corner of the first pixel, the pixel size, and the shape.
///
/// Row 0 is the north. Pixel (column, row) covers x from `west + column * pixelWidth` and y from
/// `north - row * pixelHeight`; its centre is half a pixel further.
public struct Grid: Hashable, Codable, Sendable {
    /// What GDAL understands: `EPSG:4326`, a PROJ string or WKT.
    public let crs: String
    /// x of the outer western edge, in CRS units.
    public let west: Double
    /// y of the outer northern edge, in CRS units.
    public let north: Double
    /// Pixel size in CRS units, positive.
    public let pixelWidth: Double
    /// Pixel size in CRS units, positive; rows run south.
    public let pixelHeight: Double
    public let columns: Int
    public let rows: Int

    public init(
        crs: String, west: Double, north: Double, pixelWidth: Double, pixelHeight: Double, columns: Int,
        rows: Int
    ) {
        precondition(pixelWidth > 0 && pixelHeight > 0 && columns > 0 && rows > 0, "a grid has pixels")
        self.crs = crs
        self.west = west
        self.north = north
        self.pixelWidth = pixelWidth
        self.pixelHeight = pixelHeight
        self.columns = columns
        self.rows = rows
    }

    public var east: Double { west + Double(columns) * pixelWidth }
    public var south: Double { north - Double(rows) * pixelHeight }
    public var isGeographic: Bool { crs == "EPSG:4326" }

    /// x of a column's centre. Degrees east on a geographic grid.
    public func centerX(column: Int) -> Double { west + (Double(column) + 0.5) * pixelWidth }
    /// y of a row's centre. Degrees north on a geographic grid.
    public func centerY(row: Int) -> Double { north - (Double(row) + 0.5) * pixelHeight }

    /// The pixel that contains a point in CRS units, nil outside the grid.
    public func pixel(x: Double, y: Double) -> Pixel? {
        let column = Int(((x - west) / pixelWidth).rounded(.down))
        let row = Int(((north - y) / pixelHeight).rounded(.down))
        guard (0..<columns).contains(column), (0..<rows).contains(row) else { return nil }
        return Pixel(column: column, row: row)
    }

    /// The part of the grid under a window; the window may hang over the grid's edge, as padded tiles do.
    public func cropped(to window: PixelWindow) -> Grid {
        Grid(
            crs: crs, west: west + Double(window.column) * pixelWidth,
            north: north - Double(window.row) * pixelHeight, pixelWidth: pixelWidth, pixelHeight: pixelHeight,
            columns: window.columns, rows: window.rows)
    }
}

/// A pixel of a grid; a type, so that columns and rows are never swapped.
public struct Pixel: Hashable, Codable, Sendable {
    public let column: Int
    public let row: Int

    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// A rectangle of pixels of a grid.
public struct PixelWindow: Hashable, Codable, Sendable {
    public let column: Int
    public let row: Int
    public let columns: Int
    public let rows: Int

    public init(column: Int, row: Int, columns: Int, rows: Int) {
        precondition(columns > 0 && rows > 0, "a window has pixels")
        self.column = column
        self.row = row
        self.columns = columns
        self.rows = rows
    }

    public var pixelCount: Int { columns * rows }
}

extension Grid {
    /// The grids that a product may call by name.
    public static let presets: [String: Grid] = [
        "global-30arcsec": Grid(
            crs: "EPSG:4326", west: -180, north: 90, pixelWidth: 1 / 120.0, pixelHeight: 1 / 120.0,
            columns: 43_200, rows: 21_600),
        // 1000 m on the equator of WGS 84, anchored at 0 E, 0 N as Earth Engine exports it.
        "gssm1km": Grid(
            crs: "EPSG:4326", west: -20_038 * gssmPixel, north: 10_019 * gssmPixel, pixelWidth: gssmPixel,
            pixelHeight: gssmPixel, columns: 40_076, rows: 20_038),
        "smci-30arcsec": Grid(
            crs: "EPSG:4326", west: 73, north: 54, pixelWidth: 1 / 120.0, pixelHeight: 1 / 120.0,
            columns: 7560, rows: 4320),
        "ease2-1km": Grid(
            crs: "EPSG:6933", west: -17_367_530.4451615, north: 7_314_540.8306386,
            pixelWidth: 1000.8950233495562, pixelHeight: 1000.8950233495562, columns: 34_704, rows: 14_616),
    ]

    private static let gssmPixel = 0.008983152841195215
}
