/// Finds the rank of a value: how many thresholds of its feature it is above. `x <= threshold[r]` is exactly
/// `rank(x) <= r`, so that an engine may compare ranks instead of values.
///
/// Thresholds are sorted into buckets of equal width, one in each or fewer on the whole. A value is compared
/// with the few thresholds from the first one of its bucket on, all at once: later ones are above it.
final class ThresholdIndex: Sendable {
    /// The rank of NaN, which is above every threshold and yet no number.
    static let missing = UInt32.max

    let count: Int
    // Written only by init; the forest, which every user holds, keeps the thresholds.
    nonisolated(unsafe) let thresholds: UnsafePointer<Float>
    nonisolated(unsafe) let starts: UnsafeMutablePointer<UInt32>
    let lowest: Float
    let scale: Float
    let lastBucket: Float

    private static let largestBucketCount = 1 << 18
    /// So many as long as they fit the nearest caches: thresholds of real features lie close in places.
    private static let bucketsPerThreshold = 8
    private static let smallBucketCount = 1 << 14
    /// Half as wide, dense parts of a bell curve were halved, at four times the cost.
    private static let comparedAtOnce = 8
    /// Marks buckets with more thresholds than are compared at once.
    private static let crowded: UInt32 = 1 << 31

    /// The list must not be empty.
    init(_ list: UnsafeBufferPointer<Float>) {
        count = list.count
        thresholds = list.baseAddress!
        let finite = list.filter(\.isFinite)
        lowest = finite.first ?? 0
        let width = (finite.last ?? 0) - lowest
        let wanted = Float(
            max(
                min(Self.bucketsPerThreshold * list.count, Self.smallBucketCount),
                min(list.count, Self.largestBucketCount), 16))
        let exact = (wanted - 1) / width
        // Without a usable scale there is one bucket, and halving finds the rank.
        scale = exact.isFinite ? exact : 0
        lastBucket = exact.isFinite && exact > 0 ? wanted - 1 : 0
        let bucketCount = Int(lastBucket) + 1
        starts = .allocate(capacity: bucketCount + 1)
        starts.initialize(repeating: UInt32(list.count), count: bucketCount + 1)
        for number in list.indices.reversed() { starts[bucket(of: list[number])] = UInt32(number) }
        // Empty buckets begin where the next one does.
        for bucket in (0..<bucketCount).reversed() {
            starts[bucket] = min(starts[bucket], starts[bucket + 1])
        }
        // The last ones begin early enough to be compared at once: what is added is below their values.
        let lastStart = list.count - Self.comparedAtOnce
        for bucket in 0..<bucketCount {
            let isCrowded = lastStart < 0 || starts[bucket + 1] - starts[bucket] > Self.comparedAtOnce
            starts[bucket] =
                isCrowded ? starts[bucket] | Self.crowded : min(starts[bucket], UInt32(lastStart))
        }
    }

    deinit { starts.deallocate() }

    /// Never falls as the value rises, so that thresholds of lower buckets are below the value.
    @inline(__always)
    private func bucket(of value: Float) -> Int {
        var scaled = (value - lowest) * scale
        scaled = scaled < lastBucket ? scaled : lastBucket
        scaled = scaled > 0 ? scaled : 0
        return Int(Int32(scaled))
    }

    @inline(__always)
    func rank(_ value: Float) -> UInt32 {
        let bucket = bucket(of: value)
        let start = starts[bucket]
        if start & Self.crowded != 0 || value.isNaN { return searched(value, bucket) }
        let next = UnsafeRawPointer(thresholds + Int(start))
        // Two halves: the compiler makes a loop of a vector that the baseline lacks.
        let value = SIMD4(repeating: value)
        let isAbove = (
            next.loadUnaligned(as: SIMD4<Float>.self) .< value,
            next.loadUnaligned(fromByteOffset: 16, as: SIMD4<Float>.self) .< value
        )
        let counts =
            unsafeBitCast(isAbove.0, to: SIMD4<UInt32>.self)
            &+ unsafeBitCast(isAbove.1, to: SIMD4<UInt32>.self)
        return start &- counts.wrappedSum()
    }

    /// By halving, for a bucket of many thresholds or the last few of all.
    @inline(never)
    private func searched(_ value: Float, _ bucket: Int) -> UInt32 {
        if value.isNaN { return Self.missing }
        var rank = starts[bucket] & ~Self.crowded
        // The next bucket may begin too early.
        var end = min((starts[bucket + 1] & ~Self.crowded) + UInt32(Self.comparedAtOnce), UInt32(count))
        while rank < end {
            let middle = rank + (end - rank) / 2
            if value <= thresholds[Int(middle)] { end = middle } else { rank = middle + 1 }
        }
        return rank
    }

    /// So many ranks in a row that those of the sample are among them, in their middle if possible; nil if
    /// they are further apart.
    func ranks(_ count: Int, around sample: [Float]) -> RankWindow? {
        let found = sample.lazy.filter { !$0.isNaN }.map { Int(self.rank($0)) }
        guard let lowest = found.min(), let highest = found.max(), highest - lowest < count else {
            return nil
        }
        let first = max(min((lowest + highest - count) / 2, self.count + 1 - count), 0)
        let last = first + count - 1
        return RankWindow(
            index: self, lowestRank: UInt32(first),
            lowestValue: first == 0 ? -.infinity : thresholds[first - 1].nextUp,
            highestValue: last < self.count ? thresholds[last] : .infinity)
    }
}

/// Ranks that follow each other, and the lowest and the highest value that has one of them.
struct RankWindow {
    let index: ThresholdIndex
    let lowestRank: UInt32
    let lowestValue: Float
    let highestValue: Float
}
