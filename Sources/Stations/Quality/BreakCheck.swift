/// D07 and D08: the level drops or jumps and stays (Dorigo 2013, equations 7-9).
enum BreakCheck {
    static func breaks(_ x: [Double], _ slopes: Slopes) -> (drops: [Int], jumps: [Int]) {
        var drops: [Int] = []
        var jumps: [Int] = []
        for t in x.indices.dropFirst() {
            let step = x[t] - x[t - 1]
            if x[t] == 0, step < -dropToZeroMin {
                drops.append(t)
            } else if t + 2 < x.count, isBreak(x, slopes, at: t, step: step) {
                if slopes.first[t] < 0 { drops.append(t) } else { jumps.append(t) }
            }
        }
        return (drops, jumps)
    }

    private static func isBreak(_ x: [Double], _ slopes: Slopes, at t: Int, step: Double) -> Bool {
        let second = slopes.second
        guard x[t] != 0, abs(step / x[t]) > relativeStepMin, abs(step) > stepMin else { return false }
        guard second[t] != 0, abs(second[t - 1] / second[t]).rounded(decimals: 1) == 1,
            abs(second[t] / second[t + 2]) > curvatureRatioMin
        else { return false }
        let around = Moments(slopes.first[max(0, t - windowReach)...min(x.count - 1, t + windowReach)])
        return around.count >= windowCountMin
            && abs(slopes.first[t]).clearlyExceeds(slopeRatioMin * abs(around.mean))
    }

    static let windowReach = 12
    static let windowCountMin = 4
    static let relativeStepMin = 0.1
    /// % vol.
    static let stepMin = 1.0
    static let slopeRatioMin = 10.0
    static let curvatureRatioMin = 10.0
    /// % vol.
    static let dropToZeroMin = 5.0
}
