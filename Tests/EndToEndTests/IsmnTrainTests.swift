import Forests
import Foundation
import Stations
import TestSupport
import Testing

/// Training from real archives of the International Soil Moisture Network, as they are downloaded.
@Suite struct IsmnTrainTests {
    private static let yaml = """
        name: ismn
        grid: global-30arcsec
        period: 2000-01-01..2020-12-31
        covariates:
          - {name: lat, unit: degrees_north, source: lat}
          - {name: lon, unit: degrees_east, source: lon}
          - {name: doy, unit: "1", source: day-of-year}
        layers:
          - {name: surface, depth: [0, 0.25], model: surface.forest, features: [lat, lon, doy]}
          - {name: deep, depth: [0.25, 0.6], model: deep.forest, features: [doy]}
        output: {type: uint16, scale: 0.001, nodata: 65535, unit: m3 m-3}
        """

    @Test func realArchivesBecomeAForest() throws {
        guard let data = SharedData.path("readers/ismn/TUW-GEO_ismn_test_data") else { return }
        let folder = try TemporaryFolder()
        let product = try folder.write(Self.yaml, to: "product.yaml")
        let archives = [
            "\(data)/Data_seperate_files_20170810_20180809.zip", "\(data)/format_header_values",
            "\(data)/zip_archives",
        ]
        func train(_ extra: [String]) throws -> Program.Result {
            try Program.run(
                ["train", product, "-o", folder.file("{layer}.forest"), "--trees", "5", "--stations"]
                    + archives + extra)
        }
        let both = try train([])
        #expect(both.code == 2 && both.errors.contains("layer deep: no sensor lies within its depth"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("surface.forest")))

        let open = try train(["--layers", "surface"])
        #expect(open.code == 0, "\(open.all)")
        let table = try SampleTable(contentsOf: folder.file("surface.samples.nc"))
        let stations = Set(table.samples.map(\.station.description))
        #expect(stations.contains("SMOSMANIA/Narbonne") && stations.contains("COSMOS/ARM-1"), "\(stations)")
        // The same station in two archives counts once.
        #expect(open.errors.contains("COSMOS/ARM-1 was in \(archives[0]) already"), "\(open.errors)")
        let days = table.samples.map { "\($0.station) \($0.day)" }
        #expect(Set(days).count == days.count)
        // Values that the network or our checks flag are gone: soil never holds 0.6 m3 m-3 here.
        #expect(table.targetValues.allSatisfy { $0 >= 0 && $0 <= 0.6 })
        #expect(Set(table.labels["climate_class"] ?? []).count > 1)

        let raw = try train(["--layers", "surface", "--remove-flags", "none"])
        #expect(raw.code == 0, "\(raw.all)")
        let all = try SampleTable(contentsOf: folder.file("surface.samples.nc"))
        let filled = try train(["--layers", "surface", "--smci"])
        #expect(filled.code == 0, "\(filled.all)")
        let smci = try SampleTable(contentsOf: folder.file("surface.samples.nc"))
        print("ISMN: \(all.rowCount) rows, \(table.rowCount) after flags, \(smci.rowCount) after filling")
        #expect(all.rowCount > table.rowCount && smci.rowCount >= table.rowCount)
        #expect(smci.rowCount <= all.rowCount)
        let forest = try Forest(contentsOf: folder.file("surface.forest"))
        #expect(forest.provenance["filled"] == "within 5 days, between the nearest two")
    }
}
