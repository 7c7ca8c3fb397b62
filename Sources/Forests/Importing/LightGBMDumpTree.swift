/// A tree of nested objects, as LightGBM's dumps have it: a split holds its children, a leaf its value.
struct LightGBMDumpTree {
    private let number: Int
    private let file: ModelFile
    private let levelLimit: Int
    private var nodes: [IntervalTree.Node] = []
    private(set) var holdsCategories = false

    init(number: Int, file: ModelFile, levelLimit: Int) {
        self.number = number
        self.file = file
        self.levelLimit = levelLimit
    }

    private struct Split {
        var feature = -1
        var threshold = ""
        var isSet = false
        var defaultLeft = false
        var missingType = "None"
        var left: Int?
        var right: Int?
    }

    private func refusal(_ detail: String) -> ForestError { file.refusal("tree \(number): \(detail)") }

    mutating func read(_ scanner: inout JSONScanner) throws { _ = try node(&scanner, level: 0) }

    func append(to builder: inout ForestBuilder, copies: inout IntervalBudget) throws {
        guard !nodes.isEmpty else { throw refusal("it has no tree_structure") }
        try copies.append(nodes, to: &builder, tree: number, file: file)
    }

    /// A node and all below it; its place in the list.
    private mutating func node(_ scanner: inout JSONScanner, level: Int) throws -> Int {
        guard level <= levelLimit else {
            throw refusal(
                "more than \(levelLimit) levels: save the text with booster.save_model('model.txt')")
        }
        let place = nodes.count
        nodes.append(.plain(.leaf(0)))
        var (split, leaf): (Split, Double?) = (Split(), nil)
        try scanner.forEachKey { scanner, key in
            switch key {
            case "leaf_value": leaf = try scanner.double()
            case "leaf_const", "leaf_coeff":
                throw refusal("its leaves are linear models (linear_tree), which a forest cannot hold")
            case "split_feature": split.feature = try scanner.integer()
            case "threshold": split.threshold = try scanner.scalar()
            case "decision_type": split.isSet = try scanner.string() == "=="
            case "default_left": split.defaultLeft = try scanner.integer() != 0
            case "missing_type": split.missingType = try scanner.string()
            case "left_child": split.left = try node(&scanner, level: level + 1)
            case "right_child": split.right = try node(&scanner, level: level + 1)
            default: try scanner.skip()
            }
        }
        if let left = split.left, let right = split.right {
            nodes[place] = try made(split, left, right)
        } else if split.left == nil, split.right == nil, let leaf {
            nodes[place] = .plain(.leaf(leaf))
        } else {
            throw refusal("a node has one child, or none and no leaf_value")
        }
        return place
    }

    private mutating func made(_ split: Split, _ left: Int, _ right: Int) throws -> IntervalTree.Node {
        if split.isSet {
            holdsCategories = true
            let categories = split.threshold.split(separator: "|").map { Int($0) ?? -1 }
            guard categories.allSatisfy({ (0..<1 << 24).contains($0) }) else {
                throw refusal("'\(split.threshold.prefix(60))' is no set of categories")
            }
            return .intervals(
                IntervalSplit(
                    feature: split.feature, categories: Set(categories).sorted(), zeroFromMinusOne: true,
                    areTrue: true, trueChild: left, falseChild: right, missingGoesToTrueChild: false))
        }
        guard let written = Double(split.threshold) else {
            throw refusal("the threshold '\(split.threshold.prefix(60))' is no number")
        }
        // JSON has no infinity: dumps write 1e300 for it.
        let threshold = written >= 1e300 ? .infinity : LightGBMTree.threshold(written)
        let kinds = ["None": 0, "Zero": 1, "NaN": 2]
        guard let kind = kinds[split.missingType] else {
            throw refusal("missing_type '\(split.missingType)' is not known")
        }
        return .plain(
            .split(
                feature: split.feature, threshold: threshold, trueChild: left, falseChild: right,
                missing: LightGBMTree.rule(missingType: kind, goesLeft: split.defaultLeft, threshold)))
    }
}
