/// The rows of a tree as lists, a range for each node: for nodes of many rows, and for forests that look at
/// few features per split.
///
/// A feature is either summed by code, where it has no more codes than the node has rows, or sorted.
final class NodeRows {
    private let table: CodedTable
    private let minimumLeafRows: Int
    let shares: ScratchBuffer<RowShare>
    let rows: ScratchBuffer<UInt32>
    let spill: ScratchBuffer<UInt32>
    private let sums: ScratchBuffer<NodeSum>
    private let keys: ScratchBuffer<UInt64>
    private let otherKeys: ScratchBuffer<UInt64>
    private let counters = ScratchBuffer<UInt32>(count: 1 << RadixSort.largestDigit)

    init(_ table: CodedTable, minimumLeafRows: Int) {
        self.table = table
        self.minimumLeafRows = minimumLeafRows
        let count = table.rowCount
        shares = ScratchBuffer(count: count)
        rows = ScratchBuffer(count: count)
        spill = ScratchBuffer(count: count)
        let most = table.features.map(\.codeCount).max() ?? 1
        sums = ScratchBuffer(count: min(most, count))
        keys = ScratchBuffer(count: count)
        otherKeys = ScratchBuffer(count: count)
    }

    /// Whether all rows of a node have the same target.
    func isPure(_ range: Range<Int>) -> Bool {
        let first = shares.base[Int(rows.base[range.lowerBound])]
        return range.allSatisfy { shares.base[Int(rows.base[$0])].hasTarget(of: first) }
    }

    /// Moves rows with codes up to `last` to the front of the range and returns how many.
    func divide(_ range: Range<Int>, feature: Int, last: UInt32) -> Int {
        table.features[feature].codes.divide(
            rows.base + range.lowerBound, count: range.count, last: last, spill: spill.base)
    }

    /// Looks for a better split in one feature; false if it is constant in the node.
    func examine(_ feature: Int, _ range: Range<Int>, _ search: inout SplitSearch) -> Bool {
        let coded = table.features[feature]
        guard coded.codeCount > 1 else { return false }
        return coded.codeCount <= range.count
            ? examineSums(feature, coded, range, &search) : examineSorted(feature, coded, range, &search)
    }

    private func examineSums(
        _ feature: Int, _ coded: CodedFeature, _ range: Range<Int>, _ search: inout SplitSearch
    ) -> Bool {
        let sums = sums.base
        sums.update(repeating: NodeSum(), count: coded.codeCount)
        coded.codes.addShares(
            of: rows.base + range.lowerBound, count: range.count, shares.base, to: sums)
        var code = 0
        while sums[code].y == 0 { code += 1 }
        var end = coded.codeCount
        while sums[end - 1].y == 0 { end -= 1 }
        guard end - code > 1, !coded.areClose(UInt32(code), UInt32(end - 1)) else { return false }
        let mostRows = range.count - minimumLeafRows
        var trueSum = sums[code]
        var next = code + 1
        while next < end {
            let sum = sums[next]
            if sum.y != 0 {
                let trueRows = trueSum.rows
                if trueRows > mostRows { break }
                if trueRows >= minimumLeafRows {
                    let gain = search.gain(trueSum)
                    if gain.numerator * search.denominator > search.numerator * gain.denominator,
                        !coded.areClose(UInt32(code), UInt32(next))
                    {
                        search.accept(
                            SplitSearch.Split(
                                feature: feature, code: UInt32(code), next: UInt32(next), trueSum: trueSum),
                            numerator: gain.numerator, denominator: gain.denominator)
                    }
                }
                trueSum &+= sum
                code = next
            }
            next += 1
        }
        return true
    }

    private func examineSorted(
        _ feature: Int, _ coded: CodedFeature, _ range: Range<Int>, _ search: inout SplitSearch
    ) -> Bool {
        let list = rows.base + range.lowerBound
        coded.codes.putKeys(of: list, count: range.count, shift: 32, to: keys.base)
        let sorted = RadixSort.sort(
            keys.base, otherKeys.base, count: range.count, shift: 32, bits: coded.codeBits,
            counters: counters.base)
        let (first, last) = (UInt32(sorted[0] >> 32), UInt32(sorted[range.count - 1] >> 32))
        guard first != last, !coded.areClose(first, last) else { return false }
        let shares = shares.base
        var trueSum = NodeSum()
        let end = range.count - minimumLeafRows
        for place in 0..<max(end, 0) {
            let key = sorted[place]
            trueSum &+= NodeSum(shares[Int(list[Int(key & 0xffff_ffff)])])
            let (code, next) = (UInt32(key >> 32), UInt32(sorted[place + 1] >> 32))
            guard code != next, place + 1 >= minimumLeafRows else { continue }
            let gain = search.gain(trueSum)
            if gain.numerator * search.denominator > search.numerator * gain.denominator,
                !coded.areClose(code, next)
            {
                search.accept(
                    SplitSearch.Split(feature: feature, code: code, next: next, trueSum: trueSum),
                    numerator: gain.numerator, denominator: gain.denominator)
            }
        }
        return true
    }
}
