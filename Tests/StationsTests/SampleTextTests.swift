import Forests
import Foundation
import TestSupport
import Testing
import Tiling

@testable import Stations

@Suite struct SampleTextTests {
    private static let columns = SampleColumns(
        station: .column("site"), latitude: "lat", longitude: "lon", time: "day", target: "sm",
        features: ["rain", "wet=running-sum(rain;2)"].compactMap { SampleFeature($0) })

    private func read(_ text: String, _ columns: SampleColumns = columns) throws -> SampleText {
        let path = FileManager.default.temporaryDirectory.appending(path: "tilth-\(UUID().uuidString).csv")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try SampleText(paths: [path], columns: columns)
    }

    private func refusal(_ text: String, _ columns: SampleColumns = columns) -> String {
        do {
            _ = try read(text, columns)
            return "read"
        } catch {
            let text = "\(error)"
            return text.range(of: ".csv: ").map { String(text[$0.upperBound...]) } ?? text
        }
    }

    @Test func rowsNeedTheTargetAndWholeHistory() throws {
        var columns = Self.columns
        columns.labels = ["class"]
        columns.others = ["era5"].compactMap { SampleFeature($0) }
        let found = try read(
            """
            site,lat,lon,day,sm,rain,class,era5
            b,-34.5,146.25,2016-01-02,0.3,5,Cfa,NA
            b,-34.5,146.25,2016-01-01,0.2,1,Cfa,0.2
            b,-34.5,146.25,2016-01-02,0.9,9,Cfa,0.2
            a,10,200,2016-01-05,0.1,0,,0.1
            a,10,200,2016-01-06,NA,0.5,,0.1
            a,10,200,2016-01-07,0.15,2,,0.3
            a,10,200,2016-01-09,0.4,2,,0.3
            """, columns)
        let table = found.table
        // Days 1 of b, and 5 and 9 of a, have no day before; the second row of b's day 2 is a repeat.
        #expect(table.rowCount == 2 && table.samples.map(\.station.name) == ["a", "b"])
        #expect(table.samples[0].longitude == -160 && table.samples[0].pixel.row == 80 * 120)
        #expect(table.columns[0] == [2, 5] && table.columns[1] == [2.5, 6])
        #expect(table.features.map(\.name) == ["rain", "wet", "era5"])
        #expect(table.columns[2][0] == 0.3 && table.columns[2][1].isNaN)
        #expect(table.labels == ["class": ["", "Cfa"]])
        #expect(
            found.issues.map(\.problem) == [
                "1 rows have no sm", "1 rows repeat a station and day: the first one is kept",
                "3 rows have no wet",
            ])
    }

    @Test func badTablesAreNamed() {
        let head = "site,lat,lon,day,sm,rain\n"
        #expect(refusal("") == "is empty")
        #expect(refusal(head) == "has a header but no rows")
        #expect(
            refusal("site,lat,lon,sm\na,1,2,0.3\n")
                == "has no column 'day', 'rain'; it has site, lat, lon, sm")
        #expect(
            refusal(head + "a,1,2,05/01/2016,0.3,1\n")
                == "no row can be read: line 2: the time is not an ISO date: '05/01/2016'")
        #expect(refusal(head + "a,1,2,2016-01-01,0.3,wet\n").hasSuffix("the value is not a number: 'wet'"))
        #expect(
            refusal(head + "a,1,2,2016-01-01,0.3,1\n")
                == "no row has the target and all features: 1 rows have no wet")
        var plain = Self.columns
        plain.features = [SampleFeature(name: "rain", column: "rain")]
        let percent = head + "a,1,2,2016-01-01,30,1\na,1,2,2016-01-02,25,1\n"
        #expect(
            refusal(percent, plain)
                == "sm up to 30.0 is percent, not m3 m-3: say that its unit is percent, and it is divided by"
                + " 100"
        )
        plain.isPercent = true
        #expect((try? read(percent, plain))?.table.targetValues == [0.3, 0.25])
    }

    @Test func featuresAreSpelledInOneWay() {
        #expect(
            SampleFeature("api=antecedent-index(rain;34;0.91)")
                == SampleFeature(
                    name: "api", column: "rain", derivation: .antecedentIndex(terms: 34, decay: 0.91)))
        #expect(SampleFeature("ndvi = ndvi_500m") == SampleFeature(name: "ndvi", column: "ndvi_500m"))
        for text in [
            "", "=a", "a=", "a=b(c)", "running-sum(tp;7)", "a=running-sum(tp)", "a=running-sum(tp;0)",
            "a=antecedent-index(tp;34;1.5)",
        ] { #expect(SampleFeature(text) == nil, "\(text)") }
    }

    @Test func labelsOfSitesJoinByName() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tilth-\(UUID().uuidString).csv")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "name,fold,class\ns0,1,Cfa\ns1,2,BWh\ns9,3,Cfa\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let table = try TestTable.make(stations: 2, days: 3)
        let labels = try StationLabels(path: path, stationColumn: "name")
        let labelled = try labels.labelling(table)
        #expect(try labelled.words(of: "class") == ["Cfa", "Cfa", "Cfa", "BWh", "BWh", "BWh"])
        #expect(labels.unused("fold", in: labelled) == ["3"] && labels.columns == ["fold", "class"])
        for (column, problem) in [
            ("site", "has no column 'site'; it has name, fold, class"),
            (
                "fold",
                "names none of the 2 stations, of which one is N/s0: which column holds their names?"
            ),
        ] {
            #expect(throws: StationError(source: path, problem: problem)) {
                try StationLabels(path: path, stationColumn: column).labelling(table)
            }
        }
    }
}

/// The nine features of the scikit-learn baseline, out of the station tables, by its rules.
@Suite struct YancoScoringTests {
    static let features = [
        "dem", "silt", "awc", "rain", "tavg", "vpd", "srad", "ndvi=ndvi_500m",
        "api=antecedent-index(rain;34;0.91)",
    ]

    static func table(_ folder: String) throws -> SampleTable {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let columns = SampleColumns(
            station: .fileName("OzNet_{}_cleaned_data.csv"), latitude: "lat", longitude: "lon", time: "time",
            target: "insitu_sm", features: features.compactMap { SampleFeature($0) })
        let paths = names.filter { $0.hasSuffix("_cleaned_data.csv") }.map { "\(folder)/\($0)" }
        return try StationLabels(path: "\(folder)/OzNet_study_sites.csv", stationColumn: "sitename")
            .labelling(SampleText(paths: paths, columns: columns).table)
    }

    @Test func rowsAndScoresAreThoseOfTheBaseline() throws {
        guard let folder = SharedData.path("yanco/stations"),
            let expected = SharedData.path("yanco/expected/sklearn_baseline.json")
        else { return }
        let baseline = try JSONDecoder().decode(
            Baseline.self, from: try Data(contentsOf: URL(filePath: expected)))
        let table = try Self.table(folder)
        #expect(table.rowCount == baseline.rows.used)
        let perSite = Dictionary(grouping: table.samples, by: \.station.name).mapValues(\.count)
        #expect(perSite == baseline.rows.used_per_site)

        var settings = GrowingSettings()
        settings.minimumLeafRows = 5
        settings.featuresPerSplit = .fraction(1.0 / 3)
        settings.threadCount = 2
        let evaluator = Evaluator(settings, seeds: [0, 1, 2])
        for (experiment, range) in [
            (Experiment.rowFolds(try table.words(of: "iteration")), baseline.seed_spread.station_out),
            (
                .yearToYear(testDays: try #require(DayRange("2019-01-01..2019-12-31"))),
                baseline.seed_spread.year_to_year
            ),
        ] {
            let evaluation = try evaluator.evaluate(table, by: experiment)
            let sheets = evaluation.predictions.indices.map {
                ScoreSheet(evaluation.pairs(seed: $0, of: table))
            }
            for (name, figure) in [
                ("rmse", \Scores.rmse), ("r", \.r), ("bias", \.bias), ("ubrmse", \.ubrmse), ("r2", \.r2),
            ] {
                let own = sheets.compactMap { $0.pooled[keyPath: figure] }.reduce(0, +) / Double(sheets.count)
                let known = try #require(range[name])
                // Other random numbers: within twice the range of five seeds around their mean.
                #expect(
                    abs(own - known.mean) <= 2 * (known.max - known.min), "\(name): \(own), \(known.mean)")
            }
        }
    }

    // The keys of the file as they stand there.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Baseline: Decodable {
        struct Rows: Decodable {
            let used: Int
            let used_per_site: [String: Int]
        }
        struct Spread: Decodable {
            let min: Double
            let max: Double
            let mean: Double
        }
        struct Seeds: Decodable {
            let station_out: [String: Spread]
            let year_to_year: [String: Spread]
        }
        let rows: Rows
        let seed_spread: Seeds
    }
}
