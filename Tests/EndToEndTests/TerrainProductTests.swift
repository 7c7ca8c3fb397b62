import Foundation
import Rasters
import Testing
import Tiling

/// A product one of whose covariates is the topographic index that its run makes.
@Suite struct TerrainProductTests {
    private static func yaml(_ source: String) -> String {
        TinyWorld.yaml.replacing(
            "source: {raster: clay.tif}, resample: nearest",
            with: "source: {\(source)}, resample: bilinear, outside: nodata")
    }

    /// Hills, with a flat and rows that a tile of the product does not know.
    private func writeDEM(in world: TinyWorld) throws {
        try world.writeRaster(
            "dem.tif",
            grid: Grid(
                crs: "EPSG:4326", west: 9.9, north: 50.1, pixelWidth: 0.01, pixelHeight: 0.01, columns: 120,
                rows: 120)
        ) { cell in
            let (row, column) = (cell / 120, cell % 120)
            return row < 20 ? 100 : 200 + Float(column) + Float((row * 31 + column * 17) % 23) * 2
        }
    }

    private func pixels(_ world: TinyWorld) throws -> [String: [UInt32]] {
        try world.mosaics.keys.reduce(into: [:]) { found, name in
            found[name] = try RasterFile(path: "\(world.run)/mosaics/\(name)").read(
                window: PixelWindow(column: 0, row: 0, columns: 32, rows: 32), bands: [1]
            ).map(\.bitPattern)
        }
    }

    /// From the DEM to the map in one command: the same as with a map that was made beforehand.
    @Test(arguments: ["published", "corrected"]) func theRunMakesItsIndex(mode: String) throws {
        let world = try TinyWorld(yaml: Self.yaml("topographic-index: dem.tif, mode: \(mode)"))
        try writeDEM(in: world)
        let check = try world.tilth("check", world.product)
        #expect(check.code == 0, "\(check.all)")
        #expect(check.output.contains("topographic index of dem.tif (\(mode)) · 120 × 120 cells"))
        let result = try world.runAll("--workers", "2")
        #expect(result.code == 0, "\(result.all)")
        #expect(result.all.contains("9 terrain"), "\(result.all)")

        let other = try TinyWorld(yaml: Self.yaml("raster: ti.tif"))
        try writeDEM(in: other)
        let made = try Program.run(
            "terrain", "index", other.folder.file("dem.tif"), "--mode", mode, "-o",
            other.folder.file("ti.tif"))
        #expect(made.code == 0, "\(made.all)")
        #expect(try other.runAll().code == 0)
        let found = try pixels(world)
        let expected = try pixels(other)
        #expect(found == expected && found.count == 10)
        // The index decides something in the map.
        #expect(Set(found.values.first ?? []).count > 2)
        let explained = try world.tilth("explain", world.run, "--at=10.5,49.5", "--day", "2016-01-07")
        #expect(explained.output.contains("topographic index of dem.tif (\(mode))"), "\(explained.all)")
        #expect(try world.tilth("verify", world.run).code == 0)

        // A map that is lost is made again.
        try FileManager.default.removeItem(atPath: world.run + "/terrain/index.tif")
        #expect(try world.tilth("resume", world.run).output.contains("terrain/assemble"))
        #expect(try world.runAll().code == 0)
        #expect(try pixels(world) == expected)
    }

    @Test func mapsThatAreNotThereAreNamed() throws {
        let world = try TinyWorld(
            yaml: Self.yaml("topographic-index: dem.tif, directions: dir.tif, mode: corrected"))
        try writeDEM(in: world)
        let check = try world.tilth("check", world.product)
        #expect(check.code == 2 && check.output.contains("dir.tif does not exist"), "\(check.all)")
        let result = try world.runAll()
        #expect(result.code == 2 && result.errors.contains("dir.tif"), "\(result.all)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
}
