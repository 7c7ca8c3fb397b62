import Foundation

/// Correlation of a series with each of some drivers while the others are held constant (SMCI1.0).
///
///     r = -Q_xy / sqrt(Q_xx Q_yy)     Q: inverse of the correlation matrix of series and drivers
///     t = r sqrt(df / (1 - r^2))      df = n - 2 - controls, controls = drivers - 1
///
/// The sums of n points are kept, not the points.
public struct PartialCorrelation: Sendable {
    /// One driver's.
    public struct Result: Hashable, Sendable {
        public let r: Double
        /// Two-sided probability of so large an r without any relation, by Student's t.
        public let p: Double
    }

    private let size: Int
    private(set) var count = 0
    private var means: [Double]
    /// Sums of products of deviations from the means so far, [a * size + b].
    private var products: [Double]

    public init(driverCount: Int) {
        precondition(driverCount >= 1, "something drives")
        size = driverCount + 1
        means = Array(repeating: 0, count: size)
        products = Array(repeating: 0, count: size * size)
    }

    /// Adds a point: the series' value, then the drivers'. Deviations are updated (Welford), so that large
    /// means cost no digits.
    public mutating func add(_ point: [Double]) {
        precondition(point.count == size, "a value of the series and one of each driver")
        count += 1
        let before = zip(point, means).map { $0 - $1 }
        for number in 0..<size { means[number] += before[number] / Double(count) }
        for a in 0..<size {
            for b in 0..<size { products[a * size + b] += before[a] * (point[b] - means[b]) }
        }
    }

    /// Degrees of freedom.
    public var freedom: Int { count - 2 - (size - 2) }

    /// One result a driver. Nil with too few points, or when something never changes or a driver is made of
    /// the others, so that there is nothing to hold constant.
    public var results: [Result]? {
        guard freedom >= 1 else { return nil }
        let spread = (0..<size).map { products[$0 * size + $0] }
        for (number, squares) in spread.enumerated() {
            // Rounding leaves a constant a little above 0.
            let noise = means[number] * means[number] * Double(count) * 1e-24
            guard squares > noise, squares > 0 else { return nil }
        }
        let matrix = (0..<size * size).map { place in
            products[place] / (spread[place / size] * spread[place % size]).squareRoot()
        }
        guard let inverse = Self.inverse(matrix, size: size) else { return nil }
        return (1..<size).map { driver in
            let scale = (inverse[0] * inverse[driver * size + driver]).squareRoot()
            let r = min(max(-inverse[driver] / scale, -1), 1)
            let t = abs(r) < 1 ? abs(r) * (Double(freedom) / (1 - r * r)).squareRoot() : .infinity
            return Result(r: r, p: StudentT.twoSided(t: t, freedom: freedom))
        }
    }

    /// Gauss and Jordan with the largest pivot; nil for a matrix that is as good as singular.
    private static func inverse(_ matrix: [Double], size: Int) -> [Double]? {
        var left = matrix
        var right = (0..<size * size).map { $0 / size == $0 % size ? 1.0 : 0 }
        for column in 0..<size {
            let pivot =
                (column..<size).max { abs(left[$0 * size + column]) < abs(left[$1 * size + column]) }
                ?? column
            guard abs(left[pivot * size + column]) > 1e-10 else { return nil }
            for other in 0..<size where pivot != column {
                left.swapAt(pivot * size + other, column * size + other)
                right.swapAt(pivot * size + other, column * size + other)
            }
            let divisor = left[column * size + column]
            for other in 0..<size {
                left[column * size + other] /= divisor
                right[column * size + other] /= divisor
            }
            for row in 0..<size where row != column {
                let factor = left[row * size + column]
                for other in 0..<size {
                    left[row * size + other] -= factor * left[column * size + other]
                    right[row * size + other] -= factor * right[column * size + other]
                }
            }
        }
        return (0..<size).allSatisfy { right[$0 * size + $0] > 0 } ? right : nil
    }
}

/// Student's distribution for whole degrees of freedom.
enum StudentT {
    /// The probability of a value beyond ±t, by the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4.
    static func twoSided(t: Double, freedom: Int) -> Double {
        guard t.isFinite else { return t.isNaN ? .nan : 0 }
        let angle = atan(t / Double(freedom).squareRoot())
        let square = cos(angle) * cos(angle)
        var (sum, term) = (0.0, 1.0)
        if freedom % 2 == 1 {
            guard freedom > 1 else { return 1 - 2 / .pi * angle }
            term = cos(angle)
            for k in stride(from: 3, through: freedom, by: 2) {
                sum += term
                term *= square * Double(k - 1) / Double(k)
            }
            return max(1 - 2 / .pi * (angle + sin(angle) * sum), 0)
        }
        for k in stride(from: 2, through: freedom, by: 2) {
            sum += term
            term *= square * Double(k - 1) / Double(k)
        }
        return max(1 - sin(angle) * sum, 0)
    }
}
