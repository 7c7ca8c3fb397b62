/// An entry of a set: a block, and the slot that tells which of its rows belong to the set.
struct SetItem: BitwiseCopyable {
    /// The low bits are the block's number.
    let bits: UInt32

    @inline(__always)
    init(block: Int, slot: Int) { bits = UInt32(truncatingIfNeeded: slot &<< Self.blockBits | block) }

    @inline(__always)
    var block: Int { Int(bits & UInt32(Self.blockLimit - 1)) }

    @inline(__always)
    var slot: Int { Int(bits &>> UInt32(Self.blockBits)) }

    private static let blockBits = 11
    /// Blocks of a superblock, and rows of all its blocks: each slot in use has a row of its own.
    static let blockLimit = 1 << blockBits
    static let slotLimit = 1 << (32 - blockBits)
}

/// A stack of sets of rows. Items are moved from set to set; the rows stay in their slot until a split cuts
/// them in two.
struct RowSets {
    private(set) var items: UnsafeMutablePointer<SetItem>
    private(set) var rows: UnsafeMutablePointer<RowMask>
    private var itemCapacity: Int
    private var slotCapacity: Int

    /// Kernels write whole vectors past the end of what they keep.
    static let slack = 16

    init(itemCapacity: Int, slotCapacity: Int) {
        self.itemCapacity = itemCapacity + Self.slack
        self.slotCapacity = slotCapacity + Self.slack
        items = .allocateLines(capacity: self.itemCapacity)
        rows = .allocateLines(capacity: self.slotCapacity)
    }

    func deallocate() {
        items.deallocate()
        rows.deallocate()
    }

    /// Makes room for this many items and slots in all.
    @inline(__always)
    mutating func reserve(items: Int, slots: Int) {
        if items > itemCapacity &- Self.slack || slots > slotCapacity &- Self.slack {
            grow(items: items, slots: slots)
        }
    }

    @inline(never)
    private mutating func grow(items itemCount: Int, slots slotCount: Int) {
        let larger = RowSets(
            itemCapacity: max(itemCount, 2 * itemCapacity), slotCapacity: max(slotCount, 2 * slotCapacity))
        larger.items.update(from: items, count: itemCapacity)
        larger.rows.update(from: rows, count: slotCapacity)
        deallocate()
        self = larger
    }
}
