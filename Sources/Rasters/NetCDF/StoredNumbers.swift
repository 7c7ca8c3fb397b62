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
            if chunk.isShuffled && stride == 1 {
                let (a, b, c, d) = planes(bytes + first, numberCount)
                for place in 0..<count { values[place] = keep(float(a, b, c, d, at: place)) }
            } else {
                unpackFloats(chunk, numberCount, first, stride, count, into: values, keep)
            }
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
