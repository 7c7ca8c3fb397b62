/// A tree as XGBoost writes it: lists over its nodes; a leaf has no left child (-1), and its value stands
/// where splits have their condition. The root is node 0.
struct XGBoostTree {
    private let number: Int
    private let file: ModelFile
    private let weight: Float

    private var lefts: [Int] = []
    private var rights: [Int] = []
    private var features: [Int] = []
    private var conditions: [Float] = []
    private var defaultsLeft: [Int] = []
    private var types: [Int] = []
    private var nodeCount: Int?
    private var valuesPerLeaf = 1
    private var categories: [Int] = []
    private var categoryNodes: [Int] = []
    private var categoryStarts: [Int] = []
    private var categoryCounts: [Int] = []

    /// Whether any split asks for categories.
    var holdsCategories: Bool { types.contains { $0 != 0 } }

    /// - Parameter weight: what the leaves are multiplied with.
    init(_ scanner: inout JSONScanner, number: Int, file: ModelFile, weight: Float) throws {
        self.number = number
        self.file = file
        self.weight = weight
        try scanner.forEachKey { scanner, key in
            switch key {
            case "left_children": lefts = try scanner.list { try $0.integer() }
            case "right_children": rights = try scanner.list { try $0.integer() }
            case "split_indices": features = try scanner.list { try $0.integer() }
            case "split_conditions": conditions = try scanner.list { try $0.float() }
            case "default_left": defaultsLeft = try scanner.list { try $0.integer() }
            case "split_type": types = try scanner.list { try $0.integer() }
            case "categories": categories = try scanner.list { try $0.integer() }
            case "categories_nodes": categoryNodes = try scanner.list { try $0.integer() }
            case "categories_segments": categoryStarts = try scanner.list { try $0.integer() }
            case "categories_sizes": categoryCounts = try scanner.list { try $0.integer() }
            case "tree_param":
                try scanner.forEachKey {
                    switch $1 {
                    case "num_nodes": nodeCount = Int(try $0.string())
                    case "size_leaf_vector": valuesPerLeaf = Int(try $0.string()) ?? 1
                    default: try $0.skip()
                    }
                }
            default: try scanner.skip()
            }
        }
    }

    private func refusal(_ detail: String) -> ForestError { file.refusal("tree \(number): \(detail)") }

    /// Appends the tree to a forest. Nodes that pruning left behind, and no split leads to, are left out.
    func append(to builder: inout ForestBuilder, copies: inout IntervalBudget) throws {
        try checkLists()
        let sets = try setsOfNodes()
        var nodes: [IntervalTree.Node] = []
        /// By node, its place among those that are reached; the root comes first.
        var places = [Int?](repeating: nil, count: lefts.count)
        places[0] = 0
        var order = [0]
        func place(_ child: Int, of parent: Int) throws -> Int {
            guard lefts.indices.contains(child) else {
                throw refusal("node \(parent) has a child that does not exist (\(child))")
            }
            guard places[child] == nil else { throw refusal("node \(child) has two parents") }
            places[child] = order.count
            order.append(child)
            return order.count - 1
        }
        var next = 0
        while next < order.count {
            let node = order[next]
            next += 1
            guard lefts[node] != -1 else {
                nodes.append(.plain(.leaf(Double(conditions[node] * weight))))
                continue
            }
            let left = try place(lefts[node], of: node)
            let right = try place(rights[node], of: node)
            guard builder.features.indices.contains(features[node]) else {
                throw refusal("node \(node) uses feature \(features[node]) of \(builder.features.count)")
            }
            let missingLeft = defaultsLeft[node] != 0
            if types.isEmpty || types[node] == 0 {
                nodes.append(
                    .plain(
                        .split(
                            feature: features[node], threshold: Double(conditions[node]), comparison: .less,
                            trueChild: left, falseChild: right,
                            missing: MissingRule(.nan, goesToTrueChild: missingLeft))))
            } else {
                guard let set = sets[node] else { throw refusal("node \(node) has no set of categories") }
                // The set goes right, all the rest left.
                nodes.append(
                    .intervals(
                        IntervalSplit(
                            feature: features[node], categories: set, zeroFromMinusOne: false, areTrue: false,
                            trueChild: left, falseChild: right, missingGoesToTrueChild: missingLeft)))
            }
        }
        try copies.append(nodes, to: &builder, tree: number, file: file)
    }

    private func checkLists() throws {
        guard valuesPerLeaf <= 1 else {
            throw refusal(
                "its leaves have \(valuesPerLeaf) values (multi_output_tree): train one model for each")
        }
        let count = nodeCount ?? lefts.count
        let lists = [
            ("left_children", lefts.count), ("right_children", rights.count),
            ("split_indices", features.count), ("split_conditions", conditions.count),
            ("default_left", defaultsLeft.count), ("split_type", types.isEmpty ? count : types.count),
        ]
        for (name, length) in lists where length != count || length == 0 {
            throw refusal("\(name) has \(length) entries, expected \(count): truncated or changed by hand")
        }
        guard categoryNodes.count == categoryStarts.count, categoryNodes.count == categoryCounts.count else {
            throw refusal("the lists over sets of categories have different lengths")
        }
    }

    /// The sets of categories by node, each ascending.
    private func setsOfNodes() throws -> [Int: [Int]] {
        var sets: [Int: [Int]] = [:]
        for (number, node) in categoryNodes.enumerated() {
            let (start, count) = (categoryStarts[number], categoryCounts[number])
            guard start >= 0, count >= 0, start <= categories.count, count <= categories.count - start else {
                throw refusal("node \(node) has a set of categories beyond the list")
            }
            let set = categories[start..<start + count].sorted()
            // Whole numbers that float32 has; XGBoost takes no others.
            guard set.allSatisfy({ (0..<1 << 24).contains($0) }) else {
                throw refusal("node \(node) has a category that XGBoost does not allow")
            }
            sets[node] = set
        }
        return sets
    }
}
