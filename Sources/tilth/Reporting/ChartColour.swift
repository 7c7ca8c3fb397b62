import Foundation

/// Colours of charts, as CSS writes them. All pairs that meet in one chart differ for every common colour
/// vision (Okabe and Ito 2008), and ramps differ in lightness as well.
enum ChartColour {
    static let blue = "#0072b2"
    static let orange = "#d55e00"
    static let ink = "#222"
    static let rule = "#ddd"
    /// For lines and bars that are told apart by a legend, in this order.
    static let series = [blue, orange, "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]

    /// From pale to dark: how many, how much. 0…1.
    static func density(_ position: Double) -> String {
        mixed(
            position,
            [(237, 243, 250), (190, 212, 233), (120, 170, 212), (56, 117, 178), (16, 66, 130), (5, 25, 66)])
    }

    /// Brown (too dry) over near-white to blue (too wet), -1…1.
    static func balance(_ position: Double) -> String {
        mixed(
            (position + 1) / 2,
            [
                (102, 56, 5), (179, 112, 35), (224, 190, 130), (240, 238, 234), (150, 195, 225),
                (60, 130, 190),
                (8, 60, 120),
            ])
    }

    private static func mixed(_ position: Double, _ stops: [(Double, Double, Double)]) -> String {
        let place = min(max(position.isNaN ? 0 : position, 0), 1) * Double(stops.count - 1)
        let lower = min(Int(place), stops.count - 2)
        let share = place - Double(lower)
        let (a, b) = (stops[lower], stops[lower + 1])
        func mix(_ from: Double, _ to: Double) -> Int { Int((from + (to - from) * share).rounded()) }
        return String(format: "#%02x%02x%02x", mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
    }
}
