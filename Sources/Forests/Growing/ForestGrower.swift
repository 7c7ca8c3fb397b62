internal import Synchronization

/// A forest that was grown, and how well it predicts rows that its trees did not learn from.
public struct GrownForest: Sendable {
    /// The trees, ready for a forest file.
    public var builder: ForestBuilder
    /// Nil if it was not asked for, or if every tree learned from every row.
    public let outOfBag: OutOfBag.Score?
    /// By feature, the share of the variance that its splits explain; see `ImpurityImportance`. Sums to 1.
    public let importance: [Double]
    /// The mean of all trees for each row that was to be predicted, in the order asked for.
    public let heldPredictions: [Double]
    /// For each row that was learned from, the mean of the trees that did not learn from it; NaN where all
    /// did, empty without a score.
    public let outOfBagPredictions: [Double]
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
        return try grow(CodedColumns(table, splits: settings.splits), learning: nil, predicting: [])
    }

    /// Grows a forest on some rows of columns that were coded before, and predicts others along the way:
    /// they go down each tree while it grows. Rows are ascending numbers.
    ///
    /// Without `keepsTrees` the forest is empty, for those who want the predictions only.
    public func grow(
        _ columns: CodedColumns, learning rows: [Int], predicting held: [Int] = [], keepsTrees: Bool = true
    ) throws -> GrownForest {
        guard columns.splits == settings.splits else {
            throw GrowingError.settings("\(settings.splits) splits on columns coded for \(columns.splits)")
        }
        try settings.validate(featureCount: columns.features.count, rowCount: rows.count)
        return try grow(columns, learning: rows as [Int]?, predicting: held, keepsTrees: keepsTrees)
    }

    private func grow(
        _ columns: CodedColumns, learning rows: [Int]?, predicting held: [Int], keepsTrees: Bool = true
    ) throws -> GrownForest {
        let coded = try columns.table(learning: rows, predicting: held)
        let orchard = Orchard(
            coded, settings: settings, patchCapacity: patchCapacity ?? Self.patchCapacity(coded, settings),
            builder: ForestBuilder(
                features: columns.features, target: columns.target, aggregation: .mean,
                provenance: provenance(
                    rowCount: coded.learnedCount, featureCount: columns.features.count)),
            keepsTrees: keepsTrees)
        ThreadTeam.run(count: min(settings.threadCount, settings.treeCount)) { orchard.growTrees() }
        let crop = try orchard.harvest()
        func prediction(_ row: Int) -> Double {
            crop.outOfBag.prediction(row: row, scale: coded.scale) ?? .nan
        }
        let scored = settings.scoresOutOfBag ? rows ?? Array(0..<columns.rowCount) : []
        return GrownForest(
            builder: crop.builder,
            outOfBag: settings.scoresOutOfBag
                ? crop.outOfBag.score(
                    targetValues: columns.targetValues, rows: scored, scale: coded.scale) : nil,
            importance: crop.importance.shares, heldPredictions: held.map(prediction),
            outOfBagPredictions: scored.map(prediction))
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
        let keepsTrees: Bool
        /// Trees that wait for one before them.
        var early: [Int: (nodes: [ForestBuilder.Node], reductions: [Double])] = [:]
        var taken = 0
        var importance: ImpurityImportance
        var outOfBag: OutOfBag
        var failure: (any Error)?

        /// Trees enter the forest in the order of their numbers.
        mutating func take(_ nodes: [ForestBuilder.Node], reductions: [Double], number: Int) {
            early[number] = (keepsTrees ? nodes : [], reductions)
            while failure == nil, let next = early.removeValue(forKey: taken) {
                importance.add(next.reductions)
                taken += 1
                guard keepsTrees else { continue }
                do { try builder.append(tree: next.nodes) } catch { failure = error }
            }
        }
    }

    init(
        _ table: CodedTable, settings: GrowingSettings, patchCapacity: Int, builder: ForestBuilder,
        keepsTrees: Bool
    ) {
        self.table = table
        self.settings = settings
        self.patchCapacity = patchCapacity
        store = Mutex(
            Store(
                builder: builder, keepsTrees: keepsTrees,
                importance: ImpurityImportance(featureCount: table.features.count),
                outOfBag: OutOfBag(rowCount: 0)))
    }

    /// Grows trees until none is left to begin.
    func growTrees() {
        let grower = TreeGrower(table, settings: settings, patchCapacity: patchCapacity)
        while true {
            let number = begun.add(1, ordering: .relaxed).oldValue
            guard number < settings.treeCount else { break }
            let nodes = grower.grow(number)
            let reductions = grower.reductions
            store.withLock { $0.take(nodes, reductions: reductions, number: number) }
        }
        let outOfBag = grower.outOfBag
        store.withLock { $0.outOfBag.add(outOfBag) }
    }

    func harvest() throws -> (builder: ForestBuilder, importance: ImpurityImportance, outOfBag: OutOfBag) {
        try store.withLock { store in
            if let failure = store.failure { throw failure }
            return (store.builder, store.importance, store.outOfBag)
        }
    }
}
