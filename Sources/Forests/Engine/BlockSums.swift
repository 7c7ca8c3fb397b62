/// The sums of a block's rows over the trees.
///
/// Bounds that were checked when the forest was loaded keep sums from overflowing.
struct BlockSums {
    private let sums: UnsafeMutablePointer<Int32>

    @inline(__always)
    init(_ sums: UnsafeMutablePointer<Int32>, block: Int) {
        self.sums = sums + block &* Block.rowCount
    }

    /// Adds a leaf to some rows.
    @inline(__always)
    func add(_ leaf: Int32, to rows: UnsafePointer<RowMask>) {
        let lines = UnsafeRawPointer(rows).assumingMemoryBound(to: UInt16.self)
        let leaves = SIMD4<Int32>(repeating: leaf)
        var live = Self.liveLines(rows)
        while live != 0 {
            let line = live.trailingZeroBitCount
            live &= live &- 1
            let rows = SIMD4<UInt32>(repeating: UInt32(lines[line]))
            let own = vectors(ofLine: line)
            for vector in 0..<4 { own[vector] &+= leaves & Self.lanes(rows, vector) }
        }
    }

    /// Adds one leaf to some rows, and another to those of them that are above a split.
    @inline(__always)
    func add(
        _ leaves: (ifTrue: Int32, ifFalse: Int32), to rows: UnsafePointer<RowMask>,
        above: UnsafePointer<RowMask>
    ) {
        let lines = UnsafeRawPointer(rows).assumingMemoryBound(to: UInt16.self)
        let aboveLines = UnsafeRawPointer(above).assumingMemoryBound(to: UInt16.self)
        let ifTrue = SIMD4<Int32>(repeating: leaves.ifTrue)
        let difference = SIMD4<Int32>(repeating: leaves.ifTrue ^ leaves.ifFalse)
        var live = Self.liveLines(rows)
        while live != 0 {
            let line = live.trailingZeroBitCount
            live &= live &- 1
            let rows = SIMD4<UInt32>(repeating: UInt32(lines[line]))
            let above = SIMD4<UInt32>(repeating: UInt32(aboveLines[line]))
            let own = vectors(ofLine: line)
            for vector in 0..<4 {
                own[vector] &+=
                    (ifTrue ^ (difference & Self.lanes(above, vector))) & Self.lanes(rows, vector)
            }
        }
    }

    /// A bit for each line that has rows.
    @inline(__always)
    private static func liveLines(_ rows: UnsafePointer<RowMask>) -> UInt32 {
        let quarters = UnsafeRawPointer(rows).assumingMemoryBound(to: SIMD8<UInt16>.self)
        let bits = SIMD8<UInt16>(1, 2, 4, 8, 16, 32, 64, 128)
        @inline(__always) func empty(_ quarter: Int) -> SIMD8<UInt16> {
            let rows = unsafeBitCast(quarters[quarter], to: SIMD8<Int16>.self)
            return bits & unsafeBitCast(rows .== SIMD8<Int16>(repeating: 0), to: SIMD8<UInt16>.self)
        }
        @inline(__always) func half(_ low: SIMD8<UInt16>, _ high: SIMD8<UInt16>) -> UInt32 {
            let words = unsafeBitCast(low | high &<< 8, to: SIMD2<UInt64>.self)
            // Every lane has a bit of its own, so that their sum, which the product has on top, is all bits.
            return UInt32(truncatingIfNeeded: ((words[0] | words[1]) &* 0x0001_0001_0001_0001) &>> 48)
        }
        return ~(half(empty(0), empty(1)) | half(empty(2), empty(3)) &<< 16)
    }

    @inline(__always)
    private func vectors(ofLine line: Int) -> UnsafeMutablePointer<SIMD4<Int32>> {
        UnsafeMutableRawPointer(sums + line &* Block.pixelCount).assumingMemoryBound(to: SIMD4<Int32>.self)
    }

    /// All ones for those of four neighbouring rows that belong to the set.
    @inline(__always)
    private static func lanes(_ rows: SIMD4<UInt32>, _ vector: Int) -> SIMD4<Int32> {
        let bits = SIMD4<UInt32>(1, 2, 4, 8) &<< UInt32(truncatingIfNeeded: 4 &* vector)
        return unsafeBitCast((rows & bits) .== bits, to: SIMD4<Int32>.self)
    }
}
