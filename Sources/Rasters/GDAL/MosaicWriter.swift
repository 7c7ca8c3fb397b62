internal import CGDAL
internal import Glibc
public import Tiling

/// Assembles one large band from windows in any order, and writes it as a cloud-optimised GeoTIFF with
/// overviews.
///
/// Memory is GDAL's block cache, whatever the size of the grid. Blocks that nobody writes take no space: not
/// in the intermediate file, which is plain and sparse, and not in the result. The same windows give the same
/// bytes.
public final class MosaicWriter {
    /// How overviews are made.
    public enum OverviewResampling: String, Sendable {
        case nearest, average
    }

    private let temporaryPath: String
    private let grid: Grid
    private let encoding: OutputEncoding
    private let blockSize: Int
    private let overviews: OverviewResampling
    private var dataset: GTiffDataset?

    /// Creates the intermediate file at `temporaryPath`; it is gone after `finish`, or with the writer.
    ///
    /// `metadata` belongs to the file (`TIFFTAG_DATETIME`, `AREA_OR_POINT`). `cacheBytes` bounds GDAL's block
    /// cache for the whole process.
    public init(
        temporaryPath: String, grid: Grid, encoding: OutputEncoding, description: String,
        metadata: [String: String] = [:], blockSize: Int = 512, overviews: OverviewResampling = .average,
        cacheBytes: Int = 256 << 20
    ) throws(RasterError) {
        precondition(
            blockSize % 16 == 0 && blockSize >= 128, "a COG's block is a multiple of 16, and at least 128")
        self.temporaryPath = temporaryPath
        self.grid = grid
        self.encoding = encoding
        self.blockSize = blockSize
        self.overviews = overviews
        GDALLibrary.prepare()
        GDALSetCacheMax64(GIntBig(cacheBytes))
        // Uncompressed: a block that is filled by several windows is then rewritten in its place.
        let dataset = try GTiffDataset.create(
            temporaryPath, grid: grid, bandCount: 1, type: encoding.type,
            options: [
                "TILED": "YES", "BLOCKXSIZE": String(blockSize), "BLOCKYSIZE": String(blockSize),
                "SPARSE_OK": "TRUE",
                "BIGTIFF": "IF_SAFER",
            ], label: temporaryPath)
        self.dataset = dataset
        dataset.describe(encoding: encoding, metadata: metadata)
        dataset.describe(band: 1, description: description, metadata: [:])
        try GDALLibrary.check(.notWritten, temporaryPath, cannot: "be described")
    }

    deinit { removeIntermediate() }

    /// Puts stored values, row by row, into their place. The window lies inside the grid.
    public func write(_ values: RasterBuffer, window: PixelWindow) throws(RasterError) {
        precondition(
            values.type == encoding.type && values.count == window.pixelCount, "a window's worth of values")
        guard let dataset else {
            throw RasterError(.notWritten, path: temporaryPath, problem: "cannot be written: it is finished")
        }
        guard window.fits(columns: grid.columns, rows: grid.rows) else {
            throw RasterError(
                .outside, path: temporaryPath,
                problem: window.overhang(columns: grid.columns, rows: grid.rows))
        }
        try dataset.write(values, band: 1, window: window, label: temporaryPath)
    }

    /// Writes the mosaic to `path`, which should be a temporary name: renaming it durably is up to the
    /// caller. On an error nothing is left there.
    public func finish(to path: String) throws(RasterError) {
        guard let dataset else {
            throw RasterError(
                .notWritten, path: path, problem: "cannot be written: the mosaic is finished already")
        }
        defer { removeIntermediate() }
        GDALLibrary.prepare()
        GDALFlushCache(dataset.handle)
        try GDALLibrary.check(.notWritten, temporaryPath, cannot: "be written")
        do throws(RasterError) {
            try copyOptimised(dataset, to: path)
            try verify(path)
        } catch {
            unlink(path)
            throw error
        }
    }

    private func copyOptimised(_ source: GTiffDataset, to path: String) throws(RasterError) {
        var options = [
            "COMPRESS": encoding.compression.gdalName, "BLOCKSIZE": String(blockSize), "OVERVIEWS": "AUTO",
            "OVERVIEW_RESAMPLING": overviews.rawValue.uppercased(), "SPARSE_OK": "TRUE",
            "BIGTIFF": "IF_SAFER",
        ]
        if encoding.compression == .zstd { options["LEVEL"] = "1" }
        if encoding.compression != .none { options["PREDICTOR"] = "YES" }
        let list = GDALOptions(options)
        // The COG driver makes overviews beside the result; an interrupted run leaves them.
        defer { unlink(path + ".ovr.tmp") }
        GDALLibrary.prepare()
        guard let driver = GDALGetDriverByName("COG"),
            let copy = GDALCreateCopy(driver, path, source.handle, 0, list.list, nil, nil)
        else { throw GDALLibrary.failure(.notWritten, path, cannot: "be written as a COG") }
        GDALClose(copy)
        try GDALLibrary.check(.notWritten, path, cannot: "be written as a COG")
    }

    /// A full disk shows when a file is opened again, if not before.
    private func verify(_ path: String) throws(RasterError) {
        let info = try RasterFile(path: path).info
        guard info.columns == grid.columns, info.rows == grid.rows else {
            throw RasterError(
                .notWritten, path: path,
                problem: "was written with \(info.columns) x \(info.rows) pixels, not "
                    + "\(grid.columns) x \(grid.rows)")
        }
    }

    private func removeIntermediate() {
        guard let dataset else { return }
        self.dataset = nil
        dataset.discard()
        unlink(temporaryPath)
    }
}
