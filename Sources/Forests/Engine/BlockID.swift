/// A block of a superblock: which pixels, and which group of four days.
struct BlockID {
    private let bits: UInt32

    @inline(__always)
    init(pixelBlock: Int, dayGroup: Int) {
        bits = UInt32(truncatingIfNeeded: dayGroup << 16 | pixelBlock)
    }

    @inline(__always)
    var pixelBlock: Int { Int(bits & 0xFFFF) }

    @inline(__always)
    var dayGroup: Int { Int(bits >> 16) }
}
