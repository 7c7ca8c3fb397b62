internal import CNetCDF
public import Tiling

/// A variable on a regular grid: north-up, west to east, whatever order the file has.
public final class NetCDFVariable {
    public let name: String
    public let path: String
    /// As the file spells it; empty when it has none.
    public let unit: String
    /// Longitudes of a global grid begin at about -180; others are shifted as a whole into -180...180.
    public let grid: Grid
    /// Whether the grid goes round the globe, so that the last column borders on the first.
    public let isPeriodic: Bool
    /// The time of each step, in the order of the file; empty for a variable without time, which has one
    /// step, 0.
    public let times: [TimeStep]
    /// Steps that are compressed together; reading a multiple of them at once decodes nothing twice.
    public let stepsPerChunk: Int
    /// Rows that are compressed together; nil where the variable is stored row by row, without chunks.
    public let rowsPerChunk: Int?

    let handle: NetCDFHandle
    let stored: StoredVariable
    let placement: GridPlacement
    let packing: NumberPacking
    /// Positions of x, y and time among the variable's dimensions.
    let axes: (x: Int, y: Int, time: Int?)
    let versions: VersionAxis?

    /// Nil where only HDF5 can decode the variable.
    private(set) lazy var storedChunks = StoredChunks(of: stored, in: handle, timeAxis: axes.time)
    private(set) lazy var storedNumbers = StoredNumbers(type: stored.type, packing: packing)

    /// 1 for a variable without time.
    public let stepCount: Int

    /// Bytes of a decoded chunk; nil where the library reads the variable.
    public var chunkByteCount: Int? { storedChunks?.byteCount }

    /// Where the first chunk lies in the file, in bytes; nil where nobody knows.
    public var firstByte: Int? { storedChunks?.firstByte }

    init(_ variable: StoredVariable, in file: NetCDFHandle, placedOn grid: Grid?) throws(RasterError) {
        let layout = try VariableLayout(of: variable, in: file, placedOn: grid)
        name = variable.name
        path = file.path
        unit = file.text("units", of: variable) ?? ""
        placement = layout.placement
        self.grid = layout.placement.grid
        isPeriodic = layout.placement.isPeriodic
        times = layout.times
        axes = layout.axes
        versions = layout.versions
        stepCount = layout.axes.time.map { variable.dimensions[$0].length } ?? 1
        (stepsPerChunk, rowsPerChunk) = NetCDFVariable.chunk(of: variable, in: file, axes: layout.axes)
        packing = NumberPacking(of: variable, in: file)
        handle = file
        stored = variable
    }

    /// Steps and rows per chunk. Also makes room for all chunks of one run of steps, so that reading month
    /// after month out of chunks of a year decodes each once.
    private static func chunk(
        of variable: StoredVariable, in file: NetCDFHandle, axes: (x: Int, y: Int, time: Int?)
    ) -> (steps: Int, rows: Int?) {
        var storage: Int32 = 0
        var sizes = [Int](repeating: 1, count: variable.dimensions.count)
        return HDF5Lock.withLock {
            let status = nc_inq_var_chunking(variable.group, variable.id, &storage, &sizes)
            guard status == NC_NOERR, storage == NC_CHUNKED else { return (1, nil) }
            guard let time = axes.time else { return (1, max(sizes[axes.y], 1)) }
            var valueBytes = 0
            nc_inq_type(file.id, variable.type, nil, &valueBytes)
            var byteCount = valueBytes * max(sizes[time], 1)
            for (axis, dimension) in variable.dimensions.enumerated() where axis != time {
                byteCount *= (dimension.length + sizes[axis] - 1) / sizes[axis] * sizes[axis]
            }
            if byteCount > cacheBytesByDefault {
                _ = nc_set_var_chunk_cache(
                    variable.group, variable.id, min(byteCount, cacheBytesMax), 10_007, 0.75)
            }
            return (max(sizes[time], 1), max(sizes[axes.y], 1))
        }
    }

    private static let cacheBytesByDefault = 4 << 20
    private static let cacheBytesMax = 256 << 20
}
