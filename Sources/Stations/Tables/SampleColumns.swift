/// Which columns of plain tables make samples, a row per station and day.
public struct SampleColumns: Hashable, Sendable {
    public var station: ColumnMapping.Source
    public var network: ColumnMapping.Source = .constant("")
    public var latitude: String
    public var longitude: String
    /// ISO dates.
    public var time: String
    public var target: String
    public var targetUnit = "m3 m-3"
    /// Whether the target is % vol, to be divided by 100.
    public var isPercent = false
    /// The predictors: a row without one of them is left out.
    public var features: [SampleFeature]
    /// Values to hold predictions against: a row may lack them.
    public var others: [SampleFeature] = []
    /// Columns of words: folds, classes.
    public var labels: [String] = []
    /// Stations in one square of so many degrees count as sharing a pixel: 30 arcsec.
    public var cellDegrees = 1 / 120.0
    /// Texts that mean "no value", besides an empty field.
    public var missing: Set<String> = ["NA", "NaN", "nan", "null", "None", "-9999", "-9999.0", "-999"]

    public init(
        station: ColumnMapping.Source, latitude: String, longitude: String, time: String, target: String,
        features: [SampleFeature]
    ) {
        self.station = station
        self.latitude = latitude
        self.longitude = longitude
        self.time = time
        self.target = target
        self.features = features
    }
}

/// A predictor out of a column: as it stands there, or summed over days of the same station.
public struct SampleFeature: Hashable, Sendable {
    /// What becomes of the column's days; a row without whole history has no value.
    public enum Derivation: Hashable, Sendable {
        case none
        /// `sum of decay^i x(t - i)` over so many terms, the day itself included.
        case antecedentIndex(terms: Int, decay: Double)
        /// The sum of so many days that end with the day itself.
        case runningSum(days: Int)

        /// The weight of each day, the day itself first.
        var weights: [Double] {
            switch self {
            case .none: return [1]
            case .antecedentIndex(let terms, let decay):
                var weight = 1.0
                return (0..<terms).map { _ in
                    defer { weight *= decay }
                    return weight
                }
            case .runningSum(let days): return [Double](repeating: 1, count: days)
            }
        }
    }

    public let name: String
    public let column: String
    public let derivation: Derivation

    public init(name: String, column: String, derivation: Derivation = .none) {
        self.name = name
        self.column = column
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
        switch (String(rule[..<open]), arguments.count) {
        case ("antecedent-index", 3):
            guard let terms = Int(arguments[1]), let decay = Double(arguments[2]), (1...3660).contains(terms),
                decay > 0, decay <= 1
            else { return nil }
            self.init(
                name: name, column: arguments[0], derivation: .antecedentIndex(terms: terms, decay: decay))
        case ("running-sum", 2):
            guard let days = Int(arguments[1]), (1...3660).contains(days) else { return nil }
            self.init(name: name, column: arguments[0], derivation: .runningSum(days: days))
        default: return nil
        }
    }
}
