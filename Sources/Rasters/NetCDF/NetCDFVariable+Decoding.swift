internal import Synchronization
internal import Tiling

/// Reading by chunks of our own decoding; see `StoredChunks`.
extension NetCDFVariable {
    /// Fills `values` [step of the runs][row][column] from chunks that the threads of a team decode, each
    /// once, however many parts of the window it touches. False where the library must do it, or knows better
    /// what is wrong: `values` are anything then.
    func decode(
        into values: inout [Float], runs: [Range<Int>], window: PixelWindow,
        version: (position: Int, place: Int)?, team: LoopTeam
    ) -> Bool {
        guard let chunks = storedChunks, let numbers = storedNumbers else { return false }
        let cover = ChunkCover(of: runs, window: window, in: self, shape: chunks.shape, version: version)
        let hasFailed = Atomic<Bool>(false)
        values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            // A chunk as it is stored, and inflated.
            let team = team.limited(bytesEach: 2 * chunks.byteCount)
            team.forEach(cover.count) { number in
                guard !hasFailed.load(ordering: .relaxed) else { return }
                let isWhole = chunks.withChunk(at: cover.corner(of: number)) {
                    cover.unpack($0, number: number, numbers, into: base)
                }
                if !isWhole { hasFailed.store(true, ordering: .relaxed) }
            }
        }
        return !hasFailed.load(ordering: .relaxed)
    }

    /// Whether the chunks of a window, decoded and not unpacked, take no more memory than its values and what
    /// the threads need to get at them.
    func canHold(runs: [Range<Int>], window: PixelWindow, team: LoopTeam) -> Bool {
        guard versions == nil, let chunks = storedChunks, storedNumbers != nil else { return false }
        let cover = ChunkCover(of: runs, window: window, in: self, shape: chunks.shape, version: nil)
        let valueCount = runs.reduce(0) { $0 + $1.count } * window.pixelCount
        let threadCount = team.limited(bytesEach: 2 * chunks.byteCount).threadCount
        return cover.count * chunks.byteCount
            <= valueCount * MemoryLayout<Float>.stride + threadCount * chunks.byteCount
    }

    /// The chunks of a window, decoded and not unpacked, in memory that grows to what is needed. Nil where
    /// the library must read, or knows better what is wrong.
    func hold(
        runs: [Range<Int>], window: PixelWindow, team: LoopTeam, in memories: inout [ReusedMemory]
    ) -> HeldChunks? {
        guard let chunks = storedChunks, let numbers = storedNumbers else { return nil }
        let cover = ChunkCover(of: runs, window: window, in: self, shape: chunks.shape, version: nil)
        // Not those of larger chunks, which another variable had.
        memories.removeAll { $0.byteCount > chunks.byteCount }
        while memories.count < cover.count { memories.append(ReusedMemory()) }
        let memory = memories
        let hasFailed = Atomic<Bool>(false)
        let found = team.limited(bytesEach: 2 * chunks.byteCount).map(cover.count) { number in
            guard !hasFailed.load(ordering: .relaxed) else { return StoredChunks.Chunk?.none }
            let chunk = chunks.chunk(at: cover.corner(of: number), in: memory[number])
            if chunk == nil { hasFailed.store(true, ordering: .relaxed) }
            return chunk
        }
        guard !hasFailed.load(ordering: .relaxed) else { return nil }
        return HeldChunks(
            cover: cover, chunks: found.compactMap(\.self), numbers: numbers, memories: memory)
    }
}

/// All chunks of a window, as they were inflated.
final class HeldChunks {
    private let cover: ChunkCover
    private let chunks: [StoredChunks.Chunk]
    private let numbers: StoredNumbers
    /// By step of the window.
    private let places: [(time: Int, inChunk: Int)]
    /// What `chunks` point into.
    private let memories: [ReusedMemory]

    fileprivate init(
        cover: ChunkCover, chunks: [StoredChunks.Chunk], numbers: StoredNumbers, memories: [ReusedMemory]
    ) {
        self.cover = cover
        self.chunks = chunks
        self.numbers = numbers
        self.memories = memories
        places = cover.places
    }

    /// Unpacks one row of a step.
    func unpack(row: Int, step: Int, into values: UnsafeMutablePointer<Float>) {
        cover.unpackRow(row, at: places[step], of: chunks, numbers, into: values)
    }
}
