import Foundation
import Testing

/// Pixel-days of the real run against an independent computation from the raw files, and `tilth explain`.
enum YancoPixels {
    /// Dry summer, a wet winter day, and the turn of a leap year, where two NDVI steps are 14 days apart.
    private static let wanted = [
        ("146.2541,-34.8207", "2016-02-20"), ("146.3958,-34.9041", "2018-07-09"),
        ("146.0458,-34.6791", "2016-12-25"),
    ]

    static func check(_ yanco: YancoRun, run: String) throws {
        let made = try Program.run(
            [Program.repository.appending(path: "scripts/readers").path], executable: "/usr/bin/env")
        guard made.code == 0, let python = made.lines.last else {
            print("SKIPPED: independent pixel-days: their environment could not be made: \(made.errors)")
            return
        }
        let script = Program.repository.appending(path: "Tests/EndToEndTests/yanco_pixels.py").path
        let computed = try Program.run(
            [script, yanco.data, run] + wanted.map { "\($0.0),\($0.1)" }, executable: python)
        #expect(computed.code == 0, "\(computed.all)")
        let answers = try #require(
            try JSONSerialization.jsonObject(with: Data(computed.output.utf8)) as? [[String: Any]])
        var worst = 0.0
        for (answer, (place, day)) in zip(answers, wanted) {
            let explained = try Program.run("explain", run, "--at=\(place)", "--day", day)
            #expect(explained.code == 0, "\(explained.all)")
            let features = try #require(answer["features"] as? [String: Double])
            #expect(features.count == 9)
            for (name, value) in features {
                let line = try #require(
                    explained.lines.first { $0.hasPrefix(name + " ") }, "\(explained.output)")
                let shown = try #require(Double(line.split(separator: " ")[1]), "\(line)")
                #expect(
                    abs(shown - value) <= 2e-6 * max(1, abs(value)),
                    "\(name) on \(day): \(line), not \(value)")
            }
            let prediction = try #require(answer["prediction"] as? Double)
            let mosaic = try #require(answer["mosaic"] as? Double)
            let result = try #require(explained.lines.last { $0.hasPrefix("result ") })
            let shown = try #require(Double(result.split(separator: " ")[1]))
            worst = max(worst, abs(shown - prediction))
            #expect(abs(shown - prediction) <= 1e-6)
            // Stored in steps of 0.0001.
            #expect(abs(mosaic - prediction) <= 0.5e-4 + 1e-6)
        }
        print("Yanco pixel-days: largest difference to onnxruntime on raw files \(worst) m3 m-3")
    }

    /// The index needs 34 days, the rain begins on 2016-01-01: two days are missing, and say so.
    static func checkDaysWithoutHistory(run: String) throws {
        let explained = try Program.run("explain", run, "--at=146.25,-34.82", "--day", "2016-02-02")
        #expect(explained.output.contains("2015-12-31"), "\(explained.output)")
        #expect(explained.output.contains("result missing"))
        let receipts = contents(of: run + "/receipts", suffix: ".log").values.flatMap {
            String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        let first = receipts.filter { $0.contains("\"unit\":\"predict/") && $0.contains("/2016-02\"") }
        #expect(first.count == 9)
        for line in first {
            let receipt = try #require(
                try JSONSerialization.jsonObject(with: Data(line.dropFirst(17).utf8)) as? [String: Any])
            let missing = try #require(receipt["missing"] as? [[String: String]])
            #expect(missing.map { $0["day"] } == ["2016-02-01", "2016-02-02"])
            #expect(missing.allSatisfy { $0["reason"]?.contains("api") ?? false })
        }
    }
}
