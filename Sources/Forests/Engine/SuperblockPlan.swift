/// How a tile is cut into superblocks: large enough that a set is worth a visit, small enough for caches and
/// for every thread to have some.
struct SuperblockPlan: Sendable {
    static let side = 160
    static let dayCount = 16
    /// Items of sets have room for so many blocks.
    private static let largestSide = 216
    /// Fewer pixels would leave sets of single blocks.
    private static let smallestSide = 60

    private let columnCuts: [Int]
    private let rowCuts: [Int]
    private let dayCuts: [Int]

    /// A part of the tile.
    struct Window {
        let columns: Range<Int>
        let rows: Range<Int>
        let days: Range<Int>

        /// The same for several threads: fewer days cost less than fewer pixels, whose fixed features would
        /// be prepared anew. But blocks stay whole.
        var smaller: [Window] {
            let count = days.count / Block.dayCount
            guard count > 1 else { return parts }
            let cuts = (0...count).map { days.lowerBound + $0 * days.count / count }
            return zip(cuts, cuts.dropFirst()).map { Window(columns: columns, rows: rows, days: $0..<$1) }
        }

        /// The same pixels and days in up to four windows.
        var parts: [Window] {
            func halves(_ range: Range<Int>) -> [Range<Int>] {
                let middle = range.lowerBound + range.count / 2
                return [range.lowerBound..<middle, middle..<range.upperBound].filter { !$0.isEmpty }
            }
            return halves(rows).flatMap { rows in
                halves(columns).map { Window(columns: $0, rows: rows, days: days) }
            }
        }
    }

    /// - Parameters:
    ///   - side: pixels on a side of a superblock; nil for the best one that gives every thread work.
    ///   - scratchBytes: what all threads together may take for their superblocks, if that is possible.
    init(
        _ tile: TileInput, threads: Int, side: Int? = nil, spread: Bool = false, scratchBytes: Int = .max
    ) {
        self.init(tile, side: side.map { min(max($0, 4), Self.largestSide) } ?? Self.side, Self.dayCount)
        guard side == nil else { return }
        var (side, dayCount) = (Self.side, min(Self.dayCount, tile.days))
        func isTooLarge() -> Bool {
            // A thread that has done its last superblock waits for the others.
            let leavesThreadsIdle = threads > 1 && count < 4 * threads && side > Self.smallestSide
            return leavesThreadsIdle
                || scratchByteCount(tile, spread: spread) * max(threads, 1) > scratchBytes && side > 8
        }
        while isTooLarge() {
            if dayCount > 4 { dayCount /= 2 } else { side = side * 3 / 4 }
            self.init(tile, side: side, dayCount)
        }
    }

    private init(_ tile: TileInput, side: Int, _ dayCount: Int) {
        columnCuts = Self.cuts(tile.columns, side)
        rowCuts = Self.cuts(tile.rows, side)
        dayCuts = Self.cuts(tile.days, min(dayCount, tile.days))
    }

    /// Bounds of nearly equal parts.
    private static func cuts(_ whole: Int, _ size: Int) -> [Int] {
        let count = max((whole + size - 1) / max(size, 1), 1)
        return (0...count).map { $0 * whole / count }
    }

    /// The number of superblocks.
    var count: Int { (columnCuts.count - 1) * (rowCuts.count - 1) * (dayCuts.count - 1) }

    /// What threads take one after the other: windows of the same pixels, so that what is the same on all
    /// days is prepared once. The last ones are small: a thread without work waits for those that have some.
    func jobs(threads: Int) -> [[Window]] {
        let chunks = dayCuts.count - 1
        let places = (0..<count / chunks).map { place in (0..<chunks).map { window(place * chunks + $0) } }
        guard threads > 1 else { return places }
        let last = Array(places.suffix(threads).joined())
        let (whole, cut) = (last.prefix(max(last.count - threads, 0)), last.suffix(threads))
        return places.dropLast(threads) + (Array(whole) + cut.flatMap(\.smaller)).map { [$0] }
    }

    private func window(_ number: Int) -> Window {
        let (across, chunks) = (columnCuts.count - 1, dayCuts.count - 1)
        func part(_ number: Int, _ cuts: [Int]) -> Range<Int> { cuts[number]..<cuts[number + 1] }
        return Window(
            columns: part(number / chunks % across, columnCuts),
            rows: part(number / chunks / across, rowCuts),
            days: part(number % chunks, dayCuts))
    }

    /// The most pixels and blocks in one superblock.
    var largestPixelCount: Int { Self.largest(columnCuts) * Self.largest(rowCuts) }
    var largestBlockCount: Int {
        let groupCount = PixelGroups.capacity(pixelCount: largestPixelCount)
        return zip(dayCuts, dayCuts.dropFirst())
            .map { BlockLayout.blockCount(groupCount: groupCount, dayCount: $1 - $0) }.max() ?? 0
    }

    /// The most codes that a plane has in one superblock.
    func largestCodeCount(_ plane: FeaturePlane) -> Int {
        let rowCount = largestBlockCount * Block.rowCount
        switch plane {
        case .fixed:
            let blocksAreWhole = zip(dayCuts, dayCuts.dropFirst()).allSatisfy {
                BlockLayout.daysPerBlock(dayCount: $1 - $0) == Block.dayCount
            }
            guard blocksAreWhole else { return rowCount }
            let groupCount = PixelGroups.capacity(pixelCount: largestPixelCount)
            // Whole blocks, whose groups are at most as many as its lines.
            return min((groupCount + Block.lineCount) * Block.pixelCount, rowCount)
        case .date: return largestBlockCount * Block.lineCount
        case .coarse, .daily: return rowCount
        }
    }

    /// What one thread needs for a superblock of these planes, nearly.
    func scratchByteCount(_ tile: TileInput, spread: Bool) -> Int {
        let codes = tile.planes.reduce(0) { $0 + largestCodeCount($1) } * MemoryLayout<Int16>.size
        // Sums, ranks, slots, and squares; a few masks for each row of a block.
        let perRow = 4 + 4 + 4 + (spread ? 8 : 0) + 5 * MemoryLayout<RowMask>.size / Block.rowCount
        return codes + largestBlockCount * Block.rowCount * perRow
    }

    private static func largest(_ cuts: [Int]) -> Int {
        zip(cuts, cuts.dropFirst()).map { $1 - $0 }.max() ?? 0
    }
}
