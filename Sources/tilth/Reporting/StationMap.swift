import Foundation

/// Stations where they stand, coloured by a figure.
struct StationMap {
    struct Place {
        let name: String
        let latitude: Double
        let longitude: Double
        /// Nil is drawn as a cross.
        let value: Double?
    }

    /// How figures become colours.
    enum Ramp {
        /// More is darker.
        case amount
        /// Brown below 0, blue above.
        case balance
    }

    let places: [Place]
    let label: String
    let ramp: Ramp
    var title = ""
    /// The longer side, pixels.
    var size = 380.0

    private static let classes = 6

    var svg: String {
        let (x, y) = axes
        // A degree of longitude is shorter than one of latitude.
        let middle = (y.range.lowerBound + y.range.upperBound) / 2
        let across = (x.range.upperBound - x.range.lowerBound) * max(cos(middle * .pi / 180), 0.1)
        let up = y.range.upperBound - y.range.lowerBound
        let scale = size / max(across, up)
        // Degrees with many digits must not run into the label of the axis.
        let digits = y.ticks.map(\.text.count).max() ?? 0
        let frame = ChartFrame(
            x: x, y: y, width: max(across * scale, 160), height: max(up * scale, 120),
            left: max(52, 22 + 6.5 * Double(digits)), right: 125, title: title)
        let scaleOfColours = ColourClasses(places.compactMap(\.value), ramp: ramp, count: Self.classes)
        let radius = places.count > 400 ? 2.5 : places.count > 60 ? 4 : 6
        var marks = ""
        for place in places {
            let (px, py) = (frame.px(place.longitude), frame.py(place.latitude))
            guard let value = place.value else {
                marks += Mark.line(px - 3, py - 3, px + 3, py + 3, "#888")
                marks += Mark.line(px - 3, py + 3, px + 3, py - 3, "#888")
                continue
            }
            marks += Mark.circle(
                px, py, radius, fill: scaleOfColours.colour(of: value), stroke: "#444",
                hint: "\(place.name): \(String(format: "%.4g", value))")
        }
        marks += legend(scaleOfColours, frame)
        return frame.svg(marks, description: "\(title) \(label) at \(places.count) stations")
    }

    private var axes: (ChartAxis, ChartAxis) {
        func padded(_ values: [Double]) -> ClosedRange<Double> {
            let (low, high) = (values.min() ?? 0, values.max() ?? 1)
            let room = max((high - low) * 0.08, 0.02)
            return (low - room)...(high + room)
        }
        return (
            ChartAxis(padded(places.map(\.longitude)), label: "longitude", count: 4, suffix: "°"),
            ChartAxis(padded(places.map(\.latitude)), label: "latitude", count: 4, suffix: "°")
        )
    }

    private func legend(_ colours: ColourClasses, _ frame: ChartFrame) -> String {
        let x = frame.left + frame.width + 12
        var svg = Mark.text(label, x, frame.top + 9, kind: "label")
        for (number, entry) in colours.entries.reversed().enumerated() {
            let y = frame.top + 18 + Double(number) * 16
            svg += Mark.rect(x, y, 12, 14, fill: entry.colour, stroke: "#888")
            svg += Mark.text(entry.text, x + 17, y + 11)
        }
        return svg
    }
}

/// A few classes of round width, each with its colour: a reader finds a dot's class in the legend.
private struct ColourClasses {
    let entries: [(text: String, colour: String)]
    private let bounds: [Double]

    init(_ values: [Double], ramp: StationMap.Ramp, count: Int) {
        var finite = values.filter(\.isFinite)
        // One figure alone is seen against nothing.
        if ramp == .amount, finite.min() == finite.max() { finite.append(0) }
        let most = max(finite.map { abs($0) }.max() ?? 1, 1e-9)
        // Round numbers may leave too few classes to see a pattern: then the next finer ones are taken.
        let axes = (count - 1...count * 2).lazy.map {
            ChartAxis(holding: ramp == .amount ? finite : [-most, most], label: "", count: $0)
        }
        let axis = axes.first { $0.ticks.count >= count - 1 } ?? ChartAxis(0...1, label: "")
        let ticks = axis.ticks
        bounds = ticks.map(\.value)
        let classes = ticks.count - 1
        entries = (0..<classes).map { number in
            let share = classes > 1 ? Double(number) / Double(classes - 1) : 1
            return (
                "\(ticks[number].text) … \(ticks[number + 1].text)",
                ramp == .amount
                    ? ChartColour.density(0.15 + 0.85 * share) : ChartColour.balance((share * 2 - 1) * 0.9)
            )
        }
    }

    func colour(of value: Double) -> String {
        let above = bounds.dropFirst().dropLast().count { value >= $0 }
        return entries[min(above, entries.count - 1)].colour
    }
}
