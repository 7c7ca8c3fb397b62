import Forests
import Foundation
import Stations
import Storage
import Tiling

/// One layer from its rows to files: forest, rows, report, page.
struct TrainedLayer {
    let layer: Layer
    let product: Product
    let settings: GrowingSettings
    let made: TargetMaking.Result
    let rows: TrainingRows
    /// Of the forest.
    let path: String
    let days: DayRange
    let command: Train

    private var table: SampleTable { rows.table }

    /// The same name with another ending.
    private func beside(_ ending: String) -> String {
        (path.hasSuffix(".forest") ? String(path.dropLast(".forest".count)) : path) + ending
    }

    /// Grows the forest and writes everything.
    func grow(startedAt start: ContinuousClock.Instant, progress: ProgressLine) throws -> TrainingReport {
        let samples = beside(".samples.nc")
        try table.write(
            to: samples, attributes: ["title": "Samples of \(product.name), \(layer.name)", "source": source])
        progress.say(
            "layer \(layer.name): growing \(settings.treeCount) trees on \(grouped(table.rowCount)) rows")
        let begun = ContinuousClock.now
        let grown: GrownForest
        do {
            grown = try ForestGrower(settings).grow(table.whole)
        } catch let error as GrowingError {
            throw Failure.wrongUse("layer \(layer.name): \(error) (its rows are in \(samples))")
        }
        let seconds = begun.duration(to: .now) / .seconds(1)
        var builder = grown.builder
        builder.provenance.merge(provenance) { $1 }
        builder.derivations = derivations
        try DurableFile.write(builder.serialized(), to: path)
        let forest = try Forest(contentsOf: path)
        try ForestMatch(layer: layer, product: product, path: path).check(forest)
        let report = TrainingReport(
            layer: self, forest: forest, grown: grown, samples: samples, growSeconds: seconds,
            wholeSeconds: start.duration(to: .now) / .seconds(1))
        try DurableFile.write(report.json, to: beside(".train.json"))
        let page = TrainingPage(report: report, table: table, predictions: grown.outOfBagPredictions)
        try DurableFile.write(page.html, to: beside(".train.html"))
        return report
    }

    private var source: String {
        "tilth \(Tilth.version), \(command.stations.stations.joined(separator: " "))"
    }

    private var provenance: [String: String] {
        let stations = table.samples.stations.count
        var facts = [
            "product": product.name, "layer": layer.name,
            "samples": "\(table.rowCount) days of \(stations) stations",
            "days": table.samples.span.map { "\($0.first)..\($0.last)" } ?? "",
            "stations": command.stations.stations.map { URL(filePath: $0).lastPathComponent }
                .joined(separator: " "),
            "removed-flags": command.stations.removeFlags,
            "software": "tilth \(Tilth.version)",
        ]
        if let depth = layer.depth { facts["depth"] = "\(depth[0])-\(depth[1]) m" }
        if let fill = command.stations.fillText { facts["filled"] = fill }
        if command.stations.joinsCells { facts["cells"] = "mean of the stations in a pixel" }
        if let reference = try? command.samples.reference(of: layer) {
            facts["matched-to"] = reference.covariate
        }
        if let columns = command.tableFeatures {
            facts["features-from"] = "columns of the stations' tables: \(columns)"
        }
        return facts
    }

    /// Features that came from tables were not made by the product's rules, so nothing is said of them.
    private var derivations: [String: String] {
        guard command.tableFeatures == nil else { return [:] }
        return Dictionary(
            layer.features.compactMap { name in
                product.covariate(named: name).map { (name, $0.rulesText) }
            }, uniquingKeysWith: { first, _ in first })
    }
}
