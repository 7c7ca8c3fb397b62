import Tiling

extension Gathering {
    /// Looks at values that are read in place, as they are before the rules: rasters and granules are seen
    /// here for the first time. What was prepared was looked at then.
    ///
    /// Throws for values of another unit or band. Returns days on which nothing is valid, and why.
    func refused(
        _ raw: [Float], of steps: [(day: Day?, step: SourceSteps.Step)], _ covariate: Covariate,
        isPrepared: Bool
    ) throws -> [Day: String] {
        guard let valid = covariate.valid, !isPrepared, !steps.isEmpty else { return [:] }
        let cellCount = raw.count / steps.count
        var reasons: [Day: String] = [:]
        for (number, step) in steps.enumerated() {
            let found = Outliers(of: raw[number * cellCount..<(number + 1) * cellCount], covariate, valid)
            let isOfAnotherUnit = found.isOfAnotherUnit(valueCount: found.valueCount)
            guard isOfAnotherUnit || found.isAllOutside else { continue }
            let path = step.step.files.first?.input.path ?? covariate.name
            let what = step.day.map { "\(covariate.name) of \($0)" } ?? covariate.name
            let limits = "valid [\(valid.minimum), \(valid.maximum)]"
            guard let day = step.day, !isOfAnotherUnit else {
                throw CovariateError.unusable(
                    path: path,
                    problem: "\(what), tile \(tile): \(found.outsideCount) of \(found.valueCount) values, "
                        + "such as \(found.example), are outside \(limits): check the unit and the band of "
                        + "the file, scale and offset")
            }
            reasons[day] =
                "\(what), tile \(tile): all \(found.valueCount) values in \(path), such as "
                + "\(found.example), are outside \(limits)"
        }
        return reasons
    }
}
