import Foundation
import Testing

/// `tilth evaluate` on small tables of text.
@Suite struct EvaluateTests {
    private let folder: TemporaryFolder
    private static let columns =
        "station=site,latitude=lat,longitude=lon,time=day,value=sm,depth-from=0,depth-to=0.05"

    init() throws {
        folder = try TemporaryFolder()
        try write(scale: 1)
        try folder.write("name,fold\ns0,1\ns1,1\ns2,2\ns3,2\ngone,3\n", to: "sites.csv")
    }

    /// Four stations, two of them in one pixel, over two years.
    private func write(scale: Double, stations: Int = 4) throws {
        var text = "site,lat,lon,day,sm,rain,noise,class,era5,deep\n"
        for station in 0..<stations {
            for number in 0..<120 {
                let year = 2016 + number / 60
                let day = String(format: "%d-%02d-%02d", year, number % 60 / 28 + 1, number % 28 + 1)
                let rain = Double((number * 37 + station * 11) % 50) / 50
                let noise = (number * 53 + station * 29) % 71
                let sm = (0.05 + 0.3 * rain + 0.02 * Double(station)) * scale
                let place = station < 2 ? "-34.501,146.001" : "-34.\(station)5,146.\(station)"
                text +=
                    "s\(station),\(place),\(day),\(sm),\(rain),\(noise),\(station % 2 == 0 ? "Cfa" : "BSk"),"
                text += "\(number % 9 == 0 ? "NA" : "\(sm / scale + 0.05)"),\(sm * 100 / scale)\n"
            }
        }
        try folder.write(text, to: "table.csv")
    }

    private func evaluate(_ arguments: String...) throws -> Program.Result {
        try Program.run(
            [
                "evaluate", folder.file("table.csv"), "--columns", Self.columns, "--features", "rain,noise",
                "--trees", "10", "--leaf-rows", "3", "-o", folder.file("report"),
            ] + arguments)
    }

    private func report() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: folder.file("report.json")))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func everyExperimentLeavesAReport() throws {
        for (experiment, splits, held) in [
            ("cv:5", 5, 480), ("year-to-year", 1, 240), ("year-to-year:2017", 1, 240),
            ("station-to-station", 1, 120), ("station-to-station:1/2", 1, 240), ("station-folds:2", 2, 480),
            ("folds:class", 2, 480), ("blocks:0.1:2", 2, 480),
        ] {
            let result = try evaluate("--experiment", experiment, "--permutations", "2")
            #expect(result.code == 0, "\(experiment): \(result.all)")
            let report = try report()
            #expect((report["splits"] as? [Any])?.count == splits, "\(experiment)")
            #expect(report["held_out_rows"] as? Int == held, "\(experiment)")
        }
    }

    @Test func theReportHoldsScoresWarningsAndPictures() throws {
        let result = try evaluate(
            "--experiment", "cv:4", "--classes", "class", "--compare", "ERA5=era5:0..0.07,deep:0.07..1",
            "--depth", "0.05", "--seeds", "2", "--grid-features", "1,2", "--grid-leaves", "2..6:4")
        #expect(result.code == 0, "\(result.all)")
        let report = try report()
        let warnings = try #require(report["warnings"] as? [String])
        #expect(
            warnings.count == 1 && warnings[0].hasPrefix("4 stations are in training and in test at once"))
        #expect(result.errors.contains("beware: 4 stations"))
        #expect(
            (report["per_class"] as? [[String: Any]])?.compactMap { $0["class"] as? String } == [
                "BSk", "Cfa",
            ])
        #expect((report["per_station"] as? [Any])?.count == 4 && (report["grid"] as? [Any])?.count == 4)
        let comparison = try #require(report["comparison"] as? [String: Any])
        let products = try #require(comparison["products"] as? [[String: Any]])
        let pooled = products.compactMap { $0["pooled"] as? [String: Any] }
        // 14 of 120 days of each station lack the product.
        #expect(comparison["dropped_rows"] as? Int == 56 && pooled.allSatisfy { $0["count"] as? Int == 424 })
        #expect(abs(try #require(pooled[1]["bias"] as? Double) - 0.05) < 1e-5)
        #expect(products[1]["covariate"] as? String == "era5")

        let page = try String(contentsOfFile: folder.file("report.html"), encoding: .utf8)
        let beware = try #require(page.range(of: "class=\"beware\""))
        let first = try #require(page.range(of: "<svg"))
        #expect(beware.lowerBound < first.lowerBound, "warnings stand on top")
        for chapter in ["Stations", "Importance", "Time series", "Classes", "Settings compared"] {
            #expect(page.contains("<h2>\(chapter)</h2>"), "\(chapter)")
        }
        for foreign in ["http", "src=", "<script", "@import", "url(", "nan", "inf\""] {
            #expect(!page.contains(foreign), "the page needs nothing from elsewhere: \(foreign)")
        }
    }

    /// Stations that share a pixel are told when a division parts them.
    @Test func leaksAreSaid() throws {
        try folder.write("name,fold\ns0,1\ns1,2\ns2,2\ns3,2\n", to: "parted.csv")
        let parted = try evaluate(
            "--experiment", "folds:fold", "--labels", folder.file("parted.csv") + ":name")
        #expect(parted.errors.contains("beware: 2 test stations share their pixel with a training station"))
    }

    /// Four processes share the fits of a grid, one of them is killed: the others do its part, and a run that
    /// finds all of them done reports what one process alone would.
    @Test func fitsAreSharedAndSurviveAKill() throws {
        let grid = ["--grid-features", "1..2", "--grid-leaves", "2,5", "--fits", folder.file("fits")]
        func words(_ extra: [String]) -> [String] {
            [
                "evaluate", folder.file("table.csv"), "--columns", Self.columns, "--features",
                "rain,noise", "--trees", "200", "--experiment", "cv:3", "-o", folder.file("report"),
                "--permutations", "0",
            ] + extra
        }
        let parts = try (1...4).map { try Running(words(grid + ["--part", "\($0)/4"])) }
        let deadline = Date.now + 60
        while contents(of: folder.file("fits"), suffix: ".fits").isEmpty, Date.now < deadline {
            Thread.sleep(forTimeInterval: 0.01)
        }
        parts[1].kill()
        for (number, part) in parts.enumerated() {
            let result = part.wait()
            guard number != 1 else { continue }
            #expect(result.code == 0 && result.errors.contains(": 12 fits, "), "\(result.all)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("report.json")), "parts do not report")
        let lines = contents(of: folder.file("fits"), suffix: ".fits")
        let done = try Program.run(words(grid))
        #expect(done.code == 0 && done.errors.contains(": 12 fits, 0 of them of this process"), "\(done.all)")
        let shared = try #require(try report()["grid"] as? [[String: Any]])
        #expect(contents(of: folder.file("fits"), suffix: ".fits") == lines, "nothing was done again")
        #expect(try Program.run(words(Array(grid.prefix(4)))).code == 0)
        let alone = try #require(try report()["grid"] as? [[String: Any]])
        #expect(shared.count == 4 && NSArray(array: shared) == NSArray(array: alone))
    }

    @Test func badInputIsOneLine() throws {
        func refusal(_ arguments: [String]) throws -> String {
            let result = try Program.run(
                [
                    "evaluate", folder.file("table.csv"), "--columns", Self.columns, "--trees", "3", "-o",
                    folder.file("report"),
                ] + arguments)
            #expect(result.code == 2, "\(arguments): \(result.all)")
            return result.errors.split(separator: "\n").filter { $0.hasPrefix("tilth: ") }
                .joined(separator: "\n")
        }
        let features = ["--features", "rain,noise"]
        for (arguments, message) in [
            (["--features", "rian", "--experiment", "cv"], "has no column 'rian'; it has site, lat, lon"),
            (features + ["--experiment", "cw"], "--experiment cw: year-to-year[:2019"),
            (features + ["--experiment", "folds:zone"], "has no column 'zone'"),
            (features + ["--experiment", "cv", "--compare", "swvl1"], "has no column 'swvl1'"),
            (
                features + ["--experiment", "cv:3", "--compare", "deep"],
                "deep: values up to"
            ),
            (
                features + ["--experiment", "cv", "--compare", "P=era5:0..0.1,deep:0.1..1"],
                "--compare P: has layers: say the --depth of the target"
            ),
            (
                features + [
                    "--experiment", "folds:fold", "--labels", folder.file("sites.csv") + ":name",
                ], "fold '3' of column fold has no rows: none of its stations has samples"
            ),
            (
                features + ["--experiment", "year-to-year:2030"],
                "experiment: 480 samples before and 0 within"
            ),
            (features + ["--experiment", "blocks:60:2"], "the stations lie in 1 blocks of 60.0 degrees"),
            (
                features + ["--experiment", "cv", "--leaf-rows", "900"],
                "cannot grow a forest of 432 rows with leaves of 900"
            ),
            (["--experiment", "cv"], "--features: name the predictors"),
        ] {
            #expect(try refusal(arguments).contains(message), "\(message)")
        }
        try write(scale: 100)
        #expect(try refusal(features + ["--experiment", "cv"]).contains("is percent, not m3 m-3"))
        #expect(try evaluate("--experiment", "cv:2", "--percent").code == 0)
        try write(scale: 1, stations: 1)
        #expect(
            try refusal(features + ["--experiment", "station-to-station"]).contains(
                "experiment: 1 stations cannot be divided into 2 parts"))
        try write(scale: 0)
        #expect(
            try refusal(features + ["--experiment", "cv"]).contains("in every row: there is nothing to learn")
        )
    }
}
