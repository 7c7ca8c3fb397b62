import Foundation
import Testing

/// Source files that are replaced by newer versions while a run is being made: never a map of both.
@Suite struct NewVersionTests {
    /// What a run gives that has known one version only.
    private func mosaics(yaml: String = TinyWorld.yaml, rain name: String, shift: Int) throws -> [String:
        Data]
    {
        let world = try TinyWorld(yaml: yaml)
        try world.writeRain(to: name, shift: shift)
        let made = try world.runAll()
        #expect(made.code == 0, "\(made.all)")
        return world.mosaics
    }

    @Test func theSameNameWithOtherBytes() throws {
        let world = try TinyWorld()
        #expect(try world.runAll("--days", "2016-01-05..2016-01-09").code == 0)
        let first = world.mosaics
        try world.writeRain(shift: 7)
        let refused = try world.runAll()
        #expect(refused.code == 1, "\(refused.all)")
        let why = "rain_2016.nc was replaced or removed since it was prepared: run `tilth resume`"
        #expect(try world.tilth("status", world.run).output.contains(why))
        #expect(world.mosaics == first, "no day of another version")

        let resumed = try world.tilth("resume", world.run)
        #expect(
            resumed.output.contains("late       prepare/rain/2016: rain_2016.nc was replaced"),
            "\(resumed.all)")
        #expect(resumed.output.contains("put back   predict/x0y0/2016-01-05"), "\(resumed.all)")
        #expect(try world.runAll().code == 0)
        let expected = try mosaics(rain: "rain_2016.nc", shift: 7)
        #expect(world.mosaics == expected && expected.count == 10)
        #expect(first.allSatisfy { expected[$0.key] != $0.value })
        #expect(try world.tilth("resume", world.run).output.contains("nothing to put back"))
        #expect(try world.tilth("verify", world.run).code == 0)
    }

    /// The run goes on with the version that it began with, until somebody says `resume`.
    @Test func aNewerStampBesideTheOldOne() throws {
        let yaml = TinyWorld.yaml.replacing("rain_{year}.nc", with: "rain_{year}.*.nc")
        let (old, new) = ("rain_2016.20200101000000.nc", "rain_2016.20210101000000.nc")
        let world = try TinyWorld(yaml: yaml)
        try world.writeRain(to: old)
        #expect(try world.runAll("--days", "2016-01-05..2016-01-09").code == 0)
        try world.writeRain(to: new, shift: 7)
        #expect(try world.runAll().code == 0)
        #expect(world.mosaics == (try mosaics(yaml: yaml, rain: old, shift: 0)))

        let resumed = try world.tilth("resume", world.run)
        #expect(
            resumed.output.contains("late       prepare/rain/2016: \(new) is there now"), "\(resumed.all)")
        #expect(try world.runAll().code == 0)
        #expect(world.mosaics == (try mosaics(yaml: yaml, rain: new, shift: 7)))
        #expect(try world.tilth("resume", world.run).output.contains("nothing to put back"))
    }

    /// A mean year rests on days that no map has: all maps rest on it.
    @Test func aClimatologyIsMadeOfTheNewVersionToo() throws {
        let yaml = TinyWorld.yaml.replacing(
            "  - name: wet\n",
            with: """
                  - name: clear
                    unit: mm
                    source: {netcdf: "rain_{year}.nc", variable: rain}
                    valid: [4, 500]
                  - name: full
                    unit: mm
                    source: {continuous: clear, weather: rain, period: 2016-01-01..2016-01-20, fit: published}
                  - name: wet\n
                """
        ).replacing("[clay, rain, wet]", with: "[clay, full, wet]").replacing(
            "period: 2016-01-05..2016-01-14", with: "period: 2016-01-13..2016-01-14")
        func world() throws -> TinyWorld {
            let world = try TinyWorld(yaml: yaml)
            try world.writeForest(features: ["clay", "full", "wet"])
            return world
        }
        let made = try world()
        #expect(try made.runAll().code == 0)
        try made.writeRain(shift: 7)
        let resumed = try made.tilth("resume", made.run)
        #expect(resumed.output.contains("climatology/x1y0/clear"), "\(resumed.all)")
        #expect(try made.runAll().code == 0)
        let expected = try world()
        try expected.writeRain(shift: 7)
        #expect(try expected.runAll().code == 0)
        #expect(made.mosaics == expected.mosaics && made.mosaics.count == 2)
        #expect(
            contents(of: made.run + "/climatologies", suffix: ".tif")
                == contents(of: expected.run + "/climatologies", suffix: ".tif"))
    }

    @Test func theLandMaskAndTheDEMBelongToThePlan() throws {
        let world = try TinyWorld(
            yaml: TinyWorld.yaml.replacing(
                "covariates:\n", with: "mask: {source: land.tif}\ncovariates:\n"
            ).replacing(
                "{raster: clay.tif}, resample: nearest",
                with: "{topographic-index: dem.tif}, resample: bilinear, outside: nodata"))
        func write(_ name: String, _ value: @escaping (Int) -> Float) throws {
            try world.writeRaster(name, value: value)
        }
        try write("land.tif") { $0 % 32 < 20 ? 1 : 0 }
        try write("dem.tif") { 200 + Float($0 % 32) + Float(($0 * 31) % 23) }
        #expect(try world.runAll("--days", "2016-01-05..2016-01-09").code == 0)
        let first = world.mosaics

        for (name, value) in [
            ("land.tif", { ($0 % 32 < 20 ? 0 : 1) as Float }), ("dem.tif", { Float($0 % 29) }),
        ] {
            let path = world.folder.file(name)
            let kept = try Data(contentsOf: URL(filePath: path))
            let time = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
            try write(name, value)
            let why =
                "\(name) was replaced or removed since the run was planned: put it back, or plan another run "
            let again = try world.runAll()
            #expect(again.code == 2 && again.errors.contains(why), "\(again.all)")
            // Whoever does not plan again meets it, too.
            _ = try world.tilth("resume", world.run)
            try FileManager.default.removeItem(atPath: "\(world.run)/tiles/2016/2016-01-05/x0y0.tif")
            _ = try world.tilth("resume", world.run)
            if name == "land.tif" {
                let worker = try world.coordinatedByHand()
                #expect(worker.contains(why), "\(worker)")
            }
            try kept.write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.modificationDate: time as Any], ofItemAtPath: path)
            _ = try world.tilth("resume", world.run)
            #expect(try world.runAll("--days", "2016-01-05..2016-01-09").code == 0)
            #expect(world.mosaics == first)
        }
        // The same bytes with another time are the same mask.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: world.folder.file("land.tif")
        )
        #expect(try world.runAll().code == 0)
        #expect(world.mosaics.count == 10)
    }
}

extension TinyWorld {
    /// A coordinator and a worker of the run as it is planned; what the run says of its troubles then.
    fileprivate func coordinatedByHand() throws -> String {
        let coordinator = try Running(["coordinator", run, "--bind", "tcp://127.0.0.1:0"])
        defer {
            coordinator.terminate()
            _ = coordinator.wait()
        }
        let worker = try Running(["worker", run])
        defer {
            worker.kill()
            _ = worker.wait()
        }
        var said = ""
        _ = eventually(withinSeconds: 30) {
            said = (try? tilth("status", run).output) ?? ""
            return said.contains("was replaced or removed")
        }
        return said
    }
}
