import Foundation

/// Plain tables of station data, a row per value, read by a mapping of their columns.
///
/// Rows may come in any order and several stations and depths may share a file, or one station several files.
/// A file that cannot be read is named in `issues` and left out.
public struct StationTable: Sendable {
    /// By station and depth, in that order.
    public let series: [Series]
    public let issues: [StationIssue]

    /// Throws when none of the files gives a value.
    public init(paths: [String], mapping: ColumnMapping) throws {
        var found = TableRows(mapping: mapping)
        for path in paths {
            do {
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw StationError(
                        source: path, problem: "does not exist or cannot be read: check the path")
                }
                try found.read([UInt8](data), source: path)
            } catch let error as StationError {
                found.issues.append(
                    StationIssue(source: error.source, problem: error.problem, isSkipped: true))
            }
        }
        self.init(found)
        guard !series.isEmpty else {
            throw StationError(
                source: paths.first ?? "station table",
                problem: issues.first.map { first in
                    let place = first.source == paths.first ? "" : "\(first.source): "
                    return "gives no station: \(place)\(first.problem)"
                } ?? "no file was named")
        }
    }

    /// Reads one table in memory; `source` names it in messages.
    init(_ bytes: [UInt8], source: String, mapping: ColumnMapping) throws {
        var found = TableRows(mapping: mapping)
        try found.read(bytes, source: source)
        self.init(found)
    }

    private init(_ found: TableRows) {
        var issues = found.issues
        var series: [Series] = []
        for (key, rows) in found.series.sorted(by: { $0.key < $1.key }) {
            do {
                if found.mapping.quantity == .soilMoisture,
                    let issue = try Series.checkUnit(
                        of: rows.observations, source: rows.source, station: key.station)
                {
                    issues.append(issue)
                }
                let made = Series(
                    station: rows.station, quantity: found.mapping.quantity, depth: key.depth, sensor: "",
                    source: rows.source, observations: rows.observations)
                issues += made.issues
                series.append(made)
            } catch {
                let error = error as? StationError
                issues.append(
                    StationIssue(
                        source: error?.source ?? rows.source, problem: error?.problem ?? "cannot be read",
                        isSkipped: true))
            }
        }
        let stations = Set(series.map(\.station.id))
        if let only = stations.first, stations.count == 1 {
            issues.append(
                StationIssue(
                    source: series[0].source,
                    problem: "holds one station only, \(only): it can be tested in time, but not in space",
                    isSkipped: false))
        }
        self.series = series
        self.issues = issues
    }
}
