import Tiling

/// Looks at the planes of a month before they are written, so that wrong data never become a plausible map.
///
/// What may be real is kept: gaps of clouds, winter and polar night, and single numbers far off, which are
/// marks for missing that the file does not declare.
struct PlaneGuard {
    private let source: PlannedSource
    private let covariates: [Covariate]

    /// A value further than so many widths of `valid` beyond it is of another unit, or no value.
    static let farWidths = 10.0
    /// So many different numbers are no marks for missing any more.
    static let farNumbersMin = 8
    /// Share of the values of a day that must be far off.
    static let farShareMin = 0.001
    /// Days of a month that a usual number of cells is told from, and the share of them that has it.
    static let usualDaysMin = 5
    static let usualShareMin = 0.8
    /// Share of the usual cells below which a day of hours is damaged.
    static let floodShareMax = 0.5

    init(source: PlannedSource, product: Product) {
        self.source = source
        covariates = product.covariates
    }

    /// Days to leave out, and why. Throws for values that can only be of another unit: then the other days of
    /// the file are no better.
    func refused(_ planes: [(day: Day, values: [Float])], of variable: SourceVariable) throws -> [Day: String]
    {
        var reasons: [Day: String] = [:]
        let counts = planes.map { $0.values.reduce(0) { $0 + ($1.isNaN ? 0 : 1) } }
        let usual = usualCount(counts)
        for (plane, count) in zip(planes, counts) {
            let path = source.path.path(for: plane.day)
            if count == 0, counts.contains(where: { $0 > 0 }) {
                reasons[plane.day] = "\(variable.name): no value at all on \(plane.day) in \(path)"
            } else if variable.daily != nil, let usual, Double(count) < Self.floodShareMax * Double(usual) {
                reasons[plane.day] =
                    "\(variable.name): \(count) cells with value on \(plane.day) in \(path), other days have "
                    + "\(usual)"
            }
            for covariate in readers(of: variable) {
                guard let valid = covariate.valid else { continue }
                let found = Outliers(of: plane.values, covariate, valid)
                if found.isOfAnotherUnit(valueCount: count) {
                    throw CovariateError.unusable(
                        path: path,
                        problem:
                            "\(variable.name) of \(plane.day): \(found.farCount) of \(count) values, such "
                            + "as \(found.example), are far outside valid "
                            + "[\(valid.minimum), \(valid.maximum)] of covariate '\(covariate.name)': "
                            + "check the unit of the file, scale and offset")
                }
                if count > 0, found.outsideCount == count {
                    reasons[plane.day] =
                        "\(variable.name): all \(count) values of \(plane.day) in \(path), such as "
                        + "\(found.example), are outside valid [\(valid.minimum), \(valid.maximum)] of "
                        + "'\(covariate.name)'"
                }
            }
        }
        return reasons
    }

    /// Covariates that are this variable alone; sums have ranges of their own.
    private func readers(of variable: SourceVariable) -> [Covariate] {
        covariates.filter { covariate in
            guard case .files(let files) = covariate.source else { return false }
            return files.path == source.path && files.daily == variable.daily
                && files.content == .netCDF(variables: [variable.name])
        }
    }

    /// The number of cells that nearly all days have: a model's land. Satellites have none.
    private func usualCount(_ counts: [Int]) -> Int? {
        guard counts.count >= Self.usualDaysMin else { return nil }
        let often = Dictionary(grouping: counts) { $0 }.max {
            ($0.value.count, $0.key) < ($1.value.count, $1.key)
        }
        guard let often, Double(often.value.count) >= Self.usualShareMin * Double(counts.count) else {
            return nil
        }
        return often.key
    }
}

/// The values of a plane that a valid range turns away.
private struct Outliers {
    private(set) var outsideCount = 0
    private(set) var farCount = 0
    /// One of them, the first far one if there is any.
    private(set) var example: Float = .nan
    private var farNumbers: Set<Float> = []

    init(of values: [Float], _ covariate: Covariate, _ valid: Covariate.ValidRange) {
        // The limits are compared in float32, as everywhere.
        let (low, high) = (Float(valid.minimum), Float(valid.maximum))
        let reach = PlaneGuard.farWidths * (valid.maximum - valid.minimum)
        let (lowest, highest) = (Float(valid.minimum - reach), Float(valid.maximum + reach))
        for value in values {
            let scaled = Float(Double(value) * covariate.scale + covariate.offset)
            // False for what is missing.
            guard scaled < low || scaled > high else { continue }
            outsideCount += 1
            if outsideCount == 1 { example = scaled }
            guard scaled < lowest || scaled > highest else { continue }
            farCount += 1
            if farCount == 1 { example = scaled }
            if farNumbers.count < PlaneGuard.farNumbersMin { farNumbers.insert(scaled) }
        }
    }

    func isOfAnotherUnit(valueCount: Int) -> Bool {
        farNumbers.count >= PlaneGuard.farNumbersMin
            && Double(farCount) > PlaneGuard.farShareMin * Double(valueCount)
    }
}
