/// The slow and obvious way to predict: one row, one tree, one split at a time. The oracle of the fast
/// engine.
public struct ReferenceForest: Sendable {
    /// How one tree decided about a row.
    public struct TreeDecision: Hashable, Sendable {
        /// The number of the tree.
        public let tree: Int
        /// The number of the leaf within the tree.
        public let leaf: Int
        /// The value of the leaf: in a mean forest, the prediction of this tree.
        public let value: Double
        /// The splits on the way, from the root.
        public let steps: [Step]
    }

    /// One split on the way to a leaf.
    public struct Step: Hashable, Sendable {
        /// The feature that was looked at.
        public let feature: Int
        /// The value goes to the true child if it is at most this.
        public let threshold: Float
        /// The way that was taken.
        public let wentToTrueChild: Bool
    }

    /// The forest that decides.
    public let forest: Forest

    public init(_ forest: Forest) { self.forest = forest }

    /// The prediction for a row of features in the forest's order; NaN if a used feature is missing and the
    /// forest has no rule for that.
    public func predict(row: [Float]) -> Float {
        guard isPredictable(row) else { return .nan }
        var sum: Int32 = 0
        for tree in 0..<forest.treeCount { sum += forest.leaves[descend(tree, row).leaf] }
        return forest.header.prediction(ofSum: sum)
    }

    /// The leaf that each tree chooses, counted within the tree in the order of the file; empty for a row
    /// that cannot be predicted.
    public func leaves(row: [Float]) -> [Int] { explain(row: row).map(\.leaf) }

    /// How each tree decides; empty for a row that cannot be predicted.
    public func explain(row: [Float]) -> [TreeDecision] {
        guard isPredictable(row) else { return [] }
        return (0..<forest.treeCount).map { tree in
            let (leaf, steps) = descend(tree, row)
            return TreeDecision(
                tree: tree, leaf: leaf - forest.tree(tree).leaf, value: forest.value(ofLeaf: leaf),
                steps: steps)
        }
    }

    private func isPredictable(_ row: [Float]) -> Bool {
        precondition(row.count == forest.features.count, "a row has one value per feature")
        return forest.handlesMissing || !forest.usedFeatures.contains { row[$0].isNaN }
    }

    private func descend(_ tree: Int, _ row: [Float]) -> (leaf: Int, steps: [Step]) {
        var place = forest.tree(tree)
        var steps: [Step] = []
        while place.splitCount > 0 {
            let node = forest.nodes[place.split]
            let threshold = forest.thresholds(ofFeature: node.feature)[node.rank]
            let rule = node.missingRule ?? .none
            let isTrue = rule.goesToTrueChild(row[node.feature], threshold: threshold)
            steps.append(Step(feature: node.feature, threshold: threshold, wentToTrueChild: isTrue))
            place = isTrue ? place.trueSide(node) : place.falseSide(node)
        }
        return (place.leaf, steps)
    }
}

extension Forest {
    /// The value of a leaf as it was trained, to within the fixed-point scale.
    func value(ofLeaf leaf: Int) -> Double { Double(leaves[leaf]) * header.quantum * Double(header.divisor) }
}
