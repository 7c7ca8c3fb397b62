import Foundation

/// Named bars, a row each, with a whisker for how sure they are.
struct BarChart {
    struct Bar {
        let name: String
        let value: Double
        /// Half the length of the whisker, a standard deviation say.
        var deviation = 0.0
    }

    let bars: [Bar]
    let label: String
    var title = ""
    var width: Double = 360
    var colour = ChartColour.blue

    private static let rowHeight: Double = 17

    var svg: String {
        let ends = bars.map { $0.value - $0.deviation } + bars.map { $0.value + $0.deviation } + [0.0]
        let names = bars.map(\.name.count).max() ?? 0
        let rows = Double(max(bars.count, 1))
        let frame = ChartFrame(
            x: ChartAxis(holding: ends, label: label), y: ChartAxis(0...rows, label: "", ticks: []),
            width: width, height: rows * Self.rowHeight + 6, left: min(Double(names) * 6.2 + 12, 220),
            title: title)
        var marks = ""
        for (number, bar) in bars.enumerated() where bar.value.isFinite {
            let top = frame.top + 3 + Double(number) * Self.rowHeight
            let middle = top + Self.rowHeight / 2
            marks += Mark.text(String(bar.name.prefix(34)), frame.left - 6, middle + 3.5, anchor: "end")
            let (start, end) = (frame.px(min(bar.value, 0)), frame.px(max(bar.value, 0)))
            marks += Mark.rect(
                start, top + 3, end - start, Self.rowHeight - 6, fill: colour,
                hint: "\(bar.name): \(String(format: "%.4g", bar.value))")
            if bar.deviation > 0 {
                let (low, high) = (frame.px(bar.value - bar.deviation), frame.px(bar.value + bar.deviation))
                marks += Mark.line(low, middle, high, middle, ChartColour.ink, width: 1.2)
                marks += Mark.line(low, middle - 3, low, middle + 3, ChartColour.ink)
                marks += Mark.line(high, middle - 3, high, middle + 3, ChartColour.ink)
            }
        }
        marks += Mark.line(frame.px(0), frame.top, frame.px(0), frame.top + frame.height, "#888")
        return frame.svg(marks, description: "\(title) \(label), \(bars.count) bars")
    }
}
