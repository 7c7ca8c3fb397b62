internal import CNetCDF

/// Turns the bytes of a chunk into values, a run of neighbours at a time: the same values, bit for bit, as
/// `NumberPacking` makes of the numbers that netCDF reads.
enum StoredNumbers {
    /// Numbers of one or two bytes: what each pattern of bits means.
    case table([Float], valueBytes: Int)
    /// Floats that need no scaling; missing outside of the limits, and where they equal one of the marks.
    case plain(lowest: Float, highest: Float, marks: (Float, Float))
    /// Floats with a scale.
    case scaled(NumberPacking)

    /// Nil for types that netCDF converts.
    init?(type: nc_type, packing: NumberPacking) {
        switch type {
        case NC_SHORT:
            self = .table(
                (0...UInt16.max).map { packing.value(Double(Int16(bitPattern: $0))) }, valueBytes: 2)
        case NC_USHORT:
            self = .table((0...UInt16.max).map { packing.value(Double($0)) }, valueBytes: 2)
        case NC_BYTE:
            self = .table((0...UInt8.max).map { packing.value(Double(Int8(bitPattern: $0))) }, valueBytes: 1)
        case NC_UBYTE:
            self = .table((0...UInt8.max).map { packing.value(Double($0)) }, valueBytes: 1)
        case NC_FLOAT:
            self =
                packing.floatLimits.map { .plain(lowest: $0.lowest, highest: $0.highest, marks: $0.marks) }
                ?? .scaled(packing)
        default:
            return nil
        }
    }

    /// Unpacks `count` numbers of a chunk, from number `first` on and `stride` apart, into `values`.
    func unpack(
        _ chunk: StoredChunks.Chunk, numberCount: Int, first: Int, stride: Int, count: Int,
        into values: UnsafeMutablePointer<Float>
    ) {
        // A shuffled chunk has the first bytes of all numbers, then the second ones, and so on.
        let bytes = chunk.bytes.assumingMemoryBound(to: UInt8.self)
        switch self {
        case .table(let table, valueBytes: 1):
            table.withUnsafeBufferPointer { table in
                for place in 0..<count { values[place] = table[Int(bytes[first + place * stride])] }
            }
        case .table(let table, _):
            let (low, high, step) =
                chunk.isShuffled
                ? (bytes, bytes + numberCount, 1)
                : chunk.isBigEndian ? (bytes + 1, bytes, 2) : (bytes, bytes + 1, 2)
            table.withUnsafeBufferPointer { table in
                for place in 0..<count {
                    let number = (first + place * stride) * step
                    values[place] = table[Int(low[number]) | Int(high[number]) << 8]
                }
            }
        case .plain(let lowest, let highest, let marks):
            let keep = { (value: Float) -> Float in
                value >= lowest && value <= highest && value != marks.0 && value != marks.1 ? value : .nan
            }
            var done = 0
            if chunk.isShuffled && stride == 1 {
                done = unshuffle(
                    planes(bytes + first, numberCount), count: count, into: values,
                    lowest: lowest, highest: highest, marks: marks)
            }
            unpackFloats(
                chunk, numberCount, first + done * stride, stride, count - done, into: values + done, keep)
        case .scaled(let packing):
            unpackFloats(chunk, numberCount, first, stride, count, into: values) {
                packing.value(Double($0))
            }
        }
    }
}

private typealias Bytes = UnsafePointer<UInt8>

@inline(__always)
private func planes(_ bytes: Bytes, _ count: Int) -> (Bytes, Bytes, Bytes, Bytes) {
    (bytes, bytes + count, bytes + 2 * count, bytes + 3 * count)
}

/// Floats of four planes of bytes, sixteen at a time; gives how many were unpacked.
private func unshuffle(
    _ planes: (Bytes, Bytes, Bytes, Bytes), count: Int, into values: UnsafeMutablePointer<Float>,
    lowest: Float, highest: Float, marks: (Float, Float)
) -> Int {
    let (a, b, c, d) = (
        UnsafeRawPointer(planes.0), UnsafeRawPointer(planes.1), UnsafeRawPointer(planes.2),
        UnsafeRawPointer(planes.3)
    )
    let target = UnsafeMutableRawPointer(values)
    let missing = SIMD4<Float>(repeating: .nan)
    @inline(__always) func store(_ words: SIMD8<UInt16>, at place: Int) {
        let four = unsafeBitCast(words, to: SIMD4<Float>.self)
        let isValue = (four .>= lowest) .& (four .<= highest) .& (four .!= marks.0) .& (four .!= marks.1)
        target.storeBytes(
            of: missing.replacing(with: four, where: isValue), toByteOffset: 4 * place,
            as: SIMD4<Float>.self)
    }
    var place = 0
    while place &+ 16 <= count {
        let low = zip(a, b, at: place)
        let high = zip(c, d, at: place)
        store(zip(low.first, high.first).first, at: place)
        store(zip(low.first, high.first).second, at: place &+ 4)
        store(zip(low.second, high.second).first, at: place &+ 8)
        store(zip(low.second, high.second).second, at: place &+ 12)
        place &+= 16
    }
    return place
}

/// Bytes of two planes in turns: sixteen numbers of two bytes.
@inline(__always)
private func zip(
    _ low: UnsafeRawPointer, _ high: UnsafeRawPointer, at place: Int
) -> (first: SIMD8<UInt16>, second: SIMD8<UInt16>) {
    let low = (low + place).loadUnaligned(as: SIMD16<UInt8>.self)
    let high = (high + place).loadUnaligned(as: SIMD16<UInt8>.self)
    var (first, second) = (SIMD16<UInt8>(), SIMD16<UInt8>())
    (first.evenHalf, first.oddHalf) = (low.lowHalf, high.lowHalf)
    (second.evenHalf, second.oddHalf) = (low.highHalf, high.highHalf)
    return (
        unsafeBitCast(first, to: SIMD8<UInt16>.self), unsafeBitCast(second, to: SIMD8<UInt16>.self)
    )
}

/// Halves of numbers in turns: eight numbers of four bytes.
@inline(__always)
private func zip(
    _ low: SIMD8<UInt16>, _ high: SIMD8<UInt16>
) -> (first: SIMD8<UInt16>, second: SIMD8<UInt16>) {
    var (first, second) = (SIMD8<UInt16>(), SIMD8<UInt16>())
    (first.evenHalf, first.oddHalf) = (low.lowHalf, high.lowHalf)
    (second.evenHalf, second.oddHalf) = (low.highHalf, high.highHalf)
    return (first, second)
}

@inline(__always)
private func float(_ a: Bytes, _ b: Bytes, _ c: Bytes, _ d: Bytes, at place: Int) -> Float {
    Float(
        bitPattern: UInt32(a[place]) | UInt32(b[place]) << 8 | UInt32(c[place]) << 16 | UInt32(d[place]) << 24
    )
}

@inline(__always)
private func unpackFloats(
    _ chunk: StoredChunks.Chunk, _ numberCount: Int, _ first: Int, _ stride: Int, _ count: Int,
    into values: UnsafeMutablePointer<Float>, _ rule: (Float) -> Float
) {
    let bytes = chunk.bytes.assumingMemoryBound(to: UInt8.self)
    let (a, b, c, d) =
        chunk.isShuffled
        ? planes(bytes, numberCount)
        : chunk.isBigEndian
            ? (bytes + 3, bytes + 2, bytes + 1, bytes) : (bytes, bytes + 1, bytes + 2, bytes + 3)
    let step = chunk.isShuffled ? 1 : 4
    for place in 0..<count {
        values[place] = rule(float(a, b, c, d, at: (first + place * stride) * step))
    }
}

extension NumberPacking {
    /// Limits and marks for missing of plain floats; nil where there is a scale, or more than two marks.
    var floatLimits: (lowest: Float, highest: Float, marks: (Float, Float))? {
        guard isPlain, otherMissing.count <= 1 else { return nil }
        // Limits of a float variable were rounded to its type, so single precision decides the same.
        let largest = Float.greatestFiniteMagnitude
        return (
            max(Float(lowestStored), -largest), min(Float(highestStored), largest),
            (Float(firstMissing), Float(otherMissing.first ?? .nan))
        )
    }
}
