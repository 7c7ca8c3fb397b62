/// One pass over all trees when a forest is loaded: every number is checked, so that no engine has to, and
/// what only the trees know is collected.
struct ForestFacts {
    private(set) var maximumDepth = 0
    private(set) var handlesMissing = false
    private(set) var takesZeroForMissing = false
    /// The features that at least one split looks at, ascending.
    private(set) var usedFeatures: [Int] = []
    private(set) var smallestSum: Int32 = 0
    private(set) var largestSum: Int32 = 0

    init(validating image: ForestImage, header: ForestHeader, path: String) throws(ForestError) {
        let thresholdCounts = try Self.thresholdCounts(image, header, path)
        let firstSplits = image.firstSplits(header)
        guard header.treeCount > 0, firstSplits[0] == 0,
            Int(firstSplits[header.treeCount]) == header.splitCount
        else { throw .damaged(path: path, detail: "the trees do not cover the splits") }
        let largestTree = zip(firstSplits, firstSplits.dropFirst()).map { Int($1) - Int($0) }.max() ?? 0
        guard largestTree <= ForestNode.largestCount else {
            throw .damaged(path: path, detail: "a tree has too many splits")
        }
        var walk = SplitWalk(
            nodes: image.nodes(header), thresholdCounts: thresholdCounts, largestTree: largestTree)
        let leaves = image.leaves(header)
        var sums = (smallest: 0, largest: 0, largestMagnitude: 0)
        for tree in 0..<header.treeCount {
            let (start, end) = (Int(firstSplits[tree]), Int(firstSplits[tree + 1]))
            // Ascending bounds keep every range inside the sections.
            guard start <= end, end <= header.splitCount else {
                throw .damaged(path: path, detail: "tree \(tree) is not a tree")
            }
            if let wrong = walk.firstWrongSplit(start..<end) {
                throw .damaged(path: path, detail: "tree \(tree), split \(wrong - start)")
            }
            var (low, high) = (Int32.max, Int32.min)
            for leaf in leaves[start + tree...end + tree] {
                low = min(low, leaf)
                high = max(high, leaf)
            }
            sums.smallest += Int(low)
            sums.largest += Int(high)
            sums.largestMagnitude += max(abs(Int(low)), abs(Int(high)))
        }
        guard sums.largestMagnitude <= Int(Int32.max) else {
            throw .damaged(path: path, detail: "the sum of leaves can overflow")
        }
        smallestSum = Int32(sums.smallest)
        largestSum = Int32(sums.largest)
        maximumDepth = walk.maximumDepth
        handlesMissing = walk.handlesMissing
        takesZeroForMissing = walk.takesZeroForMissing
        usedFeatures = walk.usedFeatures
    }

    /// How many thresholds each feature has; they must ascend, for ranks to mean anything.
    private static func thresholdCounts(
        _ image: ForestImage, _ header: ForestHeader, _ path: String
    ) throws(ForestError) -> [Int] {
        let first = image.firstThresholds(header)
        let thresholds = image.thresholds(header)
        guard first[0] == 0, Int(first[header.featureCount]) == header.thresholdCount else {
            throw .damaged(path: path, detail: "the features do not cover the thresholds")
        }
        var counts: [Int] = []
        for feature in 0..<header.featureCount {
            let (start, end) = (Int(first[feature]), Int(first[feature + 1]))
            guard start <= end, end <= header.thresholdCount else {
                throw .damaged(path: path, detail: "feature \(feature) has no range of thresholds")
            }
            // A comparison with NaN is false, so this refuses NaN too, but for a single one.
            var ascends = start == end || !thresholds[start].isNaN
            for place in start..<max(start, end - 1) {
                ascends = ascends && thresholds[place] < thresholds[place + 1]
            }
            guard ascends else {
                throw .damaged(path: path, detail: "thresholds of feature \(feature) do not ascend")
            }
            counts.append(end - start)
        }
        return counts
    }
}

/// Goes through the splits of a tree in the order of the file, and knows at each the size of its subtree.
private struct SplitWalk: ~Copyable {
    private let nodes: UnsafeBufferPointer<ForestNode>
    /// By every feature that a split can name; none for those that do not exist.
    private let thresholdCounts: UnsafeMutablePointer<Int>
    private let used: UnsafeMutablePointer<Bool>
    private let featureCount: Int
    private(set) var maximumDepth = 0
    /// A bit for each kind of missing values that some split knows.
    private var kinds: UInt64 = 0
    /// By split of a tree the size of its subtree, known from its parent, and its depth; one more place is
    /// written to and never read.
    private let subtrees: UnsafeMutablePointer<(splitCount: Int32, depth: Int32)>

    init(nodes: UnsafeBufferPointer<ForestNode>, thresholdCounts counts: [Int], largestTree: Int) {
        self.nodes = nodes
        subtrees = .allocate(capacity: largestTree + 2)
        featureCount = counts.count
        thresholdCounts = .allocate(capacity: ForestNode.featureLimit)
        thresholdCounts.initialize(repeating: 0, count: ForestNode.featureLimit)
        thresholdCounts.update(from: counts, count: min(counts.count, ForestNode.featureLimit))
        used = .allocate(capacity: ForestNode.featureLimit)
        used.initialize(repeating: false, count: ForestNode.featureLimit)
    }

    deinit {
        thresholdCounts.deallocate()
        used.deallocate()
        subtrees.deallocate()
    }

    var handlesMissing: Bool { kinds & ~1 != 0 }
    var takesZeroForMissing: Bool { kinds & (1 << UInt64(MissingKind.zero.rawValue)) != 0 }
    var usedFeatures: [Int] { (0..<featureCount).filter { used[$0] } }

    /// A tree is sound if every split divides what its subtree has left, and names a threshold that exists.
    mutating func firstWrongSplit(_ splits: Range<Int>) -> Int? {
        let unread = splits.count &+ 1
        subtrees[0] = (Int32(truncatingIfNeeded: splits.count), 1)
        for number in splits {
            let node = nodes[number]
            let place = number &- splits.lowerBound
            let (splitCount, depth) = subtrees[place]
            let kind = UInt64(node.missingKindBits)
            guard node.trueSplitCount < splitCount, node.rank < thresholdCounts[node.feature],
                kind <= UInt64(MissingKind.zero.rawValue)
            else { return number }
            used[node.feature] = true
            kinds |= 1 &<< kind
            maximumDepth = max(maximumDepth, Int(depth))
            // Sides that are leaves are written, too, where nothing is read: trees branch at random, and
            // every branch here would be mispredicted half of the time.
            let trueSplitCount = Int32(truncatingIfNeeded: node.trueSplitCount)
            let falseSplitCount = splitCount &- 1 &- trueSplitCount
            subtrees[trueSplitCount > 0 ? place &+ 1 : unread] = (trueSplitCount, depth &+ 1)
            subtrees[falseSplitCount > 0 ? place &+ 1 &+ node.trueSplitCount : unread] =
                (falseSplitCount, depth &+ 1)
        }
        return nil
    }
}
