import Forests
import Foundation
import Rasters
import Testing
import Tiling

@testable import Stations

/// A table of samples comes back from its file as it was.
@Suite struct SampleTableFileTests {
    private static func table(rows: Int, features: [String] = ["clay", "lat"]) throws -> SampleTable {
        let samples = (0..<rows).map { row in
            Sample(
                station: .init(network: row % 2 == 0 ? "ISMN" : "", name: "Höhe \(row % 3)"),
                pixel: Pixel(column: row, row: 7), latitude: 50.125 - Double(row), longitude: -0.3,
                day: Day(number: 16_800 - row))
        }
        return try SampleTable(
            features: features.map { Forest.Feature(name: $0, unit: $0 == "clay" ? "%" : "degrees_north") },
            columns: features.indices.map { feature in (0..<rows).map { Float($0 + feature) / 3 } },
            target: Forest.Feature(name: "soil_moisture", unit: "m3 m-3"),
            targetValues: (0..<rows).map { Float($0) / 100 }, samples: samples,
            labels: ["climate_class": (0..<rows).map { $0 == 1 ? "" : "Cfa" }])
    }

    private func temporary() -> String {
        FileManager.default.temporaryDirectory.appending(path: "tilth-table-\(UUID().uuidString).nc").path
    }

    @Test(arguments: [0, 1, 5]) func comesBack(rows: Int) throws {
        let path = temporary()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let table = try Self.table(rows: rows)
        try table.write(to: path, attributes: ["title": "test"])
        let read = try SampleTable(contentsOf: path)
        #expect(read.features == table.features && read.target == table.target)
        #expect(try read.columns.map { try $0.values() } == table.columns.map { try $0.values() })
        #expect(read.targetValues == table.targetValues)
        #expect(read.samples == table.samples)
        #expect(read.labels == table.labels)
        #expect(try NetCDFArrays(path: path).attribute("title") == "test")
    }

    @Test func wrongFilesAreNamed() throws {
        let path = temporary()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try NetCDFArrays.write([1, 2], name: "x", dimensions: [.init(name: "n", length: 2)], to: path)
        let error = #expect(throws: StationError.self) { try SampleTable(contentsOf: path) }
        #expect(error?.problem.contains("is not a table of samples") == true)
        #expect(throws: StationError.self) {
            try Self.table(rows: 2, features: ["sample_day", "b"]).write(to: path)
        }
        #expect(throws: StationError.self) {
            try Self.table(rows: 2, features: ["soil_moisture", "b"]).write(to: path)
        }
    }
}
