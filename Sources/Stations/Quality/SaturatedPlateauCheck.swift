/// D10: a plateau at the top of the sensor's range (Dorigo 2013, equations 10-13). Hours without value are
/// left out, so a plateau may bridge a gap.
enum SaturatedPlateauCheck {
    static func plateaus(_ x: [Double], _ slopes: Slopes) -> [Int] {
        let hours = x.indices.filter { !x[$0].isNaN }
        let values = hours.map { x[$0] }
        let rises = hours.map { slopes.first[$0] }
        guard values.count >= window,
            let highest = values.lazy.filter({ $0 < QualityControl.moistureMax }).max()
        else { return [] }
        let isQuiet = values.indices.map { t in
            t + window <= values.count && Moments(values[t..<(t + window)]).sampleVariance <= varianceMax
        }
        var found: [Int] = []
        var start = 0
        while start < values.count {
            guard isQuiet[start] else {
                start += 1
                continue
            }
            let end = isQuiet[start...].firstIndex(of: false) ?? values.count
            // The last quiet window begins at end - 1.
            if let plateau = plateau(period: start...(end - 2 + window), rises: rises),
                Moments(values[plateau]).mean > plateauShareMin * highest
            {
                found += plateau.map { hours[$0] }
            }
            start = end
        }
        return found
    }

    /// From the steepest rise to the steepest fall, as far as both lie in the quiet period; nil when the
    /// period does not begin with a rise and end with a fall.
    private static func plateau(period: ClosedRange<Int>, rises: [Double]) -> ClosedRange<Int>? {
        func around(_ middle: Int) -> ArraySlice<Double> {
            rises[max(0, middle - reach)...min(rises.count - 1, middle + reach)]
        }
        // Rounded, because the reference compares three decimals.
        guard
            let rise = around(period.lowerBound).filter({ !$0.isNaN }).max()?.rounded(decimals: 3),
            let fall = around(period.upperBound).filter({ !$0.isNaN }).min()?.rounded(decimals: 3),
            rise >= riseMin, fall < 0
        else { return nil }
        let first = period.first { rises[$0].rounded(decimals: 3) == rise } ?? period.lowerBound
        let last = period.first { rises[$0].rounded(decimals: 3) == fall } ?? period.upperBound
        return first <= last ? first...last : nil
    }

    static let window = 12
    static let reach = 12
    static let varianceMax = 0.05
    static let riseMin = 0.25
    static let plateauShareMin = 0.95
}
