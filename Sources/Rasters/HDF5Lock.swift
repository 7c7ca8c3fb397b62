internal import Foundation

/// The one lock around everything that ends up in HDF5, whose packaged builds are not thread-safe: all of netCDF, and
/// GDAL's netCDF and HDF drivers.
enum HDF5Lock {
    // Recursive: closing a handle takes the lock as well, and may happen inside.
    private static let lock = NSRecursiveLock()

    static func withLock<Result, Failure: Error>(
        if isNeeded: Bool = true, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard isNeeded else { return try body() }
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}
