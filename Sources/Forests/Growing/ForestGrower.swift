internal import Synchronization

/// A forest that was grown, and how well it predicts rows that its trees did not learn from.
public struct GrownForest: Sendable {
    /// The trees, ready for a forest file.
    public var builder: ForestBuilder
    /// Nil if it was not asked for, or if every tree learned from every row.
    public let outOfBag: OutOfBag.Score?
}

/// Grows random forests of regression trees as scikit-learn defines them: each tree on a random share of the
/// rows, each split the one that reduces the variance most among a few random features. The same rows and
/// settings always give the same forest, whatever the number of threads.
///
/// Features become codes in ascending order once (`CodedFeature`); trees grow side by side (`TreeGrower`).
public struct ForestGrower: Sendable {
    /// How to grow.
    public let settings: GrowingSettings
    /// Largest node that is sorted by every feature; nil chooses. It never changes the forest.
    var patchCapacity: Int?

    public init(_ settings: GrowingSettings = GrowingSettings()) { self.settings = settings }

    /// Grows a forest on a table.
    public func grow(_ table: TrainingTable) throws -> GrownForest {
        try table.validate()
        try settings.validate(featureCount: table.features.count, rowCount: table.rowCount)
        let scale = TargetScale(table.targetValues)
        let features = try table.features.indices.map {
            CodedFeature(try table.column($0), splits: settings.splits)
        }
        let coded = CodedTable(
            features: features, targetSteps: table.targetValues.map(scale.steps), scale: scale)
        let orchard = Orchard(
            coded, settings: settings, patchCapacity: patchCapacity ?? Self.patchCapacity(coded, settings),
            builder: ForestBuilder(
                features: table.features, target: table.target, aggregation: .mean,
                provenance: provenance(rowCount: table.rowCount, featureCount: table.features.count)))
        ThreadTeam.run(count: min(settings.threadCount, settings.treeCount)) { orchard.growTrees() }
        let (builder, outOfBag) = try orchard.harvest()
        return GrownForest(
            builder: builder, outOfBag: outOfBag.score(targetValues: table.targetValues, scale: scale))
    }

    /// Keeping all features sorted pays where a split looks at a good part of them.
    private static func patchCapacity(_ table: CodedTable, _ settings: GrowingSettings) -> Int {
        let examined = settings.featuresPerSplit.count(of: table.features.count)
        guard examined * 8 >= table.features.count else { return 0 }
        return settings.splits == .exact ? 4096 : 2048
    }

    private func provenance(rowCount: Int, featureCount: Int) -> [String: String] {
        let sampling =
            switch settings.sampling {
            case .bootstrap: "with replacement"
            case .withoutReplacement: "without replacement"
            }
        let splits =
            switch settings.splits {
            case .exact: "exact"
            case .histogram(let bins): "histogram of \(bins) bins"
            }
        return [
            "training": "random forest of regression trees, \(rowCount) rows",
            "trees": "\(settings.treeCount)",
            "features-per-split": "\(settings.featuresPerSplit.count(of: featureCount))",
            "minimum-leaf-rows": "\(settings.minimumLeafRows)",
            "row-share": "\(settings.sampling.share), \(sampling)", "splits": splits,
            "seed": "\(settings.seed)",
        ]
    }
}

/// What the threads of one growth share: the rows, and the trees that are done.
private final class Orchard: Sendable {
    private let table: CodedTable
    private let settings: GrowingSettings
    private let patchCapacity: Int
    private let begun = Atomic<Int>(0)
    private let store: Mutex<Store>

    private struct Store {
        var builder: ForestBuilder
        /// Trees that wait for one before them.
        var early: [Int: [ForestBuilder.Node]] = [:]
        var outOfBag: OutOfBag
        var failure: (any Error)?

        /// Trees enter the forest in the order of their numbers.
        mutating func take(_ nodes: [ForestBuilder.Node], number: Int) {
            early[number] = nodes
            while failure == nil, let next = early.removeValue(forKey: builder.treeCount) {
                do { try builder.append(tree: next) } catch { failure = error }
            }
        }
    }

    init(_ table: CodedTable, settings: GrowingSettings, patchCapacity: Int, builder: ForestBuilder) {
        self.table = table
        self.settings = settings
        self.patchCapacity = patchCapacity
        store = Mutex(
            Store(
                builder: builder,
                outOfBag: OutOfBag(rowCount: settings.scoresOutOfBag ? table.rowCount : 0)))
    }

    /// Grows trees until none is left to begin.
    func growTrees() {
        let grower = TreeGrower(table, settings: settings, patchCapacity: patchCapacity)
        while true {
            let number = begun.add(1, ordering: .relaxed).oldValue
            guard number < settings.treeCount else { break }
            let nodes = grower.grow(number)
            store.withLock { $0.take(nodes, number: number) }
        }
        let outOfBag = grower.outOfBag
        store.withLock { $0.outOfBag.add(outOfBag) }
    }

    func harvest() throws -> (ForestBuilder, OutOfBag) {
        try store.withLock { store in
            if let failure = store.failure { throw failure }
            return (store.builder, store.outOfBag)
        }
    }
}
