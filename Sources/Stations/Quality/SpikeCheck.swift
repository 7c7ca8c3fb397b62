/// D06: a value, or two equal ones, that stand out from both neighbours (Dorigo 2013, equations 4-6).
enum SpikeCheck {
    static func spikes(_ x: [Double], _ slopes: Slopes) -> [Int] {
        var found: [Int] = []
        let reach = windowReach
        guard x.count > 2 * reach else { return [] }
        for t in reach..<(x.count - reach) {
            // (a) The step up or down is steep. Of a two-hour peak only the first hour can fulfil (d), so its
            // second hour needs no step of its own.
            let step = (x[t] / x[t - 1]).rounded(decimals: 3)
            guard step > stepMax || step < stepMin else { continue }
            // (b) It goes back as steeply as it came.
            let symmetry = abs(slopes.second[t - 1] / slopes.second[t + 1]).rounded(decimals: 3)
            guard symmetry > symmetryMin, symmetry < symmetryMax else { continue }
            // (d) It is an extreme.
            let length = extremeLength(x, t)
            guard length > 0 else { continue }
            // (c) The hours around it are quiet; all 25 must be there.
            let around = x[(t - reach)..<t] + x[(t + 1)...(t + reach)]
            let moments = Moments(around)
            guard moments.count == 2 * reach,
                abs(moments.sampleVariance / moments.mean) < relativeVarianceMax
            else { continue }
            found += t..<(t + length)
        }
        return found
    }

    /// How many hours the strict extreme that begins at an hour lasts: 1, 2, or 0 for none.
    private static func extremeLength(_ x: [Double], _ t: Int) -> Int {
        func stands(_ before: Double, _ value: Double, _ after: Double) -> Bool {
            (before < value && value > after) || (before > value && value < after)
        }
        if stands(x[t - 1], x[t], x[t + 1]) { return 1 }
        return x[t] == x[t + 1] && stands(x[t - 1], x[t], x[t + 2]) ? 2 : 0
    }

    static let windowReach = 12
    static let stepMax = 1.15
    static let stepMin = 0.85
    static let symmetryMin = 0.8
    static let symmetryMax = 1.2
    static let relativeVarianceMax = 1.0
}
