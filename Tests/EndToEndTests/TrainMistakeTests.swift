import Foundation
import Testing

/// Wrong stations and wrong wishes: one clear line each, never a forest.
@Suite struct TrainMistakeTests {
    private struct Mistake: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var table = StationFiles.table()
        var yaml = TinyWorld.yaml
        var arguments: [String] = []
        var columns: String? = StationFiles.columns
        /// What the last line must say.
        let words: [String]
    }

    private static let mistakes = [
        Mistake(testDescription: "no such file", arguments: ["--stations", "/nowhere"], words: ["/nowhere"]),
        Mistake(testDescription: "an empty table", table: "", words: ["stations.csv", "is empty"]),
        Mistake(
            testDescription: "a header alone", table: StationFiles.table([]),
            words: ["stations.csv", "has a header but no rows"]),
        Mistake(
            testDescription: "no columns named", columns: nil, words: ["stations.csv", "--columns"]),
        Mistake(
            testDescription: "a column that is not there",
            columns: StationFiles.columns.replacingOccurrences(of: "=sm", with: "=moisture"),
            words: ["'moisture' (value)", "it has id, lat, lon, day, sm"]),
        Mistake(
            testDescription: "constant targets",
            table: StationFiles.table(
                StationFiles.rows().map { row in
                    row[..<(row.lastIndex(of: ",") ?? row.endIndex)] + ",0.2"
                }), words: ["soil_moisture is 0.2 in every row", "nothing to learn"]),
        Mistake(
            testDescription: "percent", table: StationFiles.table(StationFiles.rows(scale: 100)),
            words: ["is percent, not m3 m-3", "divided by 100"]),
        Mistake(
            testDescription: "outside the grid",
            table: StationFiles.table(
                StationFiles.rows([.init(name: "far", column: 500, row: 2)])),
            words: ["far", "is outside the grid"]),
        Mistake(
            testDescription: "fewer rows than a leaf", arguments: ["--leaf-rows", "60"],
            words: ["50 rows with leaves of 60"]),
        Mistake(
            testDescription: "days without stations", table: table(days: ["2016-01-12"]),
            arguments: ["--days", "2016-01-05..2016-01-06"],
            words: ["no value of soil moisture within 2016-01-05..2016-01-06"]),
        Mistake(
            testDescription: "another depth",
            yaml: TinyWorld.yaml.replacingOccurrences(
                of: "name: surface, model", with: "name: surface, depth: [0.1, 0.3], model"),
            words: ["5 sensors lie at depths of no layer"]),
        Mistake(
            testDescription: "features that are nowhere",
            yaml: TinyWorld.yaml.replacingOccurrences(of: "valid: [0, 500]", with: "valid: [400, 500]"),
            words: ["no row is left of 50 station days", "rain, wet missing: 50"]),
        Mistake(
            testDescription: "another unit of the map",
            yaml: TinyWorld.yaml.replacingOccurrences(of: "unit: m3 m-3}", with: "unit: percent}"),
            words: ["stations measure m3 m-3"]),
        Mistake(
            testDescription: "a layer that is not there", arguments: ["--layers", "deep"],
            words: ["--layers deep", "surface"]),
        Mistake(
            testDescription: "a reference that is not there", arguments: ["--match", "swvl1"],
            words: ["has no covariate swvl1"]),
        Mistake(
            testDescription: "a reference in another unit", arguments: ["--match", "rain"],
            words: ["covariate rain", "'mm'", "m3 m-3"]),
        Mistake(
            testDescription: "an infinite feature", table: infinite, arguments: ["--table-features", named],
            words: ["'inf' in column c", "is no finite number"]),
    ]

    private static let named = "clay=c,rain=c,wet=c"
    private static let infinite =
        "id,lat,lon,day,sm,c\n"
        + StationFiles.rows().enumerated().map { "\($0.element),\($0.offset == 7 ? "inf" : "\($0.offset)")" }
        .joined(separator: "\n")

    private static func table(days: [String]) -> String {
        StationFiles.table(
            StationFiles.places.flatMap { place in
                days.map { "\(place.name),\(place.latitude),\(place.longitude),\($0),0.\(place.column)" }
            })
    }

    @Test(arguments: mistakes) private func isOneClearLine(_ mistake: Mistake) throws {
        let world = try TinyWorld(yaml: mistake.yaml)
        try FileManager.default.removeItem(atPath: world.folder.file("tiny.forest"))
        let stations = try world.folder.write(mistake.table, to: "stations.csv")
        var arguments = ["train", world.product, "-o", world.folder.file("tiny.forest"), "--trees", "3"]
        if let columns = mistake.columns { arguments += ["--columns", columns] }
        if !mistake.arguments.contains("--stations") { arguments += ["--stations", stations] }
        let result = try Program.run(arguments + mistake.arguments)
        #expect(result.code == 2, "\(result.all)")
        let said = result.errors.split(separator: "\n").filter { $0.hasPrefix("tilth: ") }
        #expect(said.count == 1, "\(result.all)")
        for word in mistake.words {
            #expect(said.last?.contains(word) == true, "'\(word)' in: \(result.all)")
        }
        #expect(!FileManager.default.fileExists(atPath: world.folder.file("tiny.forest")))
    }

    /// What can be put right is put right, and said.
    @Test func whatIsMended() throws {
        let world = try TinyWorld()
        func train(_ table: String, _ extra: String...) throws -> Program.Result {
            let stations = try world.folder.write(table, to: "stations.csv")
            return try Program.run(
                [
                    "train", world.product, "-o", world.folder.file("tiny.forest"), "--trees", "3",
                    "--columns", StationFiles.columns, "--stations", stations,
                ] + extra)
        }
        let rows = StationFiles.rows()
        let percent = try train(StationFiles.table(StationFiles.rows(scale: 100)), "--percent")
        #expect(percent.code == 0 && percent.output.contains("50 rows"), "\(percent.all)")
        let unsorted = try train(StationFiles.table(rows.reversed()))
        #expect(unsorted.code == 0 && unsorted.errors.contains("times are not in order: sorted"))
        #expect(unsorted.output.contains("50 rows"), "\(unsorted.all)")
        let twice = try train(StationFiles.table(rows + rows))
        #expect(twice.code == 0 && twice.errors.contains("10 rows repeat the time of another: dropped"))
        #expect(twice.output.contains("50 rows"), "\(twice.all)")
        let one = try train(StationFiles.table(StationFiles.rows([StationFiles.places[0]])))
        #expect(one.code == 0 && one.errors.contains("holds one station only"), "\(one.all)")
        let far = try train(
            StationFiles.table(
                StationFiles.rows(StationFiles.places + [.init(name: "far", column: -80, row: 2)])))
        #expect(far.code == 0 && far.errors.contains("far: latitude"), "\(far.all)")
        #expect(far.output.contains("50 rows of 5 stations (6 read)"), "\(far.all)")
    }
}
