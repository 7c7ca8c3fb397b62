internal import Synchronization
internal import Tiling

/// Reading by chunks of our own decoding; see `StoredChunks`.
extension NetCDFVariable {
    /// Steps of the file that lie in one row of chunks, and where they go.
    private struct ChunkSteps {
        let chunk: Int
        var steps: [(inFile: Int, inValues: Int)]
    }

    /// Fills `values` [step of the runs][row][column] from chunks that the threads of a team decode, each
    /// once, however many parts of the window it touches. False where the library must do it, or knows better
    /// what is wrong: `values` are anything then.
    func decode(
        into values: inout [Float], runs: [Range<Int>], window: PixelWindow,
        version: (position: Int, place: Int)?, team: LoopTeam
    ) -> Bool {
        guard let chunks = storedChunks, let numbers = storedNumbers else { return false }
        let shape = chunks.shape
        let rows = placement.rows(of: window)
        let parts = placement.parts(of: window)
        let times = chunkSteps(of: runs, length: axes.time.map { shape[$0] } ?? 1)
        let rowChunks = chunkNumbers(of: rows.stored, length: shape[axes.y])
        let columnChunks = Set(
            parts.flatMap { chunkNumbers(of: $0.storedColumns, length: shape[axes.x]) }
        ).sorted()
        let hasFailed = Atomic<Bool>(false)
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            // A chunk as it is stored, and inflated.
            let team = team.limited(bytesEach: 2 * chunks.byteCount)
            team.forEach(times.count * rowChunks.count * columnChunks.count) { number in
                guard !hasFailed.load(ordering: .relaxed) else { return }
                let time = times[number / (rowChunks.count * columnChunks.count)]
                var corner = [Int](repeating: 0, count: shape.count)
                if let version { corner[version.position] = version.place / shape[version.position] }
                if let axis = axes.time { corner[axis] = time.chunk }
                corner[axes.y] = rowChunks[number / columnChunks.count % rowChunks.count]
                corner[axes.x] = columnChunks[number % columnChunks.count]
                for axis in corner.indices { corner[axis] *= shape[axis] }
                let isWhole = chunks.withChunk(at: corner) { chunk in
                    let place = ChunkPlace(
                        corner: corner, shape: shape, axes: axes,
                        inside: version.map {
                            ($0.position, $0.place - corner[$0.position])
                        })
                    place.unpack(
                        chunk, numbers, steps: time.steps, rows: rows, parts: parts, into: base,
                        columns: window.columns)
                }
                if !isWhole { hasFailed.store(true, ordering: .relaxed) }
            }
        }
        return !hasFailed.load(ordering: .relaxed)
    }

    private func chunkSteps(of runs: [Range<Int>], length: Int) -> [ChunkSteps] {
        var found: [ChunkSteps] = []
        for (inValues, inFile) in runs.joined().enumerated() {
            if found.last?.chunk != inFile / length {
                found.append(ChunkSteps(chunk: inFile / length, steps: []))
            }
            found[found.count - 1].steps.append((inFile, inValues))
        }
        return found
    }

    private func chunkNumbers(of places: Range<Int>, length: Int) -> [Int] {
        Array(places.lowerBound / length..<(places.upperBound + length - 1) / length)
    }
}

/// Where a chunk lies in its variable.
private struct ChunkPlace {
    let corner: [Int]
    let shape: [Int]
    let axes: (x: Int, y: Int, time: Int?)
    /// Place within the chunk along a dimension of which one place is read.
    let inside: (axis: Int, place: Int)?

    private func stride(of axis: Int) -> Int { shape[(axis + 1)...].reduce(1, *) }

    /// Unpacks what the window has of the chunk.
    func unpack(
        _ chunk: StoredChunks.Chunk, _ numbers: StoredNumbers, steps: [(inFile: Int, inValues: Int)],
        rows: (stored: Range<Int>, isReversed: Bool), parts: [GridPlacement.Part],
        into values: UnsafeMutablePointer<Float>, columns: Int
    ) {
        let numberCount = shape.reduce(1, *)
        let (strideX, strideY) = (stride(of: axes.x), stride(of: axes.y))
        let strideTime = axes.time.map(stride) ?? 0
        let start = inside.map { $0.place * stride(of: $0.axis) } ?? 0
        let own = rows.stored.clamped(to: corner[axes.y]..<corner[axes.y] + shape[axes.y])
        for part in parts {
            let (left, right) = (part.storedColumns.lowerBound, part.storedColumns.upperBound)
            let found = part.storedColumns.clamped(to: corner[axes.x]..<corner[axes.x] + shape[axes.x])
            guard !found.isEmpty else { continue }
            let firstColumn = part.isReversed ? found.upperBound - 1 : found.lowerBound
            let toColumn =
                part.firstColumn + (part.isReversed ? right - found.upperBound : found.lowerBound - left)
            for step in steps {
                let inStep = start + (step.inFile - (axes.time.map { corner[$0] } ?? 0)) * strideTime
                for row in own {
                    let toRow =
                        rows.isReversed ? rows.stored.upperBound - 1 - row : row - rows.stored.lowerBound
                    let to = (step.inValues * rows.stored.count + toRow) * columns + toColumn
                    numbers.unpack(
                        chunk, numberCount: numberCount,
                        first: inStep + (row - corner[axes.y]) * strideY + (firstColumn - corner[axes.x])
                            * strideX,
                        stride: part.isReversed ? -strideX : strideX, count: found.count, into: values + to)
                }
            }
        }
    }
}
