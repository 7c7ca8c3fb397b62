import Forests
import Foundation
import Stations
import Tiling

/// An evaluation as one page: what a reviewer of a paper would ask for, the warnings first.
struct EvaluationPage {
    let report: EvaluationReport

    var table: SampleTable { report.table }
    var sheet: ScoreSheet { report.sheets[0] }
    private var unit: String { table.target.unit.isEmpty ? "m3 m-3" : table.target.unit }

    var html: String {
        let body =
            introduction + ReportPage.chapter("Scores", scores, note: Self.metrics)
            + ReportPage.chapter("Predicted against observed", pictures)
            + ReportPage.chapter("Stations", stations)
            + ReportPage.chapter("Importance", importance, note: importanceNote)
            + ReportPage.chapter("Time series", series, note: seriesNote)
            + ReportPage.chapter("Classes", classes)
            + ReportPage.chapter("Other products on the same rows", comparison, note: comparisonNote)
            + ReportPage.chapter("Settings compared", grid, note: gridNote)
            + ReportPage.chapter("Scores of each station", stationTable)
            + ReportPage.chapter("Notes on the rows", notes)
        return ReportPage(
            title: "Evaluation: \(report.experiment.text)", warnings: report.evaluation.warnings, body: body
        ).html
    }

    private static let metrics = """
        Predicted minus observed. ubRMSE is RMSE without the bias; R is Pearson's; R² is 1 - SSE/SST, not \
        the square of R. Pooled scores mix differences between stations with those in time; the median of \
        stations is about time alone. A dash is a figure that is not defined.
        """

    private var introduction: String {
        let what = report.experiment.description
        let span = table.samples.span
        var sentences = [
            "\(what.prefix(1).uppercased())\(what.dropFirst()).",
            "\(grouped(table.rowCount)) rows of \(table.samples.stations.count) stations, "
                + "\(span?.description ?? ""), from \(report.input.source);",
            "\(grouped(report.evaluation.held.count)) rows are held out.",
            "Target \(table.target.name) (\(unit)); \(table.features.count) features:",
            "\(table.features.map(\.name).joined(separator: ", ")).", "Forest: \(report.settingsText).",
        ]
        if report.seeds.count > 1 {
            sentences.append(
                "\(report.seeds.count) seeds; pictures and tables of stations are of the first.")
        }
        return "<p>\(ReportPage.escaped(sentences.joined(separator: " ")))</p>\n"
    }

    private var scores: String {
        var rows: [[ReportTable.Cell]] = [line("all held-out rows, pooled", sheet.pooled)]
        rows.append(line("median of \(sheet.stations.count) stations", sheet.stationMedian))
        if report.seeds.count > 1 {
            rows.append(seedLine("pooled, mean of \(report.seeds.count) seeds ± sd", \.pooled))
            rows.append(seedLine("median of stations, mean of seeds ± sd", \.stationMedian))
        }
        let splits = report.splitScores
        if splits.count > 1 {
            for (split, scores) in splits {
                rows.append(line("\(split.name) (trained on \(grouped(split.trainingCount)))", scores))
            }
        }
        return ReportTable(heads: Self.heads("", count: "n"), rows: rows, strongRows: [0, 1]).html
    }

    private var pictures: String {
        let pairs = report.evaluation.pairs(of: table)
        let scores = sheet.pooled
        let notes =
            [
                "n = \(grouped(scores.count))"
            ] + EvaluationReport.figures.map { "\($0.name) \(number(scores[keyPath: $0.path], $0.key))" }
        let scatter = DensityScatter(
            observed: pairs.map(\.observed), predicted: pairs.map(\.predicted), unit: unit,
            title: "Held-out rows", notes: notes)
        let boxes = EvaluationReport.figures.filter { $0.key != "rmse" }.map { figure in
            BoxChart(
                groups: [
                    .init(
                        name: "stations",
                        values: sheet.stations.compactMap { $0.scores[keyPath: figure.path] })
                ],
                label: figure.key.hasPrefix("r") && figure.key != "rmse"
                    ? figure.name : "\(figure.name) (\(unit))",
                reference: figure.key == "bias" ? 0 : nil, width: 300
            ).svg
        }
        return ReportPage.row([
            scatter.svg,
            "<h3>Scores of the \(sheet.stations.count) stations</h3>"
                + boxes.map { "<div>\($0)</div>" }.joined(),
        ])
    }

    private static let boxesMax = 60

    private var stations: String {
        let places = report.places()
        func map(
            _ title: String, _ label: String, _ ramp: StationMap.Ramp, _ figure: KeyPath<Scores, Double?>
        )
            -> String
        {
            StationMap(
                places: sheet.stations.compactMap { station, scores in
                    places[station].map {
                        .init(
                            name: station.description, latitude: $0.sample.latitude,
                            longitude: $0.sample.longitude, value: scores[keyPath: figure])
                    }
                }, label: label, ramp: ramp, title: title, size: 330
            ).svg
        }
        var errors: [Station.ID: [Double]] = [:]
        for pair in report.evaluation.pairs(of: table) {
            errors[pair.station, default: []].append(pair.predicted - pair.observed)
        }
        let worst = sheet.stations.sorted { ($0.scores.rmse ?? 0) > ($1.scores.rmse ?? 0) }
        let shown = Set(worst.prefix(Self.boxesMax).map(\.station))
        let boxes = BoxChart(
            groups: sheet.stations.filter { shown.contains($0.station) }.map { station, _ in
                .init(
                    name: station.description,
                    values: errors[station] ?? [])
            }, label: "predicted - observed (\(unit)): quartiles, 5th to 95th percentile",
            title: shown.count < worst.count
                ? "Errors of the \(shown.count) stations with the largest RMSE, of \(worst.count)"
                : "Errors of each station", width: 430
        ).svg
        return ReportPage.row([
            map("Bias", "bias (\(unit))", .balance, \.bias),
            map("ubRMSE", "ubRMSE (\(unit))", .amount, \.ubrmse),
        ]) + boxes
    }

    private var importance: String {
        let all = report.evaluation.importance
        var charts: [String] = []
        if all.contains(where: { $0.r2Decrease != nil }) {
            charts.append(
                BarChart(
                    bars: all.sorted { ($0.r2Decrease?.mean ?? 0) > ($1.r2Decrease?.mean ?? 0) }.map {
                        .init(
                            name: $0.feature, value: $0.r2Decrease?.mean ?? .nan,
                            deviation: $0.r2Decrease?.deviation ?? 0)
                    }, label: "decrease of R²", title: "Permutation, held-out rows"
                ).svg)
        }
        charts.append(
            BarChart(
                bars: all.sorted { $0.impurity > $1.impurity }.map {
                    .init(name: $0.feature, value: $0.impurity)
                },
                label: "share of the variance explained in training", title: "Impurity, training rows",
                colour: "#56b4e9"
            ).svg)
        return ReportPage.row(charts)
    }

    private var importanceNote: String {
        """
        Permutation: how much R² of the held-out rows falls when one column is shuffled; whiskers are the \
        standard deviation of the repeats. Impurity favours features with many values and says nothing about \
        rows that were not seen. Features that go together share their importance in both.
        """
    }
}
