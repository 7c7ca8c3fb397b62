/// How the hourly steps of a netCDF variable become one value per day.
///
/// Hours are those of the time stamps, counted from the midnight (UTC) with which the day begins: 0 is that
/// midnight, 24 the next one, -3 is 21 UTC of the day before. Steps of half an hour, or stamped 01:30, count
/// in minutes. A day that lacks one of its hours is missing, and so is a cell: totals and means are never
/// made of fewer hours.
///
/// | statistic | value of a day |
/// |---|---|
/// | mean, min, max | of the values at the hours |
/// | sum | of the values at the hours, each the amount of the time since the stamp before |
/// | accumulated | amount from an hour before the first stamp to the last, of values that count from 00 UTC |
public struct DailyRule: Hashable, Codable, Sendable {
    public let statistic: Statistic
    /// First and last time stamp of a day.
    public let firstMinute: Int
    public let lastMinute: Int
    /// Minutes between two steps of the source.
    public let everyMinutes: Int

    /// What is made of the hours.
    public enum Statistic: String, Hashable, Codable, Sendable, CaseIterable {
        case mean, min, max, sum, accumulated
    }

    /// A time stamp of a day, and what its value is multiplied by.
    public struct Term: Hashable, Sendable {
        public let minute: Int
        public let weight: Double

        public init(minute: Int, weight: Double) {
            self.minute = minute
            self.weight = weight
        }

        /// 0 for the day itself, 1 for the next one.
        public var dayOffset: Int { (minute - minuteOfDay) / 1440 }
        /// 0..<86400.
        public var secondOfDay: Int { minuteOfDay * 60 }
        fileprivate var minuteOfDay: Int { (minute % 1440 + 1440) % 1440 }
    }

    /// The first hours of a day's first and last stamp that make sense: a day before, and two days on.
    public static let hoursAllowed = -24...48

    /// `hours` run from the first stamp to the last one, `everyHours` apart.
    public init(_ statistic: Statistic, hours: ClosedRange<Int>, everyHours: Int = 1) {
        self.init(
            statistic, minutes: hours.lowerBound * 60...hours.upperBound * 60, everyMinutes: everyHours * 60)
    }

    /// The same in minutes.
    public init(_ statistic: Statistic, minutes: ClosedRange<Int>, everyMinutes: Int) {
        precondition(everyMinutes >= 1, "steps are at least a minute apart")
        self.statistic = statistic
        firstMinute = minutes.lowerBound
        lastMinute = minutes.upperBound
        self.everyMinutes = everyMinutes
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
            return stride(from: firstMinute, through: lastMinute, by: everyMinutes).map {
                Term(minute: $0, weight: 1)
            }
        }
        // From `start` to `end`, midnight by midnight: counters begin anew behind each.
        let (start, end) = (firstMinute - 60, lastMinute)
        var terms: [Term] = []
        var midnight = start - Term(minute: start, weight: 1).minuteOfDay
        while midnight < end {
            if start > midnight { terms.append(Term(minute: start, weight: -1)) }
            terms.append(Term(minute: min(end, midnight + 1440), weight: 1))
            midnight += 1440
        }
        return terms
    }

    /// Part of file names: `mean-0to23`, `mean-1h30to22h30by3`.
    public var name: String {
        func text(_ minutes: Int) -> String {
            minutes % 60 == 0 ? "\(minutes / 60)" : "\(minutes / 60)h\(zeroPadded(abs(minutes % 60), 2))"
        }
        return "\(statistic)-\(text(firstMinute))to\(text(lastMinute))"
            + (everyMinutes == 60 ? "" : "by\(text(everyMinutes))")
    }
}

extension DailyRule: CustomStringConvertible {
    /// `daily mean of 00..23 UTC`.
    public var description: String {
        func text(_ minutes: Int) -> String {
            zeroPadded(minutes / 60, 2)
                + (firstMinute % 60 == 0 && lastMinute % 60 == 0
                    ? "" : ":\(zeroPadded(abs(minutes % 60), 2))")
        }
        let hours = "\(text(firstMinute))..\(text(lastMinute)) UTC"
        let pace = everyMinutes == 60 ? "" : " every \(paceText)"
        switch statistic {
        case .accumulated where firstMinute == 60 && lastMinute == 1440:
            return "daily total, stamped next midnight"
        case .accumulated: return "daily total of \(hours), out of amounts since midnight"
        default: return "daily \(statistic) of \(hours)\(pace)"
        }
    }

    /// `3 hours`, `30 minutes`.
    public var paceText: String {
        everyMinutes % 60 == 0 ? "\(everyMinutes / 60) hours" : "\(everyMinutes) minutes"
    }

    /// The minute of each full hour at which steps are, if they are whole hours apart.
    public var minuteOfHour: Int { (firstMinute % 60 + 60) % 60 }
}

/// In hours, whole ones as whole numbers, as plans and digests had them before there were minutes.
extension DailyRule {
    private enum CodingKeys: String, CodingKey { case statistic, firstHour, lastHour, everyHours }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func minutes(_ key: CodingKeys) throws -> Int {
            Int((try container.decode(Double.self, forKey: key) * 60).rounded())
        }
        let (first, last, every) = (try minutes(.firstHour), try minutes(.lastHour), try minutes(.everyHours))
        guard first <= last, every >= 1 else {
            throw DecodingError.dataCorruptedError(
                forKey: .firstHour, in: container, debugDescription: "hours that run backward")
        }
        self.init(
            try container.decode(Statistic.self, forKey: .statistic), minutes: first...last,
            everyMinutes: every)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(statistic, forKey: .statistic)
        try container.encode(Double(firstMinute) / 60, forKey: .firstHour)
        try container.encode(Double(lastMinute) / 60, forKey: .lastHour)
        try container.encode(Double(everyMinutes) / 60, forKey: .everyHours)
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
