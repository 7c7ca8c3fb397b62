public import Forests

/// An experiment that was carried out: every held-out row with its predictions, and what they are worth.
public struct Evaluation: Sendable {
    /// A row that was predicted by a forest that had not seen it.
    public struct HeldRow: Hashable, Sendable {
        /// Its number in the table.
        public var row: Int { Int(rowNumber) }
        /// The number of the split that held it out.
        public var split: Int { Int(splitNumber) }
        // There are as many as rows in the table.
        private let rowNumber: UInt32
        private let splitNumber: UInt32

        init(row: Int, split: Int) {
            rowNumber = UInt32(row)
            splitNumber = UInt32(split)
        }
    }

    public let plan: SplitPlan
    /// In the order of splits, then rows.
    public let held: [HeldRow]
    /// For each seed, a prediction for each held row.
    public let predictions: [[Double]]
    /// In the order of the features; of the first seed.
    public let importance: [FeatureImportance]

    /// What a reader must know before the figures: leaks, and predictions that are all equal.
    public var warnings: [String] {
        var warnings = plan.warnings
        if let first = predictions.first?.first, predictions[0].allSatisfy({ $0 == first }) {
            warnings.append(
                "all predictions are \(first): the forest has learned nothing, and R is undefined")
        }
        return warnings
    }

    /// Predictions beside observations, with the class of each row where one is asked for; made as they are
    /// asked for.
    public func pairs(seed: Int = 0, of table: SampleTable, groups: RepeatedValues<String>? = nil)
        -> HeldPairs
    {
        HeldPairs(
            held: held, predictions: predictions[seed], samples: table.samples,
            targetValues: table.targetValues, groups: groups)
    }
}

/// Carries out experiments: grows a forest for each split and predicts what it held out.
public struct Evaluator: Sendable {
    /// How far it is, for people who wait.
    public struct Progress: Hashable, Sendable {
        public let done: Int
        public let total: Int
        public let what: String
    }

    /// How to grow; its seed is replaced by each of `seeds`.
    public var settings: GrowingSettings
    /// Another forest for each: how much of a score is chance.
    public var seeds: [UInt64]
    /// How often each feature is shuffled for its permutation importance; 0 leaves it out.
    public var permutationCount = 0

    public init(_ settings: GrowingSettings, seeds: [UInt64]? = nil) {
        self.settings = settings
        self.seeds = seeds ?? [settings.seed]
    }

    /// Carries one out. All features of the table are predictors.
    public func evaluate(
        _ table: SampleTable, by experiment: Experiment, progress: (Progress) -> Void = { _ in }
    ) throws -> Evaluation {
        let plan = try experiment.split(table.samples)
        if let empty = plan.splits.first(where: { $0.trainingCount == 0 || $0.test.isEmpty }) {
            let side = empty.test.isEmpty ? "to test" : "to train"
            throw StationError(source: "experiment", problem: "\(empty.name) has no rows \(side)")
        }
        let columns = try CodedColumns(table.whole, splits: settings.splits)
        let held = plan.splits.enumerated().flatMap { number, split in
            split.test.lazy.map { Evaluation.HeldRow(row: $0, split: number) }
        }
        var predictions: [[Double]] = []
        var permutation = PermutationImportance(table: table, repeats: permutationCount, seed: settings.seed)
        var impurity: [[Double]] = []
        let total = seeds.count * plan.splits.count
        for (number, seed) in seeds.enumerated() {
            var settings = settings
            settings.seed = seed
            settings.scoresOutOfBag = false
            predictions.append([])
            for (place, split) in plan.splits.enumerated() {
                progress(
                    Progress(done: number * plan.splits.count + place, total: total, what: split.name))
                let isExplained = number == 0 && permutationCount > 0
                let grown = try ForestGrower(settings).grow(
                    columns, learning: split.training, predicting: split.test, keepsTrees: isExplained)
                predictions[number] += grown.heldPredictions
                if number == 0 { impurity.append(grown.importance) }
                if isExplained {
                    try permutation.add(
                        try Forest(bytes: grown.builder.serialized()), rows: split.test,
                        threads: settings.threadCount)
                }
            }
        }
        return Evaluation(
            plan: plan, held: held, predictions: predictions,
            importance: permutation.importance(impurity: impurity))
    }
}
