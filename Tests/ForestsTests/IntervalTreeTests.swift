import Testing

@testable import Forests

/// Trees with sets of categories and zeros that are missing, made plain, against the rules of the libraries.
@Suite struct IntervalTreeTests {
    /// A split as its library states it.
    private enum Rule {
        case threshold(Float, MissingRule)
        /// LightGBM: the set goes to the true child, NaN to the false one.
        case lightGBMSet(Set<Int>)
        /// XGBoost: the set goes to the false child.
        case xgboostSet(Set<Int>, missingIsTrue: Bool)
        case zeroIsMissing(Float, goesToTrueChild: Bool)

        /// The libraries' own code, line for line.
        func isTrue(_ value: Float) -> Bool {
            switch self {
            case .threshold(let threshold, let rule): return rule.goesToTrueChild(value, threshold: threshold)
            case .lightGBMSet(let set):
                // A C++ int from a double: beyond its range it is the smallest one.
                guard !value.isNaN, let whole = Int32(exactly: value.rounded(.towardZero)) else {
                    return false
                }
                return whole >= 0 && set.contains(Int(whole))
            case .xgboostSet(let set, let missingIsTrue):
                if value.isNaN { return missingIsTrue }
                if value < 0 || value >= 16_777_216 { return true }
                return !set.contains(Int(value))
            case .zeroIsMissing(let threshold, let goesToTrueChild):
                return MissingRule(.zero, goesToTrueChild: goesToTrueChild)
                    .goesToTrueChild(value, threshold: threshold)
            }
        }
    }

    private struct Spec {
        var rules: [(feature: Int, rule: Rule, trueChild: Int, falseChild: Int)?] = []

        func leaf(_ row: [Float]) -> Int {
            var place = 0
            while let node = rules[place] {
                place = node.rule.isTrue(row[node.feature]) ? node.trueChild : node.falseChild
            }
            return place
        }

        var tree: IntervalTree {
            IntervalTree(
                nodes: rules.enumerated().map { number, node in
                    guard let (feature, rule, trueChild, falseChild) = node else {
                        return .plain(.leaf(Double(number)))
                    }
                    switch rule {
                    case .threshold(let threshold, let missing):
                        return .plain(
                            .split(
                                feature: feature, threshold: Double(threshold), trueChild: trueChild,
                                falseChild: falseChild, missing: missing))
                    case .lightGBMSet(let set):
                        return .intervals(
                            IntervalSplit(
                                feature: feature, categories: set.sorted(), zeroFromMinusOne: true,
                                areTrue: true, trueChild: trueChild, falseChild: falseChild,
                                missingGoesToTrueChild: false))
                    case .xgboostSet(let set, let missingIsTrue):
                        return .intervals(
                            IntervalSplit(
                                feature: feature, categories: set.sorted(), zeroFromMinusOne: false,
                                areTrue: false, trueChild: trueChild, falseChild: falseChild,
                                missingGoesToTrueChild: missingIsTrue))
                    case .zeroIsMissing(let threshold, let goesToTrueChild):
                        return .intervals(
                            IntervalSplit(
                                feature: feature, threshold: threshold, zeroGoesToTrueChild: goesToTrueChild,
                                trueChild: trueChild, falseChild: falseChild))
                    }
                })
        }
    }

    private static let values: [Float] =
        RandomForests.palette + [
            .nan, 0.5, -0.5, -0.999, -1, 0.999, 1.5, 2, 2.99, 3, 4, 5, 6, 7, 31, 32, 33, 40, 16_777_215,
            16_777_216, 3e9, -3e9, Float(2).nextDown, Float(-1).nextUp, Float(3).nextUp,
        ]

    private func grow(_ spec: inout Spec, _ random: inout RandomForests, depth: Int) -> Int {
        let place = spec.rules.count
        spec.rules.append(nil)
        guard depth > 0, !random.bool(oneIn: 7) else { return place }
        let trueChild = grow(&spec, &random, depth: depth - 1)
        let falseChild = grow(&spec, &random, depth: depth - 1)
        let top = random.bool(oneIn: 3) ? 40 : 8
        let set = Set((0..<1 + random.random.next(below: 6)).map { _ in random.random.next(below: top) })
        let side = random.bool(oneIn: 2)
        let rule: Rule =
            switch random.random.next(below: 5) {
            case 0: .threshold(random.value(), MissingRule(.nan, goesToTrueChild: side))
            case 1: .lightGBMSet(random.bool(oneIn: 9) ? [] : set)
            case 2: .xgboostSet(set, missingIsTrue: side)
            default: .zeroIsMissing(random.value(), goesToTrueChild: side)
            }
        spec.rules[place] = (random.random.next(below: 3), rule, trueChild, falseChild)
        return place
    }

    @Test(arguments: 1...60) func decidesAsTheLibrariesDo(seed: UInt64) throws {
        var random = RandomForests(seed: seed)
        var spec = Spec()
        _ = grow(&spec, &random, depth: 6)
        let tree = spec.tree
        #expect(tree.isTree)
        var builder = ForestBuilder(
            features: ["x", "y", "z"].map { Forest.Feature(name: $0, unit: "1") },
            target: .init(name: "leaf", unit: "1"), aggregation: .sum)
        try builder.append(tree: try tree.expanded(limit: 1 << 20))
        let reference = ReferenceForest(try builder.forest())
        var wrong: [String] = []
        for _ in 0..<400 {
            let row = (0..<3).map { _ in Self.values[random.random.next(below: Self.values.count)] }
            // Without any rule for missing values such a row has no prediction.
            if !reference.forest.handlesMissing, row.contains(where: \.isNaN) { continue }
            let found = reference.predict(row: row)
            if abs(Double(found) - Double(spec.leaf(row))) > 1e-4 {
                wrong.append("\(row): \(found), expected \(spec.leaf(row))")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of 400, \(wrong.prefix(3))")
    }

    @Test func whatGrowsWithoutBoundsIsRefused() {
        // Every other category, on one feature below the other.
        let set = stride(from: 0, to: 400, by: 2).map { $0 }
        var nodes: [IntervalTree.Node] = []
        let depth = 12
        for level in 0..<depth {
            nodes.append(
                .intervals(
                    IntervalSplit(
                        feature: level, categories: set, zeroFromMinusOne: true, areTrue: true,
                        trueChild: 2 * level + 2, falseChild: 2 * level + 1, missingGoesToTrueChild: false)))
            nodes.append(.plain(.leaf(Double(level))))
        }
        nodes.append(.plain(.leaf(-1)))
        let tree = IntervalTree(nodes: nodes)
        #expect(tree.isTree)
        #expect(throws: IntervalTree.TooLarge.self) { try tree.expanded(limit: 100_000) }
        #expect(throws: Never.self) {
            try IntervalTree(nodes: [nodes[0], nodes[1], .plain(.leaf(5))]).expanded(limit: 1000)
        }
        #expect(!IntervalTree(nodes: [nodes[0], nodes[1]]).isTree)
        #expect(!IntervalTree(nodes: nodes + [.plain(.leaf(1))]).isTree)
    }
}
