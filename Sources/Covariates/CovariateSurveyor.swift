import Rasters
import Rasters
import Storage
public import Tiling

/// Looks at the sources of a product without a run: opens what is there, counts what is not, and samples
/// values.
public struct CovariateSurveyor {
    let product: Product
    let dataRoot: String
    private let sources: [PlannedSource]

    /// Paths of the product are relative to `dataRoot`.
    public init(product: Product, dataRoot: String) {
        self.product = product
        self.dataRoot = dataRoot
        sources = PlannedSource.sources(of: product.covariates)
    }

    /// One survey per covariate of the pool, in its order. Nothing is thrown: errors are part of the answer.
    public func survey(days: DayRange) -> [CovariateSurvey] {
        var listing = FileListing(root: dataRoot)
        var surveys = product.covariates.map { covariate in
            guard case .files(let files) = covariate.source,
                let source = sources.first(where: { $0.path == files.path })
            else { return computed(covariate) }
            var survey = CovariateSurvey(name: covariate.name, unit: covariate.unit, origin: files.origin)
            if covariate.hasReach && !files.path.isFixed {
                let reach = covariate.reach(everyDays: files.everyDays)
                (survey.historyDays, survey.lookAheadDays) = reach
            }
            do {
                try look(
                    at: covariate, files: files, source: source, days: days, listing: &listing,
                    survey: &survey)
            } catch {
                survey.errors.append("\(covariate.name): \(error)")
            }
            return survey
        }
        // Looking at days and at a sample may stumble over the same file.
        for number in surveys.indices {
            surveys[number].errors = surveys[number].errors.reduce(into: []) {
                if !$0.contains($1) { $0.append($1) }
            }
        }
        inherit(among: &surveys)
        compareOrders(in: &surveys)
        return surveys
    }

    /// What is computed of others lacks the days that they lack, however long the chain is.
    private func inherit(among surveys: inout [CovariateSurvey]) {
        let own = Dictionary(surveys.map { ($0.name, $0) }) { first, _ in first }
        for number in surveys.indices {
            let sources = product.sources(of: surveys[number].name).compactMap { own[$0] }
            guard !sources.isEmpty else { continue }
            surveys[number].missingDays = DayRange.runs(
                of: Set(sources.flatMap(\.missingDays).flatMap { Array($0) }).sorted())
            surveys[number].historyDays = sources.map(\.historyDays).max() ?? 0
            surveys[number].lookAheadDays = sources.map(\.lookAheadDays).max() ?? 0
        }
    }

    private func computed(_ covariate: Covariate) -> CovariateSurvey {
        let origin =
            switch covariate.source {
            case .difference(let a, let b): "\(a) - \(b)"
            case .mean(let a, let b): "mean of \(a) and \(b)"
            case .continuous(let series): series.words
            default: "computed"
            }
        var survey = CovariateSurvey(name: covariate.name, unit: covariate.unit, origin: origin)
        for operand in covariate.source.operands where product.covariate(named: operand) == nil {
            survey.errors.append("\(covariate.name): \(CovariateError.unknownCovariate(operand))")
        }
        return survey
    }

    private func look(
        at covariate: Covariate, files: FileSource, source: PlannedSource, days: DayRange,
        listing: inout FileListing, survey: inout CovariateSurvey
    ) throws {
        if case .topographicIndex(let terrain) = files.content {
            return try look(atMapsOf: terrain, survey: &survey)
        }
        let present = existing(source, days: days, listing: &listing, survey: &survey)
        survey.filesFoundCount = present.count
        survey.firstFile = present.first?.path
        guard !present.isEmpty else {
            survey.missingDays = [days]
            survey.errors.append("\(covariate.name): no file of \(files.path.text) exists under \(dataRoot)")
            return
        }
        var steps: [Day]
        if let rule = files.daily ?? files.overpass?.stampRule, case .netCDF(let names) = files.content {
            let hours = HourSurvey(names: names, rule: rule, source: source, dataRoot: dataRoot)
            steps = try hours.days(in: present, around: source.blocks(for: days), listing: &listing) {
                problem in
                survey.errors.append("\(covariate.name): \(problem)")
            }
            let values = try hours.sample(of: present) { variable, path in
                survey.grid = variable.grid
                survey.fileUnit = variable.unit
                return try middle(of: variable.grid, path: path, survey: &survey)
            }
            try summarise(values, covariate: covariate, survey: &survey)
        } else {
            try sample(present, covariate: covariate, files: files, survey: &survey)
            steps = self.steps(of: present, files: files, covariate: covariate, survey: &survey)
        }
        for test in covariate.quality ?? [] where test.flags.path != files.path {
            guard let source = sources.first(where: { $0.path == test.flags.path }) else { continue }
            let flags = existing(source, days: days, listing: &listing, survey: &survey)
            let known = self.steps(of: flags, files: test.flags, covariate: covariate, survey: &survey)
            if !source.path.isFixed { steps.removeAll { !Set(known).contains($0) } }
        }
        // A source without time is there on all days.
        guard let first = steps.first, let last = steps.last else { return }
        survey.span = DayRange(first, through: max(first, last))
        let smoother = try covariate.smoothing.map {
            try SavitzkyGolay($0, everyDays: files.everyDays, steps: steps, covariate: covariate.name)
        }
        let rule = try TimeRule(
            of: covariate, everyDays: files.everyDays, steps: smoother?.anchors ?? steps)
        survey.missingDays = DayRange.runs(
            of: days.filter { day in
                if case .missing = rule.outcome(for: day) { return true }
                return false
            })
    }

    /// What is made by the run has no values yet, but its maps can be there or not.
    private func look(atMapsOf terrain: PlannedTerrain, survey: inout CovariateSurvey) throws {
        for path in terrain.paths {
            guard DurableFile.exists(absolutePath(of: path, in: dataRoot)) else {
                survey.filesMissing.append(path)
                survey.errors.append("\(survey.name): \(CovariateError.doesNotExist(path: path))")
                continue
            }
            survey.filesFoundCount += 1
            let grid = try RasterFile(path: absolutePath(of: path, in: dataRoot)).info.grid
            if let first = survey.grid, !grid.nearlyEquals(first) {
                survey.errors.append(
                    "\(survey.name): \(path) lies on another grid (\(grid.summary)) than "
                        + "\(terrain.elevation) (\(first.summary))")
            }
            survey.grid = survey.grid ?? grid
        }
    }

    /// The files that are there, in order; the others are noted.
    private func existing(
        _ source: PlannedSource, days: DayRange, listing: inout FileListing, survey: inout CovariateSurvey
    ) -> [ExpectedFile] {
        let needed = days.extended(before: source.historyDays, after: source.lookAheadDays)
        var present: [ExpectedFile] = []
        for block in source.blocks(for: days) {
            for file in source.files(inBlock: block) {
                var found: [ExpectedFile] = []
                do {
                    found = try source.existing(file, in: &listing)
                } catch {
                    survey.errors.append("\(survey.name): \(error)")
                }
                present += found
                survey.olderVersions += found.flatMap(\.olderVersions)
                guard file.days?.overlaps(needed) != false else { continue }
                if found.isEmpty {
                    survey.filesMissing.append(file.path)
                } else if found.count < source.filesPerDay {
                    survey.filesMissing.append(
                        "\(source.filesPerDay - found.count) of \(source.filesPerDay) \(file.path)")
                }
            }
        }
        return present
    }

    /// The days in some files, ascending; files of single days are believed by their names, so that years are
    /// surveyed in seconds.
    private func steps(
        of present: [ExpectedFile], files: FileSource, covariate: Covariate, survey: inout CovariateSurvey
    ) -> [Day] {
        var steps: [Day] = []
        for file in present {
            do {
                // Granules of a day follow one another.
                for day in try days(in: file, of: files) where steps.last != day { steps.append(day) }
            } catch {
                survey.errors.append("\(covariate.name): \(error)")
            }
        }
        return steps
    }

    private func days(in file: ExpectedFile, of files: FileSource) throws -> [Day] {
        guard case .netCDF(let variables) = files.content, !files.path.isPerDay else { return file.steps }
        let dataset = try file.netCDF(in: dataRoot)
        let times = try dataset.variable(named: variables[0]).times
        return try TimedFile(file, times: times).dailySteps(of: variables[0]).map(\.day)
    }

}

extension FileSource {
    /// Where values come from, for people.
    fileprivate var origin: String {
        if case .topographicIndex(let terrain) = content { return terrain.words }
        return path.text
    }
}

extension Covariate {
    /// Whether a day's value follows from other days by rule.
    fileprivate var hasReach: Bool { derivation != nil || smoothing != nil || interpolation != .none }
}
