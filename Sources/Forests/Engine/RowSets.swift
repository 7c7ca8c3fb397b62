/// A stack of sets of rows: blocks, and which of their rows belong to the set.
struct RowSets {
    private(set) var blocks: UnsafeMutablePointer<BlockID>
    private(set) var rows: UnsafeMutablePointer<RowMask>
    private var capacity: Int

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
}
