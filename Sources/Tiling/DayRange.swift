/// A closed run of days, never empty.
public struct DayRange: Hashable, Sendable {
    public let first: Day
    public let last: Day

    public init(_ first: Day, through last: Day) {
        precondition(first <= last, "a day range runs forward")
        self.first = first
        self.last = last
    }

    /// Reads `2016-01-01..2016-12-31`, or a single day; nil when the text is neither, or runs backward.
    public init?(_ text: some StringProtocol) {
        let parts = String(text).components(separatedBy: "..")
        guard parts.count <= 2, let first = Day(parts[0]), let last = Day(parts[parts.count - 1]),
            first <= last
        else { return nil }
        self.init(first, through: last)
    }

    public var count: Int { last - first + 1 }
    public func contains(_ day: Day) -> Bool { first <= day && day <= last }
    public func overlaps(_ other: DayRange) -> Bool { first <= other.last && other.first <= last }

    /// The days in both, nil when there are none.
    public func intersection(_ other: DayRange) -> DayRange? {
        overlaps(other) ? DayRange(Swift.max(first, other.first), through: Swift.min(last, other.last)) : nil
    }

    /// The range with `before` more days in front and `after` more behind.
    public func extended(before: Int, after: Int) -> DayRange {
        DayRange(first - before, through: last + after)
    }
}

extension DayRange {
    /// Days, ascending, as few runs as possible.
    public static func runs(of days: some Sequence<Day>) -> [DayRange] {
        var runs: [DayRange] = []
        for day in days {
            if let last = runs.last, last.last + 1 == day {
                runs[runs.count - 1] = DayRange(last.first, through: day)
            } else {
                runs.append(DayRange(day, through: day))
            }
        }
        return runs
    }
}

extension DayRange: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }
    public subscript(position: Int) -> Day { first + position }
}

extension DayRange: CustomStringConvertible, Codable {
    public var description: String { first == last ? first.iso : "\(first.iso)..\(last.iso)" }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let range = DayRange(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a range of days"))
        }
        self = range
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension String {
    /// The parts between `separator`, without Foundation.
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
