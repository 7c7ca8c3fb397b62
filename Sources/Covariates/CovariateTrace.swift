public import Tiling

/// Where the value of one covariate, pixel and day comes from.
public struct CovariateTrace: Equatable, Sendable {
    /// A step of the source that counts for the day.
    public struct Step: Equatable, Sendable {
        /// Nil for a source that is the same on all days.
        public let day: Day?
        /// Of the traced cell, after scale, offset and valid range; NaN when it is missing.
        public let value: Float
        public let weight: Double
    }

    /// A cell of the source, as it is numbered in the file that was read.
    public struct Cell: Equatable, Sendable {
        public let column: Int
        public let row: Int
        /// Of the cell's centre, in the source's CRS.
        public let x: Double
        public let y: Double
    }

    public let name: String
    public let unit: String
    /// What the forest sees: from the same gather as prediction.
    public let value: Float
    /// In words: the rule, or what it is computed from.
    public let rule: String
    /// Source files, relative to the data root.
    public let files: [String]
    /// The cell that holds the pixel's centre; nil for computed covariates, and out of reach.
    public let cell: Cell?
    /// Ascending by day.
    public let steps: [Step]
    /// Why there is no value, when a whole day is missing.
    public let missing: String?

    /// Everything but name, value and unit, in one line.
    public var origin: String {
        var parts = [rule]
        if !files.isEmpty { parts.append(CovariateTrace.shortened(files, limit: 2).joined(separator: ", ")) }
        if let cell {
            parts.append("cell (\(cell.column), \(cell.row)) at \(Float(cell.x)), \(Float(cell.y))")
        }
        if let first = steps.first?.day, let last = steps.last?.day {
            let values = CovariateTrace.shortened(steps.map { "\($0.value)" }, limit: 5).joined(
                separator: " ")
            parts.append("\(DayRange(first, through: last)): \(values)")
        } else if let only = steps.first {
            parts.append("\(only.value)")
        }
        if let missing { parts.append("MISSING: \(missing)") }
        return parts.joined(separator: "; ")
    }

    /// The first and the last ones.
    private static func shortened(_ texts: [String], limit: Int) -> [String] {
        guard texts.count > limit else { return texts }
        return texts.prefix(limit - 1) + ["… (\(texts.count))", texts[texts.count - 1]]
    }
}

extension CovariateTrace: CustomStringConvertible {
    public var description: String { "\(name) = \(value.isNaN ? "missing" : "\(value)") \(unit): \(origin)" }
}
