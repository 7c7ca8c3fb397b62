public import Tiling

/// When a step of a variable is: a day and the seconds since its midnight, UTC.
public struct TimeStep: Hashable, Comparable, Sendable {
    public let day: Day
    /// 0..<86400.
    public let secondOfDay: Int

    public init(day: Day, secondOfDay: Int = 0) {
        self.day = day
        self.secondOfDay = secondOfDay
    }

    public static func < (a: TimeStep, b: TimeStep) -> Bool {
        (a.day, a.secondOfDay) < (b.day, b.secondOfDay)
    }
}

/// A CF time base: `hours since 1900-01-01 00:00:00.0` in a calendar.
struct TimeBase: Equatable {
    let secondsPerUnit: Double
    /// Seconds since 1970-01-01T00:00:00 of the reference time.
    let reference: Double

    /// Throws a sentence without path when the unit or the calendar is not one that we count in.
    init(units: String, calendar: String?) throws(TimeBaseProblem) {
        let calendar = (calendar ?? "standard").lowercased()
        guard ["standard", "gregorian", "proleptic_gregorian", ""].contains(calendar) else {
            throw TimeBaseProblem(
                "calendar '\(calendar)' is not the real one: convert the file to the standard calendar first")
        }
        let words = units.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard words.count == 3, words[1].lowercased() == "since",
            let seconds = TimeBase.seconds[words[0].lowercased()]
        else {
            throw TimeBaseProblem("time unit '\(units)' is not seconds, minutes, hours or days since a date")
        }
        guard let reference = TimeBase.reference(words[2], isProleptic: calendar == "proleptic_gregorian")
        else {
            throw TimeBaseProblem("time unit '\(units)' has a date that cannot be understood")
        }
        secondsPerUnit = seconds
        self.reference = reference
    }

    /// Rounded to the second, as times that are stored as fractions of days ask for. Nil for a missing time.
    func step(_ value: Double) -> TimeStep? {
        let seconds = (reference + value * secondsPerUnit).rounded()
        guard seconds.isFinite, abs(seconds) < 1e13 else { return nil }
        let day = (seconds / 86_400).rounded(.down)
        return TimeStep(day: Day(number: Int(day)), secondOfDay: Int(seconds - day * 86_400))
    }

    private static let seconds: [String: Double] = [
        "second": 1, "seconds": 1, "sec": 1, "secs": 1, "s": 1, "minute": 60, "minutes": 60, "min": 60,
        "mins": 60,
        "hour": 3600, "hours": 3600, "hr": 3600, "hrs": 3600, "h": 3600, "day": 86_400, "days": 86_400,
        "d": 86_400,
    ]

    /// `1970-01-01T12:00:00`, `1900-1-1 00:00:0.0`, with an offset from UTC or without.
    private static func reference(_ text: Substring, isProleptic: Bool) -> Double? {
        var parts = text.split(separator: " ")
        // A `T` joins date and time; the one of `UTC` does not.
        if let joined = parts.first {
            parts.replaceSubrange(0..<1, with: joined.split(separator: "T", maxSplits: 1))
        }
        guard let date = parts.first, let day = dayNumber(date, isProleptic: isProleptic) else { return nil }
        var seconds = Double(day) * 86_400
        for part in parts.dropFirst() {
            guard let shift = secondsOfClock(part) else { return nil }
            seconds += shift
        }
        return seconds
    }

    private static func dayNumber(_ text: Substring, isProleptic: Bool) -> Int? {
        let numbers = text.split(separator: "-").compactMap { Int($0) }
        guard numbers.count == 3, text.filter({ $0 == "-" }).count == 2 else { return nil }
        let (year, month, day) = (numbers[0], numbers[1], numbers[2])
        // Before 15 October 1582 the standard calendar is the Julian one.
        if !isProleptic, (year, month, day) < (1582, 10, 15) {
            guard (1...12).contains(month), (1...31).contains(day) else { return nil }
            let yearsBefore = (14 - month) / 12
            let marchYear = year + 4800 - yearsBefore
            let marchMonth = month + 12 * yearsBefore - 3
            return day + (153 * marchMonth + 2) / 5 + 365 * marchYear + marchYear / 4 - 32_083 - 2_440_588
        }
        return Day(year: year, month: month, day: day)?.number
    }

    /// `12:00:00` adds; an offset such as `+01:00` subtracts, as it is later there.
    private static func secondsOfClock(_ text: Substring) -> Double? {
        if ["UTC", "GMT", "Z"].contains(text.uppercased()) { return 0 }
        var text = text.last.map { "zZ".contains($0) } == true ? text.dropLast() : text
        if let sign = text.dropFirst().lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let clock = secondsOfClock(text[..<sign]), let zone = secondsOfClock(text[sign...]) else {
                return nil
            }
            return clock + zone
        }
        let sign = text.first.map { "+-".contains($0) } == true ? text.removeFirst() : nil
        // An offset may be written without colon: +0100.
        if sign != nil, !text.contains(":"), text.count == 4 { text = text.prefix(2) + ":" + text.suffix(2) }
        let numbers = text.split(separator: ":").compactMap { Double($0) }
        guard !numbers.isEmpty, numbers.count == text.split(separator: ":").count, numbers.count <= 3 else {
            return nil
        }
        let seconds = zip(numbers, [3600.0, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
        return sign == "+" ? -seconds : seconds
    }
}

/// What is wrong with a time base, without the path.
struct TimeBaseProblem: Error {
    let text: String

    init(_ text: String) { self.text = text }
}
