import Tiling

/// Which steps of a source make the value of a day: every rule in time is a weighted sum of steps.
///
/// | rule | value of day t |
/// |---|---|
/// | daily source | x(t) |
/// | a step every N days | x of the latest step, at most N - 1 days old |
/// | … as published | f = min((t - a) / 13, 1) where b is January 1st |
/// | … interpolated | (1 - f) x(a) + f x(b), f = (t - a) / (b - a); a <= t < b neighbours, b - a <= N |
/// | antecedent index | scale * sum_{i=0..<terms} decay^i x(t - i) |
/// | running sum | sum_{i=0..<days} x(t - i) |
///
/// Where values are smoothed, the steps are those of `SavitzkyGolay`.
///
/// A day that lacks one of its steps is missing; a cell that lacks one of its terms is missing.
struct TimeRule {
    /// Position of a step, and what it is multiplied by.
    struct Term: Equatable {
        let step: Int
        let weight: Double
    }

    enum Outcome: Equatable {
        case terms([Term])
        /// The days, out of those that the rule reaches back to, that no step stands for.
        case missing([Day])
    }

    /// Ascending.
    let steps: [Day]
    let everyDays: Int
    let interpolation: Covariate.Interpolation
    /// By lag in days; the derivation's scale is inside.
    let lagWeights: [Double]

    init(of covariate: Covariate, everyDays: Int, steps: [Day]) throws {
        self.steps = steps
        self.everyDays = everyDays
        self.interpolation = covariate.interpolation
        self.lagWeights = TimeRule.lagWeights(of: covariate.derivation)
        if covariate.derivation != nil && everyDays > 1 {
            throw CovariateError.unsupported(
                covariate: covariate.name,
                problem:
                    "a derived covariate needs a daily source, this one has a step every \(everyDays) days")
        }
        if covariate.derivation != nil && covariate.smoothing != nil {
            throw CovariateError.unsupported(
                covariate: covariate.name, problem: "derive and smooth exclude each other: keep one")
        }
        let isJoined =
            covariate.derivation != nil || covariate.smoothing != nil || covariate.interpolation != .none
        if covariate.resampling == .mode && isJoined {
            throw CovariateError.unsupported(
                covariate: covariate.name,
                problem: "resample: mode is for classes, which derive, smooth and interpolate would mix")
        }
    }

    /// Days from the last 16-day composite of a year to January 1st in the published code, leap years too.
    private static let publishedLastSpacing = 13

    /// The first and last day whose source value counts for a day, before steps are chosen.
    func reach(of day: Day) -> DayRange { DayRange(day - (lagWeights.count - 1), through: day) }

    func outcome(for day: Day) -> Outcome {
        var terms: [Term] = []
        var missing: [Day] = []
        for (lag, lagWeight) in lagWeights.enumerated() {
            if let found = stepsThatStand(for: day - lag) {
                terms += found.map { Term(step: $0.step, weight: $0.weight * lagWeight) }
            } else {
                missing.append(day - lag)
            }
        }
        return missing.isEmpty ? .terms(terms) : .missing(missing.reversed())
    }

    private func stepsThatStand(for day: Day) -> [Term]? {
        let next = indexOfFirstStep(after: day)
        guard next > 0 else { return nil }
        let latest = next - 1
        let age = day - steps[latest]
        if age == 0 { return [Term(step: latest, weight: 1)] }
        switch interpolation {
        case .none:
            return age < everyDays ? [Term(step: latest, weight: 1)] : nil
        case .linear, .linearPublished:
            guard next < steps.count, steps[next] - steps[latest] <= everyDays else { return nil }
            var spacing = steps[next] - steps[latest]
            if interpolation == .linearPublished, steps[next].dayOfYear == 1 {
                spacing = Self.publishedLastSpacing
            }
            let fraction = min(Double(age) / Double(spacing), 1)
            return [Term(step: latest, weight: 1 - fraction), Term(step: next, weight: fraction)]
        }
    }

    private func indexOfFirstStep(after day: Day) -> Int {
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle] <= day { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Powers by repeated multiplication: the same bits on every machine, which a library's `pow` does not
    /// promise.
    private static func lagWeights(of derivation: Covariate.Derivation?) -> [Double] {
        switch derivation {
        case nil:
            return [1]
        case .runningSum(let days):
            return [Double](repeating: 1, count: days)
        case .antecedentIndex(let terms, let decay, let scale):
            var weights: [Double] = []
            var power = 1.0
            for _ in 0..<terms {
                weights.append(scale * power)
                power *= decay
            }
            return weights
        }
    }
}
