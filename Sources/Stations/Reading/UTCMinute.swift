public import Tiling

/// A moment in UTC to the minute: minutes since 1970-01-01T00:00.
public struct UTCMinute: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: Int

    public init(number: Int) { self.number = number }
    public init(day: Day, hour: Int = 0, minute: Int = 0) {
        number = day.number * 1440 + hour * 60 + minute
    }

    public var day: Day { Day(number: (number - minuteOfDay) / 1440) }
    public var minuteOfDay: Int { ((number % 1440) + 1440) % 1440 }
    /// Hours since 1970-01-01T00:00 of the nearest full hour; half past goes to the later one.
    public var nearestHour: Int { Int(((Double(number) + 30) / 60).rounded(.down)) }
    public static func < (a: UTCMinute, b: UTCMinute) -> Bool { a.number < b.number }

    /// `2017-08-10T00:00`.
    public var description: String {
        let (hour, minute) = minuteOfDay.quotientAndRemainder(dividingBy: 60)
        return "\(day.iso)T\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}

extension UTCMinute {
    /// Reads `2017-08-10`, `2017/08/10 01:00`, `2017-08-10T01:00:30Z` or `…+08:00`; nil for anything else.
    /// Seconds are dropped. A time without its own zone is `hoursFromUTC` ahead of UTC.
    public init?(_ text: some StringProtocol, hoursFromUTC: Double = 0) {
        let parts = String(text).split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "T" })
        guard let first = parts.first, let day = Day(String(first.map { $0 == "/" ? "-" : $0 })) else {
            return nil
        }
        guard parts.count == 2 else {
            self.init(number: day.number * 1440)
            return
        }
        var clock = parts[1]
        var offsetMinutes = Int((hoursFromUTC * 60).rounded())
        if clock.hasSuffix("Z") {
            clock = clock.dropLast()
            offsetMinutes = 0
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let zone = Self.minutes(clock[clock.index(after: sign)...]) else { return nil }
            offsetMinutes = clock[sign] == "+" ? zone : -zone
            clock = clock[..<sign]
        }
        guard let minutes = Self.minutes(clock) else { return nil }
        self.init(number: day.number * 1440 + minutes - offsetMinutes)
    }

    /// `01:30`, `01:30:59`, `0130` or `01` in minutes; 24:00 is the end of the day.
    private static func minutes(_ clock: Substring) -> Int? {
        var parts = clock.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1, parts[0].count == 4 {
            parts = [String(parts[0].prefix(2)), String(parts[0].suffix(2))]
        }
        guard (1...3).contains(parts.count), let hour = Int(parts[0]), (0...24).contains(hour) else {
            return nil
        }
        guard parts.count > 1 else { return hour * 60 }
        guard let minute = Int(parts[1]), (0...59).contains(minute) else { return nil }
        if parts.count == 3 {
            guard let second = Double(parts[2]), second >= 0, second < 61 else { return nil }
        }
        return hour * 60 + minute
    }
}
