/// D09: constant low values after a drop (Dorigo 2013, equation 14). Hours without value are left out, so a
/// plateau may bridge a gap.
enum LowPlateauCheck {
    static func plateaus(_ x: [Double], drops: Set<Int>) -> [Int] {
        let hours = x.indices.filter { !x[$0].isNaN }
        let values = hours.map { x[$0] }
        guard values.count >= window, !drops.isEmpty else { return [] }
        let variances = values.indices.map { relativeVariance(values, at: $0) }
        var isFlagged = [Bool](repeating: false, count: hours.count)
        var isPlateau = false
        for t in hours.indices {
            if drops.contains(hours[t]), variances[t] < relativeVarianceMax {
                isPlateau = true
            } else if t > 0, variances[t] - variances[t - 1] >= relativeVarianceMax {
                isPlateau = false
            }
            // A plateau lasts at least one window: its last window still belongs to it.
            if isPlateau {
                for later in t..<min(t + window, hours.count) { isFlagged[later] = true }
            }
        }
        return hours.indices.filter { isFlagged[$0] }.map { hours[$0] }
    }

    /// Variance over mean of the 13 values from t, both to four decimals; 0 when all are 0, NaN at the end.
    private static func relativeVariance(_ values: [Double], at t: Int) -> Double {
        guard t + window <= values.count else { return values[t] == 0 ? 0 : .nan }
        let moments = Moments(values[t..<(t + window)])
        let ratio = moments.sampleVariance.rounded(decimals: 4) / moments.mean.rounded(decimals: 4)
        return ratio.isNaN && values[t] == 0 ? 0 : ratio
    }

    static let window = 13
    static let relativeVarianceMax = 0.001
}
