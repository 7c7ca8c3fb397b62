/// `climatology/<tile>/<climatology>`: the mean year of a covariate at each pixel of a tile, out of all
/// days of a period, once per run; `climatologies/<climatology>/<tile>.tif`.
struct ClimatologyStage: StageRules {
    let plan: RunPlan

    var halo: Halo { Halo() }
    var unitCount: Int { plan.tiles.count * plan.climatologies.count }

    var groups: [UnitGroup] {
        plan.climatologies.enumerated().map { number, climatology in
            UnitGroup(
                units: plan.tiles.map { unit(tile: $0.index, number: number) },
                needs: plan.prepareUnits(ofSources: climatology.sources, for: climatology.period))
        }
    }

    /// What the predictions of a tile wait for.
    func units(ofTile index: Int) -> [UnitID] {
        plan.climatologies.indices.map { unit(tile: index, number: $0) }
    }

    private func unit(tile: Int, number: Int) -> UnitID {
        UnitID(stage: .climatology, place: tile, block: number)
    }

    func name(of unit: UnitID) -> String {
        let (tile, number) = (plan.product.tiles.tile(at: Int(unit.place)), Int(unit.block))
        let all = plan.climatologies
        return "climatology/\(tile)/\(all.indices.contains(number) ? all[number].name : "\(number)")"
    }

    func unit(named parts: [Substring]) -> UnitID? {
        guard parts.count == 2, let tile = Tile(parts[0]), plan.product.tiles.contains(tile),
            let number = plan.climatologies.firstIndex(where: { $0.name == parts[1] })
        else { return nil }
        return unit(tile: plan.product.tiles.index(of: tile), number: number)
    }

    /// Of whatever days: all of them wait for it.
    func touches(_ unit: UnitID, tiles: TileRange?, days: DayRange?) -> Bool {
        tiles?.contains(plan.product.tiles.tile(at: Int(unit.place))) ?? true
    }
}

/// The mean year of one covariate, as the filled series of a product need it.
public struct PlannedClimatology: Hashable, Sendable {
    /// Unique in the plan; a folder under `climatologies/` carries it.
    public let name: String
    /// The covariate of the pool.
    public let covariate: String
    public let period: DayRange
    public let mode: ContinuousSeries.Mode
    public let fit: HarmonicFitting
    /// Numbers of the sources in the plan that the covariate is made of.
    public let sources: [Int]

    public init(
        name: String, covariate: String, period: DayRange, mode: ContinuousSeries.Mode, fit: HarmonicFitting,
        sources: [Int]
    ) {
        self.name = name
        self.covariate = covariate
        self.period = period
        self.mode = mode
        self.fit = fit
        self.sources = sources
    }

    /// Whether it is the one of a covariate that a series takes.
    public func serves(_ series: ContinuousSeries, covariate: String) -> Bool {
        self.covariate == covariate && period == series.period && mode == series.mode && fit == series.fit
    }
}

extension RunPlan {
    /// Two for each filled series, its own and that of the weather; equal ones are made once.
    public var climatologies: [PlannedClimatology] {
        var made: [PlannedClimatology] = []
        for covariate in product.covariates {
            guard case .continuous(let series) = covariate.source else { continue }
            for name in [series.observed, series.weather]
            where !made.contains(where: { $0.serves(series, covariate: name) }) {
                let earlier = made.count { $0.covariate == name }
                made.append(
                    PlannedClimatology(
                        name: earlier == 0 ? name : "\(name)-\(earlier + 1)", covariate: name,
                        period: series.period, mode: series.mode, fit: series.fit,
                        sources: sources(behind: name)))
            }
        }
        return made
    }

    /// The numbers of the sources that a covariate is made of, its parts' and its flags' included, ascending.
    func sources(behind name: String) -> [Int] {
        var wanted = [name]
        var seen: Set<String> = []
        var numbers: Set<Int> = []
        while let next = wanted.popLast() {
            guard seen.insert(next).inserted, let covariate = product.covariate(named: next) else { continue }
            switch covariate.source {
            case .files(let values):
                let paths = ([values] + (covariate.quality ?? []).map(\.flags)).map(\.path)
                numbers.formUnion(sources.indices.filter { paths.contains(sources[$0].path) })
            case .difference(let a, let b), .mean(let a, let b): wanted += [a, b]
            case .continuous(let series): wanted += [series.observed, series.weather]
            case .latitude, .longitude, .dayOfYear: break
            }
        }
        return numbers.sorted()
    }
}
