internal import Foundation

/// Where most of some values lie: the middle nine tenths of them.
///
/// Two bulks tell a file that counts in another unit from weather, a season or another landscape, but only
/// for quantities that keep to one magnitude. Rain, heights and everything that reaches zero do not, and
/// nothing follows for them.
public struct Bulk: Hashable, Codable, Sendable {
    /// One value in twenty is smaller.
    public let low: Float
    /// One value in twenty is larger.
    public let high: Float

    /// Fewer values have no bulk.
    public static let countMin = 50
    /// How far the values of a whole domain may lie from all that a forest was trained with.
    public static let forestGap: Float = 10
    /// The same of a month and the day before it: no dark, damp or cold month is so far from it.
    public static let monthGap: Float = 20
    /// A bulk whose ends are further apart, as a ratio, keeps to no magnitude.
    static let spreadMax: Float = 10

    public init(low: Float, high: Float) {
        self.low = low
        self.high = high
    }

    /// Missing values do not count; nil where fewer than `countMin` are left.
    public init?(of values: some Sequence<Float>) {
        let sorted = values.filter { !$0.isNaN }.sorted()
        guard sorted.count >= Self.countMin else { return nil }
        self.init(low: sorted[sorted.count / 20], high: sorted[sorted.count - 1 - sorted.count / 20])
    }

    /// The smallest bulk that holds both.
    public func union(_ other: Bulk) -> Bulk {
        Bulk(low: min(low, other.low), high: max(high, other.high))
    }

    /// `about 1000 times smaller`, where other values lie so far beyond this bulk that a factor of at least
    /// `gap` is between them; nil where they do not, and where nothing follows.
    public func contradiction(by other: Bulk, gap: Float) -> String? {
        if high < 0 {
            let mirrored = Bulk(low: -other.high, high: -other.low)
            return Bulk(low: -high, high: -low).contradiction(by: mirrored, gap: gap)
        }
        // Zeros alone are a day without rain, or a night.
        guard low > 0, high <= low * Self.spreadMax, other.high > 0 else { return nil }
        let isSmaller = other.high * gap < low
        guard isSmaller || other.low > high * gap else { return nil }
        let ratio = isSmaller ? high / other.high : other.low / low
        let power = Int(log10(Double(ratio)).rounded())
        return "about \(Int(pow(10, Double(power)))) times \(isSmaller ? "smaller" : "larger")"
    }

    /// `0.3 to 57.5`.
    public var text: String { String(format: "%.4g to %.4g", low, high) }
}
