import Tiling

/// How well maps agree with the truth of a demo world, over all land pixels and days.
package struct DemoScore: Sendable, CustomStringConvertible {
    /// Pixel-days that have a value.
    package private(set) var count = 0
    /// Land pixel-days without a value: covariates were missing.
    package private(set) var missingCount = 0
    /// Pixel-days off land that have a value all the same; must be 0.
    package private(set) var strayCount = 0
    private var sumMap = 0.0
    private var sumTruth = 0.0
    private var sumMapSquared = 0.0
    private var sumTruthSquared = 0.0
    private var sumProduct = 0.0

    /// Root of the mean squared difference, m3/m3.
    package var rmse: Double {
        ((sumMapSquared - 2 * sumProduct + sumTruthSquared) / Double(count)).squareRoot()
    }
    /// Mean of map minus truth, m3/m3; positive is too wet.
    package var bias: Double { (sumMap - sumTruth) / Double(count) }
    /// Pearson's correlation.
    package var correlation: Double {
        let (n, map, truth) = (Double(count), sumMap, sumTruth)
        let variances = (sumMapSquared - map * map / n) * (sumTruthSquared - truth * truth / n)
        return (sumProduct - map * truth / n) / variances.squareRoot()
    }

    package init() {}

    /// Adds one day: both in m3/m3, NaN where there is no value.
    package mutating func add(map: [Float], truth: [Float]) {
        precondition(map.count == truth.count, "a map and its truth share a grid")
        // Sums per day first: they stay small, so little is lost.
        var day = DemoScore()
        for index in map.indices {
            let (x, y) = (Double(map[index]), Double(truth[index]))
            guard !y.isNaN else {
                if !x.isNaN { day.strayCount += 1 }
                continue
            }
            guard !x.isNaN else {
                day.missingCount += 1
                continue
            }
            day.count += 1
            day.sumMap += x
            day.sumTruth += y
            day.sumMapSquared += x * x
            day.sumTruthSquared += y * y
            day.sumProduct += x * y
        }
        merge(day)
    }

    private mutating func merge(_ other: DemoScore) {
        count += other.count
        missingCount += other.missingCount
        strayCount += other.strayCount
        sumMap += other.sumMap
        sumTruth += other.sumTruth
        sumMapSquared += other.sumMapSquared
        sumTruthSquared += other.sumTruthSquared
        sumProduct += other.sumProduct
    }

    package var description: String {
        let share = 100 * Double(missingCount) / Double(max(1, count + missingCount))
        return "RMSE \(fixed(rmse, 4)) m3/m3, bias \(fixed(bias, 4)), R \(fixed(correlation, 3)) over "
            + "\(count) pixel-days; \(fixed(share, 2)) % of land without a value"
    }
}

/// `0.01234` with 4 decimals is `0.0123`.
private func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var factor = 1
    for _ in 0..<decimals { factor *= 10 }
    let scaled = Int((abs(value) * Double(factor)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return "\(sign)\(scaled / factor).\(zeroPadded(scaled % factor, decimals))"
}
