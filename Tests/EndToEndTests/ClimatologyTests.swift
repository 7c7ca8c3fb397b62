import Foundation
import Rasters
import Testing
import Tiling

/// The climatology stage with real processes: sixteen tiles, a covariate with gaps, and workers that die.
@Suite struct ClimatologyTests {
    private static let yaml = """
        name: tiny
        grid: {crs: "EPSG:4326", west: 10, east: 11, south: 49, north: 50, pixel: "1/512"}
        period: 2016-01-05..2016-01-08
        unit: 2
        tile: 128
        covariates:
          - {name: clay, unit: "%", source: {raster: clay.tif}, resample: nearest}
          - {name: rain, unit: mm, source: {netcdf: "rain_{year}.nc", variable: rain}, valid: [0, 500]}
          - {name: clear, unit: mm, source: {netcdf: "rain_{year}.nc", variable: rain}, valid: [4, 500]}
          - name: wet
            unit: mm
            source: {continuous: clear, weather: rain, period: 2016-01-01..2016-01-20, fit: published}
        layers:
          - {name: surface, model: tiny.forest, features: [clay, rain, wet]}
        output: {type: uint16, scale: 0.001, nodata: 65535, unit: m3 m-3}
        """

    @Test func aWorkerThatDiesInTheClimatologyCostsNothing() throws {
        let calm = try TinyWorld(yaml: Self.yaml)
        let whole = try calm.runAll()
        #expect(whole.code == 0, "\(whole.all)")
        #expect(whole.output.contains("32 climatology"), "\(whole.all)")
        let expected = contents(of: calm.run + "/climatologies", suffix: ".tif")
        #expect(expected.count == 32)
        #expect(calm.mosaics.count == 4)

        let world = try TinyWorld(yaml: Self.yaml)
        #expect(try world.tilth("plan", world.product, "--run", world.run).code == 0)
        let coordinator = try Running(["coordinator", world.run, "--bind", "tcp://127.0.0.1:0"])
        defer { coordinator.kill() }
        let victim = try Running(["worker", world.run, "--threads", "1"])
        #expect(eventually(withinSeconds: 60) { Self.climatologyCount(world) > 0 })
        victim.kill()
        _ = victim.wait()
        #expect(Self.climatologyCount(world) < 32, "it died in the middle of the stage")
        coordinator.terminate()
        _ = coordinator.wait()

        let resumed = try world.runAll("--workers", "2")
        #expect(resumed.code == 0, "\(resumed.all)")
        #expect(contents(of: world.run + "/climatologies", suffix: ".tif") == expected)
        #expect(world.mosaics == calm.mosaics)
        #expect(try world.tilth("verify", world.run).code == 0)
    }

    @Test func aLostClimatologyIsFoundAndMadeAgain() throws {
        let world = try TinyWorld(
            yaml: Self.yaml.replacing("1/512", with: "1/32").replacing("128", with: "16"))
        #expect(try world.runAll().code == 0)
        let made = contents(of: world.run + "/climatologies", suffix: ".tif")
        #expect(made.count == 8)
        try FileManager.default.removeItem(atPath: "\(world.run)/climatologies/clear/x1y0.tif")
        let verified = try world.tilth("verify", world.run)
        #expect(verified.code == 1 && verified.output.contains("clear/x1y0.tif is gone"), "\(verified.all)")
        let resumed = try world.tilth("resume", world.run)
        #expect(resumed.output.contains("climatology/x1y0/clear"), "\(resumed.all)")
        #expect(try world.runAll().code == 0)
        #expect(contents(of: world.run + "/climatologies", suffix: ".tif") == made)
    }

    private static func climatologyCount(_ world: TinyWorld) -> Int {
        contents(of: world.run + "/climatologies", suffix: ".tif").count
    }
}
