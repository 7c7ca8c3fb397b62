/// The trees of a forest as ONNX numbers them: nodes depth first from 0 in each tree, the true child behind
/// its parent; and the attributes made from them.
struct OnnxTrees {
    /// What the attributes take, found in one pass before anything is written.
    struct Sizes {
        var nodeCount = 0
        var leafCount = 0
        /// Bytes of the varints.
        var treeIds = 0
        var nodeIds = 0
        var features = 0
        var trueIds = 0
        var falseIds = 0
        var leafTreeIds = 0
        var leafNodeIds = 0
    }

    private let forest: Forest
    /// Nodes that a tree may become where zeros count as missing.
    private let nodeLimit: Int

    init(_ forest: Forest, nodeLimit: Int) {
        self.forest = forest
        self.nodeLimit = nodeLimit
    }

    private struct Place {
        let tree: Int
        let node: Int
        var isLeaf = false
        var feature = 0
        var threshold: Float = 0
        var trueId = 0
        var falseId = 0
        var missingIsTrue = false
        var value: Float = 0
    }

    private func forEachNode(_ body: (Place) throws -> Void) throws {
        for tree in 0..<forest.treeCount {
            for (number, node) in try nodes(ofTree: tree).enumerated() {
                var place = Place(tree: tree, node: number)
                switch node {
                case .leaf(let value):
                    place.isLeaf = true
                    place.value = Float(value)
                case .split(let feature, let threshold, _, let trueChild, let falseChild, let missing):
                    place.feature = feature
                    place.threshold = Float(threshold)
                    place.trueId = trueChild
                    place.falseId = falseChild
                    place.missingIsTrue = missing.kind == .nan && missing.goesToTrueChild
                }
                try body(place)
            }
        }
    }

    /// A tree without rules for zeros.
    private func nodes(ofTree tree: Int) throws -> [ForestBuilder.Node] {
        let nodes = forest.nodeList(ofTree: tree)
        guard forest.takesZeroForMissing else { return nodes }
        var holdsZeros = false
        let mixed = nodes.map { node -> IntervalTree.Node in
            guard case .split(let feature, let threshold, _, let trueChild, let falseChild, let rule) = node,
                rule.kind == .zero
            else { return .plain(node) }
            holdsZeros = true
            return .intervals(
                IntervalSplit(
                    feature: feature, threshold: Float(threshold), zeroGoesToTrueChild: rule.goesToTrueChild,
                    trueChild: trueChild, falseChild: falseChild))
        }
        return holdsZeros ? try IntervalTree(nodes: mixed).expanded(limit: nodeLimit) : nodes
    }

    func sizes() throws -> Sizes {
        var sizes = Sizes()
        func size(_ value: Int) -> Int { WireMessage.byteCount(ofVarint: UInt64(value)) }
        try forEachNode { place in
            sizes.nodeCount += 1
            sizes.treeIds += size(place.tree)
            sizes.nodeIds += size(place.node)
            sizes.features += size(place.feature)
            sizes.trueIds += size(place.trueId)
            sizes.falseIds += size(place.falseId)
            guard place.isLeaf else { return }
            sizes.leafCount += 1
            sizes.leafTreeIds += size(place.tree)
            sizes.leafNodeIds += size(place.node)
        }
        return sizes
    }

    /// Attribute messages; those over nodes and leaves are made while they are written.
    func attributes(_ sizes: Sizes) -> [WireMessage] {
        let nodes = forEachNode
        func leaves(_ body: (Place) throws -> Void) throws { try nodes { if $0.isLeaf { try body($0) } } }
        func integers(_ name: String, _ byteCount: Int, _ value: @escaping (Place) -> Int) -> WireMessage {
            Self.attribute(name, .integers) {
                $0.numbers(8, byteCount: byteCount) { emit in try nodes { try emit(UInt64(value($0))) } }
            }
        }
        func ofLeaves(_ name: String, _ byteCount: Int, _ value: @escaping (Place) -> Int) -> WireMessage {
            Self.attribute(name, .integers) {
                $0.numbers(8, byteCount: byteCount) { emit in try leaves { try emit(UInt64(value($0))) } }
            }
        }
        let (nodeCount, leafCount) = (sizes.nodeCount, sizes.leafCount)
        var list = [
            Self.attribute("n_targets", .integer) { $0.number(3, 1) },
            Self.attribute("aggregate_function", .text) { $0.text(4, forest.isMean ? "AVERAGE" : "SUM") },
            Self.attribute("post_transform", .text) { $0.text(4, "NONE") },
            integers("nodes_treeids", sizes.treeIds) { $0.tree },
            integers("nodes_nodeids", sizes.nodeIds) { $0.node },
            integers("nodes_featureids", sizes.features) { $0.feature },
            Self.attribute("nodes_values", .floats) {
                $0.floats(7, count: nodeCount) { emit in try nodes { try emit($0.threshold) } }
            },
            Self.attribute("nodes_modes", .texts) {
                $0.texts(
                    9, ofTrue: ("LEAF", leafCount), ofFalse: ("BRANCH_LEQ", nodeCount - leafCount)
                ) { emit in try nodes { try emit($0.isLeaf) } }
            },
            integers("nodes_truenodeids", sizes.trueIds) { $0.trueId },
            integers("nodes_falsenodeids", sizes.falseIds) { $0.falseId },
            ofLeaves("target_treeids", sizes.leafTreeIds) { $0.tree },
            ofLeaves("target_nodeids", sizes.leafNodeIds) { $0.node },
            ofLeaves("target_ids", leafCount) { _ in 0 },
            Self.attribute("target_weights", .floats) {
                $0.floats(7, count: leafCount) { emit in try leaves { try emit($0.value) } }
            },
        ]
        if forest.handlesMissing {
            list.append(integers("nodes_missing_value_tracks_true", nodeCount) { $0.missingIsTrue ? 1 : 0 })
        }
        let base = Float(forest.header.base)
        if base != 0 {
            list.append(
                Self.attribute("base_values", .floats) { $0.floats(7, count: 1) { emit in try emit(base) } })
        }
        return list
    }

    /// `AttributeProto.AttributeType`
    private enum Kind: UInt64 {
        case integer = 2
        case text = 3
        case floats = 6
        case integers = 7
        case texts = 8
    }

    private static func attribute(
        _ name: String, _ kind: Kind, _ fill: (inout WireMessage) -> Void
    ) -> WireMessage {
        var message = WireMessage()
        message.text(1, name)
        fill(&message)
        message.number(20, kind.rawValue)
        return message
    }
}

extension Forest {
    /// A tree as a list of nodes, depth first, the true child behind its parent.
    func nodeList(ofTree number: Int) -> [ForestBuilder.Node] {
        let tree = tree(number)
        var list: [ForestBuilder.Node] = []
        list.reserveCapacity(2 * tree.splitCount + 1)
        var waiting = [tree]
        while let next = waiting.popLast() {
            guard next.splitCount > 0 else {
                list.append(.leaf(value(ofLeaf: next.leaf)))
                continue
            }
            let node = nodes[next.split]
            list.append(
                .split(
                    feature: node.feature,
                    threshold: Double(thresholds(ofFeature: node.feature)[node.rank]),
                    trueChild: list.count + 1, falseChild: list.count + 2 + 2 * node.trueSplitCount,
                    missing: node.missingRule ?? .none))
            waiting.append(next.falseSide(node))
            waiting.append(next.trueSide(node))
        }
        return list
    }
}
