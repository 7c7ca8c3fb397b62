import Forests
import Foundation
import Stations
import Tiling

/// What a training did, for machines: counts, settings, scores. The page shows the same to people.
struct TrainingReport: Encodable {
    struct Stations: Encodable {
        let read: Int
        let used: Int
        let sensors: Int
        let sensorsInNoLayer: Int
        /// Values with each flag before any was removed, of all layers.
        let flags: [String: Int]
        let removedFlags: String
    }

    struct Target: Encodable {
        let name: String
        let unit: String
        let minimum: Float
        let maximum: Float
        let mean: Double
    }

    struct Feature: Encodable {
        let name: String
        let unit: String
        let rules: String?
        let splits: Int
        /// Share of the variance that its splits explain; see `ImpurityImportance`.
        let importance: Double
    }

    struct Score: Encodable {
        let rows: Int
        let rmse: Double
        let r2: Double?
    }

    struct Growing: Encodable {
        let trees: Int
        let leaves: Int
        let featuresPerSplit: String
        let minimumLeafRows: Int
        let seed: UInt64
        let seconds: Double
    }

    let product: String
    let layer: String
    let forest: String
    let digest: String
    let table: String
    let days: String
    let stations: Stations
    let samples: SampleCounts
    let target: Target
    let features: [Feature]
    let growing: Growing
    /// Nil where it was not asked for, or where every tree learned from every row. Neighbouring days of a
    /// station are alike, so it is better than what unseen stations or years get: see `tilth evaluate`.
    let outOfBag: Score?
    let issues: [String]
    let seconds: Double

    init(
        layer trained: TrainedLayer, forest: Forest, grown: GrownForest, samples path: String,
        growSeconds: Double, wholeSeconds: Double
    ) {
        let (rows, made) = (trained.rows, trained.made)
        let values = rows.table.targetValues
        product = trained.product.name
        layer = trained.layer.name
        self.forest = trained.path
        digest = forest.digest
        table = path
        days = trained.days.description
        stations = Stations(
            read: made.stationCount, used: rows.counts.stations, sensors: made.sensorCount,
            sensorsInNoLayer: made.sensorsInNoLayer, flags: made.flagCounts,
            removedFlags: trained.command.stations.removeFlags)
        samples = rows.counts
        target = Target(
            name: rows.table.target.name, unit: rows.table.target.unit, minimum: values.min() ?? .nan,
            maximum: values.max() ?? .nan,
            mean: values.reduce(0) { $0 + Double($1) } / Double(max(values.count, 1)))
        let splits = ForestSummary(forest).splitCountOfFeature
        features = forest.features.enumerated().map { number, feature in
            Feature(
                name: feature.name, unit: feature.unit, rules: forest.derivations[feature.name],
                splits: splits[number], importance: grown.importance[number])
        }
        growing = Growing(
            trees: forest.treeCount, leaves: forest.leafCount,
            featuresPerSplit: forest.provenance["features-per-split"] ?? "",
            minimumLeafRows: trained.settings.minimumLeafRows, seed: trained.settings.seed,
            seconds: growSeconds)
        outOfBag = grown.outOfBag.map {
            Score(
                rows: $0.rowCount, rmse: $0.rootMeanSquareError,
                r2: $0.determination.isNaN ? nil : $0.determination)
        }
        issues = (made.issues + rows.issues).map(\.description)
        seconds = wholeSeconds
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    /// What a person wants to know at once.
    var summary: String {
        var lines = [
            "\(layer): \(grouped(samples.rows)) rows of \(stations.used) stations (\(stations.read) read)"
        ]
        if !samples.dropped.isEmpty { lines.append("  dropped    \(samples.summary)") }
        lines.append(
            "  target     \(target.minimum) to \(target.maximum), mean "
                + String(format: "%.4f", target.mean) + " \(target.unit)")
        if let outOfBag {
            let r2 = outOfBag.r2.map { String(format: ", R2 %.4f", $0) } ?? ""
            lines.append(
                String(format: "  out of bag RMSE %.4f", outOfBag.rmse)
                    + r2 + " (neighbouring days help: `tilth evaluate` says what unseen stations get)")
        }
        lines.append("  forest     \(forest) (\(growing.trees) trees, \(grouped(growing.leaves)) leaves)")
        lines.append("  rows       \(table)")
        lines.append("  report     \(table.replacing(".samples.nc", with: ".train.html")) (and .json)")
        return lines.joined(separator: "\n")
    }
}
