import Rasters
import Tiling

/// Looks at the planes of a month before they are written, so that wrong data never become a plausible map.
///
/// What may be real is kept: gaps of clouds, winter and polar night, and single numbers far off, which are
/// marks for missing that the file does not declare.
struct PlaneGuard {
    private let source: PlannedSource
    private let covariates: [Covariate]
    /// What the forests know of covariates.
    let learned: [String: Bulk]

    /// A value further than so many widths of `valid` beyond it is of another unit, or no value.
    static let farWidths = 10.0
    /// So many different numbers are no marks for missing any more.
    static let farNumbersMin = 8
    /// Share of the values of a day that must be far off.
    static let farShareMin = 0.001
    /// Share of a day's values that is too much outside where other days have next to none.
    static let aloneShareMin = 0.2
    /// Days of a month that a usual number of cells is told from, and the share of them that has it.
    static let usualDaysMin = 5
    static let usualShareMin = 0.8
    /// Share of the usual cells that a day of hours may have more or less of.
    static let changedShareMax = 0.2
    /// Where more is not valid, the rest is chance.
    static let mostShare = 0.9

    init(source: PlannedSource, product: Product, learned: [String: Bulk] = [:]) {
        self.source = source
        self.learned = learned
        covariates = product.covariates
    }

    /// Days to leave out, and why. Throws for values that can only be of another unit: then the other days of
    /// the file are no better.
    func refused(
        _ planes: [(day: Day, values: [Float], path: String)], of variable: SourceVariable,
        after predecessor: Predecessor? = nil, columns: Int = 0,
        team: LoopTeam = LoopTeam(threadCount: 1)
    ) throws -> [Day: String] {
        var reasons: [Day: String] = [:]
        let counts = team.map(planes.count) { planes[$0].values.validCount }
        // Only models are the same day by day: satellites have clouds, and a polar night that moves.
        let usual = variable.daily == nil ? nil : usualDay(counts)
        if let usual { try check(planes[usual], of: variable, count: counts[usual], after: predecessor) }
        for (plane, count) in zip(planes, counts) {
            let path = plane.path
            if count == 0 {
                reasons[plane.day] = "\(variable.name): no value at all on \(plane.day) in \(path)"
            } else if let usual, isElsewhere(plane.values, than: planes[usual].values, count: counts[usual]) {
                reasons[plane.day] =
                    "\(variable.name): the \(count) cells with value on \(plane.day) in \(path) are not the "
                    + "\(counts[usual]) of other days"
            }
        }
        for covariate in readers(of: variable) {
            guard let valid = covariate.valid else { continue }
            let found = try outside(planes, of: variable, covariate, valid, team)
            reasons.merge(found) { $1 }
        }
        try checkMagnitude(planes, of: variable, after: predecessor)
        if columns > 1 { try checkPlace(planes, of: variable, after: predecessor, columns: columns) }
        return reasons
    }

    /// Days whose values are not within a valid range: all of them, or many where other days have hardly any.
    private func outside(
        _ planes: [(day: Day, values: [Float], path: String)], of variable: SourceVariable,
        _ covariate: Covariate, _ valid: Covariate.ValidRange, _ team: LoopTeam
    ) throws -> [Day: String] {
        let found = team.map(planes.count) { Outliers(of: planes[$0].values[...], covariate, valid) }
        let valueCount = found.reduce(0) { $0 + $1.valueCount }
        let outsideCount = found.reduce(0) { $0 + $1.outsideCount }
        let limits = "valid [\(valid.minimum), \(valid.maximum)] of"
        var reasons: [Day: String] = [:]
        for (plane, own) in zip(planes, found) {
            guard !own.isOfAnotherUnit(valueCount: own.valueCount) else {
                throw CovariateError.unusable(
                    path: plane.path,
                    problem:
                        "\(variable.name) of \(plane.day): \(own.farCount) of \(own.valueCount) values, such "
                        + "as \(own.example), are far outside \(limits) covariate '\(covariate.name)': "
                        + "check the unit of the file, scale and offset")
            }
            let isAlone =
                planes.count > Self.usualDaysMin
                && Double(own.outsideCount) > Self.aloneShareMin * Double(own.valueCount)
                && Double(outsideCount - own.outsideCount) < Self.farShareMin
                    * Double(valueCount - own.valueCount)
            let isMost =
                own.mayBeMostlyOutside && Outliers.isMostlyOutside(plane.values, covariate, valid) != nil
            guard own.valueCount > 0, own.outsideCount == own.valueCount || isAlone || isMost else {
                continue
            }
            let all = own.outsideCount == own.valueCount
            reasons[plane.day] =
                "\(variable.name): \(all ? "all" : "\(own.outsideCount) of") \(own.valueCount) values of "
                + "\(plane.day) in \(plane.path), such as \(own.example), are outside \(limits) "
                + "'\(covariate.name)'" + (all || isMost ? "" : ", and hardly any of other days")
        }
        return reasons
    }

    /// Covariates that are this variable alone; sums have ranges of their own.
    func readers(of variable: SourceVariable) -> [Covariate] {
        covariates.filter { covariate in
            guard case .files(let files) = covariate.source else { return false }
            return files.path == source.path && files.variables.contains(variable)
                && files.content == .netCDF(variables: [variable.name])
        }
    }

    /// A file whose land lies elsewhere than that of the file before it is upside down, or shifted.
    private func check(
        _ plane: (day: Day, values: [Float], path: String), of variable: SourceVariable, count: Int,
        after predecessor: Predecessor?
    ) throws {
        guard let predecessor, predecessor.variable == variable.name,
            isElsewhere(predecessor.values, than: plane.values, count: count)
        else { return }
        throw CovariateError.unusable(
            path: plane.path,
            problem: "\(variable.name) of \(plane.day) has values in other cells than the file before it, "
                + "\(predecessor.path): is one of them upside down, or shifted in longitude?")
    }

    private func isElsewhere(_ values: [Float], than usual: [Float], count: Int) -> Bool {
        var changedCount = 0
        for (value, other) in zip(values, usual) where value.isNaN != other.isNaN { changedCount += 1 }
        return Double(changedCount) > Self.changedShareMax * Double(count)
    }

    /// A day that has as many cells with value as nearly all days have: a model's land.
    private func usualDay(_ counts: [Int]) -> Int? {
        guard counts.count >= Self.usualDaysMin else { return nil }
        let often = Dictionary(grouping: counts.indices) { counts[$0] }.values.max {
            ($0.count, counts[$0[0]]) < ($1.count, counts[$1[0]])
        }
        guard let often, Double(often.count) >= Self.usualShareMin * Double(counts.count),
            counts[often[0]] > 0
        else { return nil }
        // A day in the middle: the first one may be the one that is turned.
        return often[often.count / 2]
    }
}
