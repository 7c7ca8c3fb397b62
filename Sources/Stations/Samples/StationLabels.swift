import Foundation

/// What a table of sites says of each station: a row per station, a word per column.
public struct StationLabels: Sendable {
    /// The columns, that of the station's name left out.
    public let columns: [String]
    /// By column, then by the station's name.
    public let words: [String: [String: String]]
    private let path: String

    /// Throws one line when the table has no such column, no rows, or a station twice with different words.
    public init(path: String, stationColumn: String) throws {
        func refusal(_ problem: String) -> StationError { StationError(source: path, problem: problem) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw refusal("does not exist or cannot be read: check the path")
        }
        guard var table = DelimitedText([UInt8](data)) else { throw refusal("is empty") }
        let header = table.header
        guard let station = header.firstIndex(of: stationColumn) else {
            throw refusal("has no column '\(stationColumn)'; it has \(header.joined(separator: ", "))")
        }
        var words: [String: [String: String]] = [:]
        while let (line, fields) = table.next() {
            guard fields.count >= header.count else { throw refusal("line \(line) has too few fields") }
            let name = fields[station].trimmed
            for (column, field) in zip(header, fields) where column != stationColumn {
                let word = field.trimmed
                if let other = words[column]?[name], other != word {
                    throw refusal(
                        "line \(line): the \(column) of station \(name) is '\(other)' and '\(word)'")
                }
                words[column, default: [:]][name] = word
            }
        }
        guard !words.isEmpty else { throw refusal("has a header but no rows") }
        self.path = path
        self.words = words
        columns = header.filter { $0 != stationColumn }
    }

    /// The table with a column of words for each column here. Throws one line when none of the stations is
    /// named here.
    public func labelling(_ table: SampleTable) throws -> SampleTable {
        let stations = Set(table.samples.stations)
        let known = Set(words.values.flatMap(\.keys))
        guard stations.contains(where: { known.contains($0.name) }) else {
            throw StationError(
                source: path,
                problem: "names none of the \(stations.count) stations, of which one is"
                    + " \(stations.min()?.description ?? ""): which column holds their names?")
        }
        let byStation = words.mapValues { words in
            Dictionary(
                stations.compactMap { station in words[station.name].map { (station, $0) } },
                uniquingKeysWith: { first, _ in first })
        }
        return try table.adding(labels: byStation)
    }

    /// Words of a column that no sample has: a fold without rows.
    public func unused(_ column: String, in table: SampleTable) -> [String] {
        let used = Set(table.labels[column]?.distinct ?? [])
        return Set(words[column]?.values.map { $0 } ?? []).subtracting(used).sorted()
    }
}
