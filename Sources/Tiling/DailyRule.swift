/// How the hourly steps of a netCDF variable become one value per day.
///
/// Hours are those of the time stamps, counted from the midnight (UTC) with which the day begins: 0 is that
/// midnight, 24 the next one, -3 is 21 UTC of the day before. A day that lacks one of its hours is missing,
/// and so is a cell: totals and means are never made of fewer hours.
///
/// | statistic | value of a day |
/// |---|---|
/// | mean, min, max | of the values at the hours |
/// | sum | of the values at the hours, each the amount of the time since the stamp before |
/// | accumulated | amount from an hour before the first stamp to the last, of values that count from 00 UTC |
public struct DailyRule: Hashable, Codable, Sendable {
    public let statistic: Statistic
    /// First and last time stamp of a day.
    public let firstHour: Int
    public let lastHour: Int
    /// Hours between two steps of the source.
    public let everyHours: Int

    /// What is made of the hours.
    public enum Statistic: String, Hashable, Codable, Sendable, CaseIterable {
        case mean, min, max, sum, accumulated
    }

    /// A time stamp of a day, and what its value is multiplied by.
    public struct Term: Hashable, Sendable {
        public let hour: Int
        public let weight: Double

        public init(hour: Int, weight: Double) {
            self.hour = hour
            self.weight = weight
        }

        /// 0 for the day itself, 1 for the next one.
        public var dayOffset: Int { (hour - hourOfDay) / 24 }
        /// 0...23.
        public var hourOfDay: Int { (hour % 24 + 24) % 24 }
    }

    /// The first hours of a day's first and last stamp that make sense: a day before, and two days on.
    public static let hoursAllowed = -24...48

    /// `hours` run from the first stamp to the last one, `everyHours` apart.
    public init(_ statistic: Statistic, hours: ClosedRange<Int>, everyHours: Int = 1) {
        precondition(everyHours >= 1, "steps are at least an hour apart")
        self.statistic = statistic
        firstHour = hours.lowerBound
        lastHour = hours.upperBound
        self.everyHours = everyHours
    }

    /// What a rule takes that names no hours: 00..23 of the day, and 01..24 for amounts, which are stamped at
    /// the end of their hour.
    public static func hours(of statistic: Statistic) -> ClosedRange<Int> {
        switch statistic {
        case .mean, .min, .max: 0...23
        case .sum, .accumulated: 1...24
        }
    }

    /// The stamps of a day, ascending.
    public var terms: [Term] {
        guard statistic == .accumulated else {
            return stride(from: firstHour, through: lastHour, by: everyHours).map {
                Term(hour: $0, weight: 1)
            }
        }
        // From `start` to `end`, midnight by midnight: counters begin anew behind each.
        let (start, end) = (firstHour - 1, lastHour)
        var terms: [Term] = []
        var midnight = start - Term(hour: start, weight: 1).hourOfDay
        while midnight < end {
            if start > midnight { terms.append(Term(hour: start, weight: -1)) }
            terms.append(Term(hour: min(end, midnight + 24), weight: 1))
            midnight += 24
        }
        return terms
    }

    /// Part of file names: `mean-0to23`.
    public var name: String {
        "\(statistic)-\(firstHour)to\(lastHour)" + (everyHours == 1 ? "" : "by\(everyHours)")
    }
}

extension DailyRule: CustomStringConvertible {
    /// `daily mean of 00..23 UTC`.
    public var description: String {
        let hours = "\(zeroPadded(firstHour, 2))..\(zeroPadded(lastHour, 2)) UTC"
        let pace = everyHours == 1 ? "" : " every \(everyHours) hours"
        switch statistic {
        case .accumulated where firstHour == 1 && lastHour == 24: return "daily total, stamped next midnight"
        case .accumulated: return "daily total of \(hours), out of amounts since midnight"
        default: return "daily \(statistic) of \(hours)\(pace)"
        }
    }
}

/// A variable of the netCDF files of a source, and what is made of its hours.
public struct SourceVariable: Hashable, Codable, Sendable {
    public let name: String
    /// Nil for a variable that has one step per day already.
    public let daily: DailyRule?

    public init(_ name: String, daily: DailyRule? = nil) {
        self.name = name
        self.daily = daily
    }

    /// What its daily planes are called: `t2m`, or `t2m-mean-0to23`.
    public var planeName: String { daily.map { "\(name)-\($0.name)" } ?? name }
}

/// A variable without rule is its name alone, as plans had it before there were rules.
extension SourceVariable {
    private enum CodingKeys: String, CodingKey { case name, daily }

    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            self.init(name)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(String.self, forKey: .name),
            daily: try container.decode(DailyRule.self, forKey: .daily))
    }

    public func encode(to encoder: any Encoder) throws {
        guard let daily else {
            var container = encoder.singleValueContainer()
            try container.encode(name)
            return
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(daily, forKey: .daily)
    }
}
