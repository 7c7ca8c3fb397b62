/// A stack of sets of rows: blocks, and which of their rows belong to the set.
struct RowSets {
    private(set) var blocks: UnsafeMutablePointer<BlockID>
    private(set) var rows: UnsafeMutablePointer<UInt64>
    private var capacity: Int

    /// The sides of a split.
    struct Division {
        let trueCount: Int
        let falseCount: Int
    }

    init(capacity: Int) {
        self.capacity = capacity
        blocks = .allocate(capacity: capacity)
        rows = .allocate(capacity: capacity)
    }

    func deallocate() {
        blocks.deallocate()
        rows.deallocate()
    }

    /// Makes room for this many entries in all.
    @inline(__always)
    mutating func reserve(_ count: Int) {
        if count > capacity { grow(to: count) }
    }

    @inline(never)
    private mutating func grow(to count: Int) {
        let larger = RowSets(capacity: max(count, 2 * capacity))
        larger.blocks.update(from: blocks, count: capacity)
        larger.rows.update(from: rows, count: capacity)
        deallocate()
        self = larger
    }

    /// Divides the set `start..<end`: the true side stays at `start`, the false side goes to `end`, where
    /// there must be room for all of it.
    @inline(__always)
    func divide(_ test: some BlockTest, _ table: FeatureTable, _ start: Int, _ end: Int) -> Division {
        switch table.shape {
        case .pixels: divide(start, end) { table.pixelMask(test, $0) }
        case .days: divide(start, end) { table.dayMask(test, $0) }
        case .rows: divide(start, end) { table.rowMask(test, $0) }
        case .cells: divide(start, end) { table.cellMask(test, $0) }
        }
    }

    @inline(__always)
    private func divide(_ start: Int, _ end: Int, _ mask: (BlockID) -> UInt64) -> Division {
        var trueEnd = start
        var falseEnd = end
        for place in start..<end {
            let block = blocks[place]
            let set = rows[place]
            let holds = mask(block)
            let (trueRows, falseRows) = (set & holds, set & ~holds)
            // Both sides are always written and counted only if they are not empty: no branch to
            // mispredict.
            blocks[trueEnd] = block
            rows[trueEnd] = trueRows
            blocks[falseEnd] = block
            rows[falseEnd] = falseRows
            trueEnd += trueRows == 0 ? 0 : 1
            falseEnd += falseRows == 0 ? 0 : 1
        }
        return Division(trueCount: trueEnd - start, falseCount: falseEnd - end)
    }

    /// Adds the leaves of a split that has no other children.
    @inline(__always)
    func addLeaves(
        _ leaves: (Int32, Int32), _ test: some BlockTest, _ table: FeatureTable, _ start: Int, _ end: Int,
        _ sums: Sums
    ) {
        switch table.shape {
        case .pixels: addLeaves(leaves, start, end, sums) { table.pixelMask(test, $0) }
        case .days: addLeaves(leaves, start, end, sums) { table.dayMask(test, $0) }
        case .rows: addLeaves(leaves, start, end, sums) { table.rowMask(test, $0) }
        case .cells: addLeaves(leaves, start, end, sums) { table.cellMask(test, $0) }
        }
    }

    @inline(__always)
    private func addLeaves(
        _ leaves: (Int32, Int32), _ start: Int, _ end: Int, _ sums: Sums, _ mask: (BlockID) -> UInt64
    ) {
        for place in start..<end {
            let block = blocks[place]
            sums.of(block).add(leaves, holds: mask(block), to: rows[place])
        }
    }

    /// Adds one leaf to all rows of a set.
    func addLeaf(_ leaf: Int32, _ start: Int, _ end: Int, _ sums: Sums) {
        for place in start..<end { sums.of(blocks[place]).add(leaf, to: rows[place]) }
    }
}
