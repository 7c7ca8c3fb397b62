import Covariates
import Foundation
import Tiling

/// The check as one HTML file that needs no other: summary, a row per covariate, a calendar per covariate.
struct CheckPage {
    let product: Product
    let surveys: [CovariateSurvey]
    let forecast: RunForecast
    /// One line each: what is wrong with layers and mask.
    let errors: [String]

    var html: String {
        let body = """
            \(summary)
            <h2>Covariates</h2>
            \(table)
            <h2>Availability</h2>
            <p class="legend"><span class="there"></span> can be made <span class="missing"></span> missing
            (history and neighbouring steps counted in) <span class="outside"></span> not in the product's
            period</p>
            \(calendars)
            """
        return ReportPage(title: "Check of \(product.name)", body: body).html
    }

    private var summary: String {
        let problems = errors + surveys.flatMap(\.errors)
        let verdict =
            problems.isEmpty
            ? "<p class=\"fine\">Nothing to mend.</p>"
            : "<p>To mend:</p><ul class=\"wrong\">"
                + problems.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>"
        return """
            <p>\(counted(product.covariates.count, "covariate")), \(counted(product.layers.count, "layer")),
            \(product.period) (\(counted(product.period.count, "day"))).
            Units (\(forecast.extent(product.unit))): <b>\(forecast.text)</b>;
            \(counted(forecast.missingDayCount, "day")) without data.</p>
            \(verdict)
            """
    }

    private var table: String {
        let heads = [
            "covariate", "unit", "source", "grid", "files", "span", "sample", "valid", "needs",
            "places", "missing days",
        ]
        let cells = surveys.map(cells)
        // A column that is empty for all covariates only takes width from the others.
        let shown = heads.indices.filter { column in cells.contains { !$0[column].isEmpty } }
        let rows = cells.map { row in
            "<tr>" + shown.map { "<td>\(escaped(row[$0]))</td>" }.joined() + "</tr>"
        }
        return "<table><thead><tr>" + shown.map { "<th>\(heads[$0])</th>" }.joined() + "</tr></thead><tbody>"
            + rows.joined(separator: "\n") + "</tbody></table>"
    }

    private func cells(of survey: CovariateSurvey) -> [String] {
        let valid = product.covariate(named: survey.name)?.valid
        return [
            survey.name,
            survey.fileUnit.isEmpty || survey.fileUnit == survey.unit
                ? survey.unit : "\(survey.unit), in the file \(survey.fileUnit)",
            survey.origin,
            survey.grid.map {
                String(
                    format: "%d × %d cells of %.6g, %@", $0.columns, $0.rows, $0.pixelWidth,
                    $0.crs.description)
            } ?? "",
            survey.filesFoundCount + survey.filesMissing.count == 0
                ? ""
                : "\(survey.filesFoundCount) found"
                    + (survey.filesMissing.isEmpty ? "" : ", \(survey.filesMissing.count) missing")
                    + (survey.olderVersions.isEmpty
                        ? "" : ", \(survey.olderVersions.count) older left alone"),
            survey.span?.description ?? "",
            survey.sampleRange.map { survey.rangeText($0, of: product) } ?? "",
            valid.map { CovariateSurvey.text($0.minimum, $0.maximum) } ?? "",
            [
                survey.historyDays > 0 ? "\(survey.historyDays) days before" : nil,
                survey.lookAheadDays > 0 ? "\(survey.lookAheadDays) after" : nil,
            ].compactMap { $0 }.joined(separator: ", "),
            survey.reachText(product) ?? "",
            "\(DayRunText(survey.missingDays))",
        ]
    }

    /// One for each covariate that has dates; the others are there on all days.
    private var calendars: String {
        let isTimeless = { (survey: CovariateSurvey) in survey.span == nil && survey.missingDays.isEmpty }
        let timeless = surveys.filter(isTimeless).map { escaped($0.name) }
        let note =
            timeless.isEmpty
            ? "" : "<p>The same, or computed, on all days: \(timeless.joined(separator: ", ")).</p>"
        return surveys.filter { !isTimeless($0) }.map(calendar).joined(separator: "\n") + note
    }

    /// Years below each other, days across; missing days are drawn by runs.
    private func calendar(of survey: CovariateSurvey) -> String {
        let years = product.period.first.year...product.period.last.year
        let height = years.count * Self.rowHeight + Self.top
        var marks = ""
        for (number, name) in Self.months.enumerated() {
            let x = Self.left + (Day(year: 2000, month: number + 1, day: 1)?.dayOfYear ?? 1) * Self.dayWidth
            marks += "<text x=\"\(x)\" y=\"9\">\(name)</text>"
        }
        for (row, year) in years.enumerated() {
            guard let first = Day(year: year, month: 1, day: 1),
                let last = Day(year: year, month: 12, day: 31)
            else { continue }
            let y = Self.top + row * Self.rowHeight
            marks += "<text x=\"0\" y=\"\(y + 9)\">\(year)</text>"
            let whole = DayRange(first, through: last)
            marks += bar(whole, y, "outside", nil)
            if let own = whole.intersection(product.period) { marks += bar(own, y, "there", nil) }
            for run in survey.missingDays {
                guard let own = run.intersection(whole)?.intersection(product.period) else { continue }
                marks += bar(own, y, "missing", "missing: \(run)")
            }
        }
        let width = Self.left + 368 * Self.dayWidth
        return """
            <h3>\(escaped(survey.name))</h3>
            <svg viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" role="img" \
            aria-label="Availability of \(escaped(survey.name))">\(marks)</svg>
            """
    }

    private func bar(_ days: DayRange, _ y: Int, _ kind: String, _ title: String?) -> String {
        let x = Self.left + days.first.dayOfYear * Self.dayWidth
        let inside = title.map { "<title>\(escaped($0))</title>" } ?? ""
        return "<rect class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\" width=\"\(days.count * Self.dayWidth)\" "
            + "height=\"\(Self.rowHeight - 2)\">\(inside)</rect>"
    }

    private static let (left, top, rowHeight, dayWidth) = (40, 14, 13, 2)
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private func escaped(_ text: String) -> String { ReportPage.escaped(text) }
}
