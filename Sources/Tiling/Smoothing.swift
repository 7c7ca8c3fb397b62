/// The Savitzky-Golay rule for a series that comes every so many days: the value of a step becomes that of a
/// polynomial in time, fitted by least squares to the steps around it.
///
/// The fit uses true distances in days, so the short gap before January 1st, where 16-day composites begin
/// anew, needs no rule of its own.
public struct Smoothing: Hashable, Codable, Sendable {
    /// Steps at most so many days away are fitted, on either side.
    public let halfWindowDays: Int
    /// Of the polynomial: 3 is 1, t, t².
    public let coefficients: Int
    /// With fewer valid values the result is missing.
    public let minimum: Int
    /// Nil is `corrected`, so that recipes from before there was a choice keep their digests.
    private let yearsEnd: Mode?

    /// What is fitted near the end of a year.
    public enum Mode: String, Hashable, Codable, Sendable, CaseIterable {
        /// As the code of GSSM1km: a year is a series of its own, which has the steps from December 13th
        /// before it to January 18th behind it, so that the fit around January 1st is one-sided.
        case published
        /// All steps within the window.
        case corrected
    }

    /// How the end of a year is treated.
    public var mode: Mode { yearsEnd ?? .corrected }

    /// The days of the steps that the code of GSSM1km reads for the series of a year.
    public static func publishedSeries(of year: Int) -> DayRange? {
        guard let first = Day(year: year - 1, month: 12, day: 13),
            let last = Day(year: year + 1, month: 1, day: 18)
        else { return nil }
        return DayRange(first, through: last)
    }

    /// Steps that one window can hold: which of them are valid fits a machine word.
    public static let stepsMax = UInt64.bitWidth

    public init(halfWindowDays: Int, coefficients: Int, minimum: Int, mode: Mode = .corrected) {
        precondition(halfWindowDays >= 1 && coefficients >= 1, "a window has days, a polynomial has terms")
        precondition(minimum >= coefficients, "fewer values than coefficients have no fit")
        self.halfWindowDays = halfWindowDays
        self.coefficients = coefficients
        self.minimum = minimum
        yearsEnd = mode == .corrected ? nil : mode
    }
}

extension Covariate {
    /// Days before and behind a day whose source values count for it, when a step comes every so many days.
    public func reach(everyDays: Int) -> (before: Int, after: Int) {
        // The step before the first day and the step behind the last one bracket what is interpolated.
        let step = interpolation != .none ? everyDays : everyDays - 1
        let window = smoothing?.halfWindowDays ?? 0
        return (before: (derivation?.historyDays ?? 0) + step + window, after: step + window)
    }
}
