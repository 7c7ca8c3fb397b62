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

    /// - Parameter side: pixels on a side of a superblock; nil for the best one that gives every thread work.
    init(_ tile: TileInput, threads: Int, side: Int? = nil) {
        var dayCount = min(Self.dayCount, tile.days)
        var chosen = side.map { min(max($0, 4), Self.largestSide) } ?? Self.side
        func count() -> Int {
            [(tile.columns, chosen), (tile.rows, chosen), (tile.days, dayCount)]
                .reduce(1) { $0 * (Self.cuts($1.0, $1.1).count - 1) }
        }
        if side == nil, threads > 1 {
            // A thread that has done its last superblock waits for the others.
            while count() < 4 * threads, chosen > Self.smallestSide || dayCount > 4 {
                if dayCount > 4 { dayCount /= 2 } else { chosen = chosen * 3 / 4 }
            }
        }
        columnCuts = Self.cuts(tile.columns, chosen)
        rowCuts = Self.cuts(tile.rows, chosen)
        dayCuts = Self.cuts(tile.days, dayCount)
    }

    /// Bounds of nearly equal parts.
    private static func cuts(_ whole: Int, _ size: Int) -> [Int] {
        let count = max((whole + size - 1) / max(size, 1), 1)
        return (0...count).map { $0 * whole / count }
    }

    /// The number of superblocks.
    var count: Int { (columnCuts.count - 1) * (rowCuts.count - 1) * (dayCuts.count - 1) }

    /// The days of the same pixels follow each other, so that what is the same on all days is prepared once.
    func window(_ number: Int) -> Window {
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

    private static func largest(_ cuts: [Int]) -> Int {
        zip(cuts, cuts.dropFirst()).map { $1 - $0 }.max() ?? 0
    }
}
