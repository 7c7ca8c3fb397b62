internal import CNetCDF
public import Tiling

/// A netCDF file (classic or netCDF-4), opened read-only.
///
/// Calls of all threads go through one lock, because HDF5 has none of its own. What takes time, decompressing
/// chunks, needs no HDF5: a `LoopTeam` does it outside of the lock where the filters are the usual ones.
public final class NetCDFFile {
    public let path: String
    private let handle: NetCDFHandle
    private let grid: Grid?

    /// With `grid` the cells of all variables lie there, whatever the coordinates of the file say, if it has
    /// any: the first stored row is the north, the first stored column the west. `bytes` are those of the
    /// file, for decoding by a team.
    public init(path: String, grid: Grid? = nil, bytes: SourceBytes? = nil) throws(RasterError) {
        self.path = path
        self.grid = grid
        handle = try NetCDFHandle(path: path, bytes: bytes)
    }

    /// All variables, coordinates included, in the order of the file; those of groups with their path, as in
    /// `Geophysical_Data/sm_surface`.
    public var variableNames: [String] { handle.variables.map(\.name) }

    /// A variable on a regular grid, with or without time.
    public func variable(named name: String) throws(RasterError) -> NetCDFVariable {
        let plain = name.hasPrefix("/") ? String(name.dropFirst()) : name
        guard let stored = handle.variable(named: plain) else {
            let names = variableNames
            let list = names.prefix(30).joined(separator: ", ") + (names.count > 30 ? ", ..." : "")
            throw RasterError(.notInFile, path: path, problem: "has no variable '\(name)'; it has \(list)")
        }
        return try NetCDFVariable(stored, in: handle, placedOn: grid)
    }
}
