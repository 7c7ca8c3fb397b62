/// What one row adds to its node: its target in steps, as often as it was drawn; and `draws << 24 | 1`.
typealias RowShare = SIMD2<Int32>

/// The same, summed. Whole numbers: sums do not depend on the order of rows, so that two features that
/// divide a node alike are alike to the last bit.
typealias NodeSum = SIMD2<Int64>

extension NodeSum {
    private static var rowBits: Int64 { 24 }
    static var largestRowCount: Int { 1 << 24 - 1 }
    /// What 32 bits hold; a row is not drawn so often in practice.
    static var largestDrawCount: UInt8 { 127 }

    @inline(__always) var steps: Int64 { x }
    /// Rows as often as they were drawn.
    @inline(__always) var draws: Int64 { y &>> Self.rowBits }
    /// Different rows.
    @inline(__always) var rows: Int { Int(y & (1 << Self.rowBits - 1)) }

    @inline(__always) init(_ share: RowShare) { self.init(truncatingIfNeeded: share) }
}

extension RowShare {
    init(steps: Int32, draws: Int) {
        self.init(steps &* Int32(draws), Int32(draws) << 24 | 1)
    }

    /// Whether two drawn rows have the same target.
    @inline(__always) func hasTarget(of other: RowShare) -> Bool {
        Int64(x) * Int64(other.y &>> 24) == Int64(other.x) * Int64(y &>> 24)
    }
}

/// Targets as whole steps of a 2^24th of their range, as fine as float32 there.
struct TargetScale: Sendable {
    let middle: Double
    let step: Double

    init(_ values: [Float]) {
        let lowest = Double(values.min() ?? 0)
        let highest = Double(values.max() ?? 0)
        middle = lowest / 2 + highest / 2
        step = max((highest - lowest) / 0x1p24, .leastNormalMagnitude)
    }

    func steps(_ value: Float) -> Int32 {
        Int32(((Double(value) - middle) / step).rounded())
    }

    func mean(_ sum: NodeSum) -> Double {
        middle + step * (Double(sum.steps) / Double(sum.draws))
    }
}
