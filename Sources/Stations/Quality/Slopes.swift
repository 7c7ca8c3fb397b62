/// First and second derivatives of an hourly series: Savitzky-Golay with three points and order two, the ends
/// continued with their nearest value. NaN in a gap and beside it.
struct Slopes {
    /// (x(t+1) - x(t-1)) / 2, per hour.
    let first: [Double]
    /// x(t+1) - 2 x(t) + x(t-1), per hour squared.
    let second: [Double]

    init(of values: [Double]) {
        func value(_ hour: Int) -> Double { values[min(max(hour, 0), values.count - 1)] }
        // An hour without value has no slope, though both its neighbours have one.
        first = values.indices.map { values[$0].isNaN ? .nan : (value($0 + 1) - value($0 - 1)) / 2 }
        second = values.indices.map { value($0 + 1) - 2 * value($0) + value($0 - 1) }
    }
}

extension Double {
    /// Half to even, as the reference implementation rounds.
    func rounded(decimals: Int) -> Double {
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        return (self * factor).rounded(.toNearestOrEven) / factor
    }

    /// Equal but for rounding errors of arithmetic.
    func isClose(to other: Double) -> Bool { abs(self - other) <= 1e-8 + 1e-5 * abs(other) }

    /// Larger by more than rounding errors.
    func clearlyExceeds(_ other: Double) -> Bool { self > other && !isClose(to: other) }
}
