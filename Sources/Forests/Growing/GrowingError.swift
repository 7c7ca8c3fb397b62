/// Why no forest can be grown: one line that says what to change.
public enum GrowingError: Error, Equatable, Sendable {
    /// A setting that makes no sense.
    case settings(String)
    /// The table has no features, no rows, or columns of different lengths.
    case table(String)
    /// A feature or the target is NaN or infinite in a row, counted from 0.
    case notFinite(name: String, row: Int, value: Float)
    /// All rows have the same target.
    case constantTarget(name: String, value: Float)
    /// There are fewer rows than a leaf must have.
    case fewRows(count: Int, minimumLeafRows: Int)
}

extension GrowingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .settings(let detail):
            "cannot grow a forest with \(detail)"
        case .table(let detail):
            "cannot grow a forest: \(detail)"
        case .notFinite(let name, let row, let value):
            "cannot grow a forest: \(name) is \(value) in row \(row) (the first row is 0): "
                + "leave out rows with missing values"
        case .constantTarget(let name, let value):
            "cannot grow a forest: \(name) is \(value) in every row: there is nothing to learn"
        case .fewRows(let count, let minimumLeafRows):
            "cannot grow a forest of \(count) rows with leaves of \(minimumLeafRows): "
                + "add rows or lower the rows per leaf"
        }
    }
}
