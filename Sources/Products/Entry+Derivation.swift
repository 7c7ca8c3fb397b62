import Tiling

/// Rules that reach back over days.
extension Entry {
    private static let daysMax = 3660

    func derivation() -> Covariate.Derivation? {
        guard let kind = kind(among: ["antecedent-index", "running-sum"]) else { return nil }
        return kind == "running-sum" ? runningSum() : antecedentIndex()
    }

    private func antecedentIndex() -> Covariate.Derivation? {
        guard let section = Section(self, .antecedentIndexDerivation) else { return nil }
        let scale = section.value(of: "scale", default: 1) { $0.nonzeroNumber() }
        guard let entry = section["antecedent-index"], let index = Section(entry, .antecedentIndex) else {
            return nil
        }
        let terms = index.value(of: "terms", default: 34) { $0.wholeNumber(in: 1...Self.daysMax) }
        let decay = index.value(of: "decay", default: 0.91) { $0.decay() }
        guard let terms, let decay, let scale else { return nil }
        return .antecedentIndex(terms: terms, decay: decay, scale: scale)
    }

    /// `savitzky-golay: {}` takes what the vegetation series of GSSM1km were made with.
    func smoothing() -> Smoothing? {
        guard let entry = Section(self, .smoothing)?["savitzky-golay"],
            let section = Section(entry, .savitzkyGolay)
        else { return nil }
        let halfWindow = section.value(of: "half-window-days", default: 48) { $0.wholeNumber(in: 1...366) }
        let coefficients = section.value(of: "coefficients", default: 3) { $0.wholeNumber(in: 1...6) }
        let mode = section.value(of: "mode", default: .corrected) {
            $0.choice(of: Smoothing.Mode.allCases)
        }
        guard let halfWindow, let coefficients, let mode else { return nil }
        let minimum = section.value(of: "minimum", default: coefficients + 2) {
            $0.wholeNumber(in: coefficients...Smoothing.stepsMax)
        }
        return minimum.map {
            Smoothing(halfWindowDays: halfWindow, coefficients: coefficients, minimum: $0, mode: mode)
        }
    }

    private func decay() -> Double? {
        guard let value = number() else { return nil }
        guard value > 0, value <= 1 else { return refused("\(value) must be above 0 and at most 1") }
        return value
    }

    /// `running-sum: 5`, or `running-sum: {days: 5}` as the other kind spells its settings.
    private func runningSum() -> Covariate.Derivation? {
        guard let entry = Section(self, .runningSumDerivation)?["running-sum"] else { return nil }
        let days = !entry.isMapping ? entry : Section(entry, .runningSum)?["days"]
        return (days?.wholeNumber(in: 1...Self.daysMax)).map { .runningSum(days: $0) }
    }
}
