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
        let every = section.value(of: "every", default: 60) { $0.paceMinutes() }
        guard let entry = section[kind], let every, let stamps = entry.stamps(of: statistic) else {
            return nil
        }
        let rule = DailyRule(statistic, minutes: stamps, everyMinutes: every)
        let rest = (stamps.upperBound - stamps.lowerBound) % every
        guard rest == 0 else {
            return entry.refused(
                "\(Entry.clock(stamps.lowerBound))..\(Entry.clock(stamps.upperBound)) is not a whole "
                    + "number of steps of \(rule.paceText): end at \(Entry.clock(stamps.upperBound - rest))")
        }
        return rule
    }

    /// Hours between two steps, in minutes: 3, or 0.5.
    private func paceMinutes() -> Int? {
        guard let hours = number() else { return nil }
        let minutes = Int((min(max(hours, 0), 25) * 60).rounded())
        guard minutes >= 1, 1440 % minutes == 0, abs(Double(minutes) - hours * 60) < 1e-6 else {
            return refused(
                "days are not whole numbers of \(word ?? "") hours: use a part of 24")
        }
        return minutes
    }

    /// `01..24`, `01:30..22:30`, one hour, or `next-midnight` for amounts that count on from midnight. In
    /// minutes.
    private func stamps(of statistic: DailyRule.Statistic) -> ClosedRange<Int>? {
        guard let text = text() else { return nil }
        let isAccumulated = statistic == .accumulated
        if isAccumulated && text == "next-midnight" { return 60...1440 }
        let parts = text.split(separator: "..", omittingEmptySubsequences: false).map(Entry.minutes)
        guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1],
            !isAccumulated || (first % 60 == 0 && last % 60 == 0)
        else {
            return refused(
                "'\(text)' is not a range of hours, such as 01..24"
                    + (isAccumulated ? ", nor next-midnight" : ""))
        }
        guard first <= last else { return refused("'\(text)' runs backward: swap the two hours") }
        let allowed = DailyRule.hoursAllowed
        guard first >= allowed.lowerBound * 60, last <= allowed.upperBound * 60 else {
            return refused(
                "'\(text)' reaches too far: hours are counted from the day's midnight, "
                    + "\(allowed.lowerBound)..\(allowed.upperBound)")
        }
        return first...last
    }

    /// `01`, `-3` or `01:30`, in minutes.
    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let hours = Int(parts[0]), abs(hours) < 1000 else { return nil }
        guard parts.count == 2 else { return hours * 60 }
        guard parts[1].count == 2, let minutes = Int(parts[1]), (0..<60).contains(minutes), hours >= 0 else {
            return nil
        }
        return hours * 60 + minutes
    }

    /// `21`, `22:30`.
    private static func clock(_ minutes: Int) -> String {
        minutes % 60 == 0 ? "\(minutes / 60)" : "\(minutes / 60):\(zeroPadded(minutes % 60, 2))"
    }
}
