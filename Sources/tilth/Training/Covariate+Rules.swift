import Tiling

extension Covariate {
    /// The rules that make its values, without the files that they are made from: what must be the same when
    /// a forest is trained and when it predicts.
    var rulesText: String {
        var rules: [String] = []
        switch source {
        case .files(let files):
            if let daily = files.daily { rules.append("daily \(Self.words(daily))") }
            if case .topographicIndex(let terrain) = files.content {
                rules.append("topographic index, \(terrain.mode)")
            }
            if files.everyDays > 1 { rules.append("every \(files.everyDays) days") }
        case .difference(let first, let second): rules.append("difference of \(first) and \(second)")
        case .mean(let first, let second): rules.append("mean of \(first) and \(second)")
        case .continuous(let series): rules.append(series.words)
        case .latitude: rules.append("latitude of the pixel")
        case .longitude: rules.append("longitude of the pixel")
        case .dayOfYear: rules.append("day of year")
        }
        switch derivation {
        case nil: break
        case .antecedentIndex(let terms, let decay, let scale):
            rules.append("antecedent-index of \(terms) terms, decay \(decay), scale \(scale)")
        case .runningSum(let days): rules.append("running-sum of \(days) days")
        }
        if let smoothing {
            rules.append(
                "savitzky-golay of \(smoothing.coefficients) coefficients within \(smoothing.halfWindowDays) "
                    + "days, at least \(smoothing.minimum) values"
                    + (smoothing.mode == .published ? ", each year a series of its own as published" : ""))
        }
        switch interpolation {
        case .none: break
        case .linear: rules.append("linear in time")
        case .linearPublished: rules.append("linear in time, 13 days to January 1st as published")
        }
        if case .files = source { rules.append("\(resampling.rawValue) in space") }
        return rules.joined(separator: "; ")
    }

    /// The same rule always has the same words.
    private static func words(_ rule: DailyRule) -> String {
        String(decoding: CanonicalJSON.bytes(rule), as: UTF8.self)
    }
}
