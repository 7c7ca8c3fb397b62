internal import CNetCDF
public import Tiling

/// Writes CF-1.8 netCDF-4 files: variables over (time, lat, lon), or (lat, lon) when there are no times.
///
/// Latitudes run from north to south and longitudes as the grid has them, so a grid from 0 to 360 stays one.
public final class NetCDFWriter {
    /// One variable of the file; `encoding` says its type, packing, fill value and unit.
    public struct Variable: Sendable {
        public let name: String
        public let longName: String
        /// CF standard name, if there is one.
        public let standardName: String?
        public let encoding: OutputEncoding

        public init(name: String, longName: String, standardName: String? = nil, encoding: OutputEncoding) {
            self.name = name
            self.longName = longName
            self.standardName = standardName
            self.encoding = encoding
        }
    }

    /// The unit that times are counted in.
    public enum TimeUnit: String, Sendable {
        /// `hours since 1900-01-01 00:00:00.0`, as ERA5 files have it.
        case hours
        /// `days since 1900-01-01 00:00:00.0`.
        case days

        var seconds: Int { self == .hours ? 3600 : 86_400 }
    }

    /// How much of a variable is compressed together.
    public struct Chunk: Sendable {
        public let steps: Int
        public let rows: Int
        public let columns: Int

        public init(steps: Int, rows: Int, columns: Int) {
            precondition(steps > 0 && rows > 0 && columns > 0, "a chunk has values")
            self.steps = steps
            self.rows = rows
            self.columns = columns
        }
    }

    public let path: String
    private let grid: Grid
    private let stepCount: Int
    private var types: [String: (id: Int32, type: PixelType)] = [:]
    /// Nil once the file is closed.
    private var file: Int32?

    /// Creates the file, with its coordinates written. `chunk` is one step by default; `deflateLevel` 0 is
    /// none.
    public init(
        path: String, grid: Grid, times: [TimeStep], timeUnit: TimeUnit = .hours, variables: [Variable],
        attributes: [String: String] = [:], chunk: Chunk? = nil, deflateLevel: Int = 1
    ) throws(RasterError) {
        precondition((0...9).contains(deflateLevel), "deflate has levels 0 to 9")
        self.path = path
        self.grid = grid
        stepCount = max(times.count, 1)
        try HDF5Lock.withLock { () throws(RasterError) in
            var id: Int32 = 0
            try check(nc_create(path, NC_NETCDF4 | NC_CLOBBER, &id), cannot: "be created")
            file = id
            let header = NetCDFHeader(file: id, path: path, grid: grid)
            try header.writeAttributes(["Conventions": "CF-1.8"].merging(attributes) { $1 }, of: NC_GLOBAL)
            let dimensions = try header.define(times: times, unit: timeUnit)
            let wanted = chunk ?? Chunk(steps: 1, rows: grid.rows, columns: grid.columns)
            for variable in variables {
                let id = try header.define(
                    variable, dimensions: dimensions, chunk: wanted, stepCount: stepCount,
                    hasTime: !times.isEmpty,
                    deflateLevel: deflateLevel)
                types[variable.name] = (id, variable.encoding.type)
            }
            try check(nc_enddef(id), cannot: "write the header")
            try header.writeCoordinates(times: times, unit: timeUnit)
        }
    }

    deinit {
        guard let file else { return }
        HDF5Lock.withLock { _ = nc_close(file) }
    }

    /// Writes whole steps of a variable, [step][row][column] of stored values.
    public func write(_ values: RasterBuffer, variable: String, firstStep: Int = 0) throws(RasterError) {
        guard let file, let (id, type) = types[variable] else {
            throw RasterError(
                .notWritten, path: path,
                problem: file == nil
                    ? "cannot be written: it is closed" : "was created without variable '\(variable)'")
        }
        let cells = grid.columns * grid.rows
        precondition(values.type == type && values.count % cells == 0, "whole steps of the variable's type")
        let steps = values.count / cells
        precondition(firstStep >= 0 && firstStep + steps <= stepCount, "steps of the file")
        try HDF5Lock.withLock { () throws(RasterError) in
            var rank: Int32 = 0
            try check(nc_inq_varndims(file, id, &rank), cannot: "write '\(variable)'")
            let starts = (rank == 3 ? [firstStep] : []) + [0, 0]
            let counts = (rank == 3 ? [steps] : []) + [grid.rows, grid.columns]
            let status = values.withBytes { nc_put_vara(file, id, starts, counts, $0.baseAddress) }
            try check(status, cannot: "write '\(variable)'")
        }
    }

    /// Completes the file. A file that was not closed without an error is not one.
    public func close() throws(RasterError) {
        guard let file else { return }
        self.file = nil
        try HDF5Lock.withLock { () throws(RasterError) in try check(nc_close(file), cannot: "be completed") }
    }

    private func check(_ status: Int32, cannot attempt: String) throws(RasterError) {
        if status != NC_NOERR { throw NetCDFHandle.failure(status, path, .notWritten, cannot: attempt) }
    }
}
