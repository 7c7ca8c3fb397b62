internal import CGDAL
internal import Tiling

/// A raster file, in any format that GDAL reads, opened read-only.
///
/// Belongs to the thread that opened it; open the file once per thread.
public final class RasterFile {
    public let info: RasterInfo
    let dataset: GDALDatasetH
    /// Rows are stored from the south, and turned over while reading.
    let isSouthUp: Bool
    let needsHDF5Lock: Bool
    /// Of the first band's kind; nil where GDAL must read.
    private(set) lazy var storedBlocks = GDALGetRasterBand(dataset, 1).flatMap { band in
        isSouthUp ? nil : StoredBlocks(info: info, type: GDALGetRasterDataType(band))
    }

    /// Opens the file and reads its header. With `crs` that is its coordinate system, and the file's own,
    /// which takes longer to look up than a block to read, is not asked for.
    public init(path: String, crs: String? = nil) throws(RasterError) {
        try RasterError.checkExists(path)
        GDALLibrary.prepare()
        try HDF4Header.check(path)
        // Looks at the first bytes only, so that the lock can be taken before a driver touches HDF5.
        let driver = GDALIdentifyDriverEx(path, UInt32(GDAL_OF_RASTER), nil, nil).map {
            string(GDALGetDriverShortName($0))
        }
        let needsLock = driver.map { !GDALLibrary.driversWithoutHDF5.contains($0) } ?? true
        (dataset, info, isSouthUp) = try HDF5Lock.withLock(if: needsLock) {
            () throws(RasterError) -> (GDALDatasetH, RasterInfo, Bool) in
            GDALLibrary.prepare()
            guard
                let dataset = GDALOpenEx(path, UInt32(GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR), nil, nil, nil)
            else {
                let kind = driver.map { " (\($0))" } ?? ""
                throw GDALLibrary.failure(.unreadable, path, cannot: "be opened as a raster\(kind)")
            }
            do throws(RasterError) {
                let (info, isSouthUp) = try RasterFile.describe(dataset, path: path, crs: crs)
                return (dataset, info, isSouthUp)
            } catch {
                GDALClose(dataset)
                throw error
            }
        }
        needsHDF5Lock = needsLock
    }

    deinit { HDF5Lock.withLock(if: needsHDF5Lock) { GDALClose(dataset) } }

    private static func describe(
        _ dataset: GDALDatasetH, path: String, crs known: String?
    ) throws(RasterError) -> (RasterInfo, Bool) {
        let bandCount = Int(GDALGetRasterCount(dataset))
        guard bandCount > 0, let band = GDALGetRasterBand(dataset, 1) else {
            throw RasterError(
                .unreadable, path: path,
                problem: "holds no raster band\(subdatasetAdvice(dataset))")
        }
        var descriptions: [String] = []
        for number in 1...bandCount {
            descriptions.append(string(GDALGetDescription(GDALGetRasterBand(dataset, Int32(number)))))
        }
        var (crs, crsName) = (known ?? "", known ?? "")
        if known == nil, let reference = SpatialReference(copying: GDALGetSpatialRef(dataset)) {
            (crs, crsName) = (reference.wkt, reference.name)
        }
        let (grid, isSouthUp) = try placement(of: dataset, crs: crsName, path: path)
        var (blockColumns, blockRows): (Int32, Int32) = (0, 0)
        GDALGetBlockSize(band, &blockColumns, &blockRows)
        let encoding = BandEncoding(of: band)
        let info = RasterInfo(
            path: path, driver: string(GDALGetDriverShortName(GDALGetDatasetDriver(dataset))), crs: crs,
            grid: grid,
            bandCount: bandCount, dataType: string(GDALGetDataTypeName(GDALGetRasterDataType(band))),
            blockColumns: Int(blockColumns), blockRows: Int(blockRows), noData: encoding.noData,
            scale: encoding.scale, offset: encoding.offset, unit: unit(of: band),
            bandDescriptions: descriptions, period: period(of: dataset))
        return (info, isSouthUp)
    }

    private static func period(of dataset: GDALDatasetH) -> DayRange? {
        func day(_ item: String) -> Day? { Day(string(GDALGetMetadataItem(dataset, item, nil))) }
        guard let first = day("RANGEBEGINNINGDATE"), let last = day("RANGEENDINGDATE"), first <= last else {
            return nil
        }
        return DayRange(first, through: last)
    }

    /// The grid with row 0 in the north, and whether the file has it the other way round.
    private static func placement(
        of dataset: GDALDatasetH, crs: String, path: String
    ) throws(RasterError) -> (Grid, isSouthUp: Bool) {
        let columns = Int(GDALGetRasterXSize(dataset))
        let rows = Int(GDALGetRasterYSize(dataset))
        var transform = [Double](repeating: 0, count: 6)
        guard GDALGetGeoTransform(dataset, &transform) == CE_None else {
            throw RasterError(
                .unsupported, path: path,
                problem: "has no geotransform, so its pixels have no place: georeference it first")
        }
        guard transform[2] == 0, transform[4] == 0 else {
            throw RasterError(
                .unsupported, path: path,
                problem: "is rotated: warp it to a north-up grid first, with gdalwarp")
        }
        guard transform[1] > 0, transform[5] != 0 else {
            throw RasterError(
                .unsupported, path: path,
                problem:
                    "has columns that run from east to west: warp it to a north-up grid first, with gdalwarp")
        }
        let isSouthUp = transform[5] > 0
        let grid = Grid(
            crs: crs, west: transform[0],
            north: isSouthUp ? transform[3] + Double(rows) * transform[5] : transform[3],
            pixelWidth: transform[1], pixelHeight: abs(transform[5]), columns: columns, rows: rows)
        return (grid, isSouthUp)
    }

    /// GRIB keeps it in a metadata item, in brackets.
    private static func unit(of band: GDALRasterBandH) -> String {
        let unit = string(GDALGetRasterUnitType(band))
        guard unit.isEmpty else { return unit }
        return string(GDALGetMetadataItem(band, "GRIB_UNIT", nil)).filter { $0 != "[" && $0 != "]" }
    }

    /// Containers such as HDF list what is in them.
    private static func subdatasetAdvice(_ dataset: GDALDatasetH) -> String {
        guard let list = GDALGetMetadata(dataset, "SUBDATASETS"),
            let name = CSLFetchNameValue(list, "SUBDATASET_1_NAME")
        else { return "" }
        return ": name one of its subdatasets, such as \(string(name))"
    }
}

/// A text that GDAL owns; empty for none.
func string(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
