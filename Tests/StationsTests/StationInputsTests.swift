import Foundation
import Testing
import Tiling

@testable import Stations

/// Nothing of what a user names as stations goes missing without a word.
@Suite struct StationInputsTests {
    private func folder(_ files: [String: String]) throws -> String {
        let root = FileManager.default.temporaryDirectory.appending(path: "tilth-\(UUID().uuidString)")
        for (name, text) in files {
            let file = root.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return root.path
    }

    @Test(arguments: [
        (
            "NET/A/NET_NET_A_sm_0.05_0.05_P_20170101_20170102.stm.gz",
            "is packed, and no zip archive: unpack it"
        ),
        ("NET/A/series.stm", "does not have the name of an ISMN file (network_network_station_sm_"),
        ("notes.docx", "is not a file of an ISMN archive"),
    ]) func filesThatAreNoSeriesAreNamed(name: String, problem: String) throws {
        let path = try folder([name: "x"])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: StationError.self) { try StationInputs(paths: [path]) }
        let message = try #require(error).description
        #expect(message.contains("\(name): \(problem)") && !message.contains("\n"), "\(message)")
    }

    @Test func aStationWithoutADayIsNamed() throws {
        let head = "NET NET %@ 0.1 0.1 112.00 0.05 0.05 P\n"
        func series(_ station: String, _ row: (Int) -> String) -> (String, String) {
            let rows = (0..<48).map { hour in
                String(format: "2017/01/%02d %02d:00 ", hour / 24 + 1, hour % 24) + row(hour)
            }
            return (
                "NET/\(station)/NET_NET_\(station)_sm_0.05_0.05_P_20170101_20170102.stm",
                head.replacing("%@", with: station) + rows.joined(separator: "\n") + "\n"
            )
        }
        let path = try folder(
            Dictionary(
                uniqueKeysWithValues: [
                    series("good") { "0.2\($0 % 3) G M" }, series("frozen") { "0.2\($0 % 3) D01 M" },
                    series("empty") { _ in "-9999 M M" },
                ]))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let made = try TargetMaking(
            grid: try #require(Grid.presets["global-30arcsec"]),
            layers: [Layer(name: "top", model: "", features: [])],
            making: DailyMaking(removing: .smci, fill: nil)
        ).targets(from: StationInputs(paths: [path]))
        let said = made.issues.map(\.problem)
        #expect(
            said == [
                "NET/empty: has no value of soil moisture",
                "NET/frozen: no day is left of its 48 values: their flags are D01, or days have too "
                    + "few hours",
            ], "\(said)")
        #expect(made.targets["top"]?.filter { $0.daily.validCount > 0 }.map(\.id.name) == ["good"])
    }
}
