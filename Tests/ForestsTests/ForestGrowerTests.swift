import Testing

@testable import Forests

@Suite struct ForestGrowerTests {
    private let features = ["a", "b", "noise"].map { Forest.Feature(name: $0, unit: "1") }
    private let target = Forest.Feature(name: "y", unit: "1")

    private func table(_ rowCount: Int, seed: UInt64) -> (columns: [[Float]], values: [Float]) {
        var random = SplitMix64(seed: seed)
        func uniform() -> Float { Float(random.next(below: 10_000)) / 10_000 }
        let columns = (0..<3).map { _ in (0..<rowCount).map { _ in uniform() } }
        return (columns, (0..<rowCount).map { 3 * columns[0][$0] + (columns[1][$0] > 0.5 ? 1 : 0) })
    }

    private func settings(threads: Int = 1) -> ForestGrower.Settings {
        var settings = ForestGrower.Settings()
        settings.treeCount = 8
        settings.featuresPerSplit = 2
        settings.binCount = 64
        settings.seed = 7
        settings.threadCount = threads
        return settings
    }

    @Test func learnsAndPredictsRowsNotSeen() throws {
        let (columns, values) = table(1500, seed: 1)
        let forest = try ForestGrower(settings()).grow(
            columns: columns, features: features, targetValues: values, target: target
        ).forest()
        #expect(forest.treeCount == 8)
        #expect(forest.provenance["seed"] == "7")
        let reference = ReferenceForest(forest)
        let (unseen, truth) = table(300, seed: 2)
        let errors = truth.indices.map { row in
            Double(reference.predict(row: unseen.map { $0[row] }) - truth[row])
        }
        let meanSquare = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
        // The variance of the target is one.
        #expect(meanSquare < 0.02, "mean square error \(meanSquare)")
    }

    @Test func threadsDoNotChangeTheForest() throws {
        let (columns, values) = table(400, seed: 3)
        let forests = try [1, 3].map {
            try ForestGrower(settings(threads: $0)).grow(
                columns: columns, features: features, targetValues: values, target: target
            ).serialized()
        }
        #expect(forests[0] == forests[1])
        var other = settings()
        other.seed = 8
        let different = try ForestGrower(other).grow(
            columns: columns, features: features, targetValues: values, target: target)
        #expect(try different.serialized() != forests[0])
    }

    @Test func leavesKeepTheirRows() throws {
        let (columns, values) = table(200, seed: 4)
        var large = settings()
        large.minimumLeafRowCount = 40
        large.drawsWithReplacement = false
        large.rowShare = 0.5
        let forest = try ForestGrower(large).grow(
            columns: columns, features: features, targetValues: values, target: target
        ).forest()
        // A hundred rows make at most two leaves of forty.
        #expect(forest.leafCount <= 16 && forest.leafCount > 8)
    }

    @Test func constantTargetAndConstantFeatures() throws {
        let forest = try ForestGrower(settings()).grow(
            columns: Array(repeating: Array(repeating: 1, count: 50), count: 3), features: features,
            targetValues: (0..<50).map { Float($0 % 2) }, target: target
        ).forest()
        #expect(forest.leafCount == 8)
        let (columns, _) = table(100, seed: 5)
        let flat = try ForestGrower(settings()).grow(
            columns: columns, features: features, targetValues: Array(repeating: 0.25, count: 100),
            target: target
        ).forest()
        #expect(flat.leafCount == 8)
        #expect(ReferenceForest(flat).predict(row: [0, 0, 0]) == 0.25)
    }

    @Test func binsSplitExactly() {
        let values: [Float] = [1, 1, 1, 1, 1, 1, 1, 2, 0, 1, Float(1).nextUp, 1]
        for binCount in [2, 4, 256] {
            let feature = BinnedFeature(values, binCount: binCount)
            #expect(!feature.edges.isEmpty)
            for (value, bin) in zip(values, feature.bins) {
                for (edge, limit) in feature.edges.enumerated() {
                    #expect((value <= limit) == (Int(bin) <= edge))
                }
            }
        }
        #expect(BinnedFeature([3, 3, 3], binCount: 8).edges.isEmpty)
    }

    @Test func incompleteRowsAreRefused() {
        #expect(throws: ForestError.self) {
            try ForestGrower().grow(
                columns: [[1, .nan]], features: [features[0]], targetValues: [1, 2], target: target)
        }
        #expect(throws: ForestError.self) {
            try ForestGrower().grow(
                columns: [[1]], features: [features[0]], targetValues: [1, 2], target: target)
        }
    }
}
