import ArgumentParser
import Forests
import Foundation
import Stations
import Storage
import Synchronization
import Tiling

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a forest is worth where it was not trained, with a report.",
        discussion: """
            Divides a table of samples by an experiment, grows a forest for each division and scores it on \
            what was held out: pooled, per station, per class. Writes REPORT.json and REPORT.html.

            Rows are made from a product and --stations, as `tilth train` makes them; or they are in tables: \
            those that it leaves (.samples.nc), or CSV files (or folders of them) with --columns, --features:

              tilth evaluate product.yaml --data DATA --stations ISMN.zip --experiment year-to-year -o report

              tilth evaluate stations --columns station=file:{}.csv,latitude=lat,longitude=lon,time=time,\
            value=sm,depth-from=0,depth-to=0.05 --features "dem,rain,api=antecedent-index(rain;34;0.91)" \
            --experiment station-to-station -o report

            With --grid-features and --grid-leaves it compares settings first, as SMCI1.0's Table 2 does; \
            --fits DIR remembers finished fits, so that it goes on where it was broken off. Any number of \
            processes may share DIR: --part 3/8 begins with the third of eight parts, then does what no \
            other process has done.
            """)

    @Argument(help: "A product (or a run that has its covariates), or tables.") var tables: [String]
    @Option(name: .long, help: ArgumentHelp(stringLiteral: ExperimentText.spelling)) var experiment: String
    @Option(
        name: .shortAndLong, help: "REPORT: writes REPORT.json and REPORT.html; {layer} is a layer's name.")
    var output: String
    @Option(
        name: .long,
        help: """
            Predictors of CSV tables: NAME, NAME=COLUMN, NAME=antecedent-index(COLUMN;34;0.91), \
            NAME=running-sum(COLUMN;7), with commas. Of a table of samples: some of its features.
            """)
    var features: String?
    @Option(
        name: .long,
        help: "Words of each station, such as folds and classes: SITES.csv:COLUMN, the column of names.")
    var labels: [String] = []
    @Option(name: .long, help: "A column of words: scores for each of them, such as climate classes.")
    var classes: String?
    @Option(
        name: .long,
        help: """
            Another product beside the forest, on the same rows: a column, or a column for each layer of \
            depth in metres: ERA5-Land=swvl1:0..0.07,swvl2:0.07..0.28. May be given more than once.
            """)
    var compare: [String] = []
    @Option(name: .long, help: "Depth of the target in metres, which chooses the layer of products.")
    var depth: Double?
    @OptionGroup var samples: SampleOptions
    @OptionGroup var growing: GrowingOptions
    @Option(name: .long, help: "How many seeds: scores get a mean and a standard deviation.") var seeds = 1
    @Option(name: .long, help: "How often each feature is shuffled for its importance; 0 leaves it out.")
    var permutations = 10
    @Option(name: .long, help: "Features a split to compare: 1..25 or 1,2,4.") var gridFeatures: String?
    @Option(name: .long, help: "Rows a leaf to compare: 5..30:5.") var gridLeaves: String?
    @Option(name: .long, help: "A folder that remembers the fits of the grid.") var fits: String?
    @Option(name: .long, help: "Where in the grid one of eight processes begins: 3/8. It writes no report.")
    var part: String?
    @Flag(name: .long, help: "Show no progress.") var quiet = false

    func validate() throws {
        guard seeds >= 1 else { throw ValidationError("--seeds \(seeds): at least 1") }
        guard permutations >= 0 else { throw ValidationError("--permutations \(permutations): 0 or more") }
        guard (gridFeatures == nil) == (gridLeaves == nil) else {
            throw ValidationError("--grid-features and --grid-leaves go together")
        }
        for (name, text) in [("--grid-features", gridFeatures), ("--grid-leaves", gridLeaves)] {
            guard let text else { continue }
            guard NumberList(text) != nil else { throw ValidationError("\(name) \(text): such as 5..30:5") }
        }
        if let part {
            guard GridSearch.Part(part) != nil else { throw ValidationError("--part \(part): such as 3/8") }
            guard fits != nil, gridFeatures != nil else {
                throw ValidationError("--part \(part): needs a grid, and --fits for what is done")
            }
        }
        if let wrong = compare.first(where: { ComparedProduct($0) == nil }) {
            throw ValidationError(
                "--compare \(wrong): COLUMN, or NAME=COLUMN:0..0.07,COLUMN:0.07..0.28 in metres")
        }
        if let depth, !(depth >= 0 && depth <= 20) {
            throw ValidationError("--depth \(depth): metres below the surface")
        }
    }

    func run() throws {
        let progress = ProgressLine(isShown: !quiet)
        let products = compare.compactMap { ComparedProduct($0) }
        guard isProduct else {
            try checkDepth(products)
            let start = ContinuousClock.now
            return try evaluate(readTable(products, progress), products, depth ?? 0, output, start, progress)
        }
        let training = try samples.training(product: tables[0], progress: progress)
        try samples.checkOutput(output, layers: training.layers)
        _ = try training.forEachLayer { made in
            let depth = depth ?? made.layer.depth.map { ($0[0] + $0[1]) / 2 }
            if depth == nil { try checkDepth(products) }
            let input = try EvaluationTable(made, compared: products, depth: depth ?? 0)
            let path = output.replacingOccurrences(of: "{layer}", with: made.layer.name)
            try evaluate(input, products, depth ?? 0, path, made.startedAt, progress)
        }
    }

    /// A product file, or a run directory.
    private var isProduct: Bool {
        let path = tables[0].lowercased()
        return tables.count == 1
            && (path.hasSuffix(".yaml") || path.hasSuffix(".yml")
                || RunDirectory(absolutePath(tables[0])).isPlanned)
    }

    private func evaluate(
        _ made: EvaluationTable, _ products: [ComparedProduct], _ depth: Double, _ output: String,
        _ start: ContinuousClock.Instant, _ progress: ProgressLine
    ) throws {
        var input = made
        for label in labels { input.wide = try labelling(label, input.wide) }
        let table = try input.table
        var settings = try growing.settings
        settings.threadCount = growing.threads
        let asked = try ExperimentText(experiment, table: table, seed: settings.seed)
        let words = try classes.map { (column: $0, words: try input.wide.words(of: $0)) }

        let grid = try searchGrid(table, asked.experiment, settings, progress)
        guard part == nil else { return }
        let first = settings.seed
        var evaluator = Evaluator(settings, seeds: (0..<UInt64(seeds)).map { first &+ $0 })
        evaluator.permutationCount = permutations
        let evaluation = try evaluator.evaluate(table, by: asked.experiment) {
            progress.show("split \($0.what): forest \($0.done + 1) of \($0.total)")
        }
        let comparison =
            products.isEmpty
            ? nil
            : try Comparison(
                evaluation, table: input.wide, products: products, depth: depth, groups: words?.words)
        let report = EvaluationReport(
            experiment: asked, input: input, table: table, settings: settings, seeds: evaluator.seeds,
            evaluation: evaluation, classes: words, grid: grid, comparison: comparison,
            seconds: start.duration(to: .now) / .seconds(1))
        try write(report, to: output, progress)
    }

    /// A product of several layers needs to know which of them is meant.
    private func checkDepth(_ products: [ComparedProduct]) throws {
        if depth == nil, let layered = products.first(where: { $0.layers.count > 1 }) {
            throw Failure.wrongUse("--compare \(layered.name): has layers: say the --depth of the target")
        }
    }

    private func readTable(_ products: [ComparedProduct], _ progress: ProgressLine) throws
        -> EvaluationTable
    {
        if tables[0].hasSuffix(".nc") {
            guard tables.count == 1 else {
                throw Failure.wrongUse("\(tables[1]): a table of samples (.nc) stands alone")
            }
            return try EvaluationTable(
                samples: tables[0],
                predictors: try features.map {
                    try TableFeatures(text: $0, source: "--features").features.map(\.name)
                })
        }
        guard samples.stations.columns != nil else {
            throw Failure.wrongUse("\(tables[0]): is a table: say what its columns are with --columns")
        }
        guard let features else {
            throw Failure.wrongUse("--features: name the predictors among the table's columns")
        }
        var labelled: [String] = []
        let joined = try labels.map { try sites($0) }.flatMap(\.columns)
        if experiment.hasPrefix("folds:") { labelled.append(String(experiment.dropFirst(6))) }
        if let classes { labelled.append(classes) }
        return try EvaluationTable(
            texts: tables, features: features, compared: products,
            labels: labelled.filter { !joined.contains($0) }, stations: samples.stations, progress: progress)
    }

    /// `SITES.csv:COLUMN`.
    private func sites(_ text: String) throws -> StationLabels {
        guard let colon = text.lastIndex(of: ":") else {
            throw Failure.wrongUse(
                "--labels \(text): SITES.csv:COLUMN, the column that holds stations' names")
        }
        return try StationLabels(
            path: String(text[..<colon]), stationColumn: String(text[text.index(after: colon)...]))
    }

    private func labelling(_ text: String, _ table: SampleTable) throws -> SampleTable {
        let sites = try sites(text)
        let labelled = try sites.labelling(table)
        guard experiment.hasPrefix("folds:") else { return labelled }
        let column = String(experiment.dropFirst(6))
        if let empty = sites.unused(column, in: labelled).first {
            throw Failure.wrongUse(
                "\(text): fold '\(empty)' of column \(column) has no rows: none of its stations has samples")
        }
        return labelled
    }

    private func searchGrid(
        _ table: SampleTable, _ experiment: Experiment, _ settings: GrowingSettings, _ progress: ProgressLine
    ) throws -> (grid: SettingsGrid, scores: [GridScore])? {
        guard let features = gridFeatures.flatMap(NumberList.init),
            let leaves = gridLeaves.flatMap(NumberList.init)
        else { return nil }
        let grid = try SettingsGrid(
            featureCounts: features.numbers, leafRows: leaves.numbers, featureCount: table.features.count)
        let plan = try experiment.split(table.samples)
        let line = SharedProgress(isShown: !quiet)
        let found = try GridSearch(settings, grid: grid).run(
            table, plan: plan, part: part.flatMap { GridSearch.Part($0) } ?? .whole,
            store: try fits.map { try FitStore(folder: absolutePath($0)) }
        ) { done, total in line.show("grid: \(done) of \(total) fits") }
        if let fits {
            let others = found.foreignCount
            progress.say(
                "\(fits): \(found.fits.count) fits, \(found.ownCount) of them of this process"
                    + (others > 0 ? "; \(others) of other rows, folds or settings do not count" : "")
                    + (part == nil ? "" : "; the same command without --part reports"))
        }
        return (grid, GridScore.scores(of: found.fits, grid: grid, foldCount: plan.splits.count))
    }

    private func write(
        _ report: EvaluationReport, to output: String, _ progress: ProgressLine
    ) throws {
        let stem = absolutePath(
            [".json", ".html"].reduce(output) { $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0 })
        try DurableFile.write(report.json, to: stem + ".json")
        try DurableFile.write(EvaluationPage(report: report).html, to: stem + ".html")
        for warning in report.evaluation.warnings { progress.say("beware: \(warning)") }
        let pooled = report.sheets[0].pooled
        func text(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "undefined" }
        print(
            "pooled: \(pooled.count) rows, ubRMSE \(text(pooled.ubrmse)), RMSE \(text(pooled.rmse)), MAE "
                + "\(text(pooled.mae)), bias \(text(pooled.bias)), R \(text(pooled.r)), R2 \(text(pooled.r2))"
        )
        print(stem + ".html")
    }
}

/// A progress line that threads share.
private final class SharedProgress: Sendable {
    private let line: Mutex<ProgressLine>

    init(isShown: Bool) { line = Mutex(ProgressLine(isShown: isShown)) }
    func show(_ text: String) { line.withLock { $0.show(text) } }
}
