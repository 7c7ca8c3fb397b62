import Covariates
import Forests
import Foundation
import Products
import Storage
import TestSupport
import Testing
import Tiling

@testable import Stations

/// Forests on the stations of Yanco against scikit-learn: nine features from the columns of the tables, three
/// fixed folds of stations, and 2019 learned from the years before. The reference is `yanco_baseline.py`.
@Suite(.serialized) struct YancoBaselineTests {
    private static let features = "dem, silt, awc, rain, tavg, vpd, srad, ndvi=ndvi_500m, api=rain"
    private static let target = Forest.Feature(name: "soil_moisture", unit: "m3 m-3")

    /// Mean of scikit-learn's ten seeds, and half of its 95 % interval.
    private static let unseenStations = [
        "rmse": (0.069119, 0.000155), "bias": (-0.001843, 0.00019), "ubrmse": (0.069094, 0.000157),
        "r": (0.763951, 0.001057), "r2": (0.579115, 0.001883),
    ]
    private static let unseenYear = [
        "rmse": (0.056573, 0.000175), "bias": (0.022928, 0.000149), "ubrmse": (0.051719, 0.000138),
        "r": (0.729322, 0.00089), "r2": (0.294513, 0.004371),
    ]

    private struct Case {
        let data: String
        let product: Product
        let inputs: StationInputs
        let mapping: ColumnMapping
        let targets: [StationTarget]

        init?() throws {
            guard let data = SharedData.path("yanco") else { return nil }
            self.data = data
            let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            product = try ProductFile.load(path: repository.appending(path: "Configs/yanco.yaml").path)
                .product
            mapping = try ColumnMapping(text: Yanco.columns ?? "", source: "Configs/yanco.columns")
            inputs = try StationInputs(paths: ["\(data)/stations"], mapping: mapping)
            targets =
                try TargetMaking(
                    grid: product.grid, layers: product.layers, making: DailyMaking(fill: nil)
                ).targets(from: inputs).targets["surface"] ?? []
        }

        /// Scores of unseen stations and of the unseen year, averaged over seeds.
        func scores(_ table: SampleTable, seeds: Range<UInt64>) throws -> (
            stations: [String: Double], year: [String: Double]
        ) {
            let sites = try StationLabels(
                path: "\(data)/stations/OzNet_study_sites.csv", stationColumn: "sitename")
            let folds = Experiment.rowFolds(try sites.labelling(table).words(of: "iteration"))
            let year = Experiment.yearToYear(testDays: DayRange("2019-01-01..2019-12-31")!)
            return (
                try mean(of: table, folds.split(table.samples), seeds: seeds),
                try mean(of: table, year.split(table.samples), seeds: seeds)
            )
        }

        private func mean(of table: SampleTable, _ plan: SplitPlan, seeds: Range<UInt64>) throws -> [String:
            Double]
        {
            var sums: [String: Double] = [:]
            let columns = try CodedColumns(table.rows(Array(0..<table.rowCount)), splits: .exact)
            for seed in seeds {
                var (predicted, observed): ([Double], [Double]) = ([], [])
                for split in plan.splits {
                    var settings = GrowingSettings()
                    settings.minimumLeafRows = 5
                    settings.featuresPerSplit = .count(3)
                    settings.seed = seed
                    settings.threadCount = 2
                    settings.scoresOutOfBag = false
                    predicted += try ForestGrower(settings).grow(
                        columns, learning: split.training, predicting: split.test, keepsTrees: false
                    ).heldPredictions
                    observed += split.test.map { Double(table.targetValues[$0]) }
                }
                let found = Scores(predicted: predicted, observed: observed)
                for (name, value) in [
                    ("rmse", found.rmse), ("bias", found.bias), ("ubrmse", found.ubrmse), ("r", found.r),
                    ("r2", found.r2),
                ] { sums[name, default: 0] += (value ?? .nan) / Double(seeds.count) }
            }
            return sums
        }
    }

    private static func text(_ scores: [String: Double]) -> String {
        scores.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.6f", $0.value))" }
            .joined(separator: ", ")
    }

    @Test func tableColumnsReachTheBaseline() throws {
        guard let yanco = try Case() else { return }
        let (table, counts) = try TableFeatures(text: Self.features, source: "test").of(
            yanco.product.layers[0].features, in: yanco.product
        ).table(
            of: yanco.targets, days: yanco.product.period, paths: yanco.inputs.tablePaths,
            mapping: yanco.mapping,
            target: Self.target)
        #expect(table.rowCount == 23_304)
        // The product begins on February 1st, the index on the 3rd.
        #expect(counts.stationDays == 24_051)
        let expected = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(filePath: "\(yanco.data)/expected/sklearn_baseline.json")))
        let rows = try #require((expected as? [String: Any])?["rows"] as? [String: Any])
        #expect(rows["used"] as? Int == table.rowCount)
        let perSite = Dictionary(grouping: table.samples, by: \.station.name).mapValues(\.count)
        #expect(rows["used_per_site"] as? [String: Int] == perSite)
        let years = Dictionary(grouping: table.samples, by: \.day.year).mapValues(\.count)
        #expect(years == [2016: 6280, 2017: 5675, 2018: 6203, 2019: 5146])
        let found = try yanco.scores(table, seeds: 0..<10)
        print("Yanco, table columns, unseen stations: \(Self.text(found.stations))")
        print("Yanco, table columns, unseen year:     \(Self.text(found.year))")
        for (name, (mean, half)) in Self.unseenStations {
            let value = try #require(found.stations[name])
            #expect(abs(value - mean) <= half, "\(name) \(value), scikit-learn \(mean) ± \(half)")
        }
        for (name, (mean, half)) in Self.unseenYear {
            let value = try #require(found.year[name])
            #expect(abs(value - mean) <= half, "year: \(name) \(value), scikit-learn \(mean) ± \(half)")
        }
    }

    /// The same stations with features from the grids, as a map would see them: reported, and not better by
    /// chance than what a mistake in the columns would make it.
    @Test func gridsInsteadOfColumns() throws {
        guard let yanco = try Case() else { return }
        let days = yanco.product.period
        let plan = RunPlan(
            product: yanco.product, recipe: Digest(of: "recipe"), dataRoot: yanco.data, days: days, tiles: [],
            sources: PlannedSource.sources(of: yanco.product.covariates), forests: [:], software: "test")
        let root = FileManager.default.temporaryDirectory.appending(
            path: "tilth-yanco-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let run = RunDirectory(root.path)
        try run.create()
        let preparation = SourcePreparation(plan: plan, run: run)
        for unit in plan.prepareUnits { _ = try preparation.execute(unit) }
        let (table, counts) = try SampleGathering(
            reader: CovariateReader(plan: plan, run: run), features: yanco.product.layers[0].features,
            days: days
        ).table(of: yanco.targets, target: Self.target)
        let found = try yanco.scores(table, seeds: 0..<10)
        print("Yanco, grids: \(table.rowCount) rows, dropped \(counts.summary)")
        print("Yanco, grids, unseen stations: \(Self.text(found.stations))")
        print("Yanco, grids, unseen year:     \(Self.text(found.year))")
        #expect(table.rowCount > 23_000)
        let rmse = try #require(found.stations["rmse"])
        #expect(rmse > 0.05 && rmse < 0.1)
    }
}
