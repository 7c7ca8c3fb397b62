public import Tiling

/// Gives a series the mean and the standard deviation of a reference (O & Orth 2021, as SMCI uses it):
///
///     y'(t) = (y(t) - mean(y)) / std(y) * std(e) + mean(e)
///
/// with both moments over the days T on which both have a value.
public struct MomentMatch: Hashable, Sendable {
    public let mean: Double
    /// Divided by n.
    public let deviation: Double
    public let referenceMean: Double
    public let referenceDeviation: Double
    /// Days in T.
    public let dayCount: Int

    /// Takes the moments over the whole record or, so that nothing of a test period leaks, over some days
    /// only. `name` stands in the error, which says why there can be no match: fewer than two days in common,
    /// or a series that never changes.
    public init(
        of series: DailySeries, to reference: DailySeries, within days: DayRange? = nil, name: String
    ) throws {
        var pairs: [(Double, Double)] = []
        for (offset, value) in series.values.enumerated() where !value.isNaN {
            let day = series.first + offset
            let other = reference[day]
            if !other.isNaN, days?.contains(day) ?? true { pairs.append((value, other)) }
        }
        guard pairs.count >= 2 else {
            throw StationError(
                source: name,
                problem: "\(pairs.count) days in common with the reference: at least 2 are needed: drop it")
        }
        let (own, other) = (Moments(pairs.map(\.0)), Moments(pairs.map(\.1)))
        guard own.populationVariance > 0 else {
            throw StationError(
                source: name, problem: "always \(own.mean): its standard deviation is 0: drop it")
        }
        mean = own.mean
        deviation = own.populationVariance.squareRoot()
        referenceMean = other.mean
        referenceDeviation = other.populationVariance.squareRoot()
        dayCount = pairs.count
    }

    /// All days of a series, matched.
    public func applied(to series: DailySeries) -> DailySeries {
        DailySeries(
            first: series.first,
            values: series.values.map { ($0 - mean) / deviation * referenceDeviation + referenceMean })
    }
}
