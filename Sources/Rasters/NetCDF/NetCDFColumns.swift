internal import CNetCDF
internal import Glibc

/// One-dimensional arrays side by side in a netCDF-4 file: a table of columns that `NetCDFArrays` reads back.
public struct NetCDFColumns {
    /// One column; columns of the same length and dimension stand side by side.
    public struct Column: Sendable {
        /// The values of a column.
        public enum Values: Sendable {
            case floats([Float])
            /// Read when its turn to be written has come, so that not all columns are in memory at once.
            case laterFloats(count: Int, @Sendable () throws -> [Float])
            case doubles([Double])
            case integers([Int32])
            case texts([String])
        }

        public let name: String
        public let dimension: String
        public let values: Values
        public let attributes: [String: String]

        public init(name: String, dimension: String, values: Values, attributes: [String: String] = [:]) {
            self.name = name
            self.dimension = dimension
            self.values = values
            self.attributes = attributes
        }

        var count: Int {
            switch values {
            case .floats(let values): values.count
            case .laterFloats(let count, _): count
            case .doubles(let values): values.count
            case .integers(let values): values.count
            case .texts(let values): values.count
            }
        }

        var type: nc_type {
            switch values {
            case .floats, .laterFloats: NC_FLOAT
            case .doubles: NC_DOUBLE
            case .integers: NC_INT
            case .texts: NC_STRING
            }
        }
    }

    /// Rows that are compressed together.
    static let chunkRows = 1 << 16

    /// Writes a file of columns; `attributes` are those of the whole file.
    public static func write(_ columns: [Column], attributes: [String: String], to path: String) throws {
        try HDF5Lock.withLock {
            var file: Int32 = 0
            errno = 0
            try check(nc_create(path, NC_CLOBBER | NC_NETCDF4, &file), path)
            do {
                for (name, text) in attributes.sorted(by: { $0.key < $1.key }) {
                    try check(nc_put_att_text(file, NC_GLOBAL, name, text.utf8.count, text), path)
                }
                var dimensions: [String: Int32] = [:]
                for column in columns where dimensions[column.dimension] == nil {
                    var id: Int32 = 0
                    try check(nc_def_dim(file, column.dimension, column.count, &id), path)
                    dimensions[column.dimension] = id
                }
                let variables = try columns.map { column in
                    try define(column, dimension: dimensions[column.dimension] ?? 0, in: file, path)
                }
                for (column, variable) in zip(columns, variables) {
                    try put(column, variable, in: file, path)
                }
            } catch {
                nc_close(file)
                throw error
            }
            try check(nc_close(file), path)
        }
    }

    private static func define(_ column: Column, dimension: Int32, in file: Int32, _ path: String)
        throws(RasterError) -> Int32
    {
        var (id, dimension) = (Int32(0), dimension)
        try check(nc_def_var(file, column.name, column.type, 1, &dimension, &id), path)
        if column.type != NC_STRING, column.count > 0 {
            var chunk = min(column.count, chunkRows)
            try check(nc_def_var_chunking(file, id, NC_CHUNKED, &chunk), path)
            try check(nc_def_var_deflate(file, id, 1, 1, 1), path)
        }
        for (name, text) in column.attributes.sorted(by: { $0.key < $1.key }) {
            try check(nc_put_att_text(file, id, name, text.utf8.count, text), path)
        }
        return id
    }

    private static func put(_ column: Column, _ id: Int32, in file: Int32, _ path: String) throws {
        guard column.count > 0 else { return }
        switch column.values {
        case .floats(let values): try check(nc_put_var_float(file, id, values), path)
        case .laterFloats(let count, let read):
            let values = try read()
            guard values.count == count else {
                throw RasterError(
                    .notWritten, path: path,
                    problem: "\(column.name) has \(values.count) rows instead of \(count)")
            }
            try check(nc_put_var_float(file, id, values), path)
        case .doubles(let values): try check(nc_put_var_double(file, id, values), path)
        case .integers(let values): try check(nc_put_var_int(file, id, values), path)
        case .texts(let texts):
            let copies = texts.map { strdup($0) }
            defer { copies.forEach { free($0) } }
            var pointers = copies.map { UnsafePointer<CChar>($0) }
            try check(nc_put_var_string(file, id, &pointers), path)
        }
    }

    private static func check(_ status: Int32, _ path: String) throws(RasterError) {
        guard status != NC_NOERR else { return }
        throw NetCDFHandle.failure(status, path, .notWritten, cannot: "be written")
    }
}
