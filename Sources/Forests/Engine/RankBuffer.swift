internal import CForestKernel

/// The ranks of a feature's values in a superblock, before they become codes: in the order of groups, or of
/// blocks and lines, or of days and pixels. One buffer serves all features in turn.
struct RankBuffer {
    let values: UnsafeMutablePointer<UInt32>
    private(set) var shape = BlockShape.rows
    private(set) var count = 0
    /// Of ranks that are not missing.
    private(set) var lowest: UInt32 = 0
    private(set) var highest: UInt32 = 0
    private(set) var hasMissing = false

    /// Values in a line of the cache, and how far ahead of its use a line is asked for.
    private static let pixelsPerLine = 16
    private static let pixelsAhead = 256

    init(capacity: Int) { values = .allocateLines(capacity: capacity) }

    func deallocate() { values.deallocate() }

    /// Ranks the values of a plane in the blocks of a superblock.
    /// A coarse plane is ranked row by row where groups straddle its cells.
    mutating func rank(
        _ plane: FeaturePlane, _ index: ThresholdIndex, in layout: BlockLayout, straddles: Bool
    ) {
        switch plane {
        case .fixed(let source):
            source.withUnsafeBufferPointer { source in
                rankPixels(layout) { index.rank(source[$0]) }
            }
        case .date(let source):
            rankLines(layout) { _ in
                0
            } rank: { _, day in
                index.rank(source[day])
            }
        case .daily(let source):
            source.withUnsafeBufferPointer { source in
                rankRows(layout) { pixel, day in
                    index.rank(source[day &* layout.pixelCount &+ pixel])
                } prefetch: { pixel, day in
                    forestPrefetch(source.baseAddress.map { $0 + (day &* layout.pixelCount &+ pixel) })
                }
            }
        case .coarse(let source, let cellCount, let cellOfPixel):
            source.withUnsafeBufferPointer { source in
                cellOfPixel.withUnsafeBufferPointer { cells in
                    @inline(__always) func rank(_ cell: Int32, _ day: Int) -> UInt32 {
                        cell < 0 ? ThresholdIndex.missing : index.rank(source[day &* cellCount &+ Int(cell)])
                    }
                    if straddles {
                        var last = (cell: Int32(-1), day: -1, rank: ThresholdIndex.missing)
                        rankRows(layout) { pixel, day in
                            let cell = cells[pixel]
                            if cell != last.cell || day != last.day { last = (cell, day, rank(cell, day)) }
                            return last.rank
                        } prefetch: { _, _ in
                        }
                    } else {
                        rankLines(layout) {
                            cells[$0]
                        } rank: {
                            rank($0, $1)
                        }
                    }
                }
            }
        }
        noteRange()
    }

    @inline(__always)
    private mutating func rankPixels(_ layout: BlockLayout, _ rank: (_ pixel: Int) -> UInt32) {
        shape = .pixels
        let groupCount = layout.pixelsCount * layout.groupsPerBlock
        count = groupCount * Block.pixelCount
        for group in 0..<groupCount {
            let pixels = layout.groups.pixels + min(group, layout.groups.count - 1) * Block.pixelCount
            for pixel in 0..<Block.pixelCount {
                values[group &* Block.pixelCount &+ pixel] = rank(Int(pixels[pixel]))
            }
        }
    }

    /// All pixels of a line have the value of its first one, and neighbouring groups mostly that of the same
    /// cell: it is ranked once.
    @inline(__always)
    private mutating func rankLines(
        _ layout: BlockLayout, cell: (_ pixel: Int) -> Int32, rank: (_ cell: Int32, _ day: Int) -> UInt32
    ) {
        shape = .lines
        count = layout.blockCount * Block.lineCount
        let groupCount = layout.pixelsCount * layout.groupsPerBlock
        for dayNumber in 0..<layout.chunkCount * layout.daysPerBlock {
            let day = layout.days.lowerBound + min(dayNumber, layout.days.count - 1)
            var last: (cell: Int32, rank: UInt32)?
            for group in 0..<groupCount {
                // Lines past the last repeat it.
                let cell = cell(
                    Int(layout.groups.pixels[min(group, layout.groups.count &- 1) &* Block.pixelCount]))
                if last?.cell != cell { last = (cell, rank(cell, day)) }
                let row = layout.row(place: group &* Block.pixelCount, dayNumber: dayNumber)
                values[row.block &* Block.lineCount &+ row.line] = last?.rank ?? 0
            }
        }
    }

    /// Day by day, pixels in the order of the tile: a plane is far larger than any cache.
    @inline(__always)
    private mutating func rankRows(
        _ layout: BlockLayout, _ rank: (_ pixel: Int, _ day: Int) -> UInt32,
        prefetch: (_ pixel: Int, _ day: Int) -> Void
    ) {
        shape = .rows
        let pixels = layout.groups.inOrder
        let pixelCount = layout.groups.pixelCount
        count = layout.days.count * pixelCount
        var place = 0
        for day in layout.days {
            for first in stride(from: 0, to: pixelCount, by: Self.pixelsPerLine) {
                prefetch(Int(pixels[min(first &+ Self.pixelsAhead, pixelCount &- 1)].pixel), day)
                for number in first..<min(first &+ Self.pixelsPerLine, pixelCount) {
                    values[place] = rank(Int(pixels[number].pixel), day)
                    place &+= 1
                }
            }
        }
    }

    private mutating func noteRange() {
        // Missing is the largest number: one more is zero, and the order of the others stays.
        var (lowest, highest) = (UInt32.max, UInt32.min)
        for number in 0..<count {
            lowest = min(lowest, values[number])
            highest = max(highest, values[number] &+ 1)
        }
        let isAllMissing = lowest == ThresholdIndex.missing
        self.lowest = isAllMissing ? 0 : lowest
        self.highest = isAllMissing ? 0 : highest &- 1
        hasMissing = (0..<count).contains { values[$0] == ThresholdIndex.missing }
    }

    /// The rows of each block whose value is missing.
    func missingRows(in layout: BlockLayout) -> [RowMask] {
        var rows = [RowMask](repeating: .none, count: layout.blockCount)
        switch shape {
        case .pixels:
            forEachLine(in: layout) { block, line in
                let first =
                    (block.pixels * layout.groupsPerBlock + line / layout.daysPerBlock) * Block.pixelCount
                for pixel in 0..<Block.pixelCount where values[first + pixel] == ThresholdIndex.missing {
                    rows[block.number][line] |= 1 << UInt16(pixel)
                }
            }
        case .lines:
            forEachLine(in: layout) { block, line in
                if values[block.number * Block.lineCount + line] == ThresholdIndex.missing {
                    rows[block.number][line] = .max
                }
            }
        case .rows:
            for place in 0..<count where values[place] == ThresholdIndex.missing {
                let (day, number) = place.quotientAndRemainder(dividingBy: layout.groups.pixelCount)
                let (block, line, pixel) = layout.row(
                    place: Int(layout.groups.inOrder[number].place), dayNumber: day)
                rows[block][line] |= 1 << UInt16(pixel)
            }
        }
        return rows
    }

    private func forEachLine(in layout: BlockLayout, _ body: (BlockID, Int) -> Void) {
        for number in 0..<layout.blockCount {
            for line in 0..<Block.lineCount { body(layout.block(number), line) }
        }
    }
}
