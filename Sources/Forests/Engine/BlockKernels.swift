/// A block is 4 × 4 pixels on 4 days: 64 rows, one bit each in a UInt64.
///
/// Bit `day * 16 + pixel`, where `pixel = y * 4 + x`. Where all 64 rows have a value of their own, the
/// value of bit `b` lies in slot `(b & 7) * 8 + (b >> 3)`: then comparing eight vectors of eight values
/// gives, vector by vector, the eight bits of every byte of the mask, and no vector has to be reduced
/// across its lanes.
enum Block {
    static let side = 4
    static let pixelCount = 16
    static let dayCount = 4
    static let rowCount = 64

    @inline(__always)
    static func slot(row: Int) -> Int { (row & 7) &* 8 &+ (row &>> 3) }

    @inline(__always)
    static func slot(pixel: Int, day: Int) -> Int { slot(row: day &* pixelCount &+ pixel) }

    /// The bits of a block's mask that the eight lanes of a vector stand for, lanes 0 to 3 in the low half of
    /// the mask, lanes 4 to 7 in the high half.
    @inline(__always)
    static func rowBits(ofVector vector: Int) -> SIMD8<UInt32> {
        SIMD8<UInt32>(1, 1 << 8, 1 << 16, 1 << 24, 1, 1 << 8, 1 << 16, 1 << 24)
            &<< UInt32(truncatingIfNeeded: vector)
    }

    /// A comparison's answer as whole lanes: all bits, or none. Selecting with it by `&` compiles to one
    /// instruction a vector on every processor; `replacing(with:where:)` does not.
    @inline(__always)
    static func lanes(_ mask: SIMDMask<SIMD8<Int32>>) -> SIMD8<UInt32> {
        unsafeBitCast(mask, to: SIMD8<UInt32>.self)
    }

    /// The bits of one pixel mask on all four days.
    @inline(__always)
    static func everyDay(_ pixels: UInt16) -> UInt64 { UInt64(pixels) &* 0x0001_0001_0001_0001 }

    /// All pixels on the days whose bits (0 to 3) are set.
    @inline(__always)
    static func everyPixel(_ days: UInt32) -> UInt64 {
        // Copies of the four bits 15 places apart bring bit d to place 16 d.
        ((UInt64(days) &* 0x0000_2000_4000_8001) & 0x0001_0001_0001_0001) &* 0xFFFF
    }
}

/// A question to a value, answered for many values at once: is `x <= threshold`, and the like.
protocol BlockTest {
    func holds(_ values: SIMD4<Float>) -> SIMDMask<SIMD4<Int32>>
    func holds(_ values: SIMD8<Float>) -> SIMDMask<SIMD8<Int32>>
}

extension BlockTest {
    /// The mask of a block whose 64 rows have a value each, in slot order.
    @inline(__always)
    func maskOfRows(_ values: UnsafePointer<Float>) -> UInt64 {
        let vectors = UnsafeRawPointer(values).assumingMemoryBound(to: SIMD8<Float>.self)
        var bits = SIMD8<UInt32>(repeating: 0)
        for vector in 0..<8 { bits |= Block.lanes(holds(vectors[vector])) & Block.rowBits(ofVector: vector) }
        let (low, high) = (bits.lowHalf, bits.highHalf)
        return UInt64(low[0] | low[1] | low[2] | low[3]) | UInt64(high[0] | high[1] | high[2] | high[3])
            &<< 32
    }

    /// The mask of a block whose 16 pixels have a value each on all days.
    @inline(__always)
    func maskOfPixels(_ values: UnsafePointer<Float>) -> UInt64 {
        let vectors = UnsafeRawPointer(values).assumingMemoryBound(to: SIMD8<Float>.self)
        let low = SIMD8<UInt32>(1, 2, 4, 8, 16, 32, 64, 128)
        let high = SIMD8<UInt32>(1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15)
        let bits = Block.lanes(holds(vectors[0])) & low | Block.lanes(holds(vectors[1])) & high
        let four = bits.lowHalf | bits.highHalf
        let two = four.lowHalf | four.highHalf
        return Block.everyDay(UInt16(truncatingIfNeeded: two[0] | two[1]))
    }

    /// The mask of a block whose four days have a value each for all pixels.
    @inline(__always)
    func maskOfDays(_ values: UnsafePointer<Float>) -> UInt64 {
        let vector = UnsafeRawPointer(values).assumingMemoryBound(to: SIMD4<Float>.self).pointee
        let bits = unsafeBitCast(holds(vector), to: SIMD4<UInt32>.self) & SIMD4(1, 2, 4, 8)
        let two = bits.lowHalf | bits.highHalf
        return Block.everyPixel(two[0] | two[1])
    }
}

/// Is the value NaN?
struct IsMissing: BlockTest {
    @inline(__always)
    func holds(_ values: SIMD4<Float>) -> SIMDMask<SIMD4<Int32>> { values .!= values }
    @inline(__always)
    func holds(_ values: SIMD8<Float>) -> SIMDMask<SIMD8<Int32>> { values .!= values }
}

/// Does the value go to the true child of a split without a rule for missing values?
struct IsAtMost: BlockTest {
    let threshold: Float

    @inline(__always)
    func holds(_ values: SIMD4<Float>) -> SIMDMask<SIMD4<Int32>> { values .<= SIMD4(repeating: threshold) }
    @inline(__always)
    func holds(_ values: SIMD8<Float>) -> SIMDMask<SIMD8<Int32>> { values .<= SIMD8(repeating: threshold) }
}

/// Does the value go to the true child of any split? The vector form of `ForestNode.goesToTrueChild`.
struct GoesToTrueChild: BlockTest {
    let threshold: Float
    let rule: MissingRule

    init(_ node: ForestNode) {
        threshold = node.threshold
        rule = node.missing
    }

    func holds(_ values: SIMD4<Float>) -> SIMDMask<SIMD4<Int32>> {
        decide(values .<= SIMD4(repeating: threshold), isMissing: values .!= values, isZero: isZero(values))
    }

    func holds(_ values: SIMD8<Float>) -> SIMDMask<SIMD8<Int32>> {
        decide(values .<= SIMD8(repeating: threshold), isMissing: values .!= values, isZero: isZero(values))
    }

    private func isZero<Vector: SIMD>(_ values: Vector) -> SIMDMask<Vector.MaskStorage>
    where Vector.Scalar == Float {
        (values .<= Vector(repeating: ForestNode.zeroLimit))
            .& (values .>= Vector(repeating: -ForestNode.zeroLimit))
    }

    private func decide<Lanes>(
        _ isAtMost: SIMDMask<Lanes>, isMissing: SIMDMask<Lanes>, isZero: SIMDMask<Lanes>
    ) -> SIMDMask<Lanes> {
        switch rule.kind {
        case .none: isAtMost
        case .nan: rule.goesToTrueChild ? isAtMost .| isMissing : isAtMost .& .!isMissing
        case .zero:
            rule.goesToTrueChild ? isAtMost .| isMissing .| isZero : isAtMost .& .!(isMissing .| isZero)
        }
    }
}
