import Rasters
public import Tiling

extension CovariateReader {
    /// Where the values of one pixel (its position in the tile's block) on one day come from.
    ///
    /// Values go through the same gather as prediction; a missing day is explained, whatever the product's
    /// rule.
    public func explain(features: [String], tile: Tile, pixel: Int, day: Day) throws -> [CovariateTrace] {
        let days = DayRange(day, through: day)
        var gathering = Gathering(reader: self, tile: tile, pixels: [pixel], isWholeTile: false, days: days)
        return try features.map { name in
            let gathered = try gathering.gathered(named: name)
            guard let covariate = plan.product.covariate(named: name) else {
                throw CovariateError.unknownCovariate(name)
            }
            let value = gathered.plane.value(pixel: 0, day: 0, pixelCount: 1)
            var seen: Set<String> = []
            let files = gathered.inputs.map(\.path).filter { seen.insert($0).inserted }
            guard case .files(let source) = covariate.source else {
                return CovariateTrace(
                    name: name, unit: covariate.unit, value: value, rule: covariate.source.words,
                    files: files,
                    cell: nil, steps: [], missing: gathered.missing[day])
            }
            let (cell, steps) = try rawSteps(covariate, from: source, tile: tile, pixel: pixel, day: day)
            return CovariateTrace(
                name: name, unit: covariate.unit, value: value, rule: covariate.words(of: source),
                files: files,
                cell: cell, steps: steps, missing: gathered.missing[day])
        }
    }

    /// The same for one covariate and a pixel of the product grid.
    public func explain(feature: String, pixel: Pixel, day: Day) throws -> CovariateTrace {
        let scheme = plan.product.tiles
        let tile = scheme.tile(of: pixel)
        let window = scheme.window(of: tile)
        let position = (pixel.row - window.row) * scheme.pixelsPerSide + pixel.column - window.column
        return try explain(features: [feature], tile: tile, pixel: position, day: day)[0]
    }

    /// The cell under the pixel's centre, and its values on the days that count.
    private func rawSteps(
        _ covariate: Covariate, from files: FileSource, tile: Tile, pixel: Int, day: Day
    ) throws -> (cell: CovariateTrace.Cell?, steps: [CovariateTrace.Step]) {
        let source = try source(of: files)
        let steps = try steps(of: covariate, from: files, days: DayRange(day, through: day))
        guard let grid = steps.grid else { return (nil, []) }
        let plan = try resamplingPlan(
            tile: tile, pixels: [pixel], isWholeTile: false, grid: grid, resampling: .nearest,
            path: source.path.text)
        guard plan.cells.count == 1 else { return (nil, []) }
        let (column, row) = (plan.cells.window.column, plan.cells.window.row)
        let cell = CovariateTrace.Cell(
            column: column, row: row, x: grid.centerX(column: column), y: grid.centerY(row: row))
        let rule = try ValueRule(of: covariate)

        func values(of wanted: [SourceSteps.Step]) throws -> [Float] {
            try cellValues(
                of: wanted, in: steps, cells: plan.cells, grid: grid, overpass: files.overpass
            ).map(rule.applied)
        }
        if let fixed = steps.fixed {
            return (cell, try values(of: [fixed]).map { CovariateTrace.Step(day: nil, value: $0, weight: 1) })
        }
        let smoother = try smoother(of: covariate, everyDays: files.everyDays, steps: steps.days)
        let timeRule = try TimeRule(
            of: covariate, everyDays: files.everyDays, steps: smoother?.anchors ?? steps.days)
        guard case .terms(var terms) = timeRule.outcome(for: day) else { return (cell, []) }
        if let smoother {
            let window = Set(terms.flatMap { smoother.window(ofAnchor: $0.step) }).sorted()
            let valid = zip(window, try values(of: window.map { steps.steps[$0] })).filter { !$1.isNaN }
            let known = Set(valid.map(\.0))
            terms = smoother.stepTerms(of: terms, isValid: known.contains)
        }
        terms.sort { $0.step < $1.step }
        let found = try values(of: terms.map { steps.steps[$0.step] })
        return (
            cell,
            zip(terms, found).map {
                CovariateTrace.Step(day: steps.days[$0.step], value: $1, weight: $0.weight)
            }
        )
    }

    /// How a covariate is smoothed, where it is.
    func smoother(of covariate: Covariate, everyDays: Int, steps: [Day]) throws -> SavitzkyGolay? {
        try covariate.smoothing.map {
            try SavitzkyGolay($0, everyDays: everyDays, steps: steps, covariate: covariate.name)
        }
    }
}

extension Covariate.Source {
    fileprivate var words: String {
        switch self {
        case .files(let files): files.path.text
        case .difference(let a, let b): "\(a) - \(b)"
        case .mean(let a, let b): "(\(a) + \(b)) / 2"
        case .continuous(let series): series.words
        case .latitude: "latitude of the pixel centre"
        case .longitude: "longitude of the pixel centre"
        case .dayOfYear: "day of the year"
        }
    }
}

extension Covariate {
    fileprivate func words(of files: FileSource) -> String {
        var parts: [String] = []
        if case .netCDF(let variables) = files.content { parts.append(variables.joined(separator: " + ")) }
        if case .granules(let layer) = files.content { parts.append(layer.name) }
        if case .topographicIndex(let terrain) = files.content { parts.append(terrain.words) }
        if quality != nil { parts.append("where quality allows") }
        if let daily = files.daily { parts.append("\(daily)") }
        if let overpass = files.overpass { parts.append("\(overpass)") }
        if scale != 1 { parts.append("× \(Float(scale))") }
        if offset != 0 { parts.append("\(offset < 0 ? "−" : "+") \(Float(abs(offset)))") }
        if let clip { parts.append("at least \(Float(clip))") }
        switch derivation {
        case .antecedentIndex(let terms, let decay, let scale):
            parts.append("antecedent index (\(terms) terms, decay \(decay), scale \(scale))")
        case .runningSum(let days): parts.append("sum of \(days) days")
        case nil: break
        }
        if let smoothing {
            parts.append(
                "Savitzky-Golay (±\(smoothing.halfWindowDays) days, \(smoothing.coefficients) coefficients"
                    + (smoothing.mode == .published ? ", years apart as published)" : ")"))
        }
        if interpolation != .none { parts.append("\(interpolation.rawValue) in time") }
        parts.append(resampling.rawValue)
        return parts.joined(separator: ", ")
    }
}
