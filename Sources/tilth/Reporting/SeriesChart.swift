import Foundation
import Tiling

/// Daily values over time: what was observed as dots, what was predicted as lines.
struct SeriesChart {
    /// One series; days without value are gaps.
    struct Line {
        let name: String
        /// Ascending by day.
        let values: [(day: Day, value: Double)]
        var isDots = false
    }

    let lines: [Line]
    let unit: String
    var title = ""
    var width = 980.0
    var height = 130.0

    var svg: String {
        let days = lines.flatMap { $0.values.map(\.day) }
        guard let first = days.min(), let last = days.max() else { return "" }
        let span = DayRange(first, through: max(last, first + 1))
        let frame = ChartFrame(
            x: ChartAxis(
                Double(span.first.number)...Double(span.last.number), label: "", ticks: Self.ticks(span)),
            y: ChartAxis(holding: lines.flatMap { $0.values.map(\.value) }, label: unit, count: 4),
            width: width, height: height, bottom: 22, title: title)
        // Dots lie above the lines, which would hide them where they agree.
        var (marks, dots, number) = ("", "", 0)
        for line in lines {
            let points = line.values.map {
                $0.value.isFinite ? (x: frame.px(Double($0.day.number)), y: frame.py($0.value)) : nil
            }
            if line.isDots {
                dots += points.compactMap { $0 }.map {
                    Mark.circle($0.x, $0.y, 1.3, fill: ChartColour.ink)
                }.joined()
            } else {
                marks += Mark.path(
                    broken(line, points), ChartColour.series[number % ChartColour.series.count])
                number += 1
            }
        }
        return frame.svg(marks + dots + legend(frame), description: "\(title): daily values \(span)")
    }

    /// A line is not drawn across days that are not there.
    private func broken(_ line: Line, _ points: [(x: Double, y: Double)?]) -> [(x: Double, y: Double)?] {
        var result: [(x: Double, y: Double)?] = []
        for (place, point) in points.enumerated() {
            if place > 0, line.values[place].day - line.values[place - 1].day > 3 { result.append(nil) }
            result.append(point)
        }
        return result
    }

    private func legend(_ frame: ChartFrame) -> String {
        var (svg, number) = ("", 0)
        var x = frame.left + frame.width
        for line in lines.reversed() {
            x -= Double(line.name.count) * 5.6 + 30
            let colour: String
            if line.isDots {
                svg += Mark.circle(x + 8, frame.top - 11, 1.8, fill: ChartColour.ink)
            } else {
                number += 1
                let place = lines.count { !$0.isDots } - number
                colour = ChartColour.series[place % ChartColour.series.count]
                svg += Mark.line(x, frame.top - 11, x + 16, frame.top - 11, colour, width: 2)
            }
            svg += Mark.text(line.name, x + 20, frame.top - 7.5)
        }
        return svg
    }

    /// Januaries of long spans, quarters or months of shorter ones, else a few days.
    private static func ticks(_ span: DayRange) -> [ChartAxis.Tick] {
        let months = span.count > 365 * 6 ? 12 : span.count > 500 ? 6 : span.count > 240 ? 3 : 1
        if span.count < 45 {
            return stride(from: 0, to: span.count, by: max(span.count / 6, 1)).map {
                ChartAxis.Tick(value: Double(span[$0].number), text: span[$0].iso)
            }
        }
        var ticks: [ChartAxis.Tick] = []
        for year in span.first.year...span.last.year {
            for month in stride(from: 1, through: 12, by: months) {
                guard let day = Day(year: year, month: month, day: 1), span.contains(day) else { continue }
                ticks.append(
                    ChartAxis.Tick(
                        value: Double(day.number),
                        text: months == 12 ? "\(year)" : String(day.iso.prefix(7))))
            }
        }
        return ticks
    }
}
