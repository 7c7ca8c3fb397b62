/// Sorts 64-bit keys by some of their bits, the least significant digit first; keys that are equal there
/// keep their order.
enum RadixSort {
    static let largestDigit = 11
    private static let fewKeys = 24

    /// Sorts by `bits` bits from `shift` on and returns where the sorted keys lie: `keys` or `other`.
    /// `counters` holds `1 << largestDigit` numbers. Bits above must be zero.
    static func sort(
        _ keys: UnsafeMutablePointer<UInt64>, _ other: UnsafeMutablePointer<UInt64>, count: Int,
        shift: Int, bits: Int, counters: UnsafeMutablePointer<UInt32>
    ) -> UnsafeMutablePointer<UInt64> {
        guard count > fewKeys else {
            insert(keys, count: count, shift: UInt64(shift))
            return keys
        }
        // Digits of few bits where there are few keys: clearing counters must not cost more than keys.
        let widest = count > 1 << 14 ? largestDigit : 8
        let passes = max((bits + widest - 1) / widest, 1)
        let digit = (bits + passes - 1) / passes
        var (from, to) = (keys, other)
        for pass in 0..<passes {
            scatter(
                from, to, count: count, shift: UInt64(shift + pass * digit), digit: digit,
                counters: counters)
            swap(&from, &to)
        }
        return from
    }

    private static func scatter(
        _ from: UnsafeMutablePointer<UInt64>, _ to: UnsafeMutablePointer<UInt64>, count: Int, shift: UInt64,
        digit: Int, counters: UnsafeMutablePointer<UInt32>
    ) {
        let mask: UInt64 = 1 << UInt64(digit) - 1
        counters.update(repeating: 0, count: 1 << digit)
        for place in 0..<count { counters[Int(from[place] &>> shift & mask)] &+= 1 }
        var start: UInt32 = 0
        for value in 0..<(1 << digit) {
            let number = counters[value]
            counters[value] = start
            start &+= number
        }
        for place in 0..<count {
            let key = from[place]
            let value = Int(key &>> shift & mask)
            to[Int(counters[value])] = key
            counters[value] &+= 1
        }
    }

    private static func insert(_ keys: UnsafeMutablePointer<UInt64>, count: Int, shift: UInt64) {
        guard count > 1 else { return }
        for place in 1..<count {
            let key = keys[place]
            var hole = place
            while hole > 0, keys[hole - 1] &>> shift > key &>> shift {
                keys[hole] = keys[hole - 1]
                hole -= 1
            }
            keys[hole] = key
        }
    }
}

/// Memory of one thread's hot loops, without bounds checks: the loops' owner knows the bounds.
struct ScratchBuffer<Element: BitwiseCopyable>: ~Copyable {
    let base: UnsafeMutablePointer<Element>

    /// Pages that are never written cost nothing.
    init(count: Int) { base = .allocate(capacity: max(count, 1)) }

    deinit { base.deallocate() }
}
