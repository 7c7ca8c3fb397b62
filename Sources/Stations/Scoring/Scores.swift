/// How well predictions agree with observations; predictions minus observations, in their unit.
///
///     bias   mean(x - y), positive where the map is too wet
///     mae    mean |x - y|
///     rmse   sqrt(mean (x - y)^2) = sqrt(ubrmse^2 + bias^2)
///     ubrmse sqrt(mean ((x - mean x) - (y - mean y))^2), divided by n
///     r      Pearson's correlation
///     r2     1 - sum (x - y)^2 / sum (y - mean y)^2; not the square of r
///
/// What is undefined is nil, never 0: everything without pairs, ubrmse, r and r2 with fewer than two, r where
/// predictions or observations are all equal, r2 where observations are.
public struct Scores: Hashable, Sendable {
    public let count: Int
    public let bias: Double?
    public let mae: Double?
    public let rmse: Double?
    public let ubrmse: Double?
    public let r: Double?
    public let r2: Double?

    /// Pairs in which either is NaN are passed over.
    public init(predicted: [Double], observed: [Double]) {
        precondition(predicted.count == observed.count, "scores compare pairs")
        let pairs = zip(predicted, observed).filter { !$0.isNaN && !$1.isNaN }
        count = pairs.count
        guard count > 0 else {
            (bias, mae, rmse, ubrmse, r, r2) = (nil, nil, nil, nil, nil, nil)
            return
        }
        let size = Double(count)
        func sum(_ term: (Double, Double) -> Double) -> Double { pairs.reduce(0) { $0 + term($1.0, $1.1) } }
        let (x, y) = (Moments(pairs.map(\.0)), Moments(pairs.map(\.1)))
        let squares = sum { ($0 - $1) * ($0 - $1) }
        let bias = sum { $0 - $1 } / size
        self.bias = bias
        mae = sum { abs($0 - $1) } / size
        rmse = (squares / size).squareRoot()
        guard count > 1 else {
            (ubrmse, r, r2) = (nil, nil, nil)
            return
        }
        ubrmse = (sum { ($0 - $1 - bias) * ($0 - $1 - bias) } / size).squareRoot()
        let isFlat = x.isConstant || y.isConstant
        r =
            isFlat
            ? nil
            : sum { ($0 - x.mean) * ($1 - y.mean) }
                / (x.populationVariance * y.populationVariance).squareRoot() / size
        r2 = y.isConstant ? nil : 1 - squares / (y.populationVariance * size)
    }

    /// Scores of stations become one: the median of each figure over the stations that have it; `count` is
    /// the number of stations.
    public init(medianOf scores: [Scores]) {
        func median(_ figure: KeyPath<Scores, Double?>) -> Double? {
            let values = scores.compactMap { $0[keyPath: figure] }.sorted()
            guard !values.isEmpty else { return nil }
            let middle = values.count / 2
            return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
        }
        count = scores.count
        bias = median(\.bias)
        mae = median(\.mae)
        rmse = median(\.rmse)
        ubrmse = median(\.ubrmse)
        r = median(\.r)
        r2 = median(\.r2)
    }
}
