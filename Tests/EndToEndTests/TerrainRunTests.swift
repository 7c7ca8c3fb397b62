import Foundation
import Rasters
import Testing
import Tiling

/// A topographic index as units of the engine, with real processes that are killed.
@Suite struct TerrainRunTests {
    private static let side = 1500

    /// Hills with pits, and a lake that spans many tiles.
    private static func writeDEM(to path: String) throws {
        var state: UInt64 = 11
        let values = (0..<side * side).map { place -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let (row, column) = (place / side, place % side)
            if (400..<900).contains(row) && (300..<1100).contains(column) { return 250 }
            return 300 + Float(column) / 8 - Float(row) / 16 + Float(state >> 33 & 7)
        }
        let grid = Grid(
            crs: "EPSG:4326", west: 10, north: 50, pixelWidth: 0.001, pixelHeight: 0.001, columns: side,
            rows: side)
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: 256, encoding: OutputEncoding(type: .float32, noData: -9999, unit: "m")
        ).encode(bands: [GeoTIFFBand(description: "elevation", values: .float32(values))])
        try Data(bytes).write(to: URL(filePath: path))
    }

    @Test func killedProcessesCostNothing() throws {
        let folder = try TemporaryFolder()
        try Self.writeDEM(to: folder.file("dem.tif"))
        let (dem, run) = (folder.file("dem.tif"), folder.file("run"))
        let alone = try Program.run("terrain", "index", dem, "-o", folder.file("alone.tif"), "--tile", "700")
        #expect(alone.code == 0, "\(alone.all)")

        func arguments(_ output: String, _ extra: String...) -> [String] {
            ["terrain", "index", dem, "-o", folder.file(output), "--run", run, "--tile", "256"] + extra
        }
        let planned = try Program.run(arguments("ti.tif", "--plan-only"))
        #expect(planned.code == 0, "\(planned.all)")
        let coordinator = try Running(["coordinator", run, "--bind", "tcp://127.0.0.1:0"])
        let victim = try Running(["worker", run, "--threads", "1"])
        #expect(eventually(withinSeconds: 120) { Self.fileCount(run, "fill") > 2 })
        victim.kill()
        _ = victim.wait()
        coordinator.kill()
        _ = coordinator.wait()
        #expect(Self.fileCount(run, "index") == 0, "it died in the middle")

        let resumed = try Program.run(arguments("ti.tif", "--workers", "2"))
        #expect(resumed.code == 0, "\(resumed.all)")
        let expected = try Self.values(folder.file("alone.tif"))
        let made = try Self.values(folder.file("ti.tif"))
        #expect(made == expected)
        let verified = try Program.run("verify", run)
        #expect(verified.code == 0, "\(verified.all)")

        let other = try Program.run(arguments("other.tif", "--mode", "published"))
        #expect(other.code == 2 && other.errors.contains("another run directory"), "\(other.all)")

        // A file that is lost is made again, and the same command finishes the map.
        try FileManager.default.removeItem(atPath: run + "/terrain/index.tif")
        #expect(try Program.run("resume", run).output.contains("terrain/assemble"))
        #expect(try Program.run(arguments("again.tif")).code == 0)
        let again = try Self.values(folder.file("again.tif"))
        #expect(again == expected)
    }

    private static func fileCount(_ run: String, _ pass: String) -> Int {
        contents(of: "\(run)/terrain/\(pass)", suffix: ".bin").count
    }

    /// Bits, so that missing values compare too.
    private static func values(_ path: String) throws -> [UInt32] {
        try RasterFile(path: path).read(
            window: PixelWindow(column: 0, row: 0, columns: side, rows: side), bands: [1]
        ).map(\.bitPattern)
    }
}
