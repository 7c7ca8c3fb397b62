/// One pass over all trees when a forest is loaded: every index is checked, so that no engine has to, and
/// what only the trees know is collected.
struct ForestFacts {
    private(set) var maximumDepth = 0
    private(set) var handlesMissing = false
    private(set) var isUsed: [Bool]
    private(set) var smallestSum: Int32 = 0
    private(set) var largestSum: Int32 = 0

    private let nodes: UnsafeBufferPointer<ForestNode>
    private let leaves: UnsafeBufferPointer<Int32>
    private let path: String
    /// Splits above each split of the current tree, plus one; zero means that nothing has pointed at it
    /// yet.
    private var depths: [Int32] = []
    private var leafIsReached: [Bool] = []

    init(validating image: ForestImage, header: ForestHeader, path: String) throws(ForestError) {
        nodes = image.nodes(header)
        leaves = image.leaves(header)
        isUsed = [Bool](repeating: false, count: header.featureCount)
        self.path = path
        let firstSplits = image.firstSplits(header)
        let firstLeaves = image.firstLeaves(header)
        guard header.treeCount > 0, firstSplits[0] == 0, firstLeaves[0] == 0,
            Int(firstSplits[header.treeCount]) == header.splitCount,
            Int(firstLeaves[header.treeCount]) == header.leafCount
        else { throw .damaged(path: path, detail: "the trees do not cover the nodes") }
        var largestMagnitude = 0
        var smallest = 0
        var largest = 0
        for tree in 0..<header.treeCount {
            let splits = (Int(firstSplits[tree]), Int(firstSplits[tree + 1]))
            let ends = (Int(firstLeaves[tree]), Int(firstLeaves[tree + 1]))
            // A binary tree has one leaf more than splits. Ascending ends keep every range inside the
            // sections.
            guard splits.0 <= splits.1, ends.0 < ends.1, ends.1 - ends.0 == splits.1 - splits.0 + 1,
                splits.1 <= header.splitCount, ends.1 <= header.leafCount
            else { throw .damaged(path: path, detail: "tree \(tree) is not a tree") }
            try checkTree(tree, splits: splits.0..<splits.1, ends: ends.0..<ends.1)
            let values = leaves[ends.0..<ends.1]
            let low = Int(values.min() ?? 0)
            let high = Int(values.max() ?? 0)
            smallest += low
            largest += high
            largestMagnitude += max(abs(low), abs(high))
        }
        guard largestMagnitude <= Int(Int32.max) else {
            throw .damaged(path: path, detail: "the sum of leaves can overflow")
        }
        smallestSum = Int32(smallest)
        largestSum = Int32(largest)
    }

    /// Children point forward, each split and leaf has one parent: so there are no cycles and nothing is
    /// shared or lost.
    private mutating func checkTree(_ tree: Int, splits: Range<Int>, ends: Range<Int>) throws(ForestError) {
        depths.removeAll(keepingCapacity: true)
        depths.append(contentsOf: repeatElement(0, count: splits.count))
        leafIsReached.removeAll(keepingCapacity: true)
        leafIsReached.append(contentsOf: repeatElement(false, count: ends.count))
        guard let root = splits.first else { return }
        depths[0] = 1
        for number in splits {
            let node = nodes[number]
            let depth = depths[number - root]
            var isSound =
                depth > 0 && Int(node.feature) < isUsed.count && !node.threshold.isNaN
                && MissingKind(rawValue: node.flags & ForestNode.missingKindBits) != nil
                && node.flags & ~(ForestNode.missingKindBits | ForestNode.missingGoesTrueBit) == 0
            for child in [node.trueChild, node.falseChild] where isSound {
                let place = Int(child >= 0 ? child : ~child)
                if child >= 0 {
                    isSound = place > number && splits.contains(place) && depths[place - root] == 0
                    if isSound { depths[place - root] = depth + 1 }
                } else {
                    isSound = ends.contains(place) && !leafIsReached[place - ends.lowerBound]
                    if isSound { leafIsReached[place - ends.lowerBound] = true }
                }
            }
            guard isSound else { throw .damaged(path: path, detail: "tree \(tree), split \(number - root)") }
            maximumDepth = max(maximumDepth, Int(depth))
            isUsed[Int(node.feature)] = true
            if node.missing.kind != .none { handlesMissing = true }
        }
    }
}
