import Foundation
import Testing

@testable import Stations

@Suite struct QualityControlTests {
    static let cases = SmallTable.cases("quality-control.txt")
    /// What the network's own program says of made series; the table tells how it was written.
    static let peerCases = SmallTable.cases("quality-control-peer.txt")

    @Test func theTableHasEveryFlag() {
        let text = Self.cases.map(\.name).joined(separator: "\n")
        for flag in ["C01", "C02", "C03"] + (1...10).map({ $0 < 10 ? "D0\($0)" : "D10" }) {
            #expect(text.contains(flag))
        }
    }

    @Test(arguments: cases + peerCases) func flags(_ row: SmallTable.Case) throws {
        let moisture = try #require(row.numbers("sm"))
        func series(_ key: String) -> HourlySeries? {
            row.numbers(key).map { HourlySeries(firstHour: 100, values: $0) }
        }
        let control = QualityControl(
            depthFrom: row.number("depth") ?? 0.05, saturation: row.number("saturation"),
            ancillary: Ancillary(
                soilTemperature: series("ts"), airTemperature: series("ta"), precipitation: series("rain"),
                modelSoilTemperature: series("model-ts"), modelPrecipitation: series("model-rain")))
        let flags = control.flags(of: HourlySeries(firstHour: 100, values: moisture.map { $0 / 100 }))
        var expected = moisture.map { $0.isNaN ? QualityFlags.missing : [] }
        for word in row.entries["flags"] ?? [] {
            let parts = word.components(separatedBy: "=")
            let ends = parts[0].components(separatedBy: "-").compactMap(Int.init)
            for hour in ends[0]...ends[ends.count - 1] {
                expected[hour].formUnion(QualityFlags(text: parts[1]))
            }
        }
        for hour in moisture.indices {
            #expect(
                flags[hour] == expected[hour],
                "line \(row.line), hour \(hour): \(flags[hour]) instead of \(expected[hour])")
        }
    }

    @Test func rulesNeverTrapOnWhatSensorsSend() {
        for values in [[], [.nan], [0], [20, .nan], [Double](repeating: .nan, count: 60)] as [[Double]] {
            let flags = QualityControl(depthFrom: 0).flags(of: HourlySeries(firstHour: -5, values: values))
            #expect(flags.count == values.count)
        }
        var seed: UInt64 = 1
        let wild = (0..<500).map { _ -> Double in
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            switch (seed >> 40) % 7 {
            case 0: return .nan
            case 1: return 0
            case 2: return -3
            case 3: return 1e300
            default: return Double((seed >> 33) % 60) / 100
            }
        }
        #expect(
            QualityControl(depthFrom: 0.05).flags(of: HourlySeries(firstHour: 0, values: wild)).count == 500)
    }
}
