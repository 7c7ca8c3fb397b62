import Forests
import Foundation
import Stations
import Tiling

extension EvaluationPage {
    static func heads(_ first: String, count: String, more: [String] = []) -> [ReportTable.Cell] {
        [.text(first)] + more.map { .text($0) } + [.number(count)]
            + EvaluationReport.figures.map { .number($0.name) }
    }

    func line(_ name: String, _ scores: Scores, more: [String] = []) -> [ReportTable.Cell] {
        [.text(name)] + more.map { .text($0) } + [.number(grouped(scores.count))]
            + EvaluationReport.figures.map { .number(number(scores[keyPath: $0.path], $0.key)) }
    }

    func seedLine(_ name: String, _ part: (ScoreSheet) -> Scores) -> [ReportTable.Cell] {
        [.text(name), .number("")]
            + EvaluationReport.figures.map { figure in
                let found = report.overSeeds { part($0)[keyPath: figure.path] }
                return .number(
                    found.map {
                        "\(number($0.mean, figure.key)) ± \(number($0.deviation, figure.key))"
                    } ?? "–")
            }
    }

    /// Three digits for correlations, four for soil moisture.
    func number(_ value: Double?, _ figure: String) -> String {
        decimal(value, digits: ["r", "r2"].contains(figure) ? 3 : 4)
    }

    var stationTable: String {
        let places = report.places()
        let hasClass = report.classes != nil
        return ReportTable(
            heads: Self.heads("station", count: "n", more: hasClass ? ["class"] : []),
            rows: report.sheets[0].stations.map { station, scores in
                line(
                    station.description, scores, more: hasClass ? [places[station]?.group ?? ""] : [])
            }
        ).html
    }

    var classes: String {
        guard let classes = report.classes else { return "" }
        return ReportTable(
            heads: Self.heads(classes.column, count: "n"),
            rows: report.sheets[0].groups.map { line($0.group, $0.scores) }
        ).html
    }

    var notes: String {
        guard !report.input.notes.isEmpty else { return "" }
        return "<ul>" + report.input.notes.map { "<li>\(ReportPage.escaped($0))</li>" }.joined() + "</ul>"
    }

    // MARK: other products

    var comparison: String {
        guard let comparison = report.comparison else { return "" }
        func name(_ entry: Comparison.Entry) -> String {
            entry.covariate.isEmpty || entry.covariate == entry.name
                ? entry.name : "\(entry.name) (\(entry.covariate))"
        }
        let pooled = ReportTable(
            heads: Self.heads("pooled", count: "n"),
            rows: comparison.entries.map { line(name($0), $0.scores.pooled) }, strongRows: [0])
        let median = ReportTable(
            heads: Self.heads("median of stations", count: "stations"),
            rows: comparison.entries.map { line(name($0), $0.scores.stationMedian) }, strongRows: [0])
        let boxes = EvaluationReport.figures.filter { ["ubrmse", "bias", "r"].contains($0.key) }.map {
            figure in
            BoxChart(
                groups: comparison.entries.map { entry in
                    .init(
                        name: entry.name,
                        values: entry.scores.stations.compactMap { $0.scores[keyPath: figure.path] })
                }, label: figure.name, reference: figure.key == "bias" ? 0 : nil, width: 230
            ).svg
        }
        return pooled.html + median.html + ReportPage.row(boxes)
    }

    var comparisonNote: String {
        guard let comparison = report.comparison else { return "" }
        let dropped =
            comparison.droppedCount > 0
            ? " \(grouped(comparison.droppedCount)) held-out rows lack some product and are left out." : ""
        return "All are scored on the same \(grouped(comparison.rowCount)) rows: the same stations and days, "
            + "each product in its nearest cell and the layer of this depth.\(dropped) Products were not "
            + "fitted to these stations; the forest was, to others or to other days."
    }

    // MARK: the grid of settings

    var grid: String {
        guard let (grid, scores) = report.grid, !scores.isEmpty else { return "" }
        let all = scores.map(\.meanRmse)
        let (low, high) = (all.min() ?? 0, all.max() ?? 1)
        let rows = grid.featureCounts.map { features -> [ReportTable.Cell] in
            [.number("\(features)")]
                + grid.leafRows.map { leaf in
                    guard let cell = scores.first(where: { $0.features == features && $0.leaf == leaf })
                    else { return .number("–") }
                    return .shaded(
                        String(format: "%.5f", cell.meanRmse),
                        high > low ? (cell.meanRmse - low) / (high - low) : 0, isBest: cell.meanRmse == low)
                }
        }
        return ReportTable(
            heads: [.number("features a split")] + grid.leafRows.map { .number("leaf \($0)") }, rows: rows
        ).html
    }

    var gridNote: String {
        guard let (_, scores) = report.grid, let best = scores.min(by: { $0.meanRmse < $1.meanRmse }) else {
            return ""
        }
        guard best.foldCount > 1 else {
            return String(
                format:
                    "RMSE of the held-out rows; darker is worse. The best, in bold, is %d features a split "
                    + "and leaves of %d rows: %.5f. One test says little about small differences.",
                best.features, best.leaf, best.meanRmse)
        }
        return String(
            format: "RMSE, mean of %d folds; darker is worse. The best, in bold, is %d features a split and "
                + "leaves of %d rows: %.5f ± %.5f between folds. Cells that differ by less are as good.",
            best.foldCount, best.features, best.leaf, best.meanRmse, best.deviation)
    }

    // MARK: time series

    /// The stations with the smallest, middle and largest ubRMSE among those with many held-out days.
    private var chosen: [(station: Station.ID, scores: Scores)] {
        let all = report.sheets[0].stations.filter { $0.scores.ubrmse != nil }
        let long = all.filter { $0.scores.count >= 60 }
        let ordered = (long.isEmpty ? all : long).sorted { ($0.scores.ubrmse ?? 0) < ($1.scores.ubrmse ?? 0) }
        guard ordered.count > 4 else { return ordered }
        return [0, ordered.count / 3, ordered.count * 2 / 3, ordered.count - 1].map { ordered[$0] }
    }

    var seriesNote: String {
        chosen.isEmpty
            ? ""
            : "Held-out days of the stations with the smallest, two middling and the largest ubRMSE."
    }

    var series: String {
        let rows = Dictionary(grouping: report.evaluation.held.indices) {
            report.table.samples.station(of: report.evaluation.held[$0].row)
        }
        return chosen.map { station, scores in
            let own = (rows[station] ?? []).sorted { day($0) < day($1) }
            var lines: [SeriesChart.Line] = [
                .init(
                    name: "observed", values: own.map { (day($0), Double(observed($0))) }, isDots: true),
                .init(name: "forest", values: own.map { (day($0), report.evaluation.predictions[0][$0]) }),
            ]
            for entry in report.comparison?.entries.dropFirst() ?? [] {
                guard let values = try? report.input.wide.values(of: entry.covariate) else { continue }
                lines.append(
                    .init(
                        name: entry.name,
                        values: own.map { (day($0), Double(values[report.evaluation.held[$0].row])) }))
            }
            return SeriesChart(
                lines: lines, unit: report.table.target.unit,
                title: "\(station): ubRMSE \(number(scores.ubrmse, "")), R \(number(scores.r, "r")), "
                    + "Bias \(number(scores.bias, ""))"
            ).svg
        }.joined(separator: "\n")
    }

    private func day(_ held: Int) -> Day {
        report.table.samples.day(of: report.evaluation.held[held].row)
    }
    private func observed(_ held: Int) -> Float {
        report.table.targetValues[report.evaluation.held[held].row]
    }
}
