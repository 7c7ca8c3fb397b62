public import Tiling

/// A feature out of a column of the stations' tables: as it stands there, or by a rule in time.
public struct TableFeature: Hashable, Sendable {
    public let name: String
    public let column: String
    public let unit: String
    /// What becomes of the days of a station's column; a day without whole history has no value.
    public let derivation: Covariate.Derivation?

    public init(name: String, column: String, unit: String = "", derivation: Covariate.Derivation? = nil) {
        self.name = name
        self.column = column
        self.unit = unit
        self.derivation = derivation
    }

    /// Reads `rain`, `ndvi=ndvi_500m`, `api=antecedent-index(rain;34;0.91)` or `tp7=running-sum(tp;7)`; nil
    /// for anything else.
    public init?(_ text: some StringProtocol) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
            String($0).trimmed
        }
        guard let name = sides.first, !name.isEmpty, let rule = sides.last, !rule.isEmpty else { return nil }
        guard let open = rule.firstIndex(of: "(") else {
            self.init(name: name, column: rule)
            return
        }
        guard sides.count == 2, rule.hasSuffix(")") else { return nil }
        let arguments = rule[rule.index(after: open)...].dropLast().split(separator: ";").map {
            String($0).trimmed
        }
        func number(_ place: Int) -> Int {
            Int(arguments[place]).map { (1...3660).contains($0) ? $0 : 0 } ?? 0
        }
        switch (String(rule[..<open]), arguments.count) {
        case ("antecedent-index", 3):
            guard number(1) > 0, let decay = Double(arguments[2]), decay > 0, decay <= 1 else { return nil }
            self.init(
                name: name, column: arguments[0],
                derivation: .antecedentIndex(terms: number(1), decay: decay, scale: 1))
        case ("running-sum", 2):
            guard number(1) > 0 else { return nil }
            self.init(name: name, column: arguments[0], derivation: .runningSum(days: number(1)))
        default: return nil
        }
    }

    /// Its value on a day, out of the days of a station's column.
    func value(on day: Day, in column: [Day: Double]) -> Double {
        func value(_ lag: Int) -> Double { column[day - lag] ?? .nan }
        switch derivation {
        case nil: return value(0)
        case .runningSum(let days): return (0..<days).reduce(0) { $0 + value($1) }
        case .antecedentIndex(let terms, let decay, let scale):
            var (sum, weight) = (0.0, 1.0)
            for lag in 0..<terms {
                sum += weight * value(lag)
                weight *= decay
            }
            return scale * sum
        }
    }
}
