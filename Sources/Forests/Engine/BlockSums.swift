/// The sums of a block's 64 rows over the trees: Int32 in slot order.
///
/// Bounds that were checked when the forest was loaded keep sums from overflowing.
struct BlockSums {
    let vectors: UnsafeMutablePointer<SIMD8<Int32>>

    static let vectorCount = 8
    /// Up to so many rows are added one at a time.
    private static let fewRows = 12

    /// Adds a leaf to some rows.
    @inline(__always)
    func add(_ leaf: Int32, to rows: UInt64) {
        if rows.nonzeroBitCount <= Self.fewRows {
            forEachRow(of: rows) { sum, _ in sum &+= leaf }
            return
        }
        let values = SIMD8<Int32>(repeating: leaf)
        if rows == .max {
            for vector in 0..<Self.vectorCount { vectors[vector] &+= values }
            return
        }
        for vector in 0..<Self.vectorCount { vectors[vector] &+= values & Self.lanes(vector, of: rows) }
    }

    /// Adds one of two leaves to some rows: the first where `holds`, the second elsewhere.
    @inline(__always)
    func add(_ leaves: (Int32, Int32), holds: UInt64, to rows: UInt64) {
        if rows.nonzeroBitCount <= Self.fewRows {
            forEachRow(of: rows) { sum, row in
                sum &+= holds & (1 &<< UInt64(row)) != 0 ? leaves.0 : leaves.1
            }
            return
        }
        let second = SIMD8<Int32>(repeating: leaves.1)
        let difference = SIMD8<Int32>(repeating: leaves.0 ^ leaves.1)
        for vector in 0..<Self.vectorCount {
            let chosen = second ^ (difference & Self.lanes(vector, of: holds))
            vectors[vector] &+= chosen & Self.lanes(vector, of: rows)
        }
    }

    @inline(__always)
    private func forEachRow(of rows: UInt64, _ body: (inout Int32, Int) -> Void) {
        let sums = UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Int32.self)
        var rest = rows
        while rest != 0 {
            let row = rest.trailingZeroBitCount
            body(&sums[Block.slot(row: row)], row)
            rest &= rest &- 1
        }
    }

    /// All bits in the lanes of a vector whose rows belong to the set, none in the others.
    @inline(__always)
    private static func lanes(_ vector: Int, of rows: UInt64) -> SIMD8<Int32> {
        let low = SIMD4<UInt32>(repeating: UInt32(truncatingIfNeeded: rows))
        let high = SIMD4<UInt32>(repeating: UInt32(truncatingIfNeeded: rows &>> 32))
        let bits = Block.rowBits(ofVector: vector)
        let isSet = (SIMD8(lowHalf: low, highHalf: high) & bits) .== bits
        return unsafeBitCast(isSet, to: SIMD8<Int32>.self)
    }
}
