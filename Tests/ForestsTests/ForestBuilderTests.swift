import Testing

@testable import Forests

@Suite struct ForestBuilderTests {
    private let names = [Forest.Feature(name: "x", unit: "1")]

    private func builder() -> ForestBuilder {
        ForestBuilder(features: names, target: Forest.Feature(name: "y", unit: "1"))
    }

    @Test func thresholdsDecideEveryFloatAlike() throws {
        let thresholds: [Double] = [
            0, -0.0, 0.1, -0.1, 1.0 / 3, 1e-46, -1e-46, 1e300, -1e300, .infinity, 3.5, 16_777_217, 1e-40,
            Double(Float.greatestFiniteMagnitude), -Double(Float.greatestFiniteMagnitude),
            .leastNonzeroMagnitude,
            -.leastNonzeroMagnitude,
        ]
        for threshold in thresholds {
            let near = Float(threshold)
            let values: [Float] = [
                near, near.nextUp, near.nextDown, 0, -0.0, .infinity, -.infinity, .greatestFiniteMagnitude,
                -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .nan,
            ]
            let inclusive = try #require(ForestBuilder.deciding(threshold, .lessOrEqual))
            let strict = try #require(ForestBuilder.deciding(threshold, .less))
            for value in values {
                #expect((value <= inclusive) == (Double(value) <= threshold), "\(value) <= \(threshold)")
                #expect((value <= strict) == (Double(value) < threshold), "\(value) < \(threshold)")
            }
        }
        #expect(ForestBuilder.deciding(.nan, .lessOrEqual) == nil)
        #expect(ForestBuilder.deciding(-.infinity, .less) == nil)
        #expect(ForestBuilder.deciding(-.infinity, .lessOrEqual) == -.infinity)
    }

    @Test func whatIsNotATreeIsRefused() {
        func refused(_ nodes: [ForestBuilder.Node], root: Int = 0) -> Bool {
            var builder = builder()
            do {
                try builder.append(tree: nodes, root: root)
                return false
            } catch { return builder.treeCount == 0 && builder.leaves.isEmpty && builder.splits.isEmpty }
        }
        let split = { ForestBuilder.Node.split(feature: $0, threshold: $1, trueChild: $2, falseChild: $3) }
        #expect(refused([]))
        #expect(refused([.leaf(.nan)]))
        #expect(refused([.leaf(.infinity)]))
        #expect(refused([.leaf(1), .leaf(2)]))
        #expect(refused([split(0, 1, 0, 1), .leaf(1)]))
        #expect(refused([split(0, 1, 1, 1), .leaf(1)]))
        #expect(refused([split(0, 1, 1, 7), .leaf(1)]))
        #expect(refused([split(1, 1, 1, 2), .leaf(1), .leaf(2)]))
        #expect(refused([split(0, .nan, 1, 2), .leaf(1), .leaf(2)]))
        #expect(refused([.leaf(1)], root: 1))
        #expect(throws: ForestError.self) { try builder().serialized() }
    }

    /// The scale leaves no room for an overflow, and wastes next to nothing of the Int32.
    @Test func sumsOfTheLargestLeavesFit() throws {
        var many = builder()
        many.aggregation = .sum
        for tree in 0..<1000 { try many.append(tree: [.leaf(tree % 2 == 0 ? 0.1 : -1.0 / 3)]) }
        let forest = try many.forest()
        let magnitudes = forest.leaves.reduce(0) { $0 + abs(Int($1)) }
        #expect(magnitudes <= Int(Int32.max) && magnitudes > Int(Int32.max) - 2000)
        let expected: Double = 500 * 0.1 - 500.0 / 3
        // Half a step in each tree.
        let tolerance = 500 * forest.header.quantum + 1e-5
        #expect(abs(Double(ReferenceForest(forest).predict(row: [0])) - expected) < tolerance)

        var zeros = builder()
        try zeros.append(tree: [.leaf(0)])
        #expect(try ReferenceForest(zeros.forest()).predict(row: [1]) == 0)

        var huge = builder()
        try huge.append(tree: [.leaf(1.5e308)])
        try huge.append(tree: [.leaf(1.5e308)])
        #expect(throws: ForestError.self) { try huge.serialized() }
    }
}
