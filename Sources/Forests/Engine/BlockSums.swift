/// The sums of a block's 64 rows over the trees: Int32 in slot order.
///
/// Bounds that were checked when the forest was loaded keep sums from overflowing.
struct BlockSums {
    let vectors: UnsafeMutablePointer<SIMD8<Int32>>

    static let vectorCount = 8
    /// Up to so many rows are added one at a time.
    private static let fewRows = 8

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
        let rowBits = Self.bytes(of: rows)
        for vector in 0..<Self.vectorCount {
            vectors[vector] &+= values.replacing(with: 0, where: Self.isClear(vector, in: rowBits))
        }
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
        let first = SIMD8<Int32>(repeating: leaves.0)
        let second = SIMD8<Int32>(repeating: leaves.1)
        let (rowBits, holdsBits) = (Self.bytes(of: rows), Self.bytes(of: holds))
        for vector in 0..<Self.vectorCount {
            let chosen = first.replacing(with: second, where: Self.isClear(vector, in: holdsBits))
            vectors[vector] &+= chosen.replacing(with: 0, where: Self.isClear(vector, in: rowBits))
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

    /// The eight bits of each lane: bit `v` of a byte belongs to vector `v`.
    @inline(__always)
    private static func bytes(of rows: UInt64) -> SIMD8<UInt32> {
        SIMD8(truncatingIfNeeded: unsafeBitCast(rows.littleEndian, to: SIMD8<UInt8>.self))
    }

    @inline(__always)
    private static func isClear(_ vector: Int, in bytes: SIMD8<UInt32>) -> SIMDMask<SIMD8<Int32>> {
        (bytes & SIMD8(repeating: UInt32(1) &<< UInt32(vector))) .== 0
    }
}
