import Foundation

/// A map as squares of a few colours, with its axes and a legend.
struct MapChart {
    /// Row by row from the north; NaN is left white.
    let values: [Float]
    let columns: Int
    /// Outer edges, in units of the map's grid.
    let x: ClosedRange<Double>
    let y: ClosedRange<Double>
    /// What each colour means.
    let legend: [(text: String, colour: String)]
    /// The colour of a value, a position in `legend`.
    let colour: (Double) -> Int
    var title = ""
    /// Whether the edges are degrees.
    var isGeographic = true
    /// The longer side, pixels.
    var size = 330.0

    private var rows: Int { values.count / max(columns, 1) }

    var svg: String {
        // A degree of longitude is shorter than one of latitude.
        let squeeze =
            isGeographic ? max(cos((y.lowerBound + y.upperBound) / 2 * .pi / 180), 0.1) : 1
        let (across, up) = ((x.upperBound - x.lowerBound) * squeeze, y.upperBound - y.lowerBound)
        let scale = size / max(across, up)
        let suffix = isGeographic ? "°" : ""
        let frame = ChartFrame(
            x: ChartAxis(x, label: isGeographic ? "longitude" : "x", count: 4, suffix: suffix),
            y: ChartAxis(y, label: isGeographic ? "latitude" : "y", count: 4, suffix: suffix),
            width: max(across * scale, 120), height: max(up * scale, 100), left: 60, right: 125, title: title)
        var marks = squares(frame)
        for (number, entry) in legend.enumerated() {
            let left = frame.left + frame.width + 12
            let top = frame.top + Double(number) * 16
            marks += Mark.rect(left, top, 12, 14, fill: entry.colour, stroke: "#888")
            marks += Mark.text(entry.text, left + 17, top + 11)
        }
        return frame.svg(marks, description: "\(title), \(columns) x \(rows) squares")
    }

    /// The position in the legend; nil where there is no value.
    private func place(_ row: Int, _ column: Int) -> Int? {
        let value = Double(values[row * columns + column])
        return value.isNaN ? nil : min(max(colour(value), 0), legend.count - 1)
    }

    /// A path a colour, a rectangle for each run of equal colour in a row.
    private func squares(_ frame: ChartFrame) -> String {
        let (width, height) = (frame.width / Double(columns), frame.height / Double(max(rows, 1)))
        var paths = [String](repeating: "", count: legend.count)
        for row in 0..<rows {
            var start = 0
            while start < columns {
                let own = place(row, start)
                var end = start + 1
                while end < columns, place(row, end) == own { end += 1 }
                if let own {
                    // A little more than the square, so that no seam shows.
                    let length = Mark.number(Double(end - start) * width + 0.3)
                    let left = Mark.number(frame.left + Double(start) * width)
                    let top = Mark.number(frame.top + Double(row) * height)
                    paths[own] += "M\(left) \(top)h\(length)v\(Mark.number(height + 0.3))h-\(length)z"
                }
                start = end
            }
        }
        return paths.enumerated().filter { !$0.element.isEmpty }.map {
            "<path d=\"\($0.element)\" fill=\"\(legend[$0.offset].colour)\"/>"
        }.joined()
    }
}
