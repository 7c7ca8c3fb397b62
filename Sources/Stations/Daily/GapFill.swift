/// Puts values where quality control removed them, from the same hour of the days around (SMCI, section 2).
public struct GapFill: Hashable, Sendable {
    /// How a value is made of its neighbours.
    public enum Rule: Hashable, Sendable {
        /// Linear in time between the nearest value before and the nearest after; both must exist.
        case interpolate
        /// The line of least squares through all neighbours; they must lie on both sides.
        case regress
    }

    /// How far to look, on each side.
    public let days: Int
    public let rule: Rule

    public init(days: Int = 5, rule: Rule = .interpolate) {
        precondition(days > 0, "a gap is filled from other days")
        self.days = days
        self.rule = rule
    }

    /// The series without the hours that carry one of these flags.
    public static func screened(
        _ series: HourlySeries, flags: [QualityFlags], removing: QualityFlags = .smci
    ) -> HourlySeries {
        precondition(flags.count == series.values.count, "every hour has flags")
        return HourlySeries(
            firstHour: series.firstHour,
            values: zip(series.values, flags).map { $1.isDisjoint(with: removing) ? $0 : .nan })
    }

    /// Fills from what is there, never from what was filled; a gap of twice `days` or more stays open at its
    /// middle, and a run of ten days without any value is left alone altogether.
    public func filled(_ series: HourlySeries) -> HourlySeries {
        let values = series.values
        let isClosed = Self.longGaps(values)
        let filled = values.indices.map { hour in
            values[hour].isNaN && !isClosed[hour] ? estimate(values, at: hour) : values[hour]
        }
        return HourlySeries(firstHour: series.firstHour, values: filled)
    }

    private func estimate(_ values: [Double], at hour: Int) -> Double {
        func neighbours(_ sign: Int) -> [(day: Double, value: Double)] {
            (1...days).compactMap { distance in
                let place = hour + sign * distance * 24
                guard values.indices.contains(place), !values[place].isNaN else { return nil }
                return (Double(sign * distance), values[place])
            }
        }
        let (before, after) = (neighbours(-1), neighbours(1))
        guard let left = before.first, let right = after.first else { return .nan }
        switch rule {
        case .interpolate:
            return left.value + (right.value - left.value) * (0 - left.day) / (right.day - left.day)
        case .regress:
            let all = before + after
            let count = Double(all.count)
            let day = all.reduce(0) { $0 + $1.day } / count
            let value = all.reduce(0) { $0 + $1.value } / count
            let slope =
                all.reduce(0) { $0 + ($1.day - day) * ($1.value - value) }
                / all.reduce(0) { $0 + ($1.day - day) * ($1.day - day) }
            return value - slope * day
        }
    }

    /// The hours of runs without value that last ten days or longer.
    private static func longGaps(_ values: [Double]) -> [Bool] {
        var isLong = [Bool](repeating: false, count: values.count)
        var start = 0
        for hour in 0...values.count where hour == values.count || !values[hour].isNaN {
            if hour - start >= longGapHours { for gap in start..<hour { isLong[gap] = true } }
            start = hour + 1
        }
        return isLong
    }

    /// Ten days.
    private static let longGapHours = 240
}
