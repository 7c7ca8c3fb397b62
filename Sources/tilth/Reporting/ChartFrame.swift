import Foundation

/// The frame of a chart: a rectangle between two axes, and where a pair of numbers stands in it.
struct ChartFrame {
    let x: ChartAxis
    let y: ChartAxis
    /// Pixels between the axes.
    let width: Double
    let height: Double
    var left = 52.0
    var right = 14.0
    var top = 24.0
    var bottom = 40.0
    var title = ""

    /// Pixels of the whole picture.
    var outerWidth: Double { left + width + right }
    var outerHeight: Double { top + height + bottom }

    func px(_ value: Double) -> Double { left + x.position(value) * width }
    func py(_ value: Double) -> Double { top + (1 - y.position(value)) * height }

    /// The chart: ticks and grid lines below `marks`, which may use `px` and `py`.
    func svg(_ marks: String, description: String) -> String {
        let (w, h) = (Int(outerWidth.rounded(.up)), Int(outerHeight.rounded(.up)))
        return "<svg viewBox=\"0 0 \(w) \(h)\" width=\"\(w)\" height=\"\(h)\" role=\"img\" "
            + "aria-label=\"\(ReportPage.escaped(description))\">\(grid)\(marks)\(border)</svg>"
    }

    private var grid: String {
        var svg = title.isEmpty ? "" : Mark.text(title, left, top - 9, kind: "title")
        for tick in x.ticks {
            svg += Mark.line(px(tick.value), top, px(tick.value), top + height, ChartColour.rule)
            svg += Mark.text(tick.text, px(tick.value), top + height + 15, anchor: "middle")
        }
        for tick in y.ticks {
            svg += Mark.line(left, py(tick.value), left + width, py(tick.value), ChartColour.rule)
            svg += Mark.text(tick.text, left - 5, py(tick.value) + 3.5, anchor: "end")
        }
        svg += Mark.text(x.label, left + width / 2, top + height + 33, anchor: "middle", kind: "label")
        if !y.label.isEmpty {
            svg +=
                "<text class=\"label\" text-anchor=\"middle\" transform=\"translate(12 "
                + "\(Mark.number(top + height / 2))) rotate(-90)\">\(ReportPage.escaped(y.label))</text>"
        }
        return svg
    }

    private var border: String {
        "<rect x=\"\(Mark.number(left))\" y=\"\(Mark.number(top))\" width=\"\(Mark.number(width))\" "
            + "height=\"\(Mark.number(height))\" fill=\"none\" stroke=\"#888\"/>"
    }
}

/// The few things that charts are drawn of.
enum Mark {
    /// A tenth of a pixel is as fine as anybody sees.
    static func number(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    static func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, width: Double = 1,
        dashes: String = ""
    ) -> String {
        "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
            + "stroke=\"\(colour)\" stroke-width=\"\(number(width))\""
            + (dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\"") + "/>"
    }

    static func text(_ text: String, _ x: Double, _ y: Double, anchor: String = "start", kind: String = "")
        -> String
    {
        "<text\(kind.isEmpty ? "" : " class=\"\(kind)\"") x=\"\(number(x))\" y=\"\(number(y))\" "
            + "text-anchor=\"\(anchor)\">\(ReportPage.escaped(text))</text>"
    }

    /// With `hint`, what a pointer that rests on it is told.
    static func rect(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, stroke: String = "",
        hint: String = ""
    ) -> String {
        let inside = hint.isEmpty ? "/>" : "><title>\(ReportPage.escaped(hint))</title></rect>"
        return "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(width, 0)))\" "
            + "height=\"\(number(max(height, 0)))\" fill=\"\(fill)\""
            + (stroke.isEmpty ? "" : " stroke=\"\(stroke)\"") + inside
    }

    static func circle(
        _ x: Double, _ y: Double, _ radius: Double, fill: String, stroke: String = "", hint: String = ""
    ) -> String {
        let inside = hint.isEmpty ? "/>" : "><title>\(ReportPage.escaped(hint))</title></circle>"
        return "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\" fill=\"\(fill)\""
            + (stroke.isEmpty ? "" : " stroke=\"\(stroke)\"") + inside
    }

    /// A line through points; nil breaks it.
    static func path(_ points: [(x: Double, y: Double)?], _ colour: String, width: Double = 1.2) -> String {
        var commands = ""
        var isBroken = true
        for point in points {
            guard let point else {
                isBroken = true
                continue
            }
            commands += (isBroken ? "M" : "L") + number(point.x) + " " + number(point.y)
            isBroken = false
        }
        return "<path d=\"\(commands)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"\(number(width))\" "
            + "stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
    }
}
