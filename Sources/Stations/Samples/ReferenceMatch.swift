public import Covariates
public import Tiling

/// Gives the targets of a layer the mean and the standard deviation of a covariate at their pixels, such as
/// the soil water of ERA5-Land (SMCI, section 2).
public struct ReferenceMatch: Sendable {
    /// A covariate of the product, in m3 m-3.
    public let covariate: String

    public init(covariate: String) { self.covariate = covariate }

    /// Targets that cannot be matched (fewer than two days in common, or constant) are left out and named.
    public func matched(_ targets: [StationTarget], days: DayRange, reader: CovariateReader) throws -> (
        targets: [StationTarget], issues: [StationIssue]
    ) {
        let product = reader.plan.product
        let unit = product.covariate(named: covariate)?.unit
        if let unit, !["m3 m-3", "m3/m3", "1"].contains(unit) {
            throw StationError(
                source: "covariate \(covariate)",
                problem: "its unit is '\(unit)': a reference for soil moisture is in m3 m-3")
        }
        let reference = try CovariateSeries(
            [covariate], at: Set(targets.map(\.pixel)), days: days, reader: reader)
        var issues: [StationIssue] = []
        let matched = targets.compactMap { target -> StationTarget? in
            do {
                guard let model = reference.daily(covariate, at: target.pixel) else { return nil }
                let match = try MomentMatch(of: target.daily, to: model, name: "\(target.id)")
                return target.with(match.applied(to: target.daily))
            } catch {
                let problem = (error as? StationError)?.problem ?? "\(error)"
                issues.append(StationIssue(source: "\(target.id)", problem: problem, isSkipped: true))
                return nil
            }
        }
        return (matched, issues)
    }
}
