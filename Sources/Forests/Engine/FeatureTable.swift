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
    /// The code of the lowest rank.
    var lowestCode = FeatureTable.lowestCode

    /// The code that a split compares with, whose rank is so far above the lowest one: that of the highest
    /// rank on its true side.
    @inline(__always)
    func code(ofRank rank: Int) -> Int16 {
        lowestCode &+ Int16(truncatingIfNeeded: min(rank, FeatureTable.valueCodeCount - 1))
    }
}

/// One feature in a superblock: a 16-bit code for each value, block by block, in the smallest shape that
/// has room for what differs.
///
/// Codes order the values as their ranks do, so that a split compares codes. A code is a rank's distance to
/// some rank or, where there are too many between the lowest and the highest one for 16 bits, its number
/// among the ranks that occur.
final class FeatureTable {
    // Unchecked: a table has one thread, and splits of large forests ask it so often that checks show.
    @exclusivity(unchecked) private(set) var split: SplitTable
    // Unchecked: as above.
    @exclusivity(unchecked) private var present = PresentRanks()
    /// From the lowest rank to the highest one.
    private var reach = 0
    /// By block the rows that have NaN, and those that a rule for zeros takes for missing; empty where there
    /// are none.
    private(set) var nanRows: [RowMask] = []
    private(set) var nanOrZeroRows: [RowMask] = []

    /// Code 0 is below all values, the last one is that of NaN.
    static let valueCodeCount = 65_534
    static let lowestCode = biased(1)
    private static let missingCode = biased(65_535)
    /// Runs of pixels that are asked for before they are read.
    private static let runsAhead = 3

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

    /// The code of a split where ranks are numbered, and for any rank.
    func numberedCode(ofRank rank: Int) -> Int16 {
        guard rank >= 0 else { return Self.biased(0) }
        let rank = min(rank, reach)
        return split.isNumbered ? Self.biased(present.countUpTo(rank)) : split.code(ofRank: rank)
    }

    /// Takes all values at once, without a list of their ranks. False if some are missing or their ranks
    /// span too much: then there is the other `encode`.
    func encode<Kernel: SetKernel>(
        _ lists: PlaneLists, _ index: ThresholdIndex, in layout: BlockLayout, by kernel: Kernel.Type
    ) -> Bool {
        guard let ranks = index.ranks(Self.valueCodeCount, around: lists.sample) else { return false }
        let slots = layout.slots(lists.shape)
        let isDone =
            if let cells = lists.cells {
                encode(lists, cells, ranks, slots, by: kernel)
            } else {
                encode(lists, layout.groups.runs, ranks, slots, by: kernel)
            }
        guard isDone else { return false }
        slots.pad(split.codes)
        split.shape = lists.shape
        let bounds = findBounds(layout)
        start(
            lowestRank: Int(ranks.lowestRank) + Int(bounds.lowest) - Int(Self.lowestCode),
            code: bounds.lowest,
            reach: Int(bounds.highest) - Int(bounds.lowest))
        return true
    }

    /// Planes with a value for each pixel: neighbours at once, and the next ones already asked for.
    private func encode<Kernel: SetKernel>(
        _ lists: PlaneLists, _ runs: [Range<Int>], _ ranks: RankWindow, _ slots: CodeSlots,
        by kernel: Kernel.Type
    ) -> Bool {
        guard let values = lists.values.baseAddress else { return false }
        func start(of run: Int, _ list: Int) -> UnsafePointer<Float> {
            values + (lists.first &+ list &* lists.stride &+ Int(lists.numbers[runs[run].lowerBound]))
        }
        return slots.first.withUnsafeBufferPointer { first in
            guard let first = first.baseAddress else { return false }
            for list in 0..<lists.count {
                let codes = split.codes + slots.dayOffsets[list]
                for (number, run) in runs.enumerated() {
                    let ahead = number + Self.runsAhead
                    let next =
                        ahead < runs.count
                        ? start(of: ahead, list)
                        : start(of: ahead % runs.count, min(list + 1, lists.count - 1))
                    let isDone = Kernel.encode(
                        start(of: number, list), count: run.count, ahead: next, ranks,
                        slots: first + run.lowerBound, codes: codes)
                    guard isDone else { return false }
                }
            }
            return true
        }
    }

    /// Planes with a value for each cell: it is ranked once, and goes to all parts of the cell.
    private func encode<Kernel: SetKernel>(
        _ lists: PlaneLists, _ cells: GridCells, _ ranks: RankWindow, _ slots: CodeSlots,
        by kernel: Kernel.Type
    ) -> Bool {
        var values = [Float](repeating: 0, count: lists.numbers.count)
        var codeOfCell = [Int16](repeating: 0, count: lists.numbers.count)
        for list in 0..<lists.count {
            for place in values.indices { values[place] = lists.value(list, place) }
            let isDone = codeOfCell.withUnsafeMutableBufferPointer { codeOfCell in
                values.withUnsafeBufferPointer { values in
                    cells.places.withUnsafeBufferPointer { places in
                        Kernel.encode(
                            values.baseAddress!, count: values.count, ahead: values.baseAddress!, ranks,
                            slots: places.baseAddress!, codes: codeOfCell.baseAddress!)
                    }
                }
            }
            guard isDone else { return false }
            let codes = split.codes + slots.dayOffsets[list]
            for (slot, cell) in zip(slots.first, cells.cellOfPart) {
                codes[Int(slot)] = codeOfCell[Int(cell)]
            }
        }
        return true
    }

    /// Takes the ranks of all values. False if they are too many for 16 bits, which cannot be where there
    /// are fewer values than codes.
    func encode(_ ranks: RankBuffer, of lists: PlaneLists, in layout: BlockLayout) -> Bool {
        let lowest = ranks.lowest
        split.shape = lists.shape
        start(lowestRank: Int(lowest), code: Self.lowestCode, reach: Int(ranks.highest - lowest))
        if split.isNumbered {
            guard present.take(ranks) else { return false }
            let present = present
            place(ranks, lists, layout) { Self.biased(present.countUpTo(Int($0 &- lowest))) }
        } else {
            place(ranks, lists, layout) { Self.biased(Int($0 &- lowest) &+ 1) }
        }
        _ = findBounds(layout)
        return true
    }

    @inline(__always)
    private func place(
        _ ranks: RankBuffer, _ lists: PlaneLists, _ layout: BlockLayout, _ code: (UInt32) -> Int16
    ) {
        let slots = layout.slots(lists.shape)
        for list in 0..<lists.count {
            let own = ranks.values + list * lists.numbers.count
            let codes = split.codes + slots.dayOffsets[list]
            for (number, slot) in slots.first.enumerated() {
                let rank = own[lists.cells.map { Int($0.cellOfPart[number]) } ?? number]
                codes[Int(slot)] = rank == ThresholdIndex.missing ? Self.missingCode : code(rank)
            }
        }
        slots.pad(split.codes)
    }

    private func start(lowestRank: Int, code: Int16, reach: Int) {
        self.reach = reach
        split.lowestRank = lowestRank
        split.lowestCode = code
        split.span = reach
        split.isNumbered = reach >= Self.valueCodeCount
        split.hasMissing = false
        nanRows.removeAll(keepingCapacity: true)
        nanOrZeroRows.removeAll(keepingCapacity: true)
    }

    /// Finds the bounds of each block, and returns those of all.
    private func findBounds(_ layout: BlockLayout) -> CodeBounds {
        let count =
            switch split.shape {
            case .pixels: Block.pixelCodeCount
            case .lines: Block.lineCount
            case .rows: Block.rowCount
            }
        var all = CodeBounds(lowest: .max, highest: .min)
        for number in 0..<layout.blockCount {
            // Blocks of the same pixels have the same ones.
            let isPixels = split.shape == .pixels
            if isPixels, number & ((1 << layout.pixelsShift) - 1) != 0 {
                split.bounds[number] = split.bounds[number - 1]
                continue
            }
            let first = (isPixels ? number >> layout.pixelsShift : number) * count
            let own = CodeBounds(of: split.codes + first, count: count)
            split.bounds[number] = own
            all = CodeBounds(lowest: min(all.lowest, own.lowest), highest: max(all.highest, own.highest))
        }
        return all
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
