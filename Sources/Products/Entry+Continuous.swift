import Tiling

/// A covariate whose gaps are filled.
extension Entry {
    /// `{continuous: lst_clear, weather: air_at_overpass, period: 2000-03-05..2020-12-31}`.
    func continuousSource() -> (source: Covariate.Source, operands: [Entry])? {
        guard let section = Section(self, .continuousSource) else { return nil }
        let mode = section.value(of: "mode", default: .corrected) {
            $0.choice(of: ContinuousSeries.Mode.allCases)
        }
        let fit = section.value(of: "fit", default: HarmonicFitting?.none) {
            $0.choice(of: HarmonicFitting.allCases).map(Optional.some)
        }
        let share = section.value(of: "share", default: 1) { $0.share() }
        guard let observed = section["continuous"], let weather = section["weather"],
            let first = observed.text(), let second = weather.text(),
            let period = section["period"]?.period(),
            let mode, let fit, let share
        else { return nil }
        guard first != second else {
            return weather.refused("is the series with gaps itself: name the covariate of the model")
        }
        let series = ContinuousSeries(
            observed: first, weather: second, period: period, mode: mode, fit: fit, share: share)
        return (.continuous(series), [observed, weather])
    }

    private func share() -> Double? {
        guard let value = number() else { return nil }
        return (0...1).contains(value)
            ? value : refused("is the part of the anomaly that is added, from 0 to 1")
    }
}
