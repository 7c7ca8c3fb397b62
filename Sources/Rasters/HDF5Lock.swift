internal import Foundation
internal import Glibc

/// The one lock around everything that ends up in HDF5, whose packaged builds are not thread-safe: all of
/// netCDF, and GDAL's netCDF and HDF drivers.
enum HDF5Lock {
    // Recursive: closing a handle takes the lock as well, and may happen inside.
    private static let lock = NSRecursiveLock()

    static func withLock<Result, Failure: Error>(
        if isNeeded: Bool = true, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard isNeeded else { return try body() }
        lock.lock()
        defer { lock.unlock() }
        _ = setErrorPrinter?(0, nil, nil)
        return try body()
    }

    /// HDF5 prints a stack of errors for each attribute that netCDF looks for in vain, and netCDF silences
    /// only the thread that came first. Looked up by name: HDF5 comes with netCDF, and is not linked by us.
    private static let setErrorPrinter = dlsym(nil, "H5Eset_auto2").map {
        unsafeBitCast($0, to: SetErrorPrinter.self)
    }

    /// `herr_t H5Eset_auto2(hid_t stack, H5E_auto2_t function, void *data)`; stack 0 is the thread's own.
    private typealias SetErrorPrinter =
        @convention(c) (Int64, UnsafeRawPointer?, UnsafeRawPointer?) -> Int32
}
