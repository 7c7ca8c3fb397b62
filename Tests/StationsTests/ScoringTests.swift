import Foundation
import Testing
import Tiling

@testable import Stations

@Suite struct ScoringTests {
    @Test(arguments: SmallTable.cases("scores.txt")) func scores(_ row: SmallTable.Case) throws {
        let scores = Scores(
            predicted: try #require(row.numbers("x")), observed: try #require(row.numbers("y")))
        func check(_ key: String, _ got: Double?) {
            let text = row.entries[key]?.first ?? "absent"
            let note = Comment(
                rawValue: "line \(row.line), \(key): \(String(describing: got)) instead of \(text)")
            guard text != "nil" else {
                #expect(got == nil, note)
                return
            }
            #expect(abs((got ?? .nan) - (Double(text) ?? .infinity)) <= 1e-12, note)
        }
        check("count", Double(scores.count))
        check("bias", scores.bias)
        check("mae", scores.mae)
        check("rmse", scores.rmse)
        check("ubrmse", scores.ubrmse)
        check("r", scores.r)
        check("r2", scores.r2)
        if let rmse = scores.rmse, let bias = scores.bias, let ubrmse = scores.ubrmse {
            #expect(abs(rmse * rmse - ubrmse * ubrmse - bias * bias) < 1e-15)
        }
    }

    @Test func pooledAndPerStationDiffer() throws {
        func pairs(_ name: String, _ group: String?, _ x: [Double], _ y: [Double]) -> [ScoreSheet.Pair] {
            zip(x, y).map {
                .init(station: .init(network: "N", name: name), group: group, predicted: $0, observed: $1)
            }
        }
        // Each station's course is opposite, yet the level of stations is met.
        let sheet = ScoreSheet(
            pairs("b", "Cfa", [0.42, 0.40], [0.40, 0.42]) + pairs("a", "BWh", [0.12, 0.10], [0.10, 0.12])
                + pairs("c", nil, [0.2], [0.2]))
        #expect(sheet.stations.map(\.station.name) == ["a", "b", "c"])
        #expect(try #require(sheet.pooled.r) > 0.98)
        #expect(abs(try #require(sheet.stationMedian.r) + 1) < 1e-12)
        #expect(sheet.stationMedian.count == 3 && sheet.pooled.count == 5)
        #expect(sheet.groups.map(\.group) == ["BWh", "Cfa"] && sheet.groups[0].scores.count == 2)
    }
}

@Suite struct ExperimentTests {
    /// Six stations with ten days each, two of them in one pixel.
    static let samples = (0..<6).flatMap { number -> [Sample] in
        let column = number == 5 ? 4 : number
        return (0..<10).map {
            Sample(
                station: .init(network: "N", name: "s\(number)"), pixel: Pixel(column: column, row: 0),
                latitude: 0.5, longitude: Double(column) + 0.5, day: day($0 * 100))
        }
    }

    private func checkWhole(_ plan: SplitPlan, testedOnce: Bool) {
        for split in plan.splits {
            #expect(Set(split.training).isDisjoint(with: split.test), "\(split.name)")
            #expect(split.training == split.training.sorted() && split.test == split.test.sorted())
        }
        if testedOnce { #expect(plan.splits.flatMap(\.test).sorted() == Array(Self.samples.indices)) }
    }

    @Test func randomFoldsLeakAndSaySo() throws {
        let plan = try Experiment.randomFolds(4, seed: 1).split(Self.samples)
        checkWhole(plan, testedOnce: true)
        #expect(plan.splits.map(\.test.count) == [15, 15, 15, 15])
        #expect(
            plan.warnings.count == 1 && plan.warnings[0].hasPrefix("6 stations are in training and in test"))
        let again = try Experiment.randomFolds(4, seed: 1).split(Self.samples)
        let other = try Experiment.randomFolds(4, seed: 2).split(Self.samples)
        #expect(again.splits == plan.splits && other.splits != plan.splits)
    }

    @Test func stationsStayWhole() throws {
        for experiment in [Experiment.stationFolds(3, seed: 5), .stationToStation(testShare: 1 / 3, seed: 5)]
        {
            let plan = try experiment.split(Self.samples)
            for split in plan.splits {
                let training = Set(split.training.map { Self.samples[$0].station })
                #expect(training.isDisjoint(with: split.test.map { Self.samples[$0].station }))
                #expect(split.test.count == 20 && split.training.count == 40)
            }
            checkWhole(plan, testedOnce: plan.splits.count > 1)
        }
        let shuffled = try Experiment.stationToStation(testShare: 1 / 3, seed: 5)
            .split(Self.samples.reversed())
        let plan = try Experiment.stationToStation(testShare: 1 / 3, seed: 5).split(Self.samples)
        #expect(
            Set(shuffled.splits[0].test.map { Self.samples.reversed()[$0].station })
                == Set(plan.splits[0].test.map { Self.samples[$0].station }), "rows may come in any order")
    }

    @Test func stationsThatShareAPixelAreSaid() throws {
        let folds = Self.samples.map { $0.station.name == "s5" ? "2" : "1" }
        let plan = try Experiment.rowFolds(RepeatedValues(folds)).split(Self.samples)
        checkWhole(plan, testedOnce: true)
        #expect(plan.splits.map(\.name) == ["fold 1", "fold 2"] && plan.splits[1].test.count == 10)
        #expect(plan.warnings.count == 1)
        #expect(
            plan.warnings[0].hasPrefix(
                "2 test stations share their pixel with a training station (N/s4, N/s5)"))
    }

    @Test func blocksKeepNeighboursTogether() throws {
        let plan = try Experiment.spatialBlocks(degrees: 1, folds: 2, seed: 3).split(Self.samples)
        checkWhole(plan, testedOnce: true)
        #expect(plan.warnings.isEmpty)
    }

    @Test func yearsFollowEachOther() throws {
        let range = try #require(DayRange("2018-01-01..2018-12-31"))
        let plan = try Experiment.yearToYear(testDays: range).split(Self.samples)
        #expect(plan.splits.count == 1 && plan.warnings.isEmpty, "known stations, unknown days")
        #expect(plan.splits[0].test.allSatisfy { Self.samples[$0].day.year == 2018 })
        #expect(plan.splits[0].training.allSatisfy { Self.samples[$0].day.year < 2018 })
    }

    @Test func whatCannotBeDividedIsSaidInOneLine() {
        let one = Self.samples.filter { $0.station.name == "s0" }
        let attempts: [(Experiment, [Sample], String)] = [
            (.stationFolds(3, seed: 0), [], "experiment: there are no samples"),
            (.stationFolds(3, seed: 0), one, "experiment: 1 stations cannot be divided into 3 parts"),
            (
                .stationToStation(testShare: 1 / 3, seed: 0), one,
                "experiment: 1 stations cannot be divided into 2 parts"
            ),
            (
                .stationToStation(testShare: 1, seed: 0), one,
                "experiment: a test share of 1.0 is not between 0 and 1"
            ),
            (.randomFolds(11, seed: 0), one, "experiment: 10 samples cannot be divided into 11 folds"),
            (.rowFolds([]), one, "experiment: 0 folds for 10 samples"),
            (
                .rowFolds(RepeatedValues(one.map { _ in "" })), one,
                "experiment: 1 stations have rows without fold: N/s0"
            ),
            (
                .rowFolds(RepeatedValues(one.map { _ in "1" })), one,
                "experiment: all stations are in one fold: at least 2 are needed"
            ),
            (
                .spatialBlocks(degrees: 30, folds: 2, seed: 0), Self.samples,
                "experiment: the stations lie in 1 blocks of 30.0 degrees, too few for 2 folds:"
                    + " take smaller blocks"
            ),
            (
                .yearToYear(testDays: DayRange(day(0), through: day(1))), one,
                "experiment: 0 samples before and 1 within 2016-01-01..2016-01-02: both are needed"
            ),
        ]
        for (experiment, samples, message) in attempts {
            do {
                _ = try experiment.split(samples)
                Issue.record("\(message): not refused")
            } catch {
                #expect("\(error)" == message)
            }
        }
    }
}
