/// D10: a plateau at the top of the sensor's range (Dorigo 2013, equations 10-13). Hours without value are
/// left out, so a plateau may bridge a gap.
///
/// The network's own program also takes all hours outside quiet periods for one more period, by a slip in its
/// grouping; that is not repeated here.
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

    /// From the steepest rise around the begin of a quiet period to the steepest fall around its end, as far
    /// as they lie within it; nil when it does not begin with a rise and end with a fall.
    private static func plateau(period: ClosedRange<Int>, rises: [Double]) -> ClosedRange<Int>? {
        func around(_ middle: Int) -> Range<Int> {
            Range(middle - reach...middle + reach).clamped(to: rises.indices)
        }
        // Differences are rounded, so that equal slopes are equal; of equal ones the first counts.
        func slope(_ hour: Int) -> Double { rises[hour].rounded(decimals: 3) }
        let begin = around(period.lowerBound).filter { !rises[$0].isNaN }
        let end = around(period.upperBound + 1).filter { !rises[$0].isNaN }
        guard let rise = begin.max(by: { slope($0) < slope($1) }),
            let fall = end.min(by: { slope($0) < slope($1) }), slope(rise) >= riseMin, slope(fall) < 0
        else { return nil }
        let first = period.contains(rise) ? rise : period.lowerBound
        let last = period.contains(fall) ? fall : period.upperBound
        return first <= last ? first...last : nil
    }

    static let window = 12
    static let reach = 12
    static let varianceMax = 0.05
    static let riseMin = 0.25
    static let plateauShareMin = 0.95
}
