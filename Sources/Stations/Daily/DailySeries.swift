public import Tiling

/// A value for every UTC day of a run of days, NaN where there is none.
public struct DailySeries: Hashable, Sendable {
    public let first: Day
    public let values: [Double]

    public init(first: Day, values: [Double]) {
        self.first = first
        self.values = values
    }

    /// The mean of the hours of each UTC day, 00 to 23. A day with fewer than `hoursMin` values has none: 1
    /// is SMCI's rule, 12 is safer.
    public init(meanOf hourly: HourlySeries, hoursMin: Int = 1) {
        precondition((1...24).contains(hoursMin), "a day has 24 hours")
        let firstDay = Self.day(ofHour: hourly.firstHour)
        let lastDay = Self.day(ofHour: hourly.hours.upperBound - 1)
        first = Day(number: firstDay)
        guard !hourly.values.isEmpty else {
            values = []
            return
        }
        values = (firstDay...lastDay).map { day in
            let hours = Range(day * 24...day * 24 + 23).clamped(to: hourly.hours)
            let moments = Moments(hours.map { hourly.values[$0 - hourly.firstHour] })
            return moments.count >= hoursMin ? moments.mean : .nan
        }
    }

    /// The mean of what a series holds on each UTC day, for tables that are daily already. Throws when there
    /// is no observation, or when the days span more than two centuries.
    public init(_ series: Series) throws {
        guard let first = series.observations.first?.time.day, let last = series.observations.last?.time.day
        else { throw StationError(source: series.source, problem: "\(series.station.id) has no observation") }
        guard last - first < 200 * 366 else {
            throw StationError(
                source: series.source,
                problem: "\(series.station.id): days from \(first) to \(last) cannot all be right")
        }
        var sums = [Double](repeating: 0, count: last - first + 1)
        var counts = [Int](repeating: 0, count: sums.count)
        for observation in series.observations where !observation.value.isNaN {
            sums[observation.time.day - first] += observation.value
            counts[observation.time.day - first] += 1
        }
        self.first = first
        values = zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : .nan }
    }

    public var days: Range<Day> { first..<(first + values.count) }
    /// Days with a value.
    public var validCount: Int { values.count { !$0.isNaN } }

    /// NaN beyond both ends.
    public subscript(_ day: Day) -> Double {
        days.contains(day) ? values[day - first] : .nan
    }

    /// The mean of several series on each day, of those that have a value there.
    public static func mean(of series: [DailySeries]) -> DailySeries? {
        let held = series.filter { !$0.values.isEmpty }
        guard let first = held.map(\.first).min(), let end = held.map(\.days.upperBound).max() else {
            return nil
        }
        return DailySeries(
            first: first,
            values: (0..<(end - first)).map { offset in Moments(held.map { $0[first + offset] }).mean })
    }

    private static func day(ofHour hour: Int) -> Int { Int((Double(hour) / 24).rounded(.down)) }
}
