internal import Synchronization

/// Grows bagged regression trees: each on a random share of the rows, each split the best of a few random
/// features by reduction of variance. The same rows and settings always give the same forest, whatever the
/// number of threads.
public struct ForestGrower: Sendable {
    /// How to grow. Products differ in little else.
    public struct Settings: Sendable {
        /// Trees in the forest.
        public var treeCount = 30
        /// Features that each split may choose from; 0 means a third of them.
        public var featuresPerSplit = 0
        /// Rows that each side of a split must keep.
        public var minimumLeafRowCount = 5
        /// Rows drawn for a tree, as a share of all.
        public var rowShare = 1.0
        /// Whether a row can be drawn more than once.
        public var drawsWithReplacement = true
        /// Classes into which a feature is cut before growing, 2 to 256.
        public var binCount = 256
        /// What all randomness comes from.
        public var seed: UInt64 = 0
        /// Threads that grow trees.
        public var threadCount = 1

        public init() {}
    }

    /// How to grow.
    public let settings: Settings

    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Grows a forest on columns of predictors and the values of the target, without missing values.
    public func grow(
        columns: [[Float]], features: [Forest.Feature], targetValues: [Float], target: Forest.Feature
    ) throws -> ForestBuilder {
        let rowCount = targetValues.count
        guard rowCount > 0, !columns.isEmpty, columns.count == features.count,
            columns.allSatisfy({ $0.count == rowCount })
        else { throw ForestError.invalid(detail: "columns and target have different lengths, or none") }
        for (feature, column) in zip(features, columns) where !column.allSatisfy(\.isFinite) {
            throw ForestError.invalid(
                detail: "feature \(feature.name) has missing values: leave these rows out")
        }
        guard targetValues.allSatisfy(\.isFinite) else {
            throw ForestError.invalid(detail: "\(target.name) has missing values: leave these rows out")
        }
        guard settings.treeCount > 0, (2...256).contains(settings.binCount), settings.minimumLeafRowCount > 0,
            settings.rowShare > 0, settings.rowShare <= 1, settings.featuresPerSplit >= 0
        else {
            throw ForestError.invalid(
                detail: "growing needs trees, 2 to 256 bins, leaf rows, a share up to 1")
        }

        let orchard = Orchard(
            features: columns.map { BinnedFeature($0, binCount: settings.binCount) },
            targets: targetValues.map(Double.init), settings: settings)
        ThreadTeam.run(count: min(settings.threadCount, settings.treeCount)) { orchard.growTrees() }
        var builder = ForestBuilder(
            features: features, target: target, aggregation: .mean,
            provenance: [
                "training": "bagged regression trees, \(rowCount) rows",
                "trees": "\(settings.treeCount)", "features-per-split": "\(orchard.featuresPerSplit)",
                "minimum-leaf-rows": "\(settings.minimumLeafRowCount)", "row-share": "\(settings.rowShare)",
                "with-replacement": "\(settings.drawsWithReplacement)", "bins": "\(settings.binCount)",
                "seed": "\(settings.seed)",
            ])
        for tree in orchard.trees { try builder.append(tree: tree) }
        return builder
    }
}

/// What the threads of one growth share: the rows, and the trees that are done.
private final class Orchard: Sendable {
    let featuresPerSplit: Int
    private let features: [BinnedFeature]
    private let targets: [Double]
    private let settings: ForestGrower.Settings
    private let begun = Atomic<Int>(0)
    private let grown: Mutex<[[ForestBuilder.Node]]>

    var trees: [[ForestBuilder.Node]] { grown.withLock { $0 } }

    init(features: [BinnedFeature], targets: [Double], settings: ForestGrower.Settings) {
        self.features = features
        self.targets = targets
        self.settings = settings
        let chosen = settings.featuresPerSplit == 0 ? max(features.count / 3, 1) : settings.featuresPerSplit
        featuresPerSplit = min(chosen, features.count)
        grown = Mutex(Array(repeating: [], count: settings.treeCount))
    }

    /// Grows trees until none is left to begin. A tree's randomness depends on its number only.
    func growTrees() {
        while true {
            let number = begun.add(1, ordering: .relaxed).oldValue
            guard number < settings.treeCount else { return }
            var seeds = SplitMix64(seed: settings.seed &+ UInt64(number) &* 0x632B_E59B_D9B4_E019)
            var tree = TreeGrower(
                features: features, targets: targets, featuresPerSplit: featuresPerSplit,
                minimumLeafRowCount: settings.minimumLeafRowCount, random: SplitMix64(seed: seeds.next()))
            let nodes = tree.grow(rowShare: settings.rowShare, withReplacement: settings.drawsWithReplacement)
            grown.withLock { $0[number] = nodes }
        }
    }
}
