import Foundation

/// One axis of a chart: its range, its label, and the round numbers that are written beside it.
struct ChartAxis {
    /// A number on the axis and how it is written.
    struct Tick {
        let value: Double
        let text: String
    }

    let range: ClosedRange<Double>
    let label: String
    let ticks: [Tick]

    /// An axis from and to given numbers, with about `count` round ticks.
    init(_ range: ClosedRange<Double>, label: String, count: Int = 5, suffix: String = "") {
        let (low, high) = Self.widened(range.lowerBound, range.upperBound)
        self.range = low...high
        self.label = label
        // Round steps may leave one tick, which says nothing about the scale: then the next finer ones count.
        let steps = [1, 2, 4].map { Self.roundStep((high - low) / Double(max(count, 1) * $0)) }
        let step = steps.first { (high / $0).rounded(.down) - (low / $0).rounded(.up) >= 2 } ?? steps[0]
        let digits = max(0, -Int(log10(step).rounded(.down)))
        let first = Int((low / step).rounded(.up))
        let last = Int((high / step + 1e-9).rounded(.down))
        ticks = (first...max(first, last)).map { number in
            let value = Double(number) * step
            return Tick(value: value, text: String(format: "%.\(digits)f", value + 0) + suffix)
        }
    }

    /// An axis that holds all values and ends at round numbers.
    init(holding values: some Sequence<Double>, label: String, count: Int = 5, suffix: String = "") {
        let finite = values.filter(\.isFinite)
        let (low, high) = Self.widened(finite.min() ?? 0, finite.max() ?? 1)
        let step = Self.roundStep((high - low) / Double(max(count, 1)))
        self.init(
            ((low / step).rounded(.down) * step)...((high / step).rounded(.up) * step), label: label,
            count: count, suffix: suffix)
    }

    /// An axis with ticks that somebody else chose.
    init(_ range: ClosedRange<Double>, label: String, ticks: [Tick]) {
        let (low, high) = Self.widened(range.lowerBound, range.upperBound)
        self.range = low...high
        self.label = label
        self.ticks = ticks
    }

    /// Where a number lies, 0…1 from the low end; beyond for numbers outside.
    func position(_ value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    private static func widened(_ low: Double, _ high: Double) -> (Double, Double) {
        guard low.isFinite, high.isFinite else { return (0, 1) }
        // Equal values get an axis, too.
        let room = max(abs(low), abs(high), 1e-6) * 1e-6
        return high - low > room ? (low, high) : (low - max(abs(low), 1) / 2, high + max(abs(high), 1) / 2)
    }

    /// 1, 2 or 5 times a power of ten, at least `step`.
    private static func roundStep(_ step: Double) -> Double {
        let power = pow(10, log10(step).rounded(.down))
        let factor = [1.0, 2, 5].first { $0 * power >= step * 0.999 } ?? 10
        return factor * power
    }
}
