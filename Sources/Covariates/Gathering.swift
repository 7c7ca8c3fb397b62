import Tiling

/// One gather: the planes of some covariates for the same pixels and days, each made once.
struct Gathering {
    /// A covariate's plane, and what goes with it into the stack.
    struct Gathered {
        var plane: CovariatePlane
        var missing: [Day: String] = [:]
        var inputs: [InputFile] = []
        /// Whether its source lies under some land of the tile.
        var reachesTile = true
        /// What is read in place for each day, under clouds perhaps.
        var origins: [Day: [Origin]] = [:]
    }

    /// A step of a covariate that is read in place.
    struct Origin {
        let covariate: Covariate
        let step: SourceSteps.Step
    }

    let reader: CovariateReader
    let tile: Tile
    /// Positions in the tile.
    let pixels: [Int]
    /// Whether `pixels` are all of the tile: then plans and fixed planes are remembered.
    let isWholeTile: Bool
    let days: DayRange

    private(set) var made: [String: Gathered] = [:]
    private var inProgress: [String] = []

    init(reader: CovariateReader, tile: Tile, pixels: [Int], isWholeTile: Bool, days: DayRange) {
        self.reader = reader
        self.tile = tile
        self.pixels = pixels
        self.isWholeTile = isWholeTile
        self.days = days
    }

    var product: Product { reader.plan.product }

    /// All features, and the union of what they miss and read.
    mutating func stack(of features: [String]) throws -> FeatureStack {
        var planes: [String: CovariatePlane] = [:]
        var reasons: [Day: [String]] = [:]
        var inputs: [String: InputFile] = [:]
        for feature in features where planes[feature] == nil {
            let gathered = try self.gathered(named: feature)
            planes[feature] = gathered.plane
            let void = gathered.reachesTile ? try voidDays(of: feature, gathered) : [:]
            for (day, reason) in gathered.missing.merging(void, uniquingKeysWith: { known, _ in known })
            where reasons[day]?.contains(reason) != true {
                reasons[day, default: []].append(reason)
            }
            for input in gathered.inputs { inputs[input.path] = input }
        }
        for (day, reason) in try contradictedDays() { reasons[day, default: []].append(reason) }
        let missing = reasons.sorted { $0.key < $1.key }.map {
            MissingDay(day: $0.key, reason: $0.value.joined(separator: "; "))
        }
        if product.missing == .fail, let first = missing.first {
            throw CovariateError.missingDay(first.day, reason: first.reason)
        }
        let operands = made.filter { planes[$0.key] == nil }.map(\.value.plane)
        made = [:]
        reader.planeMemory.giveBack(operands)
        return FeatureStack(
            tile: tile, pixels: pixels, days: days, planes: planes, missing: missing,
            inputs: inputs.values.sorted { $0.path < $1.path }, memory: reader.planeMemory)
    }

    /// One covariate of the pool, and what it is made of.
    mutating func gathered(named name: String) throws -> Gathered {
        if let known = made[name] { return known }
        guard let covariate = product.covariate(named: name) else {
            throw CovariateError.unknownCovariate(name)
        }
        guard !inProgress.contains(name) else {
            throw CovariateError.unsupported(
                covariate: name,
                problem: "is made of itself: \((inProgress + [name]).joined(separator: " of "))")
        }
        inProgress.append(name)
        defer { inProgress.removeLast() }
        let result: Gathered
        if case .files(let files) = covariate.source {
            result = try gathered(covariate, from: files)
        } else {
            result = try computed(covariate)
        }
        made[name] = result
        return result
    }

    private mutating func computed(_ covariate: Covariate) throws -> Gathered {
        guard covariate.derivation == nil, covariate.interpolation == .none else {
            throw CovariateError.unsupported(
                covariate: covariate.name,
                problem:
                    "only a covariate that is read from files has a rule in time: move it to the operands")
        }
        var result: Gathered
        switch covariate.source {
        case .difference(let first, let second):
            result = try joined(first, second) { Float(Double($0) - Double($1)) }
        case .mean(let first, let second):
            result = try joined(first, second) { Float((Double($0) + Double($1)) / 2) }
        case .continuous(let series):
            result = try filled(series, for: covariate.name)
        case .latitude:
            result = Gathered(plane: .fixed(try coordinates().latitudes))
        case .longitude:
            result = Gathered(plane: .fixed(try coordinates().longitudes))
        case .dayOfYear:
            result = Gathered(plane: .date(days.map { Float($0.dayOfYear) }))
        case .files:
            preconditionFailure("files are gathered, not computed")
        }
        let rule = try ValueRule(of: covariate)
        if !rule.isIdentity { result.plane.apply(rule) }
        return result
    }

    private func coordinates() throws -> PixelCoordinates {
        try reader.coordinates(of: tile, pixels: pixels, isWholeTile: isWholeTile)
    }

    private mutating func joined(
        _ first: String, _ second: String, _ join: (Float, Float) -> Float
    ) throws -> Gathered {
        let (a, b) = (try gathered(named: first), try gathered(named: second))
        return Gathered(
            plane: a.plane.combined(
                with: b.plane, pixelCount: pixels.count, dayCount: days.count, memory: reader.planeMemory,
                join),
            missing: a.missing.merging(b.missing) { $0 == $1 ? $0 : "\($0); \($1)" },
            inputs: a.inputs + b.inputs, reachesTile: a.reachesTile && b.reachesTile,
            origins: a.origins.merging(b.origins) { $0 + $1 })
    }
}
