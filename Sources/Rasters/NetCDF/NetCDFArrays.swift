internal import CNetCDF
internal import Glibc

/// A netCDF file as plain named arrays, without grid or calendar: forests and tiles of numbers that other
/// programs wrote for us.
public struct NetCDFArrays {
    private let handle: NetCDFHandle

    /// A dimension of an array.
    public struct Dimension: Hashable, Sendable {
        public let name: String
        public let length: Int

        public init(name: String, length: Int) {
            self.name = name
            self.length = length
        }
    }

    public init(path: String) throws(RasterError) { handle = try NetCDFHandle(path: path) }

    /// The arrays in the file.
    public var names: [String] { handle.variables.map(\.name) }

    /// The dimensions of an array, the slowest first; nil if there is no such array.
    public func dimensions(of name: String) -> [Dimension]? {
        handle.variable(named: name)?.dimensions.map { Dimension(name: $0.name, length: $0.length) }
    }

    /// A text attribute of the whole file.
    public func attribute(_ name: String) -> String? {
        handle.text(
            name,
            of: StoredVariable(
                group: handle.id, id: NC_GLOBAL, name: "", type: NC_NAT, dimensions: []))
    }

    /// A text attribute of an array; nil if there is none, or no such array.
    public func attribute(_ name: String, of array: String) -> String? {
        handle.variable(named: array).flatMap { handle.text(name, of: $0) }
    }

    /// Numbers of an array in the order of the file; with a range, those places of its first dimension.
    public func floats(_ name: String, _ range: Range<Int>? = nil) throws(RasterError) -> [Float] {
        try read(name, range, 0, nc_get_vara_float)
    }

    /// The same as float64.
    public func doubles(_ name: String, _ range: Range<Int>? = nil) throws(RasterError) -> [Double] {
        try read(name, range, 0, nc_get_vara_double)
    }

    /// The same as 32-bit integers.
    public func integers(_ name: String, _ range: Range<Int>? = nil) throws(RasterError) -> [Int32] {
        try read(name, range, 0, nc_get_vara_int)
    }

    /// The same as 64-bit integers.
    public func longIntegers(_ name: String, _ range: Range<Int>? = nil) throws(RasterError) -> [Int64] {
        try read(name, range, 0) { nc_get_vara_longlong($0, $1, $2, $3, $4) }
    }

    /// Texts of an array of strings.
    public func texts(_ name: String) throws(RasterError) -> [String] {
        let pointers = try read(name, nil, UnsafeMutablePointer<CChar>?.none, nc_get_vara_string)
        defer {
            var all = pointers
            _ = HDF5Lock.withLock { nc_free_string(all.count, &all) }
        }
        return pointers.map { $0.map { String(cString: $0) } ?? "" }
    }

    private func read<Element>(
        _ name: String, _ range: Range<Int>?, _ zero: Element,
        _ get: (Int32, Int32, UnsafePointer<Int>?, UnsafePointer<Int>?, UnsafeMutablePointer<Element>?) ->
            Int32
    ) throws(RasterError) -> [Element] {
        guard let variable = handle.variable(named: name) else {
            throw RasterError(.unreadable, path: handle.path, problem: "has no array '\(name)'")
        }
        var starts = [Int](repeating: 0, count: max(variable.dimensions.count, 1))
        var counts = variable.dimensions.map(\.length) + (variable.dimensions.isEmpty ? [1] : [])
        if let range {
            guard range.upperBound <= counts[0] else {
                throw RasterError(
                    .unreadable, path: handle.path,
                    problem: "array '\(name)' has \(counts[0]) values, \(range.upperBound) are needed")
            }
            (starts[0], counts[0]) = (range.lowerBound, range.count)
        }
        let count = counts.reduce(1, *)
        var values = [Element](repeating: zero, count: count)
        guard count > 0 else { return values }
        try HDF5Lock.withLock { () throws(RasterError) in
            errno = 0
            try handle.check(
                get(variable.group, variable.id, starts, counts, &values), cannot: "read array '\(name)'")
        }
        return values
    }

    /// Writes one array of float32 as a netCDF-4 file.
    public static func write(
        _ values: [Float], name: String, dimensions: [Dimension], to path: String
    ) throws(RasterError) {
        precondition(values.count == dimensions.reduce(1) { $0 * $1.length })
        try HDF5Lock.withLock { () throws(RasterError) in
            var (file, variable): (Int32, Int32) = (0, 0)
            func check(_ status: Int32) throws(RasterError) {
                guard status != NC_NOERR else { return }
                throw NetCDFHandle.failure(status, path, .notWritten, cannot: "be written")
            }
            errno = 0
            try check(nc_create(path, NC_CLOBBER | NC_NETCDF4, &file))
            do throws(RasterError) {
                var identifiers = [Int32](repeating: 0, count: dimensions.count)
                for (number, dimension) in dimensions.enumerated() {
                    try check(nc_def_dim(file, dimension.name, dimension.length, &identifiers[number]))
                }
                try check(
                    nc_def_var(file, name, NC_FLOAT, Int32(dimensions.count), identifiers, &variable))
                try check(nc_put_var_float(file, variable, values))
            } catch {
                nc_close(file)
                throw error
            }
            try check(nc_close(file))
        }
    }
}
