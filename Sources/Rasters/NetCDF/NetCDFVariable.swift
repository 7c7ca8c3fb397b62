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
    /// The time of each step, in the order of the file; empty for a variable without time, which has one step, 0.
    public let times: [TimeStep]
    /// Steps that are compressed together; reading a multiple of them at once decodes nothing twice.
    public let stepsPerChunk: Int

    let handle: NetCDFHandle
    let stored: StoredVariable
    let placement: GridPlacement
    let packing: NumberPacking
    /// Positions of x, y and time among the variable's dimensions.
    let axes: (x: Int, y: Int, time: Int?)

    /// 1 for a variable without time.
    public let stepCount: Int

    init(_ variable: StoredVariable, in file: NetCDFHandle) throws(RasterError) {
        let layout = try VariableLayout(of: variable, in: file)
        name = variable.name
        path = file.path
        unit = file.text("units", of: variable) ?? ""
        placement = layout.placement
        grid = layout.placement.grid
        isPeriodic = layout.placement.isPeriodic
        times = layout.times
        axes = layout.axes
        stepCount = layout.axes.time.map { variable.dimensions[$0].length } ?? 1
        stepsPerChunk = NetCDFVariable.chunk(of: variable, in: file, time: layout.axes.time)
        packing = NumberPacking(of: variable, in: file)
        handle = file
        stored = variable
    }

    private static func chunk(of variable: StoredVariable, in file: NetCDFHandle, time: Int?) -> Int {
        guard let time else { return 1 }
        var storage: Int32 = 0
        var sizes = [Int](repeating: 1, count: variable.dimensions.count)
        let status = HDF5Lock.withLock { nc_inq_var_chunking(file.id, variable.id, &storage, &sizes) }
        return status == NC_NOERR && storage == NC_CHUNKED ? max(sizes[time], 1) : 1
    }
}
