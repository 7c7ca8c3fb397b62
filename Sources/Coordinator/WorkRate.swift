internal import Tiling

/// How fast land-pixel-days are predicted, over the last minutes of this coordinator.
struct WorkRate {
    private var samples: [(at: ContinuousClock.Instant, landPixelDays: Int)] = []
    private(set) var landPixelDays = 0

    private static let secondsMin = 2.0

    mutating func add(_ count: Int) {
        landPixelDays += count
        let now = ContinuousClock.now
        samples.append((now, count))
        // Five minutes, and never more samples than that many units a second would leave.
        if samples.count > 4096 || samples[0].at.duration(to: now) > .seconds(300) {
            samples.removeAll { $0.at.duration(to: now) > .seconds(300) }
        }
    }

    /// Land-pixel-days per second; nil while two units that ended together would make a rate of nothing.
    var perSecond: Double? {
        guard let first = samples.first, let last = samples.last, samples.count > 1 else { return nil }
        let seconds = first.at.duration(to: last.at).seconds
        return seconds >= Self.secondsMin
            ? Double(samples.dropFirst().reduce(0) { $0 + $1.landPixelDays }) / seconds : nil
    }
}
