/// What a split needs to know about its feature in a superblock.
struct SplitTable {
    /// The codes of all blocks, in the order that `BlockShape` tells.
    let codes: UnsafeMutablePointer<Int16>
    /// By block.
    let bounds: UnsafeMutablePointer<CodeBounds>
    var shape = BlockShape.rows
    /// Whether a rule for missing values finds any here.
    var hasMissing = false
    /// More distinct ranks than codes lie between the lowest and the highest one.
    var isNumbered = false
    /// A split whose rank is below the lowest one is true for no row, one whose rank is at least `span`
    /// above it for all.
    var lowestRank = 0
    var span = 0
}

/// One feature in a superblock: a 16-bit code for each value, block by block, in the smallest shape that
/// has room for what differs.
///
/// Codes order the values as their ranks do, so that a split compares codes. A code is a rank's distance to
/// the lowest one in the superblock or, where these are too many for 16 bits, its number among the ranks
/// that occur.
final class FeatureTable {
    private(set) var split: SplitTable
    private var present = PresentRanks()
    /// By block the rows that have NaN, and those that a rule for zeros takes for missing; empty where there
    /// are none.
    private(set) var nanRows: [RowMask] = []
    private(set) var nanOrZeroRows: [RowMask] = []

    /// Code 0 is below all values, the last one is that of NaN.
    static let valueCodeCount = 65_534
    private static let missingCode = biased(65_535)

    init(capacity: Int, blockCount: Int) {
        split = SplitTable(
            codes: .allocateLines(capacity: capacity), bounds: .allocate(capacity: blockCount))
    }

    deinit {
        split.codes.deallocate()
        split.bounds.deallocate()
    }

    @inline(__always)
    private static func biased(_ code: Int) -> Int16 { Int16(truncatingIfNeeded: code &- 32_768) }

    /// The code that a split compares with: that of the highest rank on its true side. The split's rank is
    /// relative to the lowest one.
    @inline(__always)
    static func code(ofRank rank: Int) -> Int16 { biased(min(rank, valueCodeCount - 1) &+ 1) }

    /// The same where ranks are numbered, and for any rank.
    func numberedCode(ofRank rank: Int) -> Int16 {
        guard rank >= 0 else { return Self.biased(0) }
        return split.isNumbered
            ? Self.biased(present.countUpTo(min(rank, split.span))) : Self.code(ofRank: rank)
    }

    /// Takes the ranks of all values. False if they are too many for 16 bits, which cannot be where there
    /// are fewer values than codes.
    func encode<Kernel: SetKernel>(
        _ ranks: RankBuffer, in layout: BlockLayout, by kernel: Kernel.Type
    ) -> Bool {
        let slots = Kernel.slotsOfPixels(groupsPerBlock: layout.groupsPerBlock)
        start(ranks.shape, lowest: Int(ranks.lowest), highest: Int(ranks.highest))
        let lowest = ranks.lowest
        if split.isNumbered {
            guard present.take(ranks) else { return false }
            let present = present
            place(ranks, layout, slots) { rank in
                rank == ThresholdIndex.missing
                    ? Self.missingCode : Self.biased(present.countUpTo(Int(rank &- lowest)))
            }
        } else if ranks.hasMissing {
            place(ranks, layout, slots) { rank in
                rank == ThresholdIndex.missing ? Self.missingCode : Self.biased(Int(rank &- lowest) &+ 1)
            }
        } else {
            place(ranks, layout, slots) { rank in Self.biased(Int(rank &- lowest) &+ 1) }
        }
        findBounds(layout)
        return true
    }

    @inline(__always)
    private func place(
        _ ranks: RankBuffer, _ layout: BlockLayout, _ slotsOfPixels: [Int], _ code: (UInt32) -> Int16
    ) {
        let (source, codes) = (ranks.values, split.codes)
        switch ranks.shape {
        case .lines:
            for number in 0..<ranks.count { codes[number] = code(source[number]) }
        case .pixels:
            for first in stride(from: 0, to: ranks.count, by: slotsOfPixels.count) {
                for (number, slot) in slotsOfPixels.enumerated() {
                    codes[first &+ slot] = code(source[first &+ number])
                }
            }
        case .rows:
            let pixelCount = layout.groups.pixelCount
            layout.rowSlots.withUnsafeBufferPointer { slots in
                for (day, offset) in layout.dayOffsets.enumerated() {
                    for pixel in 0..<pixelCount {
                        codes[Int(slots[pixel]) &+ offset] = code(source[day &* pixelCount &+ pixel])
                    }
                }
            }
            // What stands for nothing must not widen the bounds of its block.
            for row in layout.padding { codes[Int(row.slot)] = codes[Int(row.source)] }
        }
    }

    /// Takes the values of a daily plane at once, without a list of their ranks. False, and nothing done, if
    /// some are missing or their ranks span too much: then `encode` does it.
    func encode<Kernel: SetKernel>(
        daily source: UnsafePointer<Float>, _ index: ThresholdIndex, in layout: BlockLayout,
        by kernel: Kernel.Type
    ) -> Bool {
        guard let range = layout.range(ofDaily: source, by: kernel) else { return false }
        let (lowest, highest) = (index.rank(range.lowerBound), index.rank(range.upperBound))
        guard highest - lowest < Self.valueCodeCount else { return false }
        start(.rows, lowest: Int(lowest), highest: Int(highest))
        layout.rowSlots.withUnsafeBufferPointer { slots in
            guard let slots = slots.baseAddress else { return }
            for (day, offset) in zip(layout.days, layout.dayOffsets) {
                for run in layout.groups.runs {
                    Kernel.encode(
                        layout.values(run, ofDaily: source, on: day), index, lowestRank: lowest,
                        slots: slots + run.lowerBound, codes: split.codes + offset)
                }
            }
        }
        for row in layout.padding { split.codes[Int(row.slot)] = split.codes[Int(row.source)] }
        findBounds(layout)
        return true
    }

    private func start(_ shape: BlockShape, lowest: Int, highest: Int) {
        split.shape = shape
        split.lowestRank = lowest
        split.span = highest - lowest
        split.isNumbered = split.span >= Self.valueCodeCount
        split.hasMissing = false
        nanRows.removeAll(keepingCapacity: true)
        nanOrZeroRows.removeAll(keepingCapacity: true)
    }

    private func findBounds(_ layout: BlockLayout) {
        for number in 0..<layout.blockCount {
            let (first, count) =
                switch split.shape {
                case .pixels:
                    (number >> layout.pixelsShift, layout.groupsPerBlock * Block.pixelCount)
                case .lines: (number, Block.lineCount)
                case .rows: (number, Block.rowCount)
                }
            split.bounds[number] = CodeBounds(of: split.codes + first * count, count: count)
        }
    }

    /// Keeps the rows that rules for missing values ask for; the lists have a mask per block, or are empty.
    func keepMissing(nanRows: [RowMask], nanOrZeroRows: [RowMask]) {
        self.nanRows = nanRows
        self.nanOrZeroRows = nanOrZeroRows
        split.hasMissing = nanOrZeroRows.contains { $0 != .none } || nanRows.contains { $0 != .none }
        // NaN is not at most any threshold, so no split is true for all rows.
        if nanRows.contains(where: { $0 != .none }) { split.span = Int.max }
    }
}

extension CodeBounds {
    /// Of a multiple of 32 codes.
    init(of codes: UnsafePointer<Int16>, count: Int) {
        let vectors = UnsafeRawPointer(codes).assumingMemoryBound(to: SIMD8<Int16>.self)
        var (lowest, highest) = (vectors[0], vectors[0])
        for vector in 1..<count / 8 {
            lowest = pointwiseMin(lowest, vectors[vector])
            highest = pointwiseMax(highest, vectors[vector])
        }
        self.init(lowest: lowest.min(), highest: highest.max())
    }
}
