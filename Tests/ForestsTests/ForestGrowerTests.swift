import Testing

@testable import Forests

@Suite struct ForestGrowerTests {
    /// Settings of all kinds, named by their number in a failure.
    private static let variants: [GrowingSettings] = {
        var variants: [GrowingSettings] = []
        for (leaf, share) in [(1, GrowingSettings.FeatureShare.count(1)), (1, .fraction(0.5)), (4, .all)] {
            for sampling in [GrowingSettings.Sampling.bootstrap(), .withoutReplacement(share: 0.5)] {
                for constant in [GrowingSettings.ConstantFeatures.count, .drawPast] {
                    var settings = GrowingSettings()
                    settings.treeCount = 4
                    settings.minimumLeafRows = leaf
                    settings.featuresPerSplit = share
                    settings.sampling = sampling
                    settings.constantFeatures = constant
                    settings.seed = UInt64(variants.count)
                    variants.append(settings)
                }
            }
        }
        return variants
    }()

    private func bytes(
        _ rows: GrowingRows, _ settings: GrowingSettings, patchCapacity: Int? = nil
    ) throws -> [UInt8] {
        var grower = ForestGrower(settings)
        grower.patchCapacity = patchCapacity
        return try grower.grow(rows.table).builder.serialized()
    }

    @Test(arguments: variants.indices)
    func exactSplitsAreThoseOfTheReference(variant: Int) throws {
        let settings = Self.variants[variant]
        let rows = GrowingRows(110, seed: UInt64(variant) + 10)
        let reference = ReferenceGrower(columns: rows.columns, targets: rows.targets, settings: settings)
        let grown = try ForestGrower(settings).grow(rows.table).builder
        var expected = ForestBuilder(
            features: GrowingRows.features, target: GrowingRows.target, provenance: grown.provenance)
        for tree in 0..<settings.treeCount { try expected.append(tree: reference.tree(tree)) }
        #expect(expected.splits.count > settings.treeCount)
        let file = try expected.serialized()
        // Sorted anew at every node, sorted once near the leaves, sorted once for the whole tree.
        for capacity in [0, 20, 4096] {
            #expect(try bytes(rows, settings, patchCapacity: capacity) == file, "capacity \(capacity)")
        }
    }

    /// On the numbers of bins as values, a histogram's trees are the exact ones.
    @Test(arguments: [2, 7, 256])
    func histogramSplitsAreThoseOfTheReferenceOnBins(bins: Int) throws {
        let rows = GrowingRows(110, seed: 77)
        let coded = rows.coded(.histogram(bins: bins))
        var settings = Self.variants[2]
        let onBins = coded.features.map { feature in rows.targets.indices.map { Float(feature.codes[$0]) } }
        let reference = ReferenceGrower(columns: onBins, targets: rows.targets, settings: settings)
        var expected = ForestBuilder(features: GrowingRows.features, target: GrowingRows.target)
        for tree in 0..<settings.treeCount { try expected.append(tree: reference.tree(tree)) }
        settings.splits = .histogram(bins: bins)
        let capacities: [Int?] = [nil, 0, 20]
        for capacity in capacities {
            var grower = ForestGrower(settings)
            grower.patchCapacity = capacity
            let grown = try grower.grow(rows.table).builder
            #expect(grown.leaves == expected.leaves)
            #expect(grown.splits.map(\.feature) == expected.splits.map(\.feature))
            #expect(grown.splits.map(\.trueSplitCount) == expected.splits.map(\.trueSplitCount))
        }
    }

    @Test(arguments: [GrowingSettings.Splits.exact, .histogram(bins: 32)])
    func threadsDoNotChangeTheForest(splits: GrowingSettings.Splits) throws {
        let rows = GrowingRows(300, seed: 3)
        var settings = Self.variants[3]
        settings.splits = splits
        settings.treeCount = 9
        let alone = try ForestGrower(settings).grow(rows.table)
        for threads in [2, 5] {
            var shared = settings
            shared.threadCount = threads
            let grown = try ForestGrower(shared).grow(rows.table)
            #expect(try grown.builder.serialized() == alone.builder.serialized())
            #expect(grown.outOfBag == alone.outOfBag)
        }
        settings.seed += 1
        #expect(try bytes(rows, settings) != alone.builder.serialized())
    }

    /// Leaves keep their rows, and the trees' own rows get the mean of their leaf.
    @Test(arguments: [GrowingSettings.Splits.exact, .histogram(bins: 16)])
    func leavesAreMeansOfEnoughRows(splits: GrowingSettings.Splits) {
        let rows = GrowingRows(250, seed: 5)
        for variant in Self.variants {
            var settings = variant
            settings.splits = splits
            let grower = TreeGrower(rows.coded(splits), settings: settings, patchCapacity: 50)
            for tree in 0..<settings.treeCount {
                let nodes = grower.grow(tree)
                var random = TreeGrower.random(seed: settings.seed, tree: tree)
                let draws = drawCounts(of: settings, rowCount: rows.targets.count, &random)
                var leaves: [Int: (rows: Int, draws: Int, sum: Int, value: Double)] = [:]
                for row in draws.indices where draws[row] > 0 {
                    let (node, value) = leaf(of: rows.row(row), in: nodes)
                    let old = leaves[node] ?? (0, 0, 0, value)
                    leaves[node] = (
                        old.rows + 1, old.draws + draws[row], old.sum + draws[row] * rows.targets[row], value
                    )
                }
                #expect(leaves.count == (nodes.count + 1) / 2)
                for leaf in leaves.values {
                    #expect(leaf.rows >= settings.minimumLeafRows)
                    #expect(leaf.value == Double(leaf.sum) / Double(leaf.draws))
                }
            }
        }
    }

    @Test(arguments: [GrowingSettings.Splits.exact, .histogram(bins: 16)])
    func outOfBagScoreIsThatOfBruteForce(splits: GrowingSettings.Splits) throws {
        let rows = GrowingRows(200, seed: 6)
        for variant in Self.variants {
            var settings = variant
            settings.splits = splits
            var (sums, counts) = ([Double](repeating: 0, count: 200), [Int](repeating: 0, count: 200))
            let grower = TreeGrower(rows.coded(splits), settings: settings, patchCapacity: 30)
            for tree in 0..<settings.treeCount {
                let nodes = grower.grow(tree)
                var random = TreeGrower.random(seed: settings.seed, tree: tree)
                let draws = drawCounts(of: settings, rowCount: 200, &random)
                for row in draws.indices where draws[row] == 0 {
                    sums[row] += leaf(of: rows.row(row), in: nodes).value
                    counts[row] += 1
                }
            }
            let tested = counts.indices.filter { counts[$0] > 0 }
            let mean = tested.reduce(0.0) { $0 + Double(rows.targets[$1]) } / Double(tested.count)
            var (errors, squares) = (0.0, 0.0)
            for row in tested {
                let (target, prediction) = (Double(rows.targets[row]), sums[row] / Double(counts[row]))
                errors += (prediction - target) * (prediction - target)
                squares += (target - mean) * (target - mean)
            }
            let score = try #require(try ForestGrower(settings).grow(rows.table).outOfBag)
            #expect(score.rowCount == tested.count)
            #expect(
                abs(score.rootMeanSquareError - (errors / Double(tested.count)).squareRoot()) < 1e-9)
            #expect(abs(score.determination - (1 - errors / squares)) < 1e-9)
        }
    }

    @Test func noRowsOutOfBagNoScore() throws {
        let rows = GrowingRows(40, seed: 8)
        var settings = Self.variants[0]
        settings.sampling = .withoutReplacement(share: 1)
        #expect(try ForestGrower(settings).grow(rows.table).outOfBag == nil)
        settings.sampling = .bootstrap()
        settings.scoresOutOfBag = false
        #expect(try ForestGrower(settings).grow(rows.table).outOfBag == nil)
    }

    @Test func gssm1kmGrowsToSingleRows() throws {
        var random = SplitMix64(seed: 9)
        let columns = (0..<18).map { _ in (0..<120).map { _ in Float(random.next(below: 1000)) } }
        let targets = (0..<120).map { columns[3][$0] + Float($0) / 1024 }
        let forest = try ForestGrower(.gssm1km).grow(
            TrainingTable(
                features: (0..<18).map { Forest.Feature(name: "v\($0)", unit: "1") }, columns: columns,
                target: Forest.Feature(name: "soil moisture", unit: "m3/m3"), targetValues: targets)
        ).builder
        #expect(forest.treeCount == 20)
        // Half of 120 rows, all targets different: a leaf each.
        #expect(forest.leaves.count == 20 * 60)
        #expect(forest.provenance["features-per-split"] == "4")
    }
}
