/// Turns trees with intervals into plain ones, and bounds what the copies take in a whole forest.
struct IntervalBudget {
    /// Nodes that all trees with intervals together may become.
    var nodeLimit = 1 << 24
    private var nodeCountBefore = 0
    private var nodeCountAfter = 0
    private var features: Set<Int> = []

    /// Appends a tree whose root comes first.
    mutating func append(
        _ nodes: [IntervalTree.Node], to builder: inout ForestBuilder, tree number: Int, file: ModelFile
    ) throws {
        let plain = nodes.compactMap { node -> ForestBuilder.Node? in
            if case .plain(let node) = node { node } else { nil }
        }
        guard plain.count < nodes.count else { return try file.append(plain, to: &builder) }
        let tree = IntervalTree(nodes: nodes)
        guard tree.isTree else {
            throw file.refusal("tree \(number): a node has two parents or none: save the model again")
        }
        for case .intervals(let split) in nodes {
            guard builder.features.indices.contains(split.feature) else {
                throw file.refusal(
                    "tree \(number): a split uses feature \(split.feature) of \(builder.features.count)")
            }
            features.insert(split.feature)
        }
        do {
            let expanded = try tree.expanded(limit: nodeLimit - nodeCountAfter)
            nodeCountBefore += nodes.count
            nodeCountAfter += expanded.count
            try file.append(expanded, to: &builder)
        } catch let error as IntervalTree.TooLarge {
            throw file.refusal(
                "tree \(number): its categorical splits on '\(builder.features[error.feature].name)' become "
                    + "more than \(nodeLimit) nodes of thresholds: train with fewer categories a split "
                    + "(max_cat_threshold) or one-hot features")
        }
    }

    /// What the user should know about the copies.
    func notes(_ names: [Forest.Feature]) -> [String] {
        guard nodeCountAfter > 0 else { return [] }
        let list = features.sorted().map { "'\(names[$0].name)'" }.joined(separator: ", ")
        return [
            "categorical splits on \(list) became splits at thresholds: \(nodeCountBefore) nodes became "
                + "\(nodeCountAfter), predictions are the same"
        ]
    }
}
