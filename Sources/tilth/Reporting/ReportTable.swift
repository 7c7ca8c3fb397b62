import Foundation

/// A table of a report: words on the left, numbers on the right of their column.
struct ReportTable {
    /// What stands in a cell.
    enum Cell {
        case text(String)
        case number(String)
        /// A number on a coloured ground, 0…1 from pale to dark; the best of a table is bold.
        case shaded(String, Double, isBest: Bool)
    }

    let heads: [Cell]
    let rows: [[Cell]]
    /// Rows that sum the others up, in bold.
    var strongRows: Set<Int> = []

    var html: String {
        let head = heads.map { cell($0, tag: "th") }.joined()
        let body = rows.enumerated().map { number, row in
            "<tr\(strongRows.contains(number) ? " class=\"strong\"" : "")>"
                + row.map { cell($0, tag: "td") }.joined() + "</tr>"
        }
        return "<table><thead><tr>\(head)</tr></thead><tbody>\(body.joined(separator: "\n"))</tbody></table>"
    }

    private func cell(_ cell: Cell, tag: String) -> String {
        switch cell {
        case .text(let text): return "<\(tag)>\(ReportPage.escaped(text))</\(tag)>"
        case .number(let text): return "<\(tag) class=\"number\">\(ReportPage.escaped(text))</\(tag)>"
        case .shaded(let text, let position, let isBest):
            let ground = ChartColour.density(position * 0.6)
            let content = isBest ? "<b>\(ReportPage.escaped(text))</b>" : ReportPage.escaped(text)
            return "<\(tag) class=\"number\" style=\"background:\(ground)\">\(content)</\(tag)>"
        }
    }
}

/// A number with so many digits behind the point, never -0.00; a dash for none.
func decimal(_ value: Double?, digits: Int) -> String {
    guard let value, value.isFinite else { return "–" }
    let text = String(format: "%.\(digits)f", value)
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) }
        ? String(text.dropFirst()) : text
}
