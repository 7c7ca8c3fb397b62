/// Seconds since the last lap: the phases of a unit, for its receipt.
public struct Stopwatch {
    private var last = ContinuousClock.now

    /// Starts now.
    public init() {}

    /// Ends a lap and begins the next.
    public mutating func lap() -> Double {
        let now = ContinuousClock.now
        defer { last = now }
        let parts = last.duration(to: now).components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }
}
