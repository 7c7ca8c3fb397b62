import Tiling

/// How hours become days: by a statistic of the day, or by taking one of them at each place.
enum HourRule {
    case daily(DailyRule)
    case overpass(Overpass)
}

/// How hours become days.
extension Entry {
    /// What `daily` may say: a statistic, or `{overpass: 10.5, every: 6}`.
    func hourRule() -> HourRule? {
        guard word == nil, keys.contains("overpass") else { return dailyRule().map { .daily($0) } }
        guard let section = Section(self, .overpass), let entry = section["overpass"] else { return nil }
        let hour = entry.number()
        let every = section.value(of: "every", default: 6) { $0.wholeNumber(in: 1...24) }
        guard let hour, let every else { return nil }
        guard (0..<24).contains(hour) else {
            return entry.refused("local solar time is 0 or more and less than 24: 10.5 is half past ten")
        }
        guard 24 % every == 0 else {
            return section["every"]?.refused("days are not whole numbers of \(every) hours: use a part of 24")
        }
        return .overpass(Overpass(localHour: hour, everyHours: every))
    }

    /// `mean`, `{max: 18..41}`, `{mean: 00..21, every: 3}`, `{accumulated: next-midnight}`.
    func dailyRule() -> DailyRule? {
        let statistics = DailyRule.Statistic.allCases
        if let word {
            guard word != DailyRule.Statistic.accumulated.rawValue else {
                return refused("accumulated needs its hours: write {accumulated: next-midnight}")
            }
            let statistic: DailyRule.Statistic? = choice(of: statistics.filter { $0 != .accumulated })
            return statistic.map { DailyRule($0, hours: DailyRule.hours(of: $0)) }
        }
        guard let kind = kind(among: statistics.map(\.rawValue)),
            let statistic = DailyRule.Statistic(rawValue: kind),
            let section = Section(self, statistic == .accumulated ? .accumulatedHours : .dailyHours(of: kind))
        else { return nil }
        let every = section.value(of: "every", default: 1) { $0.wholeNumber(in: 1...24) }
        guard let entry = section[kind], let every, let hours = entry.hours(of: statistic) else { return nil }
        guard 24 % every == 0 else {
            return section["every"]?.refused("days are not whole numbers of \(every) hours: use a part of 24")
        }
        guard (hours.upperBound - hours.lowerBound) % every == 0 else {
            return entry.refused(
                "\(hours.lowerBound)..\(hours.upperBound) is not a whole number of steps of \(every) hours: "
                    + "end at \(hours.upperBound - (hours.upperBound - hours.lowerBound) % every)")
        }
        return DailyRule(statistic, hours: hours, everyHours: every)
    }

    /// `01..24`, one hour, or `next-midnight` for amounts that count on from midnight.
    private func hours(of statistic: DailyRule.Statistic) -> ClosedRange<Int>? {
        guard let text = text() else { return nil }
        if statistic == .accumulated && text == "next-midnight" { return DailyRule.hours(of: statistic) }
        let parts = text.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1] else {
            return refused(
                "'\(text)' is not a range of hours, such as 01..24"
                    + (statistic == .accumulated ? ", nor next-midnight" : ""))
        }
        guard first <= last else { return refused("'\(text)' runs backward: swap the two hours") }
        let allowed = DailyRule.hoursAllowed
        guard first >= allowed.lowerBound, last <= allowed.upperBound else {
            return refused(
                "'\(text)' reaches too far: hours are counted from the day's midnight, "
                    + "\(allowed.lowerBound)..\(allowed.upperBound)")
        }
        return first...last
    }
}
