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
        let fourLines = UnsafeRawPointer(rows).assumingMemoryBound(to: UInt64.self)
        for four in 0..<Block.lineCount / 4 {
            var lines = fourLines[four]
            var own = sums + four &* 4 &* Block.pixelCount
            while lines != 0 {
                let line = UInt16(truncatingIfNeeded: lines)
                if line != 0 { Self.add(leaf, to: line, own) }
                lines &>>= 16
                own += Block.pixelCount
            }
        }
    }

    @inline(__always)
    private static func add(_ leaf: Int32, to rows: UInt16, _ sums: UnsafeMutablePointer<Int32>) {
        let vectors = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: SIMD4<Int32>.self)
        let all = SIMD4<UInt32>(repeating: UInt32(rows))
        let leaves = SIMD4<Int32>(repeating: leaf)
        for vector in 0..<4 {
            let bits = SIMD4<UInt32>(1, 2, 4, 8) &<< UInt32(truncatingIfNeeded: 4 &* vector)
            let isSet = unsafeBitCast((all & bits) .== bits, to: SIMD4<Int32>.self)
            vectors[vector] &+= leaves & isSet
        }
    }
}
