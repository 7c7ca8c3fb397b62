/// First and second derivatives of an hourly series: Savitzky-Golay with three points and order two, the ends
/// continued with their nearest value. NaN beside a gap.
struct Slopes {
    /// (x(t+1) - x(t-1)) / 2, per hour.
    let first: [Double]
    /// x(t+1) - 2 x(t) + x(t-1), per hour squared.
    let second: [Double]

    init(of values: [Double]) {
        func value(_ hour: Int) -> Double { values[min(max(hour, 0), values.count - 1)] }
        first = values.indices.map { (value($0 + 1) - value($0 - 1)) / 2 }
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

/// Mean and sample variance of what is not NaN.
struct Moments {
    private(set) var count = 0
    private(set) var mean = 0.0
    private var squares = 0.0

    init(_ values: some Sequence<Double>) {
        // Two passes: constant values must give a variance of exactly 0.
        var sum = 0.0
        for value in values where !value.isNaN {
            sum += value
            count += 1
        }
        mean = count > 0 ? sum / Double(count) : .nan
        for value in values where !value.isNaN { squares += (value - mean) * (value - mean) }
    }

    /// Divided by n - 1; NaN for fewer than two values.
    var sampleVariance: Double { count > 1 ? squares / Double(count - 1) : .nan }
    /// Divided by n; NaN for no value.
    var populationVariance: Double { count > 0 ? squares / Double(count) : .nan }
}
