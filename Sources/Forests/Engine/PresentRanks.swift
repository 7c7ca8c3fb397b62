/// The ranks that occur in a superblock, numbered without gaps.
///
/// Codes have 16 bits, and a feature of a large forest may have more thresholds than that between the
/// lowest and the highest value of a superblock; but mostly far fewer occur.
struct PresentRanks {
    private var words: [UInt64] = []
    /// Ranks before each word.
    private var counts: [UInt32] = []

    /// Takes all ranks that are not missing. False if there are more than codes.
    mutating func take(_ ranks: RankBuffer) -> Bool {
        words.removeAll(keepingCapacity: true)
        words.append(contentsOf: repeatElement(0, count: Int(ranks.highest - ranks.lowest) / 64 + 1))
        for number in 0..<ranks.count where ranks.values[number] != ThresholdIndex.missing {
            let rank = Int(ranks.values[number] - ranks.lowest)
            words[rank / 64] |= 1 << UInt64(rank % 64)
        }
        counts.removeAll(keepingCapacity: true)
        var total: UInt32 = 0
        for word in words {
            counts.append(total)
            total += UInt32(word.nonzeroBitCount)
        }
        return total <= FeatureTable.valueCodeCount
    }

    /// How many of the ranks are at most this one, which is relative to the lowest.
    @inline(__always)
    func countUpTo(_ rank: Int) -> Int {
        let (word, bit) = (rank / 64, UInt64(rank % 64))
        return Int(counts[word]) + (words[word] & (2 &<< bit &- 1)).nonzeroBitCount
    }
}
