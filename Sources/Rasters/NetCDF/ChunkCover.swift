internal import Tiling

/// The chunks that a window of some steps touches, and where their values go: [row of chunks in time][row of
/// chunks][column of chunks].
struct ChunkCover {
    /// Steps of the file that lie in one row of chunks, and where they go.
    private struct Steps {
        let chunk: Int
        var steps: [(inFile: Int, inValues: Int)]
    }

    private let shape: [Int]
    private let axes: (x: Int, y: Int, time: Int?)
    /// Numbers of a chunk, and how far neighbours along a dimension lie apart.
    private let numberCount: Int
    private let strides: (x: Int, y: Int, time: Int)
    private let version: (position: Int, place: Int)?
    /// Of the numbers of the version.
    private let start: Int
    private let rows: (stored: Range<Int>, isReversed: Bool)
    private let parts: [GridPlacement.Part]
    private let columns: Int
    private var times: [Steps] = []
    private let rowChunks: Range<Int>
    /// Ascending.
    private let columnChunks: [Int]

    /// `runs` are steps of the file, `shape` that of its chunks.
    init(
        of runs: [Range<Int>], window: PixelWindow, in variable: NetCDFVariable, shape: [Int],
        version: (position: Int, place: Int)?
    ) {
        self.shape = shape
        self.version = version
        axes = variable.axes
        func stride(of axis: Int) -> Int { shape[(axis + 1)...].reduce(1, *) }
        numberCount = shape.reduce(1, *)
        strides = (stride(of: axes.x), stride(of: axes.y), axes.time.map(stride) ?? 0)
        start = version.map { $0.place % shape[$0.position] * stride(of: $0.position) } ?? 0
        rows = variable.placement.rows(of: window)
        parts = variable.placement.parts(of: window)
        columns = window.columns
        func chunks(of places: Range<Int>, length: Int) -> Range<Int> {
            places.lowerBound / length..<(places.upperBound + length - 1) / length
        }
        rowChunks = chunks(of: rows.stored, length: shape[axes.y])
        let width = shape[axes.x]
        columnChunks = Set(parts.flatMap { chunks(of: $0.storedColumns, length: width) }).sorted()
        let length = axes.time.map { shape[$0] } ?? 1
        for (inValues, inFile) in runs.joined().enumerated() {
            if times.last?.chunk != inFile / length {
                times.append(Steps(chunk: inFile / length, steps: []))
            }
            times[times.count - 1].steps.append((inFile, inValues))
        }
    }

    var count: Int { times.count * rowChunks.count * columnChunks.count }

    /// Where each step is found: the number of its row of chunks in time, and its place there.
    var places: [(time: Int, inChunk: Int)] {
        times.enumerated().flatMap { time, found in
            found.steps.map { (time, insideChunk($0.inFile)) }
        }
    }

    /// The first value of a chunk, along each dimension.
    func corner(of number: Int) -> [Int] {
        var corner = [Int](repeating: 0, count: shape.count)
        if let version { corner[version.position] = version.place / shape[version.position] }
        if let axis = axes.time { corner[axis] = times[time(of: number)].chunk }
        corner[axes.y] = rowChunks.lowerBound + number / columnChunks.count % rowChunks.count
        corner[axes.x] = columnChunks[number % columnChunks.count]
        for axis in corner.indices { corner[axis] *= shape[axis] }
        return corner
    }

    /// Unpacks what the window has of a chunk into `values` [step][row][column].
    func unpack(
        _ chunk: StoredChunks.Chunk, number: Int, _ numbers: StoredNumbers,
        into values: UnsafeMutablePointer<Float>
    ) {
        let row = number / columnChunks.count % rowChunks.count
        for step in times[time(of: number)].steps {
            for storedRow in storedRows(ofChunks: row) {
                let toRow =
                    rows.isReversed
                    ? rows.stored.upperBound - 1 - storedRow : storedRow - rows.stored.lowerBound
                unpack(
                    chunk, column: number % columnChunks.count, storedRow: storedRow,
                    step: insideChunk(step.inFile), numbers,
                    into: values + (step.inValues * rows.stored.count + toRow) * columns)
            }
        }
    }

    /// Unpacks one row of the window; `chunks` are all of the cover.
    func unpackRow(
        _ row: Int, at place: (time: Int, inChunk: Int), of chunks: [StoredChunks.Chunk],
        _ numbers: StoredNumbers, into values: UnsafeMutablePointer<Float>
    ) {
        let storedRow = rows.isReversed ? rows.stored.upperBound - 1 - row : rows.stored.lowerBound + row
        let first =
            (place.time * rowChunks.count + storedRow / shape[axes.y] - rowChunks.lowerBound)
            * columnChunks.count
        for column in columnChunks.indices {
            unpack(
                chunks[first + column], column: column, storedRow: storedRow, step: place.inChunk, numbers,
                into: values)
        }
    }

    private func unpack(
        _ chunk: StoredChunks.Chunk, column: Int, storedRow: Int, step: Int, _ numbers: StoredNumbers,
        into values: UnsafeMutablePointer<Float>
    ) {
        let firstColumn = columnChunks[column] * shape[axes.x]
        let inRow = start + step * strides.time + storedRow % shape[axes.y] * strides.y
        for part in parts {
            let found = part.storedColumns.clamped(to: firstColumn..<firstColumn + shape[axes.x])
            guard !found.isEmpty else { continue }
            let from = part.isReversed ? found.upperBound - 1 : found.lowerBound
            let to =
                part.isReversed
                ? part.storedColumns.upperBound - found.upperBound
                : found.lowerBound - part.storedColumns.lowerBound
            numbers.unpack(
                chunk, numberCount: numberCount, first: inRow + (from - firstColumn) * strides.x,
                stride: part.isReversed ? -strides.x : strides.x, count: found.count,
                into: values + part.firstColumn + to)
        }
    }

    private func time(of number: Int) -> Int { number / (rowChunks.count * columnChunks.count) }

    private func insideChunk(_ step: Int) -> Int { axes.time.map { step % shape[$0] } ?? 0 }

    private func storedRows(ofChunks number: Int) -> Range<Int> {
        let first = (rowChunks.lowerBound + number) * shape[axes.y]
        return rows.stored.clamped(to: first..<first + shape[axes.y])
    }
}
