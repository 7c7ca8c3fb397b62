import Foundation
import Rasters
import Stations
import Tiling

/// The maps of a correlation beside each other, as SMCI1.0 shows them, with what they come to.
struct CorrelationPage {
    let plan: RunPlan
    let settings: RunCorrelation.Settings
    let summary: CorrelationSummary
    /// The folder of the maps.
    let folder: String

    /// Squares along the longer side of a map.
    private static let squaresMax = 160

    func html() throws -> String {
        let step = settings.step == .years ? "annual" : "monthly"
        let days = (settings.days ?? plan.days).intersection(plan.days) ?? plan.days
        let steps = summary.steps.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)"
        }
        let text =
            "Partial correlation of \(step) means of \(settings.layer) with each driver, the others held "
            + "constant, \(days). \(grouped(summary.pixelCount)) pixels have one"
            + (steps.map { ", of \($0) \(step) means" } ?? "") + "."
        return ReportPage(
            title: "Partial correlation: \(plan.product.name), \(settings.layer)",
            warnings: warnings,
            body: "<p>\(ReportPage.escaped(text))</p>\n" + ReportPage.chapter("Drivers", table)
                + ReportPage.chapter("Maps", try maps(), note: note)
        ).html
    }

    private var warnings: [String] {
        guard let steps = summary.steps else {
            return ["No pixel has enough steps with values that differ: there is nothing to correlate."]
        }
        let free = steps.lowerBound - 2 - (settings.drivers.count - 1)
        guard free < 5 else { return [] }
        return [
            "\(steps.lowerBound) \(settings.step == .years ? "years" : "months") leave \(free) degrees of "
                + "freedom: even a large r is likely by chance."
        ]
    }

    private var table: String {
        func share(_ count: Int) -> ReportTable.Cell {
            .number(String(format: "%.0f %%", 100 * Double(count) / Double(max(summary.pixelCount, 1))))
        }
        return ReportTable(
            heads: [
                .text("driver"), .number("mean r"), .number("r > 0"), .number("p < 0.05"),
                .number("largest |r|"),
            ],
            rows: summary.drivers.enumerated().map { number, driver in
                [
                    .text(driver.name), .number(decimal(summary.meanR(of: number), digits: 2)),
                    share(driver.positivePixels), share(driver.significantPixels),
                    share(driver.dominantPixels),
                ]
            }
        ).html
    }

    private var note: String {
        """
        Percent above are of the pixels that have a correlation. A map is drawn from fewer, larger squares \
        than it has pixels where it is large: the GeoTIFFs beside this page have all.
        """
    }

    private func maps() throws -> String {
        let classes = stride(from: -10, to: 10, by: 2).map { Double($0) / 10 }
        let legend = classes.map {
            (
                text: String(format: "%.1f … %.1f", $0, $0 + 0.2),
                colour: ChartColour.balance(($0 + 0.1) / 0.9 * 0.95)
            )
        }
        var charts = try settings.drivers.map { driver in
            try map(
                "partial_r_\(driver)", title: "r with \(driver)", isClasses: false, Array(legend.reversed())
            ) { legend.count - 1 - Int((($0 + 1) / 0.2).rounded(.down)) }
        }
        charts.append(
            try map(
                "dominant_driver", title: "Driver of the largest |r|", isClasses: true,
                settings.drivers.enumerated().map {
                    ($0.element, ChartColour.series[$0.offset % ChartColour.series.count])
                }
            ) { Int($0) - 1 })
        return ReportPage.row(charts)
    }

    private func map(
        _ name: String, title: String, isClasses: Bool, _ legend: [(text: String, colour: String)],
        colour: @escaping (Double) -> Int
    ) throws -> String {
        let grid = plan.product.grid
        let share = min(1, Double(Self.squaresMax) / Double(max(grid.columns, grid.rows)))
        let columns = max(1, Int(Double(grid.columns) * share))
        let rows = max(1, Int(Double(grid.rows) * share))
        let values = try RasterFile(path: "\(folder)/\(name).tif").readReduced(
            columns: columns, rows: rows, band: 1, isClasses: isClasses)
        // Only the part that has values, with a little room around it.
        func used(_ count: Int, _ isUsed: (Int) -> Bool) -> Range<Int> {
            let places = (0..<count).filter(isUsed)
            return max((places.first ?? 0) - 2, 0)..<min((places.last ?? count - 1) + 3, count)
        }
        let across = used(columns) { column in
            (0..<rows).contains { !values[$0 * columns + column].isNaN }
        }
        let down = used(rows) { row in !values[row * columns..<(row + 1) * columns].allSatisfy(\.isNaN) }
        let width = (grid.east - grid.west) / Double(columns)
        let height = (grid.north - grid.south) / Double(rows)
        return MapChart(
            values: down.flatMap { row in across.map { values[row * columns + $0] } },
            columns: across.count,
            x: grid.west + Double(across.lowerBound) * width...grid.west + Double(across.upperBound) * width,
            y: grid.north - Double(down.upperBound) * height...grid.north - Double(down.lowerBound) * height,
            legend: legend, colour: colour, title: title, isGeographic: grid.isGeographic
        ).svg
    }
}
