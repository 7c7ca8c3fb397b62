import Forests
import Foundation
import Testing
import Tiling

@testable import Stations

/// A table in code: stations on a line, one feature that makes the target, one that does not, one that never
/// changes.
enum TestTable {
    static func make(stations: Int = 6, days: Int = 40, seed: UInt64 = 1, percent: Bool = false) throws
        -> SampleTable
    {
        var random = SplitMix64(seed: seed)
        func uniform() -> Float { Float(random.next(below: 1 << 20)) / 0x1p20 }
        var (rain, noise, targets): ([Float], [Float], [Float]) = ([], [], [])
        var samples: [Sample] = []
        for station in 0..<stations {
            for number in 0..<days {
                rain.append(uniform())
                noise.append(uniform())
                targets.append((0.05 + 0.4 * rain[rain.count - 1]) * (percent ? 100 : 1))
                samples.append(
                    Sample(
                        station: .init(network: "N", name: "s\(station)"),
                        pixel: Pixel(column: station, row: 0), latitude: 0.5,
                        longitude: Double(station) + 0.5, day: day(number * 30)))
            }
        }
        return try SampleTable(
            features: ["rain", "noise", "flat"].map { Forest.Feature(name: $0, unit: "1") },
            columns: [rain, noise, [Float](repeating: 3, count: rain.count)],
            target: Forest.Feature(name: "soil_moisture", unit: "m3 m-3"), targetValues: targets,
            samples: samples, labels: ["fold": samples.map { $0.station.name < "s3" ? "a" : "b" }])
    }

    static var settings: GrowingSettings {
        var settings = GrowingSettings()
        settings.treeCount = 12
        settings.minimumLeafRows = 2
        settings.featuresPerSplit = .count(2)
        settings.threadCount = 2
        return settings
    }
}

@Suite struct EvaluationTests {
    /// Each held row is predicted by the forest of the other rows, grown apart and walked slowly.
    @Test func heldRowsArePredictedByForestsThatNeverSawThem() throws {
        let table = try TestTable.make()
        let evaluation = try Evaluator(TestTable.settings, seeds: [3, 4]).evaluate(
            table, by: .stationFolds(3, seed: 2))
        #expect(evaluation.held.map(\.row).sorted() == Array(0..<table.rowCount))
        #expect(evaluation.predictions.count == 2 && evaluation.predictions[0] != evaluation.predictions[1])
        for (number, split) in evaluation.plan.splits.enumerated() {
            var settings = TestTable.settings
            settings.seed = 3
            let grown = try ForestGrower(settings).grow(table.rows(split.training))
            let forest = ReferenceForest(try Forest(bytes: grown.builder.serialized()))
            let columns = try table.columns.map { try $0.values() }
            for (held, prediction) in zip(evaluation.held, evaluation.predictions[0])
            where held.split == number {
                let expected = forest.predict(row: columns.map { $0[held.row] })
                #expect(abs(prediction - Double(expected)) < 1e-6)
            }
        }
        let sheet = ScoreSheet(evaluation.pairs(of: table, groups: try table.words(of: "fold")))
        #expect(sheet.stations.count == 6 && sheet.groups.map(\.group) == ["a", "b"])
        #expect(try #require(sheet.pooled.r2) > 0.9)
    }

    /// Shuffling what makes the target turns errors into the difference of two rows: twice the variance. What
    /// no tree looks at is worth exactly nothing.
    @Test func permutationImportanceOfAPerfectPredictor() throws {
        let table = try TestTable.make(days: 200)
        var settings = TestTable.settings
        settings.treeCount = 30
        settings.minimumLeafRows = 1
        settings.featuresPerSplit = .all
        var evaluator = Evaluator(settings)
        evaluator.permutationCount = 20
        let found = try evaluator.evaluate(table, by: .stationToStation(testShare: 0.5, seed: 1)).importance
        #expect(found.map(\.feature) == ["rain", "noise", "flat"])
        let rain = try #require(found[0].r2Decrease)
        #expect(abs(rain.mean - 2) < 0.1 && rain.deviation > 0)
        #expect(abs(try #require(found[1].r2Decrease).mean) < 0.02)
        #expect(try #require(found[2].r2Decrease).mean == 0 && found[2].impurity == 0)
        #expect(abs(found.reduce(0) { $0 + $1.impurity } - 1) < 1e-9 && found[0].impurity > 0.95)
        let error = try #require(found[0].squareErrorIncrease).mean
        #expect(abs(error - 2 * 0.16 / 12) < 0.002, "variance of 0.4 times a uniform number, twice")
        let plain = try Evaluator(settings).evaluate(table, by: .stationToStation(testShare: 0.5, seed: 1))
        #expect(plain.importance[0].r2Decrease == nil && plain.importance[0].impurity == found[0].impurity)
    }

    @Test func constantPredictionsAreSaid() throws {
        let table = try TestTable.make()
        var settings = TestTable.settings
        let evaluation = try Evaluator(settings).evaluate(
            table, by: .stationToStation(testShare: 0.5, seed: 1))
        #expect(evaluation.warnings.isEmpty)
        // A leaf of 100 of 120 rows: no split is possible, and every row gets the same mean.
        settings.minimumLeafRows = 100
        let flat = try Evaluator(settings).evaluate(table, by: .stationToStation(testShare: 0.5, seed: 1))
        #expect(flat.warnings.count == 1 && flat.warnings[0].hasPrefix("all predictions are 0."))
        #expect(flat.warnings[0].hasSuffix("the forest has learned nothing, and R is undefined"))
        #expect(ScoreSheet(flat.pairs(of: table)).pooled.r == nil)
    }

    @Test func whatCannotBeEvaluatedIsSaidInOneLine() throws {
        let table = try TestTable.make(stations: 2, days: 5)
        func refusal(_ experiment: Experiment, _ change: (inout GrowingSettings) -> Void = { _ in }) -> String
        {
            var settings = TestTable.settings
            change(&settings)
            do {
                _ = try Evaluator(settings).evaluate(table, by: experiment)
                return "evaluated"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            refusal(.rowFolds(RepeatedValues(Array(repeating: "x", count: 10)))).hasSuffix(
                "at least 2 are needed"))
        #expect(refusal(.rowFolds(["1", "2"])) == "experiment: 2 folds for 10 samples")
        #expect(
            refusal(.rowFolds(RepeatedValues(["1", "1", "1", "1", "1", "", "", "", "", ""])))
                == "experiment: 1 stations have rows without fold: N/s1")
        #expect(refusal(.rowFolds(RepeatedValues(table.samples.map(\.station.name)))) == "evaluated")
        #expect(
            refusal(.stationFolds(2, seed: 1)) { $0.minimumLeafRows = 6 }
                == "cannot grow a forest of 5 rows with leaves of 6: add rows or lower the rows per leaf")
        for (name, message) in [
            ("rian", "table of samples: has no column 'rian'; it has rain, noise, flat"),
            ("fold", "table of samples: has no column 'fold'; it has rain, noise, flat"),
        ] {
            #expect(throws: StationError(parsing: message)) { try table.choosing(["rain", name]) }
        }
        #expect(
            throws: StationError(parsing: "table of samples: has no column of words 'class'; it has fold")
        ) { try table.words(of: "class") }
    }
}

@Suite struct GridSearchTests {
    private func grid(_ table: SampleTable) throws -> SettingsGrid {
        try SettingsGrid(featureCounts: [1, 3], leafRows: [1, 5, 10], featureCount: table.features.count)
    }

    /// A cell is what an evaluation with its settings gives; parts and a store change nothing.
    @Test func cellsAreEvaluationsAndPartsAddUp() throws {
        let table = try TestTable.make()
        let plan = try Experiment.randomFolds(4, seed: 1).split(table.samples)
        let grid = try grid(table)
        let search = GridSearch(TestTable.settings, grid: grid)
        let fits = try search.run(table, plan: plan).fits
        #expect(fits.count == 24)
        let scores = GridScore.scores(of: fits, grid: grid, foldCount: 4)
        #expect(scores.map(\.features) == [1, 1, 1, 3, 3, 3] && scores.map(\.leaf) == [1, 5, 10, 1, 5, 10])
        for score in scores {
            var settings = TestTable.settings
            settings.featuresPerSplit = .count(score.features)
            settings.minimumLeafRows = score.leaf
            let evaluation = try Evaluator(settings).evaluate(table, by: .randomFolds(4, seed: 1))
            let sheet = ScoreSheet(evaluation.pairs(of: table))
            #expect(abs(try #require(sheet.pooled.rmse) - score.pooledRmse) < 1e-12)
        }

        let folder = FileManager.default.temporaryDirectory.appending(path: "tilth-fits-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try FitStore(folder: folder)
        let second = try #require(GridSearch.Part("2/3"))
        let own = try search.run(table, plan: plan, part: second, store: store)
        #expect(own.fits == fits && own.ownCount == 24, "a part that is alone does all")

        // A process that was killed leaves some lines, the last of them torn: the rest is done.
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first)
        let lines = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n")
        try (lines[..<10].joined(separator: "\n") + "\n" + lines[10].prefix(20)).write(
            toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        let resumed = try search.run(table, plan: plan, store: store)
        #expect(resumed.fits == fits && resumed.ownCount == 14)
        let again = try search.run(table, plan: plan, store: store) { _, _ in
            Issue.record("nothing is left to do")
        }
        #expect(again.fits == fits && again.ownCount == 0 && again.foreignCount == 0)
        // Fits of other settings do not count.
        var other = search
        other.settings.seed = 99
        let changed = try other.run(table, plan: plan, store: store)
        #expect(changed.fits != fits && changed.ownCount == 24 && changed.foreignCount == 24)
    }

    /// Every part does all fits in the end, its own first, and no two begin alike.
    @Test func partsBeginApart() throws {
        let orders = try (1...4).map { try #require(GridSearch.Part("\($0)/4")).order(of: 30) }
        for (number, order) in orders.enumerated() {
            #expect(order.sorted() == Array(0..<30))
            #expect(order.prefix(7).allSatisfy { $0 % 4 == number })
        }
        #expect(Set(orders.map { $0[8] }).count == 4)
        #expect(GridSearch.Part.whole.order(of: 5) == [0, 1, 2, 3, 4])
    }

    @Test func partsAndGridsThatMakeNoSense() throws {
        #expect(["0/3", "4/3", "1", "1/0", "a/b"].allSatisfy { GridSearch.Part($0) == nil })
        let table = try TestTable.make(stations: 2, days: 4)
        #expect(throws: StationError(parsing: "grid: 4 features a split: the table has 1 to 3")) {
            try SettingsGrid(featureCounts: [1, 4], leafRows: [5], featureCount: table.features.count)
        }
        #expect(throws: StationError(parsing: "grid: leaves of 0 rows: at least 1")) {
            try SettingsGrid(featureCounts: [1], leafRows: [0], featureCount: 3)
        }
    }
}

@Suite struct ComparisonTests {
    @Test func productsAreReadAndMappedByDepth() throws {
        let era5 = try #require(
            ComparedProduct("ERA5-Land=swvl1:0..0.07,swvl2:0.07..0.28,swvl3:0.28..1"))
        #expect(era5.name == "ERA5-Land" && era5.layers.count == 3)
        let mapped = [0.025, 0.05, 0.07, 0.1, 0.28, 0.3, 1, 2].map(era5.covariate(atDepth:))
        #expect(mapped == ["swvl1", "swvl1", "swvl1", "swvl2", "swvl2", "swvl3", "swvl3", "swvl3"])
        let plain = try #require(ComparedProduct("sm_surface"))
        #expect(plain.name == "sm_surface" && plain.covariate(atDepth: 3) == "sm_surface")
        // Depths that begin below the sensor: the nearest layer.
        let deep = try #require(ComparedProduct("p=a:0.1..0.3,b:0.3..0.5"))
        #expect(deep.covariate(atDepth: 0.05) == "a" && deep.covariate(atDepth: 0.9) == "b")
        for text in ["", "=a", "p=", "p=a,b", "p=a:1", "p=a:1..0", "p=a:0..x", "p=a:0..1:2"] {
            #expect(ComparedProduct(text) == nil, "\(text)")
        }
    }

    /// Two products that lack different rows: all are scored on the rows that both have.
    @Test func allAreScoredOnTheSameRows() throws {
        let table = try TestTable.make()
        let wet = table.targetValues.enumerated().map { $0.offset % 5 == 0 ? Float.nan : $0.element + 0.1 }
        let half = table.targetValues.enumerated().map { $0.offset % 7 == 0 ? Float.nan : $0.element / 2 }
        let wide = try SampleTable(
            features: table.features + ["wet", "half", "percent"].map { Forest.Feature(name: $0, unit: "") },
            columns: table.columns
                + [wet, half, table.targetValues.map { $0 * 100 }].map { SampleColumn($0) },
            target: table.target,
            targetValues: table.targetValues, samples: table.samples)
        let evaluation = try Evaluator(TestTable.settings).evaluate(table, by: .stationFolds(3, seed: 1))
        let comparison = try Comparison(
            evaluation, table: wide, products: ["wet", "half"].compactMap { ComparedProduct($0) }, depth: 0.05
        )
        let common = table.targetValues.indices.filter { $0 % 5 != 0 && $0 % 7 != 0 }
        #expect(comparison.rowCount == common.count)
        #expect(comparison.droppedCount == table.rowCount - common.count)
        #expect(comparison.entries.map(\.name) == ["forest", "wet", "half"])
        #expect(comparison.entries.allSatisfy { $0.scores.pooled.count == common.count })
        let scores = comparison.entries[1].scores.pooled
        let (bias, ubrmse) = (try #require(scores.bias), try #require(scores.ubrmse))
        #expect(abs(bias - 0.1) < 1e-6 && ubrmse < 1e-6)
        #expect(abs(try #require(scores.r) - 1) < 1e-9)

        func refusal(_ product: String) -> String {
            do {
                _ = try Comparison(
                    evaluation, table: wide, products: [ComparedProduct(product)].compactMap { $0 },
                    depth: 0.05)
                return "compared"
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal("percent").hasSuffix("are no m3 m-3: give the covariate a scale, 0.01 for percent"))
        #expect(refusal("swvl1").contains("has no column 'swvl1'; it has rain, noise"))
    }
}

extension StationError {
    /// From its own text.
    init(parsing text: String) {
        let ends = text.components(separatedBy: ": ")
        self.init(source: ends[0], problem: ends.dropFirst().joined(separator: ": "))
    }
}
