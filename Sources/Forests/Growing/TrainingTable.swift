/// Rows to learn from, as one column a feature, and their targets.
///
/// Columns are asked for one at a time, and only once: a table larger than memory stays on disk.
public struct TrainingTable: Sendable {
    /// The predictors, in the order of the columns.
    public let features: [Forest.Feature]
    /// What is predicted.
    public let target: Forest.Feature
    /// The target of each row.
    public let targetValues: [Float]
    private let read: @Sendable (Int) throws -> [Float]

    /// Rows; there is a target for each.
    public var rowCount: Int { targetValues.count }

    /// A table whose columns are read when they are needed: `column` is called once a feature, from one
    /// thread.
    public init(
        features: [Forest.Feature], target: Forest.Feature, targetValues: [Float],
        column: @escaping @Sendable (Int) throws -> [Float]
    ) {
        self.features = features
        self.target = target
        self.targetValues = targetValues
        read = column
    }

    /// A table in memory.
    public init(
        features: [Forest.Feature], columns: [[Float]], target: Forest.Feature, targetValues: [Float]
    ) throws {
        guard columns.count == features.count else {
            throw GrowingError.table("\(columns.count) columns for \(features.count) features")
        }
        self.init(features: features, target: target, targetValues: targetValues) { columns[$0] }
    }

    /// A column, whole and finite.
    func column(_ feature: Int) throws -> [Float] {
        let values = try read(feature)
        guard values.count == rowCount else {
            throw GrowingError.table(
                "\(features[feature].name) has \(values.count) rows, the target \(rowCount)")
        }
        try Self.refuseNotFinite(values, name: features[feature].name)
        return values
    }

    func validate() throws {
        guard !features.isEmpty else { throw GrowingError.table("there are no features") }
        guard features.count <= ForestNode.featureLimit else {
            throw GrowingError.table(
                "\(features.count) features: at most \(ForestNode.featureLimit)")
        }
        guard rowCount > 0 else { throw GrowingError.table("there are no rows") }
        guard rowCount <= NodeSum.largestRowCount else {
            throw GrowingError.table("\(rowCount) rows: at most \(NodeSum.largestRowCount)")
        }
        try Self.refuseNotFinite(targetValues, name: target.name)
        if let value = targetValues.first, targetValues.allSatisfy({ $0 == value }) {
            throw GrowingError.constantTarget(name: target.name, value: value)
        }
    }

    private static func refuseNotFinite(_ values: [Float], name: String) throws {
        if let row = values.firstIndex(where: { !$0.isFinite }) {
            throw GrowingError.notFinite(name: name, row: row, value: values[row])
        }
    }
}
