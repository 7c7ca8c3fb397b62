import Foundation

/// Predicted against observed values as a density: how many pairs fall into each square.
struct DensityScatter {
    let observed: [Double]
    let predicted: [Double]
    /// Unit of both.
    let unit: String
    var title = ""
    var xLabel = "observed"
    var yLabel = "predicted"
    /// Written beside the picture, a short line each.
    var notes: [String] = []
    /// Both axes; nil holds all values.
    var range: ClosedRange<Double>?

    private static let (side, cells, classes) = (320.0, 64, 7)

    var svg: String {
        let pairs = zip(observed, predicted).filter { $0.isFinite && $1.isFinite }
        let all = pairs.reduce(into: [] as [Double]) { ends, pair in
            let (low, high) = (min(pair.0, pair.1), max(pair.0, pair.1))
            ends = ends.isEmpty ? [low, high] : [min(ends[0], low), max(ends[1], high)]
        }
        let axis = { (label: String) in
            let text = unit.isEmpty ? label : "\(label) (\(unit))"
            return range.map { ChartAxis($0, label: text) } ?? ChartAxis(holding: all, label: text)
        }
        let frame = ChartFrame(
            x: axis(xLabel), y: axis(yLabel), width: Self.side, height: Self.side,
            right: notes.isEmpty ? 70 : 110, title: title)
        let counts = Self.counts(pairs, in: frame)
        let most = max(counts.max() ?? 1, 1)
        let (low, high) = (frame.x.range.lowerBound, frame.x.range.upperBound)
        let marks =
            squares(counts, most: most, frame: frame)
            + Mark.line(
                frame.px(low), frame.py(low), frame.px(high), frame.py(high), ChartColour.orange, width: 1.4)
            + notes.enumerated().map {
                Mark.text(
                    $0.element, frame.left + Self.side + 14, frame.top + 160 + Double($0.offset) * 16,
                    kind: "label")
            }.joined() + legend(most: most, frame: frame)
        return frame.svg(marks, description: "\(yLabel) against \(xLabel), \(pairs.count) pairs")
    }

    private static func counts(_ pairs: [(Double, Double)], in frame: ChartFrame) -> [Int] {
        var counts = [Int](repeating: 0, count: cells * cells)
        for (x, y) in pairs {
            let (right, up) = (frame.x.position(x), frame.y.position(y))
            guard (0...1).contains(right), (0...1).contains(up) else { continue }
            let column = min(Int(right * Double(cells)), cells - 1)
            counts[min(Int(up * Double(cells)), cells - 1) * cells + column] += 1
        }
        return counts
    }

    /// 0 for one pair, 1 for the most, by the logarithm.
    private static func level(_ count: Int, most: Int) -> Int {
        guard most > 1 else { return classes - 1 }
        return min(Int(log(Double(count)) / log(Double(most)) * Double(classes)), classes - 1)
    }

    private static func colour(_ level: Int) -> String {
        ChartColour.density(0.22 + 0.78 * Double(level) / Double(classes - 1))
    }

    /// A path a colour: thousands of squares stay small.
    private func squares(_ counts: [Int], most: Int, frame: ChartFrame) -> String {
        var paths = [String](repeating: "", count: Self.classes)
        let size = Self.side / Double(Self.cells)
        for (cell, count) in counts.enumerated() where count > 0 {
            let x = frame.left + Double(cell % Self.cells) * size
            let y = frame.top + Self.side - Double(cell / Self.cells + 1) * size
            paths[Self.level(count, most: most)] +=
                "M\(Mark.number(x)) \(Mark.number(y))h\(Mark.number(size))v\(Mark.number(size))"
                + "h-\(Mark.number(size))z"
        }
        return paths.enumerated().filter { !$0.element.isEmpty }.map {
            "<path d=\"\($0.element)\" fill=\"\(Self.colour($0.offset))\"/>"
        }.joined()
    }

    private func legend(most: Int, frame: ChartFrame) -> String {
        let x = frame.left + Self.side + 14
        var svg = Mark.text("pairs", x, frame.top + 9)
        func least(_ level: Int) -> Int {
            max(Int(pow(Double(most), Double(level) / Double(Self.classes)).rounded(.up)), 1)
        }
        // Of few pairs some levels hold no whole number.
        let top = Self.classes - 1
        let levels = (0...top).filter { $0 == top || least($0) < least($0 + 1) }
        for (place, level) in levels.reversed().enumerated() {
            let y = frame.top + 16 + Double(place) * 16
            svg += Mark.rect(x, y, 12, 16, fill: Self.colour(level))
            svg += Mark.text("≥ \(least(level))", x + 16, y + 12)
        }
        return svg
    }
}
