import Tiling

/// A value for every hour of a run of hours, NaN where there is none.
public struct HourlySeries: Hashable, Sendable {
    /// Hours since 1970-01-01T00:00 UTC.
    public let firstHour: Int
    public let values: [Double]

    public init(firstHour: Int, values: [Double]) {
        self.firstHour = firstHour
        self.values = values
    }

    /// Puts the observations of a series on full hours: each hour takes the value nearest to it, at most half
    /// an hour away; of two equally near ones the earlier. Values that are impossible for the quantity are
    /// missing. Throws when there is no observation, or when the times span more than two centuries.
    public init(_ series: Series) throws {
        guard let first = series.observations.first?.time.nearestHour,
            let last = series.observations.last?.time.nearestHour
        else { throw StationError(source: series.source, problem: "\(series.station.id) has no observation") }
        guard last - first < Self.hourCountMax else {
            throw StationError(
                source: series.source,
                problem: "\(series.station.id): times from \(series.observations[0].time) to "
                    + "\(series.observations[series.observations.count - 1].time) cannot all be right")
        }
        let plausible = series.quantity.plausible
        var values = [Double](repeating: .nan, count: last - first + 1)
        var distances = [Int](repeating: .max, count: values.count)
        for observation in series.observations
        where !observation.value.isNaN && plausible.contains(observation.value) {
            let hour = observation.time.nearestHour
            let distance = abs(observation.time.number - hour * 60)
            guard distance < distances[hour - first] else { continue }
            values[hour - first] = observation.value
            distances[hour - first] = distance
        }
        self.init(firstHour: first, values: values)
    }

    /// Hours of a day, from a series of days: the day's value itself for a mean such as temperature, its 24th
    /// part for a total such as rain.
    public init(spreading days: DailySeries, isTotal: Bool) {
        let share = isTotal ? 1.0 / 24 : 1
        self.init(
            firstHour: days.first.number * 24,
            values: days.values.flatMap { [Double](repeating: $0 * share, count: 24) })
    }

    public var hours: Range<Int> { firstHour..<(firstHour + values.count) }

    /// The values at another run of hours, NaN beyond both ends.
    public func values(at hours: Range<Int>) -> [Double] {
        hours.map { self.hours.contains($0) ? values[$0 - firstHour] : .nan }
    }

    private static let hourCountMax = 200 * 8766
}
