/// A priority queue of 64-bit keys, smallest first: an elevation above, what it belongs to below.
struct MinimumHeap {
    private var keys: [UInt64] = []

    var isEmpty: Bool { keys.isEmpty }

    /// Orders by level, then by item, so that equal levels come in one order everywhere.
    mutating func push(level: Float, item: Int) {
        let bits = level.bitPattern
        let ordered = bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
        var child = keys.count
        let key = UInt64(ordered) << 32 | UInt64(UInt32(item))
        keys.append(key)
        while child > 0 {
            let parent = (child - 1) / 2
            guard keys[parent] > key else { break }
            keys[child] = keys[parent]
            child = parent
        }
        keys[child] = key
    }

    /// The item with the lowest level.
    mutating func pop() -> Int {
        let first = keys[0]
        let last = keys.removeLast()
        if !keys.isEmpty {
            var hole = 0
            while true {
                var child = 2 * hole + 1
                guard child < keys.count else { break }
                if child + 1 < keys.count && keys[child + 1] < keys[child] { child += 1 }
                guard keys[child] < last else { break }
                keys[hole] = keys[child]
                hole = child
            }
            keys[hole] = last
        }
        return Int(UInt32(truncatingIfNeeded: first))
    }
}
