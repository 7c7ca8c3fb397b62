internal import Foundation

/// The attributes of a `TreeEnsembleRegressor`: parallel arrays over nodes, and over leaves.
struct OnnxTreeEnsemble {
    static let operatorName = "TreeEnsembleRegressor"

    let aggregation: ForestBuilder.Aggregation
    let base: Double
    let largestFeature: Int

    private let path: String
    private let treeIds: [Int64]
    private let nodeIds: [Int64]
    private let featureIds: [Int64]
    private let thresholds: [Double]
    private let modes: [String]
    private let trueIds: [Int64]
    private let falseIds: [Int64]
    private let missingGoesTrue: [Bool]
    private let leafWeights: [NodeKey: Double]

    /// Nodes are named by tree and number.
    private struct NodeKey: Hashable {
        let tree: Int64
        let node: Int64
    }

    init(_ node: OnnxNodeProto, path: String) throws {
        let attributes = OnnxAttributes(node, path: path)
        try attributes.refuse(
            "post_transform", unless: ["", "NONE"], advice: "export the model without a transformation")
        let aggregate = try attributes.refuse(
            "aggregate_function", unless: ["", "SUM", "AVERAGE"], advice: "export a sum or a mean of trees")
        aggregation = aggregate == "AVERAGE" ? .mean : .sum
        let targetCount = attributes.integer("n_targets") ?? 1
        let targetIds = attributes.integers("target_ids")
        guard targetCount == 1, targetIds.allSatisfy({ $0 == 0 }) else {
            throw ForestError.unsupported(
                path: path,
                detail: "the model has several targets (n_targets \(targetCount)): export one per model")
        }
        let bases = try attributes.numbers("base_values")
        guard bases.count <= 1 else {
            throw ForestError.unsupported(
                path: path, detail: "base_values has \(bases.count) values for one target")
        }
        base = bases.first ?? 0

        treeIds = attributes.integers("nodes_treeids")
        let count = treeIds.count
        nodeIds = try attributes.integers("nodes_nodeids", count: count)
        featureIds = try attributes.integers("nodes_featureids", count: count)
        thresholds = try attributes.numbers("nodes_values", count: count)
        modes = try attributes.strings("nodes_modes", count: count)
        trueIds = try attributes.integers("nodes_truenodeids", count: count)
        falseIds = try attributes.integers("nodes_falsenodeids", count: count)
        let tracks = attributes.integers("nodes_missing_value_tracks_true")
        missingGoesTrue = tracks.isEmpty ? Array(repeating: false, count: count) : tracks.map { $0 != 0 }
        guard count > 0, missingGoesTrue.count == count else {
            throw ForestError.unsupported(path: path, detail: "the arrays over nodes have different lengths")
        }

        let weightTrees = attributes.integers("target_treeids")
        let weightNodes = try attributes.integers("target_nodeids", count: weightTrees.count)
        let weights = try attributes.numbers("target_weights", count: weightTrees.count)
        var leafWeights: [NodeKey: Double] = [:]
        for (number, weight) in weights.enumerated() {
            leafWeights[NodeKey(tree: weightTrees[number], node: weightNodes[number]), default: 0] += weight
        }
        self.leafWeights = leafWeights

        var largest = -1
        for (mode, feature) in zip(modes, featureIds) where mode != "LEAF" {
            guard (0...65_535).contains(feature) else {
                throw ForestError.unsupported(path: path, detail: "a split uses feature \(feature)")
            }
            largest = max(largest, Int(feature))
        }
        largestFeature = largest
        self.path = path
    }

    /// The trees in the model's order, each with its root.
    func trees() throws -> [(nodes: [ForestBuilder.Node], root: Int)] {
        var members: [Int64: [Int]] = [:]
        var order: [Int64] = []
        for (number, tree) in treeIds.enumerated() {
            if members[tree] == nil { order.append(tree) }
            members[tree, default: []].append(number)
        }
        return try order.map { try self.tree($0, members[$0] ?? []) }
    }

    /// ONNX sends NaN to the false side unless a node tracks missing values to the true side. Where no node
    /// does, the model knows nothing about missing values, and the forest does not either.
    private var handlesMissing: Bool { missingGoesTrue.contains(true) }

    private func tree(_ tree: Int64, _ members: [Int]) throws -> (nodes: [ForestBuilder.Node], root: Int) {
        var places: [Int64: Int] = [:]
        for (place, number) in members.enumerated() {
            guard places.updateValue(place, forKey: nodeIds[number]) == nil else {
                throw ForestError.unsupported(
                    path: path, detail: "tree \(tree) has two nodes numbered \(nodeIds[number])")
            }
        }
        let handlesMissing = handlesMissing
        var isRoot = [Bool](repeating: true, count: members.count)
        var nodes: [ForestBuilder.Node] = []
        for number in members {
            guard modes[number] != "LEAF" else {
                nodes.append(.leaf(leafWeights[NodeKey(tree: tree, node: nodeIds[number])] ?? 0))
                continue
            }
            let (comparison, isReversed) = try comparison(modes[number])
            guard let trueChild = places[trueIds[number]], let falseChild = places[falseIds[number]] else {
                throw ForestError.unsupported(
                    path: path,
                    detail: "tree \(tree), node \(nodeIds[number]) points at a node that does not exist")
            }
            isRoot[trueChild] = false
            isRoot[falseChild] = false
            nodes.append(
                .split(
                    feature: Int(featureIds[number]), threshold: thresholds[number], comparison: comparison,
                    trueChild: isReversed ? falseChild : trueChild,
                    falseChild: isReversed ? trueChild : falseChild,
                    missing: handlesMissing
                        ? MissingRule(.nan, goesToTrueChild: missingGoesTrue[number] != isReversed) : .none))
        }
        guard let root = isRoot.firstIndex(of: true) else {
            throw ForestError.unsupported(path: path, detail: "tree \(tree) has no root")
        }
        return (nodes, root)
    }

    /// How a split compares, and whether its sides change places: `x > t` is true where `x <= t` is not.
    private func comparison(_ mode: String) throws -> (ForestBuilder.Comparison, isReversed: Bool) {
        switch mode {
        case "BRANCH_LEQ": return (.lessOrEqual, false)
        case "BRANCH_LT": return (.less, false)
        case "BRANCH_GT": return (.lessOrEqual, true)
        case "BRANCH_GTE": return (.less, true)
        default:
            let isCategory = mode == "BRANCH_EQ" || mode == "BRANCH_NEQ"
            throw ForestError.unsupported(
                path: path,
                detail: "node mode \(mode)\(isCategory ? " (a category)" : "") is not supported: splits must"
                    + " compare with a threshold; categories come as LightGBM text or XGBoost JSON")
        }
    }
}
