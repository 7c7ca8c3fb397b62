import Forests
import Foundation
import Stations

extension EvaluationReport {
    /// Undefined figures are null, never 0.
    var json: [UInt8] {
        get throws {
            let data = try JSONSerialization.data(
                withJSONObject: content, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
            return Array(data) + [UInt8(ascii: "\n")]
        }
    }

    private var content: [String: Any] {
        var content: [String: Any] = [
            "experiment": experiment.text, "description": experiment.description, "source": input.source,
            "rows": table.rowCount, "held_out_rows": evaluation.held.count,
            "stations": table.samples.stations.count,
            "features": table.features.map(\.name), "target": table.target.name,
            "unit": table.target.unit, "settings": settingsText, "seeds": seeds.map { Int($0) },
            "warnings": evaluation.warnings, "notes": input.notes, "seconds": rounded(seconds),
            "pooled": Self.scores(sheets[0].pooled), "station_median": Self.scores(sheets[0].stationMedian),
            "splits": splitScores.map { split, scores -> [String: Any] in
                [
                    "name": split.name, "training_rows": split.trainingCount,
                    "test_rows": split.test.count, "scores": Self.scores(scores),
                ]
            },
            "per_station": stationLines, "importance": importanceLines,
        ]
        if seeds.count > 1 {
            content["over_seeds"] = [
                "pooled": overSeedsLine(\.pooled), "station_median": overSeedsLine(\.stationMedian),
            ]
        }
        if let classes {
            content["class_column"] = classes.column
            content["per_class"] = sheets[0].groups.map {
                ["class": $0.group, "scores": Self.scores($0.scores)] as [String: Any]
            }
        }
        if let grid { content["grid"] = grid.scores.map(gridLine) }
        if let comparison { content["comparison"] = comparisonLine(comparison) }
        return content
    }

    private var stationLines: [[String: Any]] {
        let places = places()
        return sheets[0].stations.map { station, scores in
            var line: [String: Any] = [
                "network": station.network, "station": station.name, "scores": Self.scores(scores),
            ]
            if let place = places[station] {
                line["latitude"] = place.sample.latitude
                line["longitude"] = place.sample.longitude
                if !place.group.isEmpty { line["class"] = place.group }
            }
            return line
        }
    }

    private var importanceLines: [[String: Any]] {
        let total = evaluation.importance.reduce(0) { $0 + max($1.r2Decrease?.mean ?? 0, 0) }
        return evaluation.importance.map { importance in
            var line: [String: Any] = [
                "feature": importance.feature, "impurity": rounded(importance.impurity),
            ]
            if let decrease = importance.r2Decrease, let increase = importance.squareErrorIncrease {
                line["r2_decrease"] = rounded(decrease.mean)
                line["r2_decrease_deviation"] = rounded(decrease.deviation)
                line["r2_decrease_share"] = total > 0 ? rounded(max(decrease.mean, 0) / total) : NSNull()
                line["square_error_increase"] = rounded(increase.mean)
                line["square_error_increase_deviation"] = rounded(increase.deviation)
            }
            return line
        }
    }

    private func gridLine(_ score: GridScore) -> [String: Any] {
        [
            "max_features": score.features, "min_samples_leaf": score.leaf, "folds": score.foldCount,
            "mean_rmse": rounded(score.meanRmse), "deviation": rounded(score.deviation),
            "pooled_rmse": rounded(score.pooledRmse),
        ]
    }

    private func comparisonLine(_ comparison: Comparison) -> [String: Any] {
        [
            "rows": comparison.rowCount, "dropped_rows": comparison.droppedCount,
            "products": comparison.entries.map { entry -> [String: Any] in
                [
                    "name": entry.name, "covariate": entry.covariate,
                    "pooled": Self.scores(entry.scores.pooled),
                    "station_median": Self.scores(entry.scores.stationMedian),
                    "per_station": entry.scores.stations.map {
                        ["station": "\($0.station)", "scores": Self.scores($0.scores)] as [String: Any]
                    },
                    "per_class": entry.scores.groups.map {
                        ["class": $0.group, "scores": Self.scores($0.scores)] as [String: Any]
                    },
                ]
            },
        ]
    }

    private func overSeedsLine(_ part: (ScoreSheet) -> Scores) -> [String: Any] {
        var line: [String: Any] = [:]
        for figure in Self.figures {
            let found = overSeeds { part($0)[keyPath: figure.path] }
            line[figure.key] =
                found.map { ["mean": rounded($0.mean), "deviation": rounded($0.deviation)] } ?? NSNull()
        }
        return line
    }

    private static func scores(_ scores: Scores) -> [String: Any] {
        var line: [String: Any] = ["count": scores.count]
        for figure in figures { line[figure.key] = scores[keyPath: figure.path].map(rounded) ?? NSNull() }
        return line
    }
}

/// Six digits of a figure are more than anybody believes; more would only make files long.
private func rounded(_ value: Double) -> Any {
    guard value.isFinite else { return NSNull() }
    return NSDecimalNumber(string: String(format: "%.6g", value))
}
