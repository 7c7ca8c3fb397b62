import Foundation

/// Boxes of several groups of values, a row each: quartiles, median, and whiskers from the 5th to the 95th
/// percentile.
struct BoxChart {
    /// The values of one row.
    struct Group {
        let name: String
        let values: [Double]
    }

    let groups: [Group]
    let label: String
    var title = ""
    /// A number to hold the boxes against, such as 0.
    var reference: Double? = 0
    var width = 420.0

    private static let rowHeight = 16.0

    var svg: String {
        let boxes = groups.map { ($0.name, Quantiles($0.values), $0.values.count(where: \.isFinite)) }
        let ends = boxes.flatMap { _, box, _ in box.map { [$0.low, $0.high] } ?? [] }
        let names = boxes.map(\.0.count).max() ?? 0
        let rows = Double(groups.count)
        let frame = ChartFrame(
            x: ChartAxis(holding: ends + (reference.map { [$0] } ?? []), label: label),
            y: ChartAxis(0...max(rows, 1), label: "", ticks: []), width: width,
            height: max(rows, 1) * Self.rowHeight + 6, left: min(Double(names) * 6.2 + 12, 220), right: 56,
            title: title)
        var marks = ""
        if let reference {
            marks += Mark.line(
                frame.px(reference), frame.top, frame.px(reference), frame.top + frame.height, "#888",
                width: 1.2)
        }
        marks += Mark.text("n", frame.left + frame.width + 8, frame.top - 4)
        for (number, (name, box, count)) in boxes.enumerated() {
            let middle = frame.top + 3 + (Double(number) + 0.5) * Self.rowHeight
            marks += Mark.text(String(name.prefix(34)), frame.left - 6, middle + 3.5, anchor: "end")
            marks += Mark.text("\(count)", frame.left + frame.width + 8, middle + 3.5)
            if let box { marks += draw(box, frame, middle, hint: "\(name): median \(box.text)") }
        }
        return frame.svg(marks, description: "\(title) \(label), \(groups.count) boxes")
    }

    private func draw(_ box: Quantiles, _ frame: ChartFrame, _ y: Double, hint: String) -> String {
        let half = Self.rowHeight * 0.32
        return Mark.line(frame.px(box.low), y, frame.px(box.high), y, "#555")
            + Mark.line(frame.px(box.low), y - 3, frame.px(box.low), y + 3, "#555")
            + Mark.line(frame.px(box.high), y - 3, frame.px(box.high), y + 3, "#555")
            + Mark.rect(
                frame.px(box.firstQuartile), y - half,
                frame.px(box.thirdQuartile) - frame.px(box.firstQuartile),
                2 * half, fill: "#a8cbe6", stroke: ChartColour.blue, hint: hint)
            + Mark.line(
                frame.px(box.median), y - half, frame.px(box.median), y + half, ChartColour.orange, width: 2.2
            )
    }
}

/// Five numbers that stand for many.
struct Quantiles {
    /// 5th and 95th percentile.
    let low: Double
    let high: Double
    let firstQuartile: Double
    let median: Double
    let thirdQuartile: Double

    /// Nil when there is no finite value.
    init?(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard !sorted.isEmpty else { return nil }
        // Linear between neighbours, as numpy has it.
        func at(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
        }
        (low, firstQuartile, median, thirdQuartile, high) = (at(0.05), at(0.25), at(0.5), at(0.75), at(0.95))
    }

    var text: String {
        String(format: "%.4g, half between %.4g and %.4g", median, firstQuartile, thirdQuartile)
    }
}
