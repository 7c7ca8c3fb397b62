/// How a tile is cut into superblocks: small enough for the second-level cache, large enough that a set is
/// worth a visit.
struct SuperblockPlan: Sendable {
    static let side = 120
    static let dayCount = 8
    /// Items of sets have room for so many blocks.
    private static let largestSide = 256

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

    init(_ tile: TileInput, side: Int = Self.side) {
        let dayCount = min(Self.dayCount, tile.days)
        let side = min(max(side, 4), Self.largestSide)
        columnCuts = Self.cuts(tile.columns, side)
        rowCuts = Self.cuts(tile.rows, side)
        dayCuts = Self.cuts(tile.days, dayCount)
    }

    /// Bounds of nearly equal parts.
    private static func cuts(_ whole: Int, _ size: Int) -> [Int] {
        let count = max((whole + size - 1) / max(size, 1), 1)
        return (0...count).map { $0 * whole / count }
    }

    /// The number of superblocks.
    var count: Int { (columnCuts.count - 1) * (rowCuts.count - 1) * (dayCuts.count - 1) }

    func window(_ number: Int) -> Window {
        let (across, down) = (columnCuts.count - 1, rowCuts.count - 1)
        func part(_ number: Int, _ cuts: [Int]) -> Range<Int> { cuts[number]..<cuts[number + 1] }
        return Window(
            columns: part(number % across, columnCuts), rows: part(number / across % down, rowCuts),
            days: part(number / (across * down), dayCuts))
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
