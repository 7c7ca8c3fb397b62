/// The rows of a subtree, sorted by every feature once, and kept sorted as nodes divide: for nodes of few
/// rows, where sorting anew would cost more. It fits a processor's cache.
///
/// Rows of the patch have numbers of 16 bits, and so have their values' places among the patch's different
/// values. An entry of an order is `place << 16 | number`.
final class NodePatch {
    private let table: CodedTable
    private let minimumLeafRows: Int
    private let capacity: Int
    private let shares: ScratchBuffer<RowShare>
    /// An order a feature, `capacity` entries each; a node owns the same range of all.
    private let orders: ScratchBuffer<UInt32>
    /// The code of each place, for each feature.
    private let codes: ScratchBuffer<UInt32>
    private let isFalse: ScratchBuffer<UInt8>
    private let spill: ScratchBuffer<UInt32>
    private let keys: ScratchBuffer<UInt64>
    private let otherKeys: ScratchBuffer<UInt64>
    private let counters = ScratchBuffer<UInt32>(count: 1 << RadixSort.largestDigit)

    static let largestCapacity = 1 << 16

    init(_ table: CodedTable, minimumLeafRows: Int, capacity: Int) {
        precondition(capacity <= Self.largestCapacity)
        self.table = table
        self.minimumLeafRows = minimumLeafRows
        self.capacity = capacity
        shares = ScratchBuffer(count: capacity)
        orders = ScratchBuffer(count: capacity * table.features.count)
        codes = ScratchBuffer(count: capacity * table.features.count)
        isFalse = ScratchBuffer(count: capacity)
        spill = ScratchBuffer(count: capacity)
        keys = ScratchBuffer(count: capacity)
        otherKeys = ScratchBuffer(count: capacity)
    }

    /// Takes over the rows of a node.
    func load(_ rows: UnsafePointer<UInt32>, count: Int, shares all: UnsafePointer<RowShare>) {
        for number in 0..<count { shares.base[number] = all[Int(rows[number])] }
        for (feature, coded) in table.features.enumerated() {
            coded.codes.putKeys(of: rows, count: count, shift: 16, to: keys.base)
            let sorted = RadixSort.sort(
                keys.base, otherKeys.base, count: count, shift: 16, bits: coded.codeBits,
                counters: counters.base)
            let order = orders.base + feature * capacity
            let places = codes.base + feature * capacity
            var place: UInt32 = 0
            var last = sorted[0] >> 16
            places[0] = UInt32(last)
            for entry in 0..<count {
                let code = sorted[entry] >> 16
                place &+= code == last ? 0 : 1
                last = code
                places[Int(place)] = UInt32(truncatingIfNeeded: code)
                order[entry] = place << 16 | UInt32(truncatingIfNeeded: sorted[entry] & 0xffff)
            }
        }
    }

    /// Whether all rows of a node have the same target; `feature` is one whose order was kept there.
    func isPure(_ range: Range<Int>, feature: Int) -> Bool {
        let order = orders.base + feature * capacity
        let first = shares.base[Int(order[range.lowerBound] & 0xffff)]
        return range.allSatisfy { shares.base[Int(order[$0] & 0xffff)].hasTarget(of: first) }
    }

    /// Looks for a better split in one feature; false if it is constant in the node.
    func examine(_ feature: Int, _ range: Range<Int>, _ search: inout SplitSearch) -> Bool {
        let order = orders.base + feature * capacity + range.lowerBound
        let count = range.count
        let places = codes.base + feature * capacity
        let (lowest, highest) = (order[0] &>> 16, order[count - 1] &>> 16)
        guard lowest != highest else { return false }
        let coded = table.features[feature]
        guard !coded.areClose(places[Int(lowest)], places[Int(highest)]) else { return false }
        let shares = shares.base
        var trueSum = NodeSum()
        let firstEnd = minimumLeafRows - 1
        let end = count - minimumLeafRows
        var entry = 0
        while entry < firstEnd {
            trueSum &+= NodeSum(shares[Int(order[entry] & 0xffff)])
            entry &+= 1
        }
        var (numerator, denominator) = (search.numerator, search.denominator)
        var (best, bestSum) = (-1, NodeSum())
        while entry < end {
            let this = order[entry]
            trueSum &+= NodeSum(shares[Int(this & 0xffff)])
            let next = order[entry &+ 1]
            if (this ^ next) &>> 16 != 0 {
                let gain = search.gain(trueSum)
                if gain.numerator * denominator > numerator * gain.denominator,
                    !coded.areClose(places[Int(this &>> 16)], places[Int(next &>> 16)])
                {
                    (numerator, denominator) = gain
                    (best, bestSum) = (entry, trueSum)
                }
            }
            entry &+= 1
        }
        if best >= 0 {
            let code = places[Int(order[best] &>> 16)]
            let next = places[Int(order[best + 1] &>> 16)]
            search.accept(
                SplitSearch.Split(feature: feature, code: code, next: next, trueSum: bestSum),
                numerator: numerator, denominator: denominator)
        }
        return true
    }

    /// Divides a node behind its first `trueCount` rows in the order of a feature: those of all other
    /// features follow. The order of a feature that is constant in the node is left: nobody looks at its
    /// rows any more.
    func divide(_ range: Range<Int>, feature: Int, trueCount: Int) {
        let isFalse = isFalse.base
        let (start, count) = (range.lowerBound, range.count)
        let dividing = orders.base + feature * capacity + start
        for entry in 0..<trueCount { isFalse[Int(dividing[entry] & 0xffff)] = 0 }
        for entry in trueCount..<count { isFalse[Int(dividing[entry] & 0xffff)] = 1 }
        let spill = spill.base
        for other in table.features.indices where other != feature {
            let order = orders.base + other * capacity + start
            guard (order[0] ^ order[count - 1]) &>> 16 != 0 else { continue }
            var (front, spilled) = (0, 0)
            for entry in 0..<count {
                let this = order[entry]
                order[front] = this
                spill[spilled] = this
                let goesFalse = Int(isFalse[Int(this & 0xffff)])
                front &+= 1 &- goesFalse
                spilled &+= goesFalse
            }
            (order + trueCount).update(from: spill, count: spilled)
        }
    }
}
