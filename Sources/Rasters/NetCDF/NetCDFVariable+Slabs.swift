internal import Tiling

/// How a variable is read so that each of its chunks is decoded once.
extension NetCDFVariable {
    /// Values that are read at once, if chunks allow; a larger row of chunks is read whole up to four times
    /// as many.
    public static let slabValues = 40_000_000

    /// Runs of steps that hold the wanted ones (ascending), each of whole chunks as far as `stepsMax` allows,
    /// so that no chunk is in two of them. Of chunks of one step only those that are wanted are read.
    public func stepRuns(
        covering wanted: [Int], rowCount: Int, columnCount: Int, stepsMax: Int, valuesMax: Int = slabValues
    ) -> [Range<Int>] {
        let valuesPerStep = max(1, min(rowCount, rowsPerChunk ?? rowCount) * columnCount)
        let affordable = max(1, valuesMax / valuesPerStep)
        let aligned = min(affordable, stepsMax) / stepsPerChunk * stepsPerChunk
        let longest = aligned > 0 ? aligned : min(stepsPerChunk, stepsMax)
        var runs: [Range<Int>] = []
        for step in wanted {
            if let last = runs.last {
                let chunk = (last.upperBound - 1) / stepsPerChunk
                let isNear = step == last.upperBound || stepsPerChunk > 1 && step / stepsPerChunk <= chunk + 1
                let first = last.lowerBound
                // Counted from a boundary of chunks, so that a run ends on one.
                let start = longest >= stepsPerChunk ? first / stepsPerChunk * stepsPerChunk : first
                if isNear, step < start + longest {
                    runs[runs.count - 1] = first..<step + 1
                    continue
                }
            }
            runs.append(step..<step + 1)
        }
        return runs
    }

    /// Rows of the grid in bands of whole chunks, north to south, for reading `stepCount` steps at once.
    public func rowBands(
        of rows: Range<Int>, columnCount: Int, stepCount: Int, valuesMax: Int = slabValues
    ) -> [Range<Int>] {
        let valuesPerRow = max(1, columnCount * stepCount)
        let affordable = max(1, valuesMax / valuesPerRow)
        guard rows.count > affordable else { return [rows] }
        let chunk = rowsPerChunk ?? 1
        var height = affordable / chunk * chunk
        if height == 0 { height = chunk * valuesPerRow <= 4 * valuesMax ? chunk : affordable }
        // Chunks are counted from the first stored row, which may be the southernmost.
        let shift = placement.storesRowsFromSouth ? grid.rows % height : 0
        var bands: [Range<Int>] = []
        var row = rows.lowerBound
        while row < rows.upperBound {
            let boundary = (row - shift + height) / height * height + shift
            let end = min(row < shift ? shift : boundary, rows.upperBound)
            bands.append(row..<end)
            row = end
        }
        return bands
    }
}
