public import Tiling

/// Steps of a window in memory that is used again, to be taken out row by row, by any number of threads.
///
/// Chunks that the window has nearly whole stay as they were inflated: a row is unpacked when it is taken
/// out, into a cache instead of into memory, and numbers of two bytes take half the room of values.
public final class StepSlab {
    public private(set) var columns = 0
    public private(set) var rows = 0
    private var content = Content.values([], stepCount: 0)
    private var memories: [ReusedMemory] = []

    private enum Content {
        /// [step][row][column]
        case values([Float], stepCount: Int)
        case chunks(HeldChunks, stepCount: Int)
    }

    public init() {}

    /// Values of one step, row by row.
    public init(_ values: [Float], columns: Int) {
        precondition(columns > 0 && values.count % columns == 0, "rows are whole")
        content = .values(values, stepCount: 1)
        self.columns = columns
        rows = values.count / columns
    }

    private var stepCount: Int {
        switch content {
        case .values(_, let count), .chunks(_, let count): count
        }
    }

    /// Reads runs of steps, ascending; see `NetCDFVariable.read(runs:window:team:into:)`.
    public func read(
        _ variable: NetCDFVariable, runs: [Range<Int>], window: PixelWindow, team: LoopTeam?
    ) throws(RasterError) {
        let stepCount = runs.reduce(0) { $0 + $1.count }
        var values: [Float] = []
        if case .values(let old, _) = content { values = old }
        content = .values([], stepCount: 0)
        (columns, rows) = (window.columns, window.rows)
        try variable.check(runs: runs, window: window)
        var team = team
        if let some = team, variable.canHold(runs: runs, window: window, team: some) {
            values = []
            if let chunks = variable.hold(runs: runs, window: window, team: some, in: &memories) {
                content = .chunks(chunks, stepCount: stepCount)
                return
            }
            team = nil
        }
        memories = []
        try variable.read(runs: runs, window: window, team: team, into: &values)
        content = .values(values, stepCount: stepCount)
    }

    /// The values of one row of a step (counted in the runs), NaN where missing.
    public func take(row: Int, step: Int, into values: UnsafeMutablePointer<Float>) {
        precondition(step < stepCount && row < rows, "what was read is taken out")
        switch content {
        case .values(let all, _):
            all.withUnsafeBufferPointer { all in
                guard let base = all.baseAddress else { return }
                values.update(from: base + (step * rows + row) * columns, count: columns)
            }
        case .chunks(let chunks, _):
            chunks.unpack(row: row, step: step, into: values)
        }
    }
}
