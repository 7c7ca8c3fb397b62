import Foundation

/// Everything that a user names as stations: ISMN archives (folders, zip archives), and plain tables.
public struct StationInputs: Sendable {
    private enum Input: Sendable {
        case archive(StationArchive)
        case tables([String])
    }

    private let inputs: [Input]
    private let mapping: ColumnMapping?
    private let isPercent: Bool

    /// Lists what is there; series are read by `forEachStation`. A folder without a zip archive or ISMN file
    /// is one of tables, which need a mapping. With `isPercent` soil moisture is divided by 100.
    public init(paths: [String], mapping: ColumnMapping? = nil, isPercent: Bool = false) throws {
        var mapping = mapping
        if isPercent { mapping?.unit = .percent }
        var inputs: [Input] = []
        for path in paths {
            let tables = Self.tables(at: path)
            guard !tables.isEmpty else {
                let archive = try StationArchive(path: path)
                guard !archive.stations.isEmpty else {
                    let first = archive.issues.first.map { ": \($0)" } ?? ""
                    throw StationError(
                        source: path,
                        problem: "has neither files of the ISMN (.stm) nor tables (.csv) in it\(first)")
                }
                inputs.append(.archive(archive))
                continue
            }
            guard mapping != nil else {
                throw StationError(
                    source: path,
                    problem: "is a table: say what its columns are (--columns station=...,latitude=...)")
            }
            inputs.append(.tables(tables))
        }
        self.inputs = inputs
        self.mapping = mapping
        self.isPercent = isPercent
    }

    /// All files of tables, in their order.
    public var tablePaths: [String] {
        inputs.flatMap { input -> [String] in
            guard case .tables(let paths) = input else { return [] }
            return paths
        }
    }

    /// How many stations there are to read, as far as names tell.
    public var stationCount: Int {
        inputs.reduce(0) { count, input in
            switch input {
            case .archive(let archive): count + archive.stations.count
            case .tables(let paths): count + paths.count
            }
        }
    }

    /// Hands out all series of a station at a time: soil moisture and what quality control asks for. What
    /// cannot be read is left out, and named in what is returned.
    public func forEachStation(_ body: ([Series]) throws -> Void) throws -> [StationIssue] {
        var issues: [StationIssue] = []
        var seen: [Station.ID: String] = [:]
        func hand(_ series: [Series], from place: String) throws {
            guard let station = series.first?.station.id else { return }
            if let other = seen[station] {
                let again = other == place ? "is there twice" : "was in \(other) already"
                issues.append(
                    StationIssue(
                        source: place, problem: "\(station) \(again): the first one counts",
                        isSkipped: true))
                return
            }
            seen[station] = place
            try body(series)
        }
        for input in inputs {
            switch input {
            case .archive(let archive):
                issues += try archive.forEachStation(
                    quantities: [.soilMoisture, .soilTemperature, .airTemperature, .precipitation],
                    soilMoistureIsPercent: isPercent
                ) { try hand($0, from: archive.path) }
            case .tables(let paths):
                guard let mapping else { continue }
                let table = try StationTable(paths: paths, mapping: mapping)
                issues += table.issues
                let groups = Dictionary(grouping: table.series, by: \.station.id)
                for (_, series) in groups.sorted(by: { $0.key < $1.key }) {
                    try hand(series, from: series[0].source)
                }
            }
        }
        return issues
    }

    /// A table itself, or the tables of a folder that is no archive.
    private static func tables(at path: String) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return isTable(path) ? [path] : [] }
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        guard !names.contains(where: { $0.hasSuffix(".stm") || $0.lowercased().hasSuffix(".zip") }) else {
            return []
        }
        return names.filter(isTable).sorted().map { "\(path)/\($0)" }
    }

    private static func isTable(_ path: String) -> Bool {
        [".csv", ".txt", ".tsv"].contains { path.lowercased().hasSuffix($0) }
    }
}
