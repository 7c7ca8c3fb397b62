internal import CGDAL
internal import Glibc
internal import Synchronization
internal import Tiling

/// GDAL as a whole: its drivers, its settings, and its error state, which belongs to the calling thread.
enum GDALLibrary {
    /// Drivers and settings, once per process. Errors are read and thrown by us, so nothing is printed.
    private static let registration: Void = {
        CPLSetErrorHandler(CPLQuietErrorHandler)
        // A folder of a hundred thousand tiles must not be listed each time one of them is opened.
        CPLSetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "TRUE")
        // Values stay as they are published: by default GDAL turns K into degrees Celsius.
        CPLSetConfigOption("GRIB_NORMALIZE_UNITS", "NO")
        // GDAL would take a twentieth of the machine for itself, whatever a worker was given.
        if CPLGetConfigOption("GDAL_CACHEMAX", nil) == nil { GDALSetCacheMax64(GIntBig(cacheBytes)) }
        GDALAllRegister()
        // Blocks, their codecs and chunks, a few MB each, come and go by the hundred: their pages stay with
        // the process instead of being cleared each time. Planes are larger, and go back at once.
        mallopt(M_MMAP_THRESHOLD, 8 << 20)
        mallopt(M_TRIM_THRESHOLD, 16 << 20)
    }()

    /// Blocks that GDAL keeps, of all files of the process together; a merger sets its own.
    private static let cacheBytes = 64 << 20

    /// Before a call whose failure matters.
    static func prepare() {
        registration
        CPLErrorReset()
        errno = 0
    }

    /// What the last failed call of this thread said; nil when none failed since `prepare`.
    static var failureMessage: String? {
        guard CPLGetLastErrorType().rawValue >= CE_Failure.rawValue else { return nil }
        return String(cString: CPLGetLastErrorMsg())
    }

    /// The error of the call that just failed. Must be asked for at once, on the same thread.
    static func failure(_ kind: RasterError.Kind, _ path: String, cannot attempt: String) -> RasterError {
        let code = errno
        let said = failureMessage ?? "GDAL gave no reason"
        return RasterError(
            kind, path: path, problem: "cannot \(attempt): \(said)\(RasterError.cause(code))",
            isRetriable: RasterError.mayPass(code) || RasterError.mayPass(said))
    }

    /// Throws when something failed since `prepare`, for functions that return nothing, such as `GDALClose`.
    static func check(_ kind: RasterError.Kind, _ path: String, cannot attempt: String) throws(RasterError) {
        if failureMessage != nil { throw failure(kind, path, cannot: attempt) }
    }

    /// A name in memory that no other thread uses.
    static func memoryName(_ suffix: String) -> String {
        "/vsimem/tilth-\(counter.add(1, ordering: .relaxed).newValue).\(suffix)"
    }

    private static let counter = Atomic<Int>(0)

    /// Takes the bytes of a file in memory, and removes it.
    static func takeMemoryFile(_ name: String) -> [UInt8]? {
        var length: vsi_l_offset = 0
        guard let data = VSIGetMemFileBuffer(name, &length, 1) else { return nil }
        defer { VSIFree(data) }
        return [UInt8](UnsafeRawBufferPointer(start: data, count: Int(length)))
    }

    /// Drivers that never reach HDF5. All others are used under the lock; a VRT may lead anywhere.
    static let driversWithoutHDF5: Set<String> = [
        "GTiff", "COG", "AAIGrid", "ENVI", "EHdr", "PNG", "JPEG", "GRIB", "SRTMHGT", "MEM", "HFA",
    ]
}

/// Options as GDAL takes them, `KEY=VALUE`; freed with the value.
struct GDALOptions: ~Copyable {
    private(set) var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

    /// Written in the order of keys, so that files do not depend on the order of a dictionary.
    init(_ options: [String: String]) {
        for (key, value) in options.sorted(by: { $0.key < $1.key }) {
            list = CSLSetNameValue(list, key, value)
        }
    }

    /// For functions that promise not to change it.
    var constantList: UnsafePointer<UnsafePointer<CChar>?>? {
        UnsafeRawPointer(list)?.assumingMemoryBound(to: UnsafePointer<CChar>?.self)
    }

    deinit { CSLDestroy(list) }
}

extension PixelType {
    var gdal: GDALDataType {
        switch self {
        case .uint16: GDT_UInt16
        case .int16: GDT_Int16
        case .float32: GDT_Float32
        }
    }
}

extension OutputEncoding.Compression {
    var gdalName: String {
        switch self {
        case .zstd: "ZSTD"
        case .deflate: "DEFLATE"
        case .none: "NONE"
        }
    }
}
