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

    /// Steps that one window can hold: which of them are valid fits a machine word.
    public static let stepsMax = UInt64.bitWidth

    public init(halfWindowDays: Int, coefficients: Int, minimum: Int) {
        precondition(halfWindowDays >= 1 && coefficients >= 1, "a window has days, a polynomial has terms")
        precondition(minimum >= coefficients, "fewer values than coefficients have no fit")
        self.halfWindowDays = halfWindowDays
        self.coefficients = coefficients
        self.minimum = minimum
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
