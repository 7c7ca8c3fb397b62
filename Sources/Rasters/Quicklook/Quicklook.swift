internal import CGDAL
internal import Tiling

/// A small picture of a map for people: PNG, brown for dry, blue for wet, transparent where there is no
/// value, and a colour bar below.
public struct Quicklook: Sendable {
    /// Values at the two ends of the colours, in the unit of the raster.
    public let range: ClosedRange<Double>
    /// Pixels along the longer side of the map in the picture, at most.
    public let sidePixelsMax: Int

    public init(range: ClosedRange<Double> = 0...0.5, sidePixelsMax: Int = 1000) {
        precondition(range.lowerBound < range.upperBound && sidePixelsMax >= 16, "a picture shows something")
        self.range = range
        self.sidePixelsMax = sidePixelsMax
    }

    /// The PNG of one band (counted from 1) of a raster file; overviews are used where the file has them.
    public func png(ofRaster path: String, band: Int = 1) throws(RasterError) -> [UInt8] {
        let file = try RasterFile(path: path)
        let info = file.info
        let share = min(1, Double(sidePixelsMax) / Double(max(info.columns, info.rows)))
        let columns = max(1, Int(Double(info.columns) * share))
        let rows = max(1, Int(Double(info.rows) * share))
        let values = try file.readReduced(columns: columns, rows: rows, band: band)
        // Small maps are shown with larger pixels, so that the colour bar fits below.
        let zoom = max(1, min(sidePixelsMax, 480) / max(columns, rows))

        var picture = Picture(
            width: max(columns * zoom, ColourBar.width), height: rows * zoom + ColourBar.height)
        for y in 0..<rows * zoom {
            for x in 0..<columns * zoom {
                let value = values[y / zoom * columns + x / zoom]
                if !value.isNaN { picture.set(x, y, ColourRamp.colour(at: position(of: Double(value)))) }
            }
        }
        ColourBar(range: range, unit: info.unit).draw(into: &picture, top: rows * zoom)
        return try picture.png(label: "quicklook of \(path)")
    }

    private func position(of value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }
}

extension RasterFile {
    /// The whole band averaged into fewer pixels, [row][column], unpacked; NaN where there is no value. Of
    /// classes, which have no mean, single pixels are taken.
    public func readReduced(
        columns: Int, rows: Int, band: Int, isClasses: Bool = false
    ) throws(RasterError) -> [Float] {
        // Checks the band's number as every other read does.
        _ = try read(window: PixelWindow(column: 0, row: 0, columns: 1, rows: 1), bands: [band])
        var numbers = [Double](repeating: .nan, count: columns * rows)
        var settings = GDALRasterIOExtraArg()
        settings.nVersion = 1
        settings.eResampleAlg =
            columns == info.columns || isClasses ? GRIORA_NearestNeighbour : GRIORA_Average
        let handle = GDALGetRasterBand(dataset, Int32(band))
        let status = HDF5Lock.withLock(if: needsHDF5Lock) {
            GDALLibrary.prepare()
            return GDALRasterIOEx(
                handle, GF_Read, 0, 0, Int32(info.columns), Int32(info.rows), &numbers, Int32(columns),
                Int32(rows),
                GDT_Float64, 0, 0, &settings)
        }
        guard status == CE_None, let handle else {
            throw GDALLibrary.failure(.unreadable, info.path, cannot: "read band \(band) for a picture")
        }
        if isSouthUp {
            numbers = (0..<rows).reversed().flatMap { numbers[$0 * columns..<($0 + 1) * columns] }
        }
        return [Float](unsafeUninitializedCapacity: numbers.count) { values, count in
            BandEncoding(of: handle).unpack(
                numbers, into: UnsafeMutableBufferPointer(rebasing: values[..<numbers.count]))
            count = numbers.count
        }
    }
}
