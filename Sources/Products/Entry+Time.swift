import Tiling

/// Periods and units of time.
extension Entry {
    /// `2016-01-01..2016-12-31`, or one day.
    func period() -> DayRange? {
        guard let text = text() else { return nil }
        let parts = text.split(separator: "..", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return refused("'\(text)' is not a period: write first day..last day") }
        var days: [Day] = []
        for part in parts {
            guard let day = Day(part) else {
                report("'\(part)' is not a day of the calendar: write it as 2016-01-31")
                continue
            }
            days.append(day)
        }
        guard days.count == parts.count, let first = days.first, let last = days.last else { return nil }
        guard first <= last else { return refused("'\(text)' runs backward: swap the two days") }
        return DayRange(first, through: last)
    }

    /// `month`, or a number of days.
    func calendar() -> Calendar? {
        if word == "month" { return .months }
        if let text = word, let days = Int(text), (1...3660).contains(days) { return .days(days) }
        return refused("'\(word ?? "this")' is neither month nor a number of days from 1 to 3660")
    }
}
