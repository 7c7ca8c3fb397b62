import Rasters
import Storage
public import Tiling

/// Looks at the sources of a product without a run: opens what is there, counts what is not, and samples
/// values.
public struct CovariateSurveyor {
    private let product: Product
    private let dataRoot: String
    private let sources: [PlannedSource]

    /// Cells along one side of the sample, from the middle of the product's part of the source.
    static let sampleSide = 256

    /// Paths of the product are relative to `dataRoot`.
    public init(product: Product, dataRoot: String) {
        self.product = product
        self.dataRoot = dataRoot
        sources = PlannedSource.sources(of: product.covariates)
    }

    /// One survey per covariate of the pool, in its order. Nothing is thrown: errors are part of the answer.
    public func survey(days: DayRange) -> [CovariateSurvey] {
        product.covariates.map { covariate in
            guard case .files(let files) = covariate.source,
                let source = sources.first(where: { $0.path == files.path })
            else { return computed(covariate) }
            var survey = CovariateSurvey(name: covariate.name, unit: covariate.unit, origin: files.path.text)
            survey.historyDays = covariate.derivation?.historyDays ?? 0
            do {
                try look(at: covariate, files: files, source: source, days: days, survey: &survey)
            } catch {
                survey.errors.append("\(covariate.name): \(error)")
            }
            return survey
        }
    }

    private func computed(_ covariate: Covariate) -> CovariateSurvey {
        let (origin, operands): (String, [String]) =
            switch covariate.source {
            case .difference(let a, let b): ("\(a) - \(b)", [a, b])
            case .mean(let a, let b): ("mean of \(a) and \(b)", [a, b])
            default: ("computed", [])
            }
        var survey = CovariateSurvey(name: covariate.name, unit: covariate.unit, origin: origin)
        for operand in operands where product.covariate(named: operand) == nil {
            survey.errors.append("\(covariate.name): \(CovariateError.unknownCovariate(operand))")
        }
        return survey
    }

    private func look(
        at covariate: Covariate, files: FileSource, source: PlannedSource, days: DayRange,
        survey: inout CovariateSurvey
    ) throws {
        var present: [ExpectedFile] = []
        for block in source.blocks(for: days) {
            for file in source.files(inBlock: block) {
                if DurableFile.exists(absolutePath(of: file.path, in: dataRoot)) {
                    present.append(file)
                } else {
                    survey.filesMissing.append(file.path)
                }
            }
        }
        survey.filesFoundCount = present.count
        guard !present.isEmpty else {
            survey.missingDays = [days]
            survey.errors.append("\(covariate.name): no file of \(files.path.text) exists under \(dataRoot)")
            return
        }
        let steps: [Day]
        if let rule = files.daily, case .netCDF(let names) = files.content {
            let hours = HourSurvey(names: names, rule: rule, source: source, dataRoot: dataRoot)
            steps = try hours.days(in: present, around: source.blocks(for: days)) { problem in
                survey.errors.append("\(covariate.name): \(problem)")
            }
            let values = try hours.sample(of: present) { grid, path in
                survey.grid = grid
                return try middle(of: grid, path: path, survey: &survey)
            }
            try summarise(values, covariate: covariate, survey: &survey)
        } else {
            try sample(present[present.count / 2], covariate: covariate, files: files, survey: &survey)
            steps = daySteps(in: present, covariate: covariate, files: files, survey: &survey)
        }
        // A source without time is there on all days.
        guard let first = steps.first, let last = steps.last else { return }
        survey.span = DayRange(first, through: max(first, last))
        let rule = try TimeRule(of: covariate, everyDays: files.everyDays, steps: steps)
        survey.missingDays = DayRange.runs(
            of: days.filter { day in
                if case .missing = rule.outcome(for: day) { return true }
                return false
            })
    }

    private func daySteps(
        in present: [ExpectedFile], covariate: Covariate, files: FileSource, survey: inout CovariateSurvey
    ) -> [Day] {
        var steps: [Day] = []
        for file in present {
            do {
                steps += try self.steps(of: file, content: files.content, isPerDay: files.path.isPerDay)
            } catch {
                survey.errors.append("\(covariate.name): \(error)")
            }
        }
        return steps
    }

    /// The days in a file; files of single days are believed by their names, so that years are surveyed in
    /// seconds.
    private func steps(of file: ExpectedFile, content: FileSource.Content, isPerDay: Bool) throws -> [Day] {
        guard case .netCDF(let variables) = content, !isPerDay else { return file.steps }
        let dataset = try NetCDFFile(path: absolutePath(of: file.path, in: dataRoot))
        let times = try dataset.variable(named: variables[0]).times
        return try TimedFile(file, times: times).dailySteps(of: variables[0]).map(\.day)
    }

    private func sample(
        _ file: ExpectedFile, covariate: Covariate, files: FileSource, survey: inout CovariateSurvey
    ) throws {
        let path = absolutePath(of: file.path, in: dataRoot)
        var values: [Float] = []
        switch files.content {
        case .raster(let band):
            let raster = try RasterFile(path: path)
            survey.grid = raster.info.grid
            guard band <= raster.info.bandCount else {
                throw CovariateError.unusable(
                    path: file.path, problem: "has \(raster.info.bandCount) band(s), asked for band \(band)")
            }
            let window = try middle(of: raster.info.grid, path: file.path, survey: &survey)
            values = try raster.read(window: window, bands: [band])
        case .netCDF(let variables):
            let dataset = try NetCDFFile(path: path)
            for name in variables {
                let variable = try dataset.variable(named: name)
                survey.grid = variable.grid
                let step = variable.stepCount / 2
                let window = try middle(of: variable.grid, path: file.path, survey: &survey)
                let read = try variable.read(step: step, window: window)
                values = values.isEmpty ? read : zip(values, read).map { Float(Double($0) + Double($1)) }
            }
        }
        try summarise(values, covariate: covariate, survey: &survey)
    }

    private func summarise(_ values: [Float], covariate: Covariate, survey: inout CovariateSurvey) throws {
        let rule = try ValueRule(of: covariate)
        let scaled = values.map { Float(Double($0) * covariate.scale + covariate.offset) }.filter {
            !$0.isNaN
        }
        survey.sampleCount = values.count
        survey.sampleValidCount = scaled.count
        survey.sampleRejectedCount = values.filter { !$0.isNaN && rule.applied(to: $0).isNaN }.count
        if let least = scaled.min(), let most = scaled.max() { survey.sampleRange = least...most }
        guard let valid = covariate.valid, survey.sampleRejectedCount > 0 else { return }
        if survey.sampleRejectedCount == scaled.count {
            survey.errors.append(
                "\(covariate.name): all \(scaled.count) sampled values "
                    + "(\(survey.sampleRange?.description ?? "")) are outside valid "
                    + "[\(valid.minimum), \(valid.maximum)]: check scale, offset and valid")
        }
    }

    /// A window in the middle of what the product needs.
    private func middle(of source: Grid, path: String, survey: inout CovariateSurvey) throws -> PixelWindow {
        let needed = try SourceWindow(
            of: source, for: product.grid, isPeriodic: source.wrapsAround, path: path)
        survey.reachesProduct = needed.reachesProduct
        let widest = needed.parts.max { $0.columns < $1.columns } ?? needed.parts[0]
        return middle(of: widest)
    }

    private func middle(of needed: PixelWindow) -> PixelWindow {
        let columns = min(needed.columns, Self.sampleSide)
        let rows = min(needed.rows, Self.sampleSide)
        return PixelWindow(
            column: needed.column + (needed.columns - columns) / 2,
            row: needed.row + (needed.rows - rows) / 2,
            columns: columns, rows: rows)
    }
}
