/// A feature as codes in ascending order of its values: one for each different value, or for each of at most
/// 256 classes. Growing compares codes only; values come back in thresholds.
struct CodedFeature: Sendable {
    let codes: CodeColumn
    /// The lowest and highest value of each code; one array where they are the same.
    private let lowest: [Float]
    private let highest: [Float]
    /// Whether any neighbouring values are so close that scikit-learn takes them as one.
    private let hasCloseValues: Bool

    var codeCount: Int { highest.count }
    let codeBits: Int

    /// scikit-learn's `FEATURE_THRESHOLD`.
    static let closeness: Float = 1e-7

    /// Where a split divides: `x <= threshold` is `code <= last`.
    struct Cut {
        let threshold: Double
        let last: UInt32
    }

    init(_ values: [Float], splits: GrowingSettings.Splits) {
        let sorted = SortedColumn(values)
        switch splits {
        case .exact:
            (lowest, highest) = (sorted.values, sorted.values)
            hasCloseValues = zip(lowest, lowest.dropFirst()).contains { $1 <= $0 + Self.closeness }
            codes = sorted.codes { UInt32(truncatingIfNeeded: $0) }
        case .histogram(let bins):
            let first = sorted.firstOfBins(bins)
            lowest = first.map { sorted.values[$0] }
            highest = (first.dropFirst() + [sorted.values.count]).map { sorted.values[$0 - 1] }
            hasCloseValues = false
            var bin: UInt32 = 0
            codes = sorted.codes { value in
                while Int(bin) + 1 < first.count, first[Int(bin) + 1] <= value { bin += 1 }
                return bin
            }
        }
        codeBits = max(Int.bitWidth - (highest.count - 1).leadingZeroBitCount, 1)
    }

    /// Whether no split may part two codes, because their values are all but the same.
    @inline(__always)
    func areClose(_ code: UInt32, _ next: UInt32) -> Bool {
        hasCloseValues && lowest[Int(next)] <= highest[Int(code)] + Self.closeness
    }

    /// Divides between a code and the next one in the node. Other rows may have codes between them.
    func cut(_ code: UInt32, _ next: UInt32, splits: GrowingSettings.Splits) -> Cut {
        switch splits {
        case .exact:
            let (below, above) = (Double(lowest[Int(code)]), Double(lowest[Int(next)]))
            let middle = below / 2 + above / 2
            let threshold = middle == above ? below : middle
            var (last, bound) = (Int(code), Int(next))
            while bound - last > 1 {
                let between = (last + bound) / 2
                if Double(lowest[between]) <= threshold { last = between } else { bound = between }
            }
            return Cut(threshold: threshold, last: UInt32(last))
        case .histogram:
            let last = (code + next) / 2
            let (below, above) = (Double(highest[Int(last)]), Double(lowest[Int(last) + 1]))
            let middle = below / 2 + above / 2
            // A threshold is a float32 in the end, rounded down.
            return Cut(threshold: middle == above ? below : middle, last: last)
        }
    }
}

/// The different values of a column in ascending order, and which rows have them.
struct SortedColumn {
    let values: [Float]
    /// Where each different value begins in `keys`, and one past the last.
    private var starts: [UInt32]
    /// The row in the low half of each key, ordered by value.
    private let keys: [UInt64]

    init(_ column: [Float]) {
        let count = column.count
        var (keys, other) = ([UInt64](repeating: 0, count: count), [UInt64](repeating: 0, count: count))
        for row in 0..<count {
            // Zero added turns -0 into 0. Bits ascend with values once negative ones are turned round.
            let bits = (column[row] + 0).bitPattern
            let ordered = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
            keys[row] = UInt64(ordered) << 32 | UInt64(row)
        }
        var counters = [UInt32](repeating: 0, count: 1 << RadixSort.largestDigit)
        let isInKeys = keys.withUnsafeMutableBufferPointer { first in
            other.withUnsafeMutableBufferPointer { second in
                counters.withUnsafeMutableBufferPointer { counters in
                    guard let keys = first.baseAddress, let other = second.baseAddress,
                        let counters = counters.baseAddress
                    else { return true }
                    return keys
                        == RadixSort.sort(keys, other, count: count, shift: 32, bits: 32, counters: counters)
                }
            }
        }
        self.keys = isInKeys ? keys : other
        var (values, starts): ([Float], [UInt32]) = ([], [])
        var last: UInt64?
        for (place, key) in self.keys.enumerated() where key >> 32 != last {
            last = key >> 32
            values.append(column[Int(key & 0xffff_ffff)] + 0)
            starts.append(UInt32(place))
        }
        starts.append(UInt32(count))
        self.values = values
        self.starts = starts
    }

    /// The code of each row, in as few bytes as hold them. Codes are asked for in ascending order of values.
    func codes(_ code: (Int) -> UInt32) -> CodeColumn {
        let ofValues = values.indices.map(code)
        func column<Code: FixedWidthInteger>(_: Code.Type) -> [Code] {
            var codes = [Code](repeating: 0, count: keys.count)
            for (value, code) in ofValues.enumerated() {
                for place in Int(starts[value])..<Int(starts[value + 1]) {
                    codes[Int(keys[place] & 0xffff_ffff)] = Code(truncatingIfNeeded: code)
                }
            }
            return codes
        }
        switch ofValues.last ?? 0 {
        case ...0xff: return .oneByte(column(UInt8.self))
        case ...0xffff: return .twoBytes(column(UInt16.self))
        default: return .fourBytes(column(UInt32.self))
        }
    }

    /// The first value of each class: every value its own while there are few, else as equally many rows
    /// as whole values allow.
    func firstOfBins(_ bins: Int) -> [Int] {
        guard values.count > bins else { return Array(values.indices) }
        var first = [0]
        for value in values.indices.dropFirst() where first.count < bins {
            let left = keys.count - Int(starts[first[first.count - 1]])
            let share = left / (bins - first.count + 1)
            let width = Int(starts[value]) - Int(starts[first[first.count - 1]])
            // Enough values must be left for nobody: the last bins may stay unused.
            if width >= share { first.append(value) }
        }
        return first
    }
}
