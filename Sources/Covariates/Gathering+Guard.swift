import Rasters
import Tiling

extension Gathering {
    /// Says of a file that cannot be read which covariate, days and tile it was read for.
    func naming<Value>(
        _ covariate: Covariate, _ steps: [(day: Day?, step: SourceSteps.Step)], _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as RasterError {
            let root = reader.plan.dataRoot + "/"
            let path = error.path.hasPrefix(root) ? String(error.path.dropFirst(root.count)) : error.path
            let days = steps.filter { $0.step.files.contains { $0.input.path == path } }.compactMap(\.day)
            let runs = DayRange.runs(of: days).map(\.description).joined(separator: ", ")
            throw RasterError(
                error.kind, path: path,
                problem: "\(covariate.name)\(days.isEmpty ? "" : " of \(runs)"), tile \(tile): "
                    + error.problem.replacing("\(error.path), ", with: ""),
                isRetriable: error.isRetriable)
        }
    }

    /// Days on which a covariate has no value on any land of the whole tile, and why: a flood of missing
    /// values, a file that lies elsewhere, or a tile under clouds. Nobody else would tell.
    func voidDays(of name: String, _ gathered: Gathered) throws -> [Day: String] {
        guard isWholeTile else { return [:] }
        let land = try reader.land(of: tile)
        guard land.contains(true) else { return [:] }
        var reasons: [Day: String] = [:]
        for (number, day) in days.enumerated() where gathered.missing[day] == nil {
            let hasValue = pixels.indices.contains {
                land[pixels[$0]]
                    && !gathered.plane.value(pixel: $0, day: number, pixelCount: pixels.count).isNaN
            }
            guard !hasValue else { continue }
            reasons[day] =
                "\(name): no value on \(day) on the land of tile \(tile)" + source(of: name, on: day)
        }
        return reasons
    }

    private func source(of name: String, on day: Day) -> String {
        guard case .files(let files) = product.covariate(named: name)?.source else { return "" }
        return " in \(files.path.path(for: day))"
    }

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
