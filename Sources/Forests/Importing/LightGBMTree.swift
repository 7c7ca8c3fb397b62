/// A tree as LightGBM writes it: lists over its splits and over its leaves. Children are splits or, negative,
/// leaves (-1 is leaf 0); the root is split 0.
///
/// `decision_type` has three parts (`include/LightGBM/tree.h`): bit 0 a set of categories, bit 1 missing
/// values go left, bits 2 and 3 what counts as missing: nothing (NaN is taken as 0), zero, or NaN.
struct LightGBMTree {
    let number: Int
    let file: ModelFile

    private var leafCount: Int?
    private var integers: [String: [Int]] = [:]
    private var numbers: [String: [Double]] = [:]

    /// Words of 32 bits that a set of categories may have: far beyond what LightGBM makes.
    private static let largestSetWordCount = 1 << 16

    init(number: Int, file: ModelFile) {
        self.number = number
        self.file = file
    }

    /// Whether any split asks for categories.
    var holdsCategories: Bool { integers["decision_type"]?.contains { $0 & 1 != 0 } ?? false }

    private func refusal(_ detail: String) -> ForestError { file.refusal("tree \(number): \(detail)") }

    /// Takes a line of the tree's section; what is not needed for predictions is passed over.
    mutating func take(_ key: String, _ value: UnsafeRawBufferPointer) throws {
        switch key {
        case "num_leaves": leafCount = value.integer
        case "split_feature", "decision_type", "left_child", "right_child", "cat_boundaries", "cat_threshold":
            guard let list = value.words(\.integer) else {
                throw refusal("\(key) holds something that is no whole number")
            }
            integers[key] = list
        case "threshold", "leaf_value":
            guard let list = value.words(\.decimal) else {
                throw refusal("\(key) holds something that is no number")
            }
            numbers[key] = list
        case "is_linear":
            guard value.text == "0" else {
                throw refusal("its leaves are linear models (linear_tree), which a forest cannot hold")
            }
        default: break
        }
    }

    /// Appends the tree to a forest.
    func append(to builder: inout ForestBuilder, copies: inout IntervalBudget) throws {
        guard let leafCount, leafCount >= 1 else { throw refusal("num_leaves is missing or wrong") }
        let leaves = try list(numbers, "leaf_value", count: leafCount)
        guard leafCount > 1 else {
            return try file.append([.leaf(leaves[0])], to: &builder)
        }
        let splitCount = leafCount - 1
        let features = try list(integers, "split_feature", count: splitCount)
        let thresholds = try list(numbers, "threshold", count: splitCount)
        let types = try list(integers, "decision_type", count: splitCount)
        let lefts = try list(integers, "left_child", count: splitCount)
        let rights = try list(integers, "right_child", count: splitCount)
        /// Splits come first among the nodes, leaves behind them.
        func node(_ child: Int) -> Int { child >= 0 ? child : splitCount - 1 - child }
        func isChild(_ child: Int) -> Bool { child < splitCount && child >= -leafCount }
        var nodes: [IntervalTree.Node] = []
        nodes.reserveCapacity(splitCount + leafCount)
        for split in 0..<splitCount {
            let (left, right) = (lefts[split], rights[split])
            guard isChild(left), isChild(right) else {
                throw refusal("split \(split) has a child that does not exist (\(left), \(right))")
            }
            guard builder.features.indices.contains(features[split]) else {
                throw refusal("split \(split) uses feature \(features[split]) of \(builder.features.count)")
            }
            if types[split] & 1 == 0 {
                let threshold = Self.threshold(thresholds[split])
                let rule = try rule(types[split], threshold, split)
                nodes.append(
                    .plain(
                        .split(
                            feature: features[split], threshold: threshold, trueChild: node(left),
                            falseChild: node(right), missing: rule)))
            } else {
                // NaN and what is in no set go right.
                nodes.append(
                    .intervals(
                        IntervalSplit(
                            feature: features[split], categories: try categories(thresholds[split], split),
                            zeroFromMinusOne: true, areTrue: true, trueChild: node(left),
                            falseChild: node(right), missingGoesToTrueChild: false)))
            }
        }
        nodes += leaves.map { .plain(.leaf($0)) }
        try copies.append(nodes, to: &builder, tree: number, file: file)
    }

    private func rule(_ type: Int, _ threshold: Double, _ split: Int) throws -> MissingRule {
        guard (0...2).contains(type >> 2) else {
            throw refusal("split \(split) has the decision_type \(type), which is not known")
        }
        return Self.rule(missingType: type >> 2, goesLeft: type & 2 != 0, threshold)
    }

    /// - Parameter missingType: 0 none, where NaN is taken as zero; 1 zero; 2 NaN.
    static func rule(missingType: Int, goesLeft: Bool, _ threshold: Double) -> MissingRule {
        switch missingType {
        case 1: MissingRule(.zero, goesToTrueChild: goesLeft)
        case 2: MissingRule(.nan, goesToTrueChild: goesLeft)
        default: MissingRule(.nan, goesToTrueChild: threshold >= 0)
        }
    }

    /// The threshold that decides as LightGBM does, whose interfaces hand values up to 1e-35 beside zero to
    /// the trees as zero. Its own thresholds around zero are -1e-35 and 1e-35.
    static func threshold(_ threshold: Double) -> Double {
        let limit = Double(MissingRule.zeroLimit)
        guard threshold >= -limit, threshold < limit else { return threshold }
        return threshold < 0 ? Double((-MissingRule.zeroLimit).nextDown) : limit
    }

    /// The categories that go left: `threshold` says which set, a set is a run of words, a bit a category.
    private func categories(_ threshold: Double, _ split: Int) throws -> [Int] {
        let bounds = integers["cat_boundaries"] ?? []
        let words = integers["cat_threshold"] ?? []
        guard let set = Int(exactly: threshold), set >= 0, set + 1 < bounds.count, bounds[set] >= 0,
            bounds[set] <= bounds[set + 1], bounds[set + 1] <= words.count,
            bounds[set + 1] - bounds[set] <= Self.largestSetWordCount
        else { throw refusal("split \(split) has no set of categories") }
        var categories: [Int] = []
        for (place, word) in words[bounds[set]..<bounds[set + 1]].enumerated() {
            guard let bits = UInt32(exactly: word) else {
                throw refusal("cat_threshold holds \(word), which is no word of 32 bits")
            }
            for bit in 0..<32 where bits >> UInt32(bit) & 1 != 0 { categories.append(place * 32 + bit) }
        }
        return categories
    }

    private func list<Value>(_ lists: [String: [Value]], _ key: String, count: Int) throws -> [Value] {
        guard let list = lists[key] else { throw refusal("it has no \(key): truncated or changed by hand") }
        guard list.count == count else {
            throw refusal("\(key) has \(list.count) entries, expected \(count): truncated or changed by hand")
        }
        return list
    }
}
