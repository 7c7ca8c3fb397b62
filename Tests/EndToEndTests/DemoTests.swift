import Foundation
import Testing

/// The demo, small: a world in real formats, the main job as real processes, and independent readers of what
/// it leaves.
@Suite(.serialized) struct DemoTests {
    private static let small = [
        "--tile-pixels", "192", "--trees", "12", "--period", "2016-04-10..2016-05-09",
    ]

    @Test func theDemoMapsItsWorldAndIsReadByOthers() throws {
        let folder = try TemporaryFolder()
        let arguments = ["demo", "--directory", folder.path] + Self.small
        let first = try Program.run(arguments)
        #expect(first.code == 0, "\(first.all)")
        let rmse = try #require(first.output.firstMatch(of: /RMSE (\d\.\d+)/)?.1)
        #expect(try #require(Double(rmse)) < 0.03, "the map agrees with the known truth: \(first.output)")
        let quicklook = try #require(first.output.firstMatch(of: /quicklook\s+(\S+\.png)/)?.1)
        #expect(
            FileManager.default.contents(atPath: String(quicklook))?.prefix(4)
                == Data([0x89, 0x50, 0x4e, 0x47]))
        let mosaics = contents(of: folder.file("run/mosaics"), suffix: ".tif")
        #expect(mosaics.count == 30)

        let again = try Program.run(arguments)
        #expect(again.code == 0, "\(again.all)")
        #expect(again.output.contains("everything was done already"))
        #expect(contents(of: folder.file("run/mosaics"), suffix: ".tif") == mosaics)

        try expectOthersToReadIt(folder)
    }

    /// rasterio, rio-cogeo, xarray and gdalinfo, in a virtual environment that the test makes.
    private func expectOthersToReadIt(_ folder: TemporaryFolder) throws {
        let made = try Program.run(
            [Program.repository.appending(path: "scripts/readers").path], executable: "/usr/bin/env")
        guard made.code == 0, let python = made.lines.last else {
            print("SKIPPED: independent readers: their environment could not be made: \(made.errors)")
            return
        }
        let mosaic = folder.file("run/mosaics/2016/TILTH_SURFACE_20160415.tif")
        let aggregated = try Program.run(
            "aggregate", folder.file("run"), "--to", "0.1", "--days", "2016-04-15")
        #expect(aggregated.code == 0, "\(aggregated.all)")
        let coarse = folder.file("run/aggregated/0.1/2016/TILTH_SURFACE_20160415_0.1.tif")
        let script = Program.repository.appending(path: "Tests/EndToEndTests/readers.py").path
        let read = try Program.run(
            [script, mosaic, folder.file("run/tiles/2016/04/x0y0.tif"), coarse], executable: python)
        #expect(read.code == 0, "\(read.all)")
        print(read.output)
    }
}
