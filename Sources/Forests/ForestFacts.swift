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
        var walk = SplitWalk(nodes: image.nodes(header), thresholdCounts: thresholdCounts)
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
        usedFeatures = walk.isUsed.indices.filter { walk.isUsed[$0] }
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
private struct SplitWalk {
    let nodes: UnsafeBufferPointer<ForestNode>
    let thresholdCounts: [Int]
    var maximumDepth = 0
    var handlesMissing = false
    var takesZeroForMissing = false
    var isUsed: [Bool]
    /// False children that are splits and wait until the true side is through.
    private var waiting: [(splitCount: Int, depth: Int)] = []

    init(nodes: UnsafeBufferPointer<ForestNode>, thresholdCounts: [Int]) {
        self.nodes = nodes
        self.thresholdCounts = thresholdCounts
        isUsed = Array(repeating: false, count: thresholdCounts.count)
    }

    /// A tree is sound if every split divides what its subtree has left, and names a threshold that exists.
    mutating func firstWrongSplit(_ splits: Range<Int>) -> Int? {
        waiting.removeAll(keepingCapacity: true)
        var (splitCount, depth) = (splits.count, 1)
        for number in splits {
            let node = nodes[number]
            let feature = node.feature
            guard node.trueSplitCount < splitCount, feature < thresholdCounts.count,
                node.rank < thresholdCounts[feature]
            else { return number }
            isUsed[feature] = true
            if node.hasMissingRule {
                guard let rule = node.missingRule else { return number }
                handlesMissing = true
                if rule.kind == .zero { takesZeroForMissing = true }
            }
            if depth > maximumDepth { maximumDepth = depth }
            let falseSplitCount = splitCount - 1 - node.trueSplitCount
            if node.trueSplitCount > 0 {
                if falseSplitCount > 0 { waiting.append((falseSplitCount, depth + 1)) }
                (splitCount, depth) = (node.trueSplitCount, depth + 1)
            } else if falseSplitCount > 0 {
                (splitCount, depth) = (falseSplitCount, depth + 1)
            } else if let next = waiting.popLast() {
                (splitCount, depth) = next
            } else {
                splitCount = 0
            }
        }
        return nil
    }
}
