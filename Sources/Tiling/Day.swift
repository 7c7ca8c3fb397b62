/// A UTC calendar day: a plain count of days since 1970-01-01 inside, ISO 8601 outside.
public struct Day: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01, negative before it.
    public let number: Int

    public init(number: Int) { self.number = number }

    /// The day of a proleptic Gregorian date, or nil when there is no such date.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Day.dayCount(year: year, month: month) else {
            return nil
        }
        self.number = Day.number(year: year, month: month, day: day)
    }

    /// Reads `2016-02-05`; nil when the text is not a date.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The n-th day of a year, 1 for January 1st; nil outside the year.
    public init?(year: Int, dayOfYear: Int) {
        guard dayOfYear >= 1, dayOfYear <= Day.dayCount(year: year) else { return nil }
        self.number = Day.number(year: year, month: 1, day: 1) + dayOfYear - 1
    }

    public static func < (a: Day, b: Day) -> Bool { a.number < b.number }
    public static func + (day: Day, count: Int) -> Day { Day(number: day.number + count) }
    public static func - (day: Day, count: Int) -> Day { Day(number: day.number - count) }
    /// The number of days from `b` to `a`.
    public static func - (a: Day, b: Day) -> Int { a.number - b.number }

    /// Year, month 1…12 and day of the month 1…31.
    public var date: (year: Int, month: Int, day: Int) {
        // Days are counted from March 1st of year 0, so that the leap day is the last day of a counted year.
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfMarchYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfMarchYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfMarchYear - (153 * marchMonth + 2) / 5 + 1)
    }

    public var year: Int { date.year }
    public var month: Int { date.month }
    /// 1 for January 1st, 366 for December 31st of a leap year.
    public var dayOfYear: Int { number - Day.number(year: year, month: 1, day: 1) + 1 }

    /// `2016-02-05`.
    public var iso: String {
        let (year, month, day) = date
        return "\(zeroPadded(year, 4))-\(zeroPadded(month, 2))-\(zeroPadded(day, 2))"
    }

    /// `20160205`, as file names carry it.
    public var compact: String { iso.filter { $0 != "-" } }

    public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    public static func dayCount(year: Int) -> Int { isLeap(year) ? 366 : 365 }
    public static func dayCount(year: Int, month: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    private static func number(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfMarchYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfMarchYear - 719_468
    }
}

extension Day: CustomStringConvertible, Codable {
    public var description: String { iso }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let day = Day(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a date"))
        }
        self = day
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(iso)
    }
}

/// `7` with width 3 is `007`.
package func zeroPadded(_ value: Int, _ width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
