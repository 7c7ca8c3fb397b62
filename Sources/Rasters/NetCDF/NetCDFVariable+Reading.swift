internal import CNetCDF
internal import Glibc
public import Tiling

extension NetCDFVariable {
    /// Values of one step, [row][column] of the grid: unpacked, NaN where missing. See `read(steps:window:)`.
    public func read(step: Int, window: PixelWindow) throws(RasterError) -> [Float] {
        try read(steps: step..<step + 1, window: window)
    }

    /// Values of steps that follow each other, [step][row][column] of the grid: unpacked, NaN where missing.
    public func read(steps: Range<Int>, window: PixelWindow) throws(RasterError) -> [Float] {
        var values: [Float] = []
        try read(runs: [steps], window: window, team: nil, into: &values)
        return values
    }

    /// Values of runs of steps, ascending, one after the other: [step][row][column] of the grid, unpacked,
    /// NaN where missing.
    ///
    /// The window lies on the grid; on a periodic grid it may go round the globe, and further. The threads of
    /// a team decode each chunk once for all that is wanted of it. Without a team, and where only HDF5 can,
    /// the library reads, chunk by chunk because it keeps those of one run of steps: once for each part of
    /// the window that is whole in the file. Files with `expver` are read for each version while cells are
    /// missing, final data before preliminary.
    ///
    /// `values` is memory that is used again where its size fits.
    public func read(
        runs: [Range<Int>], window: PixelWindow, team: LoopTeam?, into values: inout [Float]
    ) throws(RasterError) {
        try check(runs: runs, window: window)
        let count = runs.reduce(0) { $0 + $1.count } * window.pixelCount
        // Every cell is written below, so old values need not be cleared.
        if values.count != count { values = [Float](repeating: .nan, count: count) }
        guard let versions else {
            return try fill(&values, runs: runs, window: window, version: nil, team: team)
        }
        for (number, place) in versions.order.enumerated()
        where number == 0 || values.contains(where: \.isNaN) {
            let version = (versions.position, place)
            if number == 0 {
                try fill(&values, runs: runs, window: window, version: version, team: team)
            } else {
                var other = [Float](repeating: .nan, count: count)
                try fill(&other, runs: runs, window: window, version: version, team: team)
                for cell in values.indices where values[cell].isNaN { values[cell] = other[cell] }
            }
        }
    }

    /// Throws for what the file does not have.
    func check(runs: [Range<Int>], window: PixelWindow) throws(RasterError) {
        for steps in runs where steps.lowerBound < 0 || steps.upperBound > stepCount {
            throw RasterError(
                .notInFile, path: path,
                problem:
                    "variable '\(name)' has \(counted(stepCount, "step")), and no step "
                    + "\(steps.upperBound - 1)"
            )
        }
        if let problem = placement.problem(with: window) {
            throw RasterError(.outside, path: path, problem: "variable '\(name)': \(problem)")
        }
    }

    private func fill(
        _ values: inout [Float], runs: [Range<Int>], window: PixelWindow,
        version: (position: Int, place: Int)?, team: LoopTeam?
    ) throws(RasterError) {
        if let team, decode(into: &values, runs: runs, window: window, version: version, team: team) {
            return
        }
        var firstStep = 0
        for run in runs {
            var step = run.lowerBound
            while step < run.upperBound {
                let end = min((step / stepsPerChunk + 1) * stepsPerChunk, run.upperBound)
                for part in placement.parts(of: window) {
                    let slab = Hyperslab(
                        axes: axes, rank: stored.dimensions.count, steps: step..<end,
                        rows: placement.rows(of: window), part: part, version: version)
                    try fill(&values, slab, firstStep: firstStep, columns: window.columns)
                }
                firstStep += end - step
                step = end
            }
        }
    }

    private func fill(
        _ values: inout [Float], _ slab: Hyperslab, firstStep: Int, columns: Int
    ) throws(RasterError) {
        if [NC_BYTE, NC_UBYTE, NC_SHORT, NC_USHORT, NC_FLOAT].contains(stored.type) {
            // Exact in single precision, and half the memory.
            let numbers = try fetch(slab, zero: Float(0)) { nc_get_vara_float($0, $1, $2, $3, $4) }
            slab.scatter(numbers, packing, into: &values, firstStep: firstStep, columns: columns)
        } else {
            let numbers = try fetch(slab, zero: Double(0)) { nc_get_vara_double($0, $1, $2, $3, $4) }
            slab.scatter(numbers, packing, into: &values, firstStep: firstStep, columns: columns)
        }
    }

    private func fetch<Number>(
        _ slab: Hyperslab, zero: Number,
        _ get: (Int32, Int32, UnsafePointer<Int>, UnsafePointer<Int>, UnsafeMutablePointer<Number>) -> Int32
    ) throws(RasterError) -> [Number] {
        var numbers = [Number](repeating: zero, count: slab.valueCount)
        try HDF5Lock.withLock { () throws(RasterError) in
            errno = 0
            let status = get(stored.group, stored.id, slab.starts, slab.counts, &numbers)
            try handle.check(status, cannot: "read variable '\(name)'")
        }
        return numbers
    }
}

/// A block of a variable in the order of the file, and where its numbers go.
private struct Hyperslab {
    /// By dimension of the variable.
    let starts: [Int]
    let counts: [Int]
    private let strides: (x: Int, y: Int, time: Int)
    private let rows: (stored: Range<Int>, isReversed: Bool)
    private let part: GridPlacement.Part
    private let stepCount: Int

    init(
        axes: (x: Int, y: Int, time: Int?), rank: Int, steps: Range<Int>,
        rows: (stored: Range<Int>, isReversed: Bool),
        part: GridPlacement.Part, version: (position: Int, place: Int)?
    ) {
        // Dimensions of length 1 that mean nothing here stay at 0, 1.
        var starts = [Int](repeating: 0, count: rank)
        var counts = [Int](repeating: 1, count: rank)
        if let version { starts[version.position] = version.place }
        (starts[axes.x], counts[axes.x]) = (part.storedColumns.lowerBound, part.storedColumns.count)
        (starts[axes.y], counts[axes.y]) = (rows.stored.lowerBound, rows.stored.count)
        if let time = axes.time { (starts[time], counts[time]) = (steps.lowerBound, steps.count) }
        func stride(of axis: Int) -> Int { counts[(axis + 1)...].reduce(1, *) }
        strides = (stride(of: axes.x), stride(of: axes.y), axes.time.map(stride) ?? 0)
        self.starts = starts
        self.counts = counts
        self.rows = rows
        self.part = part
        stepCount = steps.count
    }

    var valueCount: Int { counts.reduce(1, *) }

    /// Unpacks into [step][row][column] of a window with `columns` columns, from step `firstStep` on.
    func scatter<Number: BinaryFloatingPoint>(
        _ numbers: [Number], _ packing: NumberPacking, into values: inout [Float], firstStep: Int,
        columns: Int
    ) {
        let (rowCount, columnCount) = (rows.stored.count, part.storedColumns.count)
        let columnStride = part.isReversed ? -strides.x : strides.x
        let firstOfRow = part.isReversed ? (columnCount - 1) * strides.x : 0
        for step in 0..<stepCount {
            for row in 0..<rowCount {
                let storedRow = rows.isReversed ? rowCount - 1 - row : row
                var from = step * strides.time + storedRow * strides.y + firstOfRow
                let to = ((firstStep + step) * rowCount + row) * columns + part.firstColumn
                for column in 0..<columnCount {
                    values[to + column] = packing.value(Double(numbers[from]))
                    from += columnStride
                }
            }
        }
    }
}
