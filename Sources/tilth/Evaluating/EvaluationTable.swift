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

    /// Rows of plain tables, made as training makes them, without a product.
    init(
        texts paths: [String], features text: String, compared: [ComparedProduct], labels: [String],
        stations: StationOptions, progress: ProgressLine
    ) throws {
        var features = try TableFeatures(text: text, source: "--features")
        let names = features.features.map(\.name)
        for layer in compared.flatMap(\.layers)
        where !(names + features.others.map(\.name)).contains(layer.covariate) {
            features.others.append(TableFeature(name: layer.covariate, column: layer.covariate))
        }
        features.labels = labels
        let inputs = try StationInputs(paths: paths, mapping: stations.mapping(), isPercent: stations.percent)
        guard let mapping = try stations.mapping(), !inputs.tablePaths.isEmpty, let grid = Self.grid else {
            throw Failure.wrongUse(
                "\(paths[0]): is no table: give a product, and stations with --stations")
        }
        let layer = Layer(name: "table", model: "", features: names)
        let made = try TargetMaking(
            grid: grid, layers: [layer], making: try stations.making(), joinsCells: stations.joinsCells
        ).targets(from: inputs) { progress.show("reading stations \($0) of \(inputs.stationCount)") }
        progress.note(made.issues)
        let targets = made.targets[layer.name] ?? []
        guard let days = targets.span() else {
            throw Failure.wrongUse("\(paths[0]): no station has a value of soil moisture")
        }
        let found = try features.table(
            of: targets, days: days, paths: inputs.tablePaths, mapping: mapping,
            target: Forest.Feature(name: "soil_moisture", unit: "m3 m-3"))
        guard found.counts.rows > 0 else {
            throw Failure.wrongUse(
                "\(paths[0]): no row is left of \(found.counts.stationDays) station days: "
                    + found.counts.summary)
        }
        wide = found.table
        predictors = names
        notes = made.issues.map(\.description)
        if !found.counts.dropped.isEmpty { notes.append("days left out: \(found.counts.summary)") }
        let first = URL(filePath: paths[0]).lastPathComponent
        source = paths.count > 1 ? "\(first) and \(paths.count - 1) more tables" : first
    }

    /// Stations in one pixel of it count as sharing a place.
    private static var grid: Grid? { Grid.presets["global-30arcsec"] }

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
}
