public import Forests

/// Rows to learn from: a value for each feature, the target, and where and when each row was.
///
/// Training makes it from stations and covariates, evaluation divides it, and `tilth forest grow` can read
/// the file that it is written to.
public struct SampleTable: Sendable {
    /// The predictors, in the order of the columns.
    public let features: [Forest.Feature]
    /// A column for each feature, each as long as there are rows.
    public let columns: [SampleColumn]
    /// What is predicted.
    public let target: Forest.Feature
    /// The target of each row.
    public let targetValues: [Float]
    /// Station, pixel, place and day of each row.
    public let samples: SampleList
    /// What else is known of each row, as words by name of the column: folds that somebody fixed, the climate
    /// class. An empty word is a row for which it is not known.
    public let labels: [String: RepeatedValues<String>]

    public var rowCount: Int { targetValues.count }

    /// A table in memory. Throws one line where a column is not as long as the others.
    public init(
        features: [Forest.Feature], columns: [[Float]], target: Forest.Feature, targetValues: [Float],
        samples: [Sample], labels: [String: [String]] = [:]
    ) throws {
        try self.init(
            features: features, columns: columns.map { SampleColumn($0) }, target: target,
            targetValues: targetValues, samples: SampleList(samples),
            labels: labels.mapValues { RepeatedValues($0) })
    }

    /// A table whose columns may lie in files. Throws one line where what is in memory is not as long as the
    /// target; columns in files are held against it when they are read to grow a forest.
    public init(
        features: [Forest.Feature], columns: [SampleColumn], target: Forest.Feature, targetValues: [Float],
        samples: SampleList, labels: [String: RepeatedValues<String>] = [:]
    ) throws {
        let names = features.map(\.name) + ["samples"] + labels.keys
        let lengths =
            columns.map { $0.count ?? targetValues.count } + [samples.count] + labels.values.map(\.count)
        guard columns.count == features.count else {
            throw StationError(
                source: "table of samples", problem: "\(columns.count) columns for \(features.count) features"
            )
        }
        if let wrong = lengths.firstIndex(where: { $0 != targetValues.count }) {
            throw StationError(
                source: "table of samples",
                problem: "\(names[wrong]) has \(lengths[wrong]) rows, the target \(targetValues.count)")
        }
        self.features = features
        self.columns = columns
        self.target = target
        self.targetValues = targetValues
        self.samples = samples
        self.labels = labels
    }

    /// All rows, to learn from: a column is read when it is asked for.
    public var whole: TrainingTable {
        TrainingTable(features: features, target: target, targetValues: targetValues) { [columns] in
            try columns[$0].values()
        }
    }

    /// Some rows, in the order given; a row may be taken more than once.
    public func rows(_ numbers: [Int]) -> TrainingTable {
        TrainingTable(
            features: features, target: target, targetValues: numbers.map { targetValues[$0] },
            column: { [columns] feature in
                let values = try columns[feature].values()
                return numbers.map { values[$0] }
            })
    }
}
