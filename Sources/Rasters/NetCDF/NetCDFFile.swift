internal import CNetCDF

/// A netCDF file (classic or netCDF-4), opened read-only.
///
/// Calls of all threads go through one lock, because HDF5 has none of its own. What takes time, decompressing
/// chunks, needs no HDF5: a `LoopTeam` does it outside of the lock where the filters are the usual ones.
public final class NetCDFFile {
    public let path: String
    private let handle: NetCDFHandle

    public init(path: String) throws(RasterError) {
        self.path = path
        handle = try NetCDFHandle(path: path)
    }

    /// All variables of the root group, coordinates included, in the order of the file.
    public var variableNames: [String] { handle.variables.map(\.name) }

    /// A variable on a regular grid, with or without time.
    public func variable(named name: String) throws(RasterError) -> NetCDFVariable {
        guard let stored = handle.variable(named: name) else {
            let names = variableNames
            let list = names.prefix(30).joined(separator: ", ") + (names.count > 30 ? ", ..." : "")
            throw RasterError(.notInFile, path: path, problem: "has no variable '\(name)'; it has \(list)")
        }
        return try NetCDFVariable(stored, in: handle)
    }
}
