/// A table whose columns were coded and sorted once, so that many forests can grow on parts of its rows: the
/// folds of a cross-validation, the fits of a grid of settings.
///
/// With exact splits a forest on some rows is, to the last bit, the one that these rows alone would give.
/// Classes of a histogram are those of all rows: they depend on features only, never on targets.
public struct CodedColumns: Sendable {
    /// The predictors, in the order of the columns.
    public let features: [Forest.Feature]
    /// What is predicted.
    public let target: Forest.Feature
    /// The target of each row.
    public let targetValues: [Float]
    /// Thresholds that forests on these columns may choose.
    public let splits: GrowingSettings.Splits
    let coded: [CodedFeature]

    /// Rows; there is a target for each.
    public var rowCount: Int { targetValues.count }

    /// Reads each column once. Throws one line where the table cannot be learned from.
    public init(_ table: TrainingTable, splits: GrowingSettings.Splits = .exact) throws {
        try table.validate()
        features = table.features
        target = table.target
        targetValues = table.targetValues
        self.splits = splits
        coded = try table.features.indices.map { CodedFeature(try table.column($0), splits: splits) }
    }

    /// Some rows to learn from, and others to predict; both ascending.
    func table(learning rows: [Int]?, predicting held: [Int]) throws -> CodedTable {
        let learned = rows.map { rows in rows.map { targetValues[$0] } } ?? targetValues
        if let value = learned.first, learned.allSatisfy({ $0 == value }) {
            throw GrowingError.constantTarget(name: target.name, value: value)
        }
        guard !learned.isEmpty else { throw GrowingError.table("there are no rows to learn from") }
        let scale = TargetScale(learned)
        var steps = [Int32](repeating: 0, count: rows == nil ? 0 : rowCount)
        if let rows {
            for row in rows { steps[row] = scale.steps(targetValues[row]) }
        } else {
            steps = targetValues.map(scale.steps)
        }
        return CodedTable(
            features: coded, targetSteps: steps, scale: scale, learned: rows?.map { UInt32($0) },
            held: held.map { UInt32($0) })
    }
}

/// The rows of a table as codes: what all threads read.
struct CodedTable: Sendable {
    let features: [CodedFeature]
    /// Of each row; those of rows that nobody learns from are never looked at.
    let targetSteps: [Int32]
    let scale: TargetScale
    /// The rows to learn from, ascending; nil are all.
    var learned: [UInt32]?
    /// Rows that every tree predicts and none learns from.
    var held: [UInt32] = []

    var rowCount: Int { targetSteps.count }
    var learnedCount: Int { learned?.count ?? rowCount }

    @inline(__always)
    func learnedRow(_ number: Int) -> Int { learned.map { Int($0[number]) } ?? number }
}
