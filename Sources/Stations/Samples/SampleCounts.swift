/// What became of the days that stations have: kept as rows, or dropped for a reason that counts.
public struct SampleCounts: Hashable, Codable, Sendable {
    /// Days with a value, of all stations.
    public var stationDays = 0
    /// Rows that were kept.
    public var rows = 0
    /// Stations (or cells) with at least one row.
    public var stations = 0
    /// Rows that were dropped, by reason.
    public var dropped: [String: Int] = [:]

    public init() {}

    mutating func drop(_ reason: String, count: Int = 1) {
        if count > 0 { dropped[reason, default: 0] += count }
    }

    /// The reasons, the most frequent first: `api missing: 120; rain, api missing: 3`.
    public var summary: String {
        dropped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key): \($0.value)" }
            .joined(separator: "; ")
    }
}
