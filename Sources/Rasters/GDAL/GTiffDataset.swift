internal import CGDAL
internal import Tiling

/// A GeoTIFF that is being written. Closed or discarded by the one who created it.
struct GTiffDataset {
    let handle: GDALDatasetH

    /// `label` names the file in errors.
    static func create(
        _ path: String, grid: Grid, bandCount: Int, type: PixelType, options: [String: String], label: String
    ) throws(RasterError) -> GTiffDataset {
        let options = GDALOptions(options)
        GDALLibrary.prepare()
        guard let driver = GDALGetDriverByName("GTiff"),
            let handle = GDALCreate(
                driver, path, Int32(grid.columns), Int32(grid.rows), Int32(bandCount), type.gdal, options.list
            )
        else { throw GDALLibrary.failure(.notWritten, label, cannot: "be created") }
        let dataset = GTiffDataset(handle: handle)
        do throws(RasterError) {
            var transform = [grid.west, grid.pixelWidth, 0, grid.north, 0, -grid.pixelHeight]
            GDALSetGeoTransform(handle, &transform)
            if !grid.crs.isEmpty {
                let reference = try SpatialReference(grid.crs, path: label)
                GDALSetSpatialRef(handle, reference.handle)
            }
            try GDALLibrary.check(.notWritten, label, cannot: "be georeferenced")
        } catch {
            dataset.discard()
            throw error
        }
        return dataset
    }

    /// Level 1 of zstd is five times cheaper than deflate at about its size.
    static func compression(_ encoding: OutputEncoding) -> [String: String] {
        var options = ["COMPRESS": encoding.compression.gdalName]
        if encoding.compression == .zstd { options["ZSTD_LEVEL"] = "1" }
        if encoding.compression != .none { options["PREDICTOR"] = encoding.type == .float32 ? "3" : "2" }
        return options
    }

    /// No-data, scale, offset and unit of all bands, and the file's metadata.
    func describe(encoding: OutputEncoding, metadata: [String: String]) {
        let items = GDALOptions(metadata)
        GDALSetMetadata(handle, items.list, nil)
        for number in 1...GDALGetRasterCount(handle) {
            let band = GDALGetRasterBand(handle, number)
            GDALSetRasterNoDataValue(band, encoding.noData)
            if encoding.scale != 1 || encoding.offset != 0 {
                GDALSetRasterScale(band, encoding.scale)
                GDALSetRasterOffset(band, encoding.offset)
            }
            if !encoding.unit.isEmpty { GDALSetRasterUnitType(band, encoding.unit) }
        }
    }

    /// `band` is counted from 1.
    func describe(band: Int, description: String, metadata: [String: String]) {
        let band = GDALGetRasterBand(handle, Int32(band))
        GDALSetDescription(band, description)
        guard !metadata.isEmpty else { return }
        let items = GDALOptions(metadata)
        GDALSetMetadata(band, items.list, nil)
    }

    /// Writes a window of one band, row by row.
    func write(_ values: RasterBuffer, band: Int, window: PixelWindow, label: String) throws(RasterError) {
        GDALLibrary.prepare()
        let status = values.withBytes { memory in
            GDALRasterIO(
                GDALGetRasterBand(handle, Int32(band)), GF_Write, Int32(window.column), Int32(window.row),
                Int32(window.columns), Int32(window.rows),
                // GDAL takes one pointer type for both directions; it does not write through this one.
                UnsafeMutableRawPointer(mutating: memory.baseAddress), Int32(window.columns),
                Int32(window.rows),
                values.type.gdal, 0, 0)
        }
        guard status == CE_None else {
            throw GDALLibrary.failure(
                .notWritten, label, cannot: "write column \(window.column), row \(window.row) of band \(band)"
            )
        }
    }

    /// Writes one window of all bands; each of `bands` covers the whole grid of `columns` columns.
    func writeInterleaved(
        _ bands: [RasterBuffer], from window: PixelWindow, columns: Int, label: String
    ) throws(RasterError) {
        GDALLibrary.prepare()
        for (number, band) in bands.enumerated() {
            let byteCount = band.type.byteCount
            let status = band.withBytes { bytes in
                GDALRasterIO(
                    GDALGetRasterBand(handle, Int32(number + 1)), GF_Write, Int32(window.column),
                    Int32(window.row), Int32(window.columns), Int32(window.rows),
                    // GDAL takes one pointer type for both directions; it does not write through this one.
                    UnsafeMutableRawPointer(
                        mutating: bytes.baseAddress.map {
                            $0 + (window.row * columns + window.column) * byteCount
                        }), Int32(window.columns), Int32(window.rows), band.type.gdal, Int32(byteCount),
                    Int32(columns * byteCount))
            }
            guard status == CE_None else {
                throw GDALLibrary.failure(
                    .notWritten, label, cannot: "write column \(window.column), row \(window.row)")
            }
        }
    }

    /// Hands what was written on to be compressed, and frees its memory.
    func releaseBlocks(label: String) throws(RasterError) {
        GDALLibrary.prepare()
        for number in 1...GDALGetRasterCount(handle) {
            guard GDALFlushRasterCache(GDALGetRasterBand(handle, number)) == CE_None else {
                throw GDALLibrary.failure(.notWritten, label, cannot: "be written")
            }
        }
    }

    /// Flushes and closes. GDALClose returns nothing, so the error state says whether everything was written.
    func close(label: String) throws(RasterError) {
        GDALLibrary.prepare()
        GDALFlushCache(handle)
        GDALClose(handle)
        try GDALLibrary.check(.notWritten, label, cannot: "be written")
    }

    /// Closes a file that nobody wants any more.
    func discard() { GDALClose(handle) }
}
