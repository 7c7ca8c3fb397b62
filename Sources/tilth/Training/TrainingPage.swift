import Forests
import Foundation
import Stations
import Tiling

/// What a training did, for people: one HTML file that needs no other.
struct TrainingPage {
    let report: TrainingReport
    let table: SampleTable
    /// Out of bag, by row; empty where no score was asked for.
    let predictions: [Double]

    private var unit: String { table.target.unit }

    var html: String {
        ReportPage(
            title: "Training of \(report.product), \(report.layer)", warnings: warnings,
            body: [
                ReportPage.chapter("Summary", summary),
                ReportPage.chapter(
                    "How it fits", fit,
                    note:
                        "Each row predicted by the trees that did not learn from it. Days beside it, of the "
                        + "same station, were learned from, so this is not what a map is worth at places or "
                        + "in years without stations: `tilth evaluate` says that."),
                ReportPage.chapter("Stations", stationTable),
                ReportPage.chapter("Time series", series, note: seriesNote),
                ReportPage.chapter(
                    "What the forest looks at", importance,
                    note: "Share of the explained variance by the splits of each feature. Features that "
                        + "say the same share it, and those with many different values get more."),
                ReportPage.chapter("Days that are no rows", dropped),
                ReportPage.chapter("Notes", notes),
            ].joined()
        ).html
    }

    private var warnings: [String] {
        var found: [String] = []
        if report.samples.stations == 1 {
            found.append("All rows are of one station: nothing is known about other places.")
        }
        let skipped = report.issues.filter { $0.hasSuffix(": skipped") }
        found += skipped.prefix(3)
        if skipped.count > 3 {
            found.append("And \(skipped.count - 3) more files, sensors or stations left out: see Notes.")
        }
        let share = Double(report.samples.rows) / Double(max(report.samples.stationDays, 1))
        if share < 0.5 {
            found.append(
                String(format: "Only %.0f %% of the station days became rows: see below why.", 100 * share))
        }
        return found
    }

    /// Sensors that nobody learned from.
    private var sensorText: String {
        let count = report.stations.sensorsInNoLayer
        guard count > 0 else { return "" }
        return "; \(count) of \(report.stations.sensors) sensors lie at depths of no layer that was asked for"
    }

    private var summary: String {
        let target = report.target
        let growing = report.growing
        var rows: [(String, String)] = [
            (
                "rows",
                "\(grouped(report.samples.rows)) of \(grouped(report.samples.stationDays)) station days"
            ),
            ("stations", "\(report.samples.stations) of \(report.stations.read) read\(sensorText)"),
            (
                "target",
                String(
                    format: "%.3f to %.3f, mean %.3f %@", target.minimum, target.maximum, target.mean,
                    target.unit)
            ),
            ("days", report.days),
            (
                "forest",
                "\(growing.trees) trees, \(grouped(growing.leaves)) leaves, \(growing.featuresPerSplit) "
                    + "features a split, at least \(growing.minimumLeafRows) rows a leaf, seed "
                    + "\(growing.seed)"
            ),
            ("removed flags", report.stations.removedFlags + flagText),
            ("files", "\(report.forest), \(report.table)"),
        ]
        if let score = report.outOfBag {
            rows.insert(
                (
                    "out of bag",
                    String(format: "RMSE %.4f %@", score.rmse, unit)
                        + (score.r2.map { String(format: ", R² %.3f", $0) } ?? "")
                ), at: 3)
        }
        return ReportTable(
            heads: [], rows: rows.map { [.text($0.0), .text($0.1)] }
        ).html
    }

    private var flagText: String {
        let flags = report.stations.flags.sorted { $0.key < $1.key }
        return flags.isEmpty
            ? " (no value had one)"
            : " (found: " + flags.map { "\($0.key) \(grouped($0.value))" }.joined(separator: ", ") + ")"
    }

    private var observed: [Double] { table.targetValues.map(Double.init) }
    private var hasScore: Bool { predictions.contains { $0.isFinite } }

    private var fit: String {
        guard hasScore else { return "" }
        let scores = Scores(predicted: predictions, observed: observed)
        func text(_ value: Double?) -> String { decimal(value, digits: 4) }
        let scatter = DensityScatter(
            observed: observed, predicted: predictions, unit: unit, title: "Out of bag",
            notes: [
                "n = \(grouped(scores.count))", "RMSE \(text(scores.rmse))", "bias \(text(scores.bias))",
                "r \(text(scores.r))",
            ])
        let map = StationMap(
            places: stations.map {
                .init(
                    name: "\($0.id)", latitude: $0.latitude, longitude: $0.longitude, value: $0.scores.rmse)
            }, label: "RMSE", ramp: .amount, title: "Out-of-bag RMSE by station (\(unit))")
        return ReportPage.row([scatter.svg, map.svg])
    }

    private struct StationRows {
        let id: Station.ID
        let latitude: Double
        let longitude: Double
        let rows: [Int]
        let scores: Scores
    }

    private var stations: [StationRows] {
        let hasScore = hasScore
        return table.samples.rowsByStation().map { id, rows in
            let first = table.samples[rows[0]]
            return StationRows(
                id: id, latitude: first.latitude, longitude: first.longitude, rows: rows,
                scores: Scores(
                    predicted: rows.map { hasScore ? predictions[$0] : .nan },
                    observed: rows.map { Double(table.targetValues[$0]) }))
        }
    }

    /// All of a few stations; of many the twenty with the largest error.
    private var stationTable: String {
        let all = stations
        let shown =
            all.count <= 30
            ? all : Array(all.sorted { ($0.scores.rmse ?? 0) > ($1.scores.rmse ?? 0) }.prefix(20))
        func number(_ value: Double?, _ digits: Int = 3) -> ReportTable.Cell {
            .number(decimal(value, digits: digits))
        }
        let note =
            all.count > shown.count
            ? "<p class=\"note\">The \(shown.count) of \(all.count) with the largest error.</p>" : ""
        return note
            + ReportTable(
                heads: [
                    .text("station"), .number("latitude"), .number("longitude"), .text("days"),
                    .number("rows"), .number("mean"), .number("out-of-bag RMSE"), .number("bias"),
                    .number("r"),
                ],
                rows: shown.map { station in
                    let days = station.rows.map { table.samples.day(of: $0) }
                    let values = station.rows.map { Double(table.targetValues[$0]) }
                    return [
                        .text("\(station.id)"), number(station.latitude, 4),
                        number(station.longitude, 4),
                        .text(days.min().map { "\($0) … \(days.max() ?? $0)" } ?? ""),
                        .number(grouped(station.rows.count)),
                        number(values.reduce(0, +) / Double(values.count)), number(station.scores.rmse),
                        number(station.scores.bias), number(station.scores.r),
                    ]
                }
            ).html
    }

    private var seriesNote: String {
        hasScore
            ? "The stations with the smallest, the median and the largest out-of-bag error, among those with "
                + "at least half as many rows as the median station." : ""
    }

    private var series: String {
        let all = stations
        let median = all.map(\.rows.count).sorted()[all.count / 2]
        let long = all.filter { $0.rows.count * 2 >= median }
            .sorted { ($0.scores.rmse ?? 0) < ($1.scores.rmse ?? 0) }
        var chosen: [StationRows] = []
        for place in [0, long.count / 2, long.count - 1]
        where !chosen.contains(where: { $0.id == long[place].id }) {
            chosen.append(long[place])
        }
        return chosen.map { station in
            let rows = station.rows.sorted { table.samples.day(of: $0) < table.samples.day(of: $1) }
            func line(_ name: String, isDots: Bool, _ value: (Int) -> Double) -> SeriesChart.Line {
                .init(name: name, values: rows.map { (table.samples.day(of: $0), value($0)) }, isDots: isDots)
            }
            var lines = [line("station", isDots: true) { Double(table.targetValues[$0]) }]
            if hasScore { lines.append(line("forest, out of bag", isDots: false) { predictions[$0] }) }
            return SeriesChart(lines: lines, unit: unit, title: "\(station.id)").svg
        }.joined(separator: "\n")
    }

    private var importance: String {
        BarChart(
            bars: report.features.sorted { $0.importance > $1.importance }.map {
                .init(name: $0.name, value: $0.importance)
            }, label: "share of explained variance"
        ).svg
    }

    private var dropped: String {
        guard !report.samples.dropped.isEmpty else { return "" }
        return ReportTable(
            heads: [.text("reason"), .number("days")],
            rows: report.samples.dropped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
                [.text($0.key), .number(grouped($0.value))]
            }
        ).html
    }

    private var notes: String {
        guard !report.issues.isEmpty else { return "" }
        let shown = report.issues.prefix(100).map { "<li>\(ReportPage.escaped($0))</li>" }.joined()
        let more =
            report.issues.count > 100 ? "<li>… and \(report.issues.count - 100) more, in the JSON</li>" : ""
        return "<ul>\(shown)\(more)</ul>"
    }
}
