/// The rows of some tables, sorted into series while they are read.
struct TableRows {
    /// One series: a station and a depth.
    struct Key: Hashable, Comparable {
        let station: Station.ID
        let depth: DepthRange

        static func < (a: Key, b: Key) -> Bool { (a.station, a.depth) < (b.station, b.depth) }
    }

    /// What was read of a series so far.
    struct Rows {
        let station: Station
        let source: String
        var observations: [Observation] = []
    }

    let mapping: ColumnMapping
    private(set) var series: [Key: Rows] = [:]
    var issues: [StationIssue] = []

    init(mapping: ColumnMapping) { self.mapping = mapping }

    /// Adds the rows of a table. Throws one line that says why it is no table of stations; rows that
    /// cannot be read are left out, and said in one line per kind of mistake.
    mutating func read(_ bytes: [UInt8], source: String) throws {
        guard var table = DelimitedText(bytes) else {
            throw StationError(source: source, problem: "is empty")
        }
        let columns = try RowReader(mapping: mapping, header: table.header, source: source)
        var mistakes: [(problem: String, line: Int, count: Int)] = []
        var rowCount = 0
        while let (line, fields) = table.next() {
            rowCount += 1
            switch columns.read(fields) {
            case .success(let row):
                let key = Key(station: row.station.id, depth: row.depth)
                if let known = series[key]?.station,
                    known.latitude != row.station.latitude || known.longitude != row.station.longitude
                {
                    note("\(row.station.id) is at another place than in its first row", line, in: &mistakes)
                }
                series[key, default: Rows(station: row.station, source: source)].observations
                    .append(row.observation)
            case .failure(let mistake): note("\(mistake.problem): row left out", line, in: &mistakes)
            }
        }
        guard rowCount > 0 else { throw StationError(source: source, problem: "has a header but no rows") }
        for mistake in mistakes {
            let more = mistake.count > 1 ? " (and \(mistake.count - 1) more rows)" : ""
            issues.append(
                StationIssue(
                    source: source, problem: "line \(mistake.line): \(mistake.problem)\(more)",
                    isSkipped: false))
        }
        if mistakes.reduce(0, { $0 + $1.count }) >= rowCount, let first = mistakes.first, series.isEmpty {
            throw StationError(source: source, problem: "no row can be read: \(first.problem)")
        }
    }

    private func note(
        _ problem: String, _ line: Int, in mistakes: inout [(problem: String, line: Int, count: Int)]
    ) {
        // A kind of mistake is told by its first words, without the value.
        let kind = problem.prefix { $0 != "'" }
        if let place = mistakes.firstIndex(where: { $0.problem.prefix { $0 != "'" } == kind }) {
            mistakes[place].count += 1
        } else {
            mistakes.append((problem, line, 1))
        }
    }
}
