/// Predictions of rows by the trees that did not learn from them.
///
/// Leaves are summed as whole numbers, so that the order of trees, and so the number of threads, does not
/// matter.
public struct OutOfBag: Sendable {
    private var sums: [Int64]
    private(set) var counts: [UInt32]

    /// How well rows were predicted that a tree did not learn from.
    public struct Score: Hashable, Sendable {
        /// Rows that at least one tree did not learn from.
        public let rowCount: Int
        /// Root of the mean square error, in the unit of the target.
        public let rootMeanSquareError: Double
        /// The coefficient of determination R^2, scikit-learn's `oob_score_`; NaN for fewer than two rows.
        public let determination: Double
    }

    /// A 2^16th of a target step.
    private static let fineness = 0x1p16

    init(rowCount: Int) {
        sums = Array(repeating: 0, count: rowCount)
        counts = Array(repeating: 0, count: rowCount)
    }

    @inline(__always)
    mutating func add(_ prediction: Double, row: Int, scale: TargetScale) {
        sums[row] &+= Int64(((prediction - scale.middle) / scale.step * Self.fineness).rounded())
        counts[row] &+= 1
    }

    mutating func add(_ other: OutOfBag) {
        guard !sums.isEmpty else {
            self = other
            return
        }
        for row in sums.indices {
            sums[row] &+= other.sums[row]
            counts[row] &+= other.counts[row]
        }
    }

    /// The mean prediction of a row; nil if every tree learned from it.
    func prediction(row: Int, scale: TargetScale) -> Double? {
        guard counts[row] > 0 else { return nil }
        return scale.middle + scale.step * (Double(sums[row]) / Self.fineness / Double(counts[row]))
    }

    /// The score of some rows; nil if every tree learned from every one of them.
    func score(targetValues: [Float], rows: [Int], scale: TargetScale) -> Score? {
        var (count, targetSum, squaredErrors) = (0, 0.0, 0.0)
        for row in rows {
            guard let prediction = prediction(row: row, scale: scale) else { continue }
            let error = prediction - Double(targetValues[row])
            count += 1
            targetSum += Double(targetValues[row])
            squaredErrors += error * error
        }
        guard count > 0 else { return nil }
        let mean = targetSum / Double(count)
        var squares = 0.0
        for row in rows where counts[row] > 0 {
            let deviation = Double(targetValues[row]) - mean
            squares += deviation * deviation
        }
        return Score(
            rowCount: count, rootMeanSquareError: (squaredErrors / Double(count)).squareRoot(),
            determination: squares > 0 ? 1 - squaredErrors / squares : .nan)
    }
}
