import Foundation

/// Folds that a table fixes: a row per station.
public struct FoldTable: Sendable {
    /// By the station's name.
    public let folds: [String: String]

    /// Throws one line when the table has no such columns, no rows, or gives a station two folds.
    public init(path: String, stationColumn: String, foldColumn: String) throws {
        func refusal(_ problem: String) -> StationError { StationError(source: path, problem: problem) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw refusal("does not exist or cannot be read: check the path")
        }
        guard var table = DelimitedText([UInt8](data)) else { throw refusal("is empty") }
        guard let station = table.header.firstIndex(of: stationColumn),
            let fold = table.header.firstIndex(of: foldColumn)
        else {
            throw refusal(
                "has no column '\(stationColumn)' or '\(foldColumn)'; it has "
                    + table.header.joined(separator: ", ")
            )
        }
        var folds: [String: String] = [:]
        while let (line, fields) = table.next() {
            guard fields.count > max(station, fold) else { throw refusal("line \(line) has too few fields") }
            let (name, value) = (fields[station].trimmed, fields[fold].trimmed)
            if let other = folds[name], other != value {
                throw refusal("line \(line): station \(name) is in fold \(other) and in fold \(value)")
            }
            folds[name] = value
        }
        guard !folds.isEmpty else { throw refusal("has a header but no rows") }
        self.folds = folds
    }

    /// The experiment that tests these folds in turn.
    public func experiment(of stations: some Sequence<Station.ID>) -> Experiment {
        var assigned: [Station.ID: String] = [:]
        for station in stations { assigned[station] = folds[station.name] }
        return .fixedFolds(assigned)
    }
}
