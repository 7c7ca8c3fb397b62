import Foundation
import Forests
import Stations
import Tiling

/// Everything that an evaluation found, as JSON and as a page.
struct EvaluationReport {
    let experiment: ExperimentText
    let input: EvaluationTable
    let table: SampleTable
    let settings: GrowingSettings
    let seeds: [UInt64]
    let evaluation: Evaluation
    /// The class of each row; nil when none was asked for.
    let classes: (column: String, words: RepeatedValues<String>)?
    let grid: (grid: SettingsGrid, scores: [GridScore])?
    let comparison: Comparison?
    let seconds: Double

    /// Of each seed.
    let sheets: [ScoreSheet]

    init(
        experiment: ExperimentText, input: EvaluationTable, table: SampleTable, settings: GrowingSettings,
        seeds: [UInt64], evaluation: Evaluation, classes: (column: String, words: RepeatedValues<String>)?,
        grid: (grid: SettingsGrid, scores: [GridScore])?, comparison: Comparison?, seconds: Double
    ) {
        self.experiment = experiment
        self.input = input
        self.table = table
        self.settings = settings
        self.seeds = seeds
        self.evaluation = evaluation
        self.classes = classes
        self.grid = grid
        self.comparison = comparison
        self.seconds = seconds
        sheets = seeds.indices.map {
            ScoreSheet(evaluation.pairs(seed: $0, of: table, groups: classes?.words))
        }
    }

    /// Pooled scores of the splits, of the first seed.
    var splitScores: [(split: SplitPlan.Split, scores: Scores)] {
        evaluation.plan.splits.enumerated().map { number, split in
            let own = evaluation.held.indices.filter { evaluation.held[$0].split == number }
            return (
                split,
                Scores(
                    predicted: own.map { evaluation.predictions[0][$0] },
                    observed: own.map { Double(table.targetValues[evaluation.held[$0].row]) })
            )
        }
    }

    /// The mean of a figure over the seeds and its standard deviation (n - 1); nil where some seed has none.
    func overSeeds(_ figure: (ScoreSheet) -> Double?) -> (mean: Double, deviation: Double)? {
        let values = sheets.compactMap(figure)
        guard values.count == sheets.count, !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0)
    }

    /// Place of each station, and its class.
    func places() -> [Station.ID: (sample: Sample, group: String)] {
        var places: [Station.ID: (sample: Sample, group: String)] = [:]
        for held in evaluation.held where places[table.samples.station(of: held.row)] == nil {
            let sample = table.samples[held.row]
            places[sample.station] = (sample, classes?.words[held.row] ?? "")
        }
        return places
    }

    var settingsText: String {
        let sampling =
            switch settings.sampling {
            case .bootstrap(let share): "each on a bootstrap of \(Self.part(share)) rows"
            case .withoutReplacement(let share):
                "each on \(Self.part(share)) rows, drawn without replacement"
            }
        let splits =
            switch settings.splits {
            case .exact: "exact splits"
            case .histogram(let bins): "histogram of \(bins) bins"
            }
        let share =
            switch settings.featuresPerSplit {
            case .count(let count): "\(count)"
            case .fraction(let fraction) where fraction == 1: "all"
            case .fraction(let fraction): String(format: "%.3g of the", fraction)
            }
        return "\(settings.treeCount) trees, \(share) features a split, leaves of "
            + "\(settings.minimumLeafRows) rows, \(sampling), \(splits)"
    }

    private static func part(_ share: Double) -> String {
        share == 1 ? "all" : String(format: "%.3g of the", share)
    }

    /// The six figures, in the order in which every table has them.
    static var figures: [(name: String, key: String, path: KeyPath<Scores, Double?>)] {
        [
            ("ubRMSE", "ubrmse", \.ubrmse), ("RMSE", "rmse", \.rmse), ("MAE", "mae", \.mae),
            ("Bias", "bias", \.bias), ("R", "r", \.r), ("R²", "r2", \.r2),
        ]
    }
}
