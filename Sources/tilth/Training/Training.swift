import Covariates
import Forests
import Foundation
import Products
import Stations
import Storage
import Tiling

/// From station files and covariates to the rows of each layer, which training learns from and evaluation
/// divides.
struct Training {
    let planner: Planner
    /// A run whose covariates are prepared; nil to prepare them.
    let prepared: RunDirectory?
    let layers: [Layer]
    let options: SampleOptions
    let progress: ProgressLine

    private var product: Product { planner.file.product }

    /// One layer's rows, and what they were made from.
    struct MadeLayer {
        let layer: Layer
        let targets: TargetMaking.Result
        let rows: TrainingRows
        let days: DayRange
        /// Nil when features came from tables.
        let covariates: TrainingCovariates?
        let startedAt: ContinuousClock.Instant
    }

    /// Makes the rows of each layer and hands them on; stations are read once, covariates prepared once.
    func forEachLayer<Result>(_ take: (MadeLayer) throws -> Result) throws -> [Result] {
        try checkUnits()
        let inputs = try options.stations.inputs()
        let selected = try planner.selectedDays
        let tables = try options.tableFeatures.map { try TableFeatures(text: $0, source: "--table-features") }
        // Quality control by a model needs covariates before stations are read, of all days.
        var covariates = needsModel ? try open(selected) : nil
        if let covariates { try covariates.prepare(blocks: blocks(of: selected), progress: progress) }
        let made = try targets(from: inputs, days: selected, covariates: covariates)
        progress.note(made.issues)

        for layer in layers where made.targets[layer.name]?.isEmpty != false {
            // Before anything is prepared or grown: one layer in vain is a mistake in the product.
            guard layers.count > 1, made.targets.values.contains(where: { !$0.isEmpty }) else { break }
            let depth = layer.depth.map { " (\($0[0])-\($0[1]) m)" } ?? ""
            throw Failure.wrongUse(
                "layer \(layer.name): no sensor lies within its depth\(depth): leave it out with --layers")
        }
        let wanted = Set(layers.map(\.name))
        let all = made.targets.filter { wanted.contains($0.key) }.values.flatMap { $0 }
        guard let span = all.span(within: selected) else { throw nothing(made, selected) }
        if tables == nil, covariates == nil {
            let opened = try open(span)
            let isWhole = try layers.contains { try options.reference(of: $0) != nil }
            let needed =
                isWhole
                ? blocks(of: span) : SampleGathering.blocks(of: all, days: opened.days, product: product)
            try opened.prepare(blocks: needed, progress: progress)
            covariates = opened
        }
        let engine = try covariates.flatMap { covariates -> EngineSamples? in
            guard tables == nil else { return nil }
            let features = product.covariates.map(\.name).filter { name in
                layers.contains { $0.features.contains(name) }
            }
            let plan = SampleGathering.samplePlan(
                of: all, features: features, days: covariates.days, product: product)
            guard
                let count = covariates.samplingWorkers(unitCount: plan.pixels.count, asked: options.workers)
            else { return nil }
            progress.say("gathering \(grouped(plan.pixels.count)) units of samples with \(count) workers")
            return try EngineSamples(
                plan, of: covariates, planner: planner, workerCount: count, showsProgress: progress.isShown)
        }
        return try layers.map { layer in
            let start = ContinuousClock.now
            let rows = try samples(
                of: layer, made: made, days: selected, tables: tables, covariates: covariates,
                engine: engine, paths: inputs.tablePaths)
            return try take(
                MadeLayer(
                    layer: layer, targets: made, rows: rows, days: selected, covariates: covariates,
                    startedAt: start))
        }
    }

    private var needsModel: Bool { options.modelRain != nil || options.modelTemperature != nil }

    /// Stations measure m3 m-3, so that is what their forest predicts.
    private func checkUnits() throws {
        let unit = product.output.unit
        guard ["m3 m-3", "m3/m3", "m^3 m^-3", "1"].contains(unit) else {
            throw Failure.wrongUse(
                "\(planner.file.path): its output is in '\(unit)', stations measure m3 m-3: write m3 m-3")
        }
    }

    private func open(_ days: DayRange) throws -> TrainingCovariates {
        if let prepared { return try TrainingCovariates(prepared: prepared) }
        if let path = options.runPath {
            return try TrainingCovariates(
                planner: planner, days: days, run: RunDirectory(absolutePath(path)),
                workerCount: options.workers ?? 2)
        }
        return try TrainingCovariates(planner: planner, days: days)
    }

    private func blocks(of days: DayRange) -> Set<Int> { Set(product.unit.blocks(of: days)) }

    private func targets(
        from inputs: StationInputs, days: DayRange, covariates: TrainingCovariates?
    ) throws -> TargetMaking.Result {
        var making = TargetMaking(
            grid: product.grid, layers: layers, making: try options.stations.making(),
            joinsCells: options.stations.joinsCells)
        if let covariates {
            let weather = ModelWeather(
                rain: options.modelRain, temperature: options.modelTemperature, days: days,
                reader: CovariateReader(plan: covariates.plan, run: covariates.run))
            making.weather = { try weather.ancillary(at: $0) }
        }
        let count = inputs.stationCount
        let made = try making.targets(from: inputs) { done in
            progress.show("reading stations \(done) of \(max(count, done))")
        }
        progress.say("\(made.stationCount) stations read, \(made.sensorCount) sensors of soil moisture")
        return made
    }

    private func samples(
        of layer: Layer, made: TargetMaking.Result, days: DayRange, tables: TableFeatures?,
        covariates: TrainingCovariates?, engine: EngineSamples?, paths: [String]
    ) throws -> TrainingRows {
        var targets = made.targets[layer.name] ?? []
        let target = Forest.Feature(name: "soil_moisture", unit: "m3 m-3")
        var issues: [StationIssue] = []
        if let covariates, let reference = try options.reference(of: layer) {
            let reader = CovariateReader(plan: covariates.plan, run: covariates.run)
            let within = targets.span(within: covariates.days) ?? covariates.days
            (targets, issues) = try reference.matched(targets, days: within, reader: reader)
        }
        let found: (table: SampleTable, counts: SampleCounts)
        if let tables, let mapping = try options.stations.mapping() {
            found = try tables.of(layer.features, in: product).table(
                of: targets, days: days, paths: paths, mapping: mapping, target: target)
        } else if let covariates {
            var gathering = SampleGathering(
                reader: CovariateReader(plan: covariates.plan, run: covariates.run),
                features: layer.features, days: covariates.days.intersection(days) ?? days)
            gathering.gathered = engine.map { engine in { try engine.stack($0, $1) } }
            found = try gathering.table(of: targets, target: target) { done in
                progress.show(
                    "layer \(layer.name): tile \(done.tilesDone) of \(done.tileCount), "
                        + "\(grouped(done.rows)) rows")
            }
        } else {
            throw Failure.wrongUse("--table-features needs tables: name them with --stations and --columns")
        }
        guard found.counts.rows > 0 else {
            throw Failure.wrongUse(
                "layer \(layer.name): no row is left of \(found.counts.stationDays) station days: "
                    + (found.counts.dropped.isEmpty
                        ? "no sensor lies within its depth" : found.counts.summary))
        }
        return TrainingRows(table: found.table, counts: found.counts, targets: targets, issues: issues)
    }

    /// Why there is nothing to learn from, with the first thing that was wrong.
    private func nothing(_ made: TargetMaking.Result, _ days: DayRange) -> Failure {
        let skipped = made.issues.filter(\.isSkipped)
        // A whole archive on another continent is the commonest mistake.
        let first = skipped.first { $0.problem.contains("outside the grid") } ?? skipped.first
        let others = skipped.count > 1 ? " (and \(skipped.count - 1) more were skipped)" : ""
        let why: String
        if made.targets.values.joined().contains(where: { $0.daily.validCount > 0 }) {
            why = "no value of soil moisture within \(days)"
        } else if let first {
            why = "\(first)\(others)"
        } else if made.sensorsInNoLayer > 0 {
            why = "\(made.sensorsInNoLayer) sensors lie at depths of no layer"
        } else {
            why = "no value of soil moisture within \(days)"
        }
        return .wrongUse("\(options.stations.stations[0]): no station can be used: \(why)")
    }
}

/// The rows of a layer, and what they were made of.
struct TrainingRows {
    let table: SampleTable
    let counts: SampleCounts
    let targets: [StationTarget]
    let issues: [StationIssue]
}

extension [StationTarget] {
    /// From the first to the last day with a value; nil when there is none.
    func span(within days: DayRange? = nil) -> DayRange? {
        var (first, last): (Day?, Day?) = (nil, nil)
        for target in self {
            let valid = target.daily.values.indices.lazy.filter { !target.daily.values[$0].isNaN }
                .map { target.daily.first + $0 }.filter { days?.contains($0) ?? true }
            guard let begin = valid.first, let end = valid.last else { continue }
            first = Swift.min(first ?? begin, begin)
            last = Swift.max(last ?? end, end)
        }
        guard let first, let last else { return nil }
        return DayRange(first, through: last)
    }
}
