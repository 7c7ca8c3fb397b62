import Tiling

/// What will become of the runs of days that predict units are made of, as far as dates tell.
struct RunForecast {
    /// All days can be made; some; none.
    private(set) var completeCount = 0
    private(set) var partialCount = 0
    private(set) var impossibleCount = 0
    /// Days that some covariate lacks.
    let missingDays: [DayRange]

    init(product: Product, missing: [DayRange]) {
        let lacking = Set(missing.flatMap { Array($0) })
        var runs: [DayRange] = []
        for block in product.unit.blocks(of: product.period) {
            guard let days = product.unit.days(ofBlock: block, within: product.period) else { continue }
            let count = days.count { lacking.contains($0) }
            if count == 0 {
                completeCount += 1
            } else if count == days.count {
                impossibleCount += 1
            } else {
                partialCount += 1
            }
            for day in days where lacking.contains(day) {
                if let last = runs.last, last.last + 1 == day {
                    runs[runs.count - 1] = DayRange(last.first, through: day)
                } else {
                    runs.append(DayRange(day, through: day))
                }
            }
        }
        missingDays = runs
    }

    var missingDayCount: Int { missingDays.reduce(0) { $0 + $1.count } }

    /// `48 complete, 1 partial, 0 impossible`.
    var text: String {
        "\(completeCount) complete, \(partialCount) partial, \(impossibleCount) impossible"
    }
}

extension Product {
    /// Whether a day without a covariate is a day without a map: gaps of a series that is filled are not.
    func hasToHave(_ name: String) -> Bool {
        let filled = covariates.compactMap { covariate -> String? in
            if case .continuous(let series) = covariate.source { series.observed } else { nil }
        }
        return !filled.contains(name) || featureNames.contains(name)
            || covariates.contains { covariate in
                switch covariate.source {
                case .difference(let a, let b), .mean(let a, let b): a == name || b == name
                case .continuous(let series): series.weather == name
                default: false
                }
            }
    }
}
