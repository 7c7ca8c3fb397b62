import Covariates
import Forests
import Foundation
import Stations
import Storage
import Tiling

/// The table that an evaluation divides, wherever it comes from.
struct EvaluationTable {
    /// All columns, those to compare with included.
    var wide: SampleTable
    /// The names of the predictors, in order.
    let predictors: [String]
    /// What is worth knowing about its making, one line each.
    var notes: [String] = []
    /// What it was read from.
    let source: String

    /// The predictors only.
    var table: SampleTable { get throws { try wide.choosing(predictors) } }

    /// Rows of plain tables.
    init(
        texts paths: [String], mapping: ColumnMapping, features: [SampleFeature], compared: [ComparedProduct],
        labels: [String], isPercent: Bool
    ) throws {
        func column(_ source: ColumnMapping.Source, _ key: String) throws -> String {
            guard case .column(let name) = source else {
                throw Failure.wrongUse("--columns: \(key) must be a column of the table")
            }
            return name
        }
        var columns = SampleColumns(
            station: mapping.station, latitude: try column(mapping.latitude, "latitude"),
            longitude: try column(mapping.longitude, "longitude"), time: try column(mapping.time, "time"),
            target: try column(mapping.value, "value"), features: features)
        columns.network = mapping.network
        columns.isPercent = isPercent || mapping.unit == .percent
        columns.missing.formUnion(mapping.missing)
        columns.labels = labels
        let names = features.map(\.name)
        var others: [String] = []
        for layer in compared.flatMap(\.layers)
        where !names.contains(layer.covariate) && !others.contains(layer.covariate) {
            others.append(layer.covariate)
        }
        columns.others = others.map { SampleFeature(name: $0, column: $0) }
        let found = try SampleText(paths: try Self.files(of: paths, named: mapping.station), columns: columns)
        wide = found.table
        predictors = names
        notes = found.issues.map(\.description)
        let first = URL(filePath: paths[0]).lastPathComponent
        source = paths.count > 1 ? "\(first) and \(paths.count - 1) more tables" : first
    }

    /// A table that `tilth train` left. Products to compare with are columns of it, too.
    init(samples path: String, predictors names: [String]?) throws {
        wide = try SampleTable(contentsOf: path)
        predictors = names ?? wide.features.map(\.name)
        source = URL(filePath: path).lastPathComponent
    }

    /// A layer of a product, whose rows were made as training makes them.
    init(_ made: Training.MadeLayer, compared: [ComparedProduct], depth: Double) throws {
        let features = made.rows.table.features.map(\.name)
        var others: [String] = []
        for name in compared.map({ $0.covariate(atDepth: depth) })
        where !features.contains(name) && !others.contains(name) { others.append(name) }
        if others.isEmpty {
            wide = made.rows.table
        } else if let covariates = made.covariates {
            wide = try made.rows.table.adding(
                covariates: others, reader: CovariateReader(plan: covariates.plan, run: covariates.run))
        } else {
            throw Failure.wrongUse(
                "--compare \(others[0]): features come from tables here: leave --table-features out")
        }
        predictors = features
        notes = (made.targets.issues + made.rows.issues).map(\.description)
        if !made.rows.counts.dropped.isEmpty { notes.append("days left out: \(made.rows.counts.summary)") }
        source = "layer \(made.layer.name)"
    }

    /// A folder stands for the tables in it: where names hold the stations, those with such names.
    private static func files(of paths: [String], named station: ColumnMapping.Source) throws -> [String] {
        try paths.flatMap { path -> [String] in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
            else { return [path] }
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            return names.filter { name in
                guard case .fileName(let pattern) = station else {
                    return name.lowercased().hasSuffix(".csv")
                }
                let ends = pattern.components(separatedBy: "{}")
                return name.hasPrefix(ends[0]) && name.hasSuffix(ends[ends.count - 1])
            }.sorted().map { "\(path)/\($0)" }
        }
    }
}
