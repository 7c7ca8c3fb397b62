import Foundation
import Testing
import Tiling

/// Wrong data, end to end: one line that names file, variable, tile where it has one, and day; the units that
/// do not need them are done, and no map shows a value made of them.
@Suite struct BadDataTests {
    /// January and February, four tiles: eight units. February's rain is the file that tests break; January
    /// needs none of it.
    private static let yaml = TinyWorld.yaml
        .replacing("period: 2016-01-05..2016-01-14", with: "period: 2016-01-25..2016-02-06")
        .replacing("unit: 5", with: "unit: month")
        .replacing("rain_{year}.nc", with: "rain_{year}{month}.nc")

    private struct Rain {
        var days = Array(1...29)
        var latitudes = [50.125, 49.875, 49.625, 49.375, 49.125, 48.875]
        var longitudes = [9.875, 10.125, 10.375, 10.625, 10.875, 11.125]
        /// Day of the month counted from 1, row from the north, column.
        var value: (Int, Int, Int) -> Double = { day, row, column in Double((day + row * 7 + column) % 50) / 4
        }
    }

    private func write(_ rain: Rain, month: Int, to world: TinyWorld) throws {
        func list(_ numbers: [Double]) -> String {
            numbers.map { $0.isNaN ? "NaNf" : "\($0)" }.joined(separator: ", ")
        }
        let values = rain.days.flatMap { day in
            rain.latitudes.indices.flatMap { row in
                rain.longitudes.indices.map { rain.value(day, row, $0) }
            }
        }
        let text = """
            netcdf rain {
            dimensions: time = \(rain.days.count) ;
              lat = \(rain.latitudes.count) ; lon = \(rain.longitudes.count) ;
            variables:
              double time(time) ; time:units = "days since 2016-0\(month)-01" ;
              double lat(lat) ; lat:units = "degrees_north" ;
              double lon(lon) ; lon:units = "degrees_east" ;
              float rain(time, lat, lon) ; rain:units = "mm" ;
            data:
              time = \(list(rain.days.map { Double($0 - 1) })) ;
              lat = \(list(rain.latitudes)) ; lon = \(list(rain.longitudes)) ; rain = \(list(values)) ;
            }
            """
        let source = try world.folder.write(text, to: "rain.cdl")
        let made = try Program.run(
            ["ncgen", "-k", "nc4", "-o", world.folder.file("rain_20160\(month).nc"), source],
            executable: "/usr/bin/env")
        guard made.code == 0 else { throw TestFailure("ncgen: \(made.all)") }
    }

    private func world(february: Rain) throws -> TinyWorld {
        let world = try TinyWorld(yaml: Self.yaml)
        var january = Rain()
        january.days = Array(1...31)
        try write(january, month: 1, to: world)
        try write(february, month: 2, to: world)
        return world
    }

    /// Runs; January is made, February fails with one line that says all of `words`.
    private func expectFebruaryFails(
        _ world: TinyWorld, says words: [String], location: SourceLocation = #_sourceLocation
    ) throws {
        let result = try world.runAll()
        #expect(result.code == 1, "\(result.all)", sourceLocation: location)
        let days = Set(
            world.mosaics.keys.compactMap { $0.firstMatch(of: /_(2016\d{4})\.tif/)?.1 }.map(String.init))
        #expect(
            days == Set((25...31).map { "201601\($0)" }), "\(days.sorted()): January, and nothing else",
            sourceLocation: location)
        let status = try world.tilth("status", world.run).output
        let line = status.split(separator: "\n").first { line in words.allSatisfy { line.contains($0) } }
        #expect(line != nil, "\(words) in: \(status)", sourceLocation: location)
    }

    @Test func anotherUnit() throws {
        var february = Rain()
        let usual = february.value
        february.value = { 1000 * usual($0, $1, $2) }
        try expectFebruaryFails(
            try world(february: february),
            says: ["rain_201602.nc: rain of 2016-02-0", "far outside valid [0.0, 500.0]", "check the unit"])
    }

    /// A thousand times too small, in no unit that the file declares, and within `valid`: the splits of the
    /// forest know better.
    @Test func anotherUnitThatIsValid() throws {
        var february = Rain()
        let usual = february.value
        february.value = { usual($0, $1, $2) / 1000 }
        let world = try world(february: february)
        try world.writeFineForest()
        try expectFebruaryFails(
            world,
            says: [
                "rain_201602.nc: rain of 2016-02, 0.0005 to 0.01175 mm, is about 1000 times smaller than "
                    + "what the forest learned of 'rain' (", "check the unit of the file",
            ])
    }

    /// A static raster that the forest knows better, and one that lies upside down: `tilth check` says so,
    /// and a run makes nothing of it.
    @Test func aStaticRasterThatCannotBe() throws {
        let yaml = Self.yaml.replacing(
            "tile: 16", with: "tile: 16\nmask: {source: land.tif}"
        ).replacing("source: {raster: clay.tif}", with: "source: {raster: clay.tif}, outside: nodata")
        let isLand: (Int) -> Bool = { $0 / 32 < 20 && $0 % 32 < 16 + $0 / 32 / 2 }
        let clay: (Int) -> Float = { isLand($0) ? 5 + Float($0 % 17) : -9999 }
        let cases: [(value: (Int) -> Float, says: String)] = [
            (clay, ""),
            (
                { isLand($0) ? clay($0) / 100 : -9999 },
                "clay.tif: clay, 0.05 to 0.21 %, is about 100 times smaller than what the forest learned of "
                    + "'clay'"
            ),
            ({ clay((31 - $0 / 32) * 32 + $0 % 32) }, "clay.tif: clay lies upside down: as it is, "),
        ]
        for (value, says) in cases {
            let world = try TinyWorld(yaml: yaml)
            for month in [1, 2] {
                var rain = Rain()
                rain.days = Array(1...(month == 1 ? 31 : 29))
                try write(rain, month: month, to: world)
            }
            try world.writeFineForest()
            try world.writeRaster("land.tif") { isLand($0) ? 1 : 0 }
            try world.writeRaster("clay.tif", value: value)
            let check = try world.tilth("check", world.product)
            let result = try world.runAll()
            let status = try world.tilth("status", world.run).output
            guard !says.isEmpty else {
                #expect(check.code == 0 && result.code == 0, "\(check.all) \(result.all)")
                #expect(world.mosaics.count == 13)
                continue
            }
            #expect(check.code == 2 && check.output.contains("ERROR clay: "), "\(check.all)")
            #expect(result.code == 1 && world.mosaics.isEmpty)
            #expect(
                status.split(separator: "\n").contains {
                    $0.contains("prepare/clay/all") && $0.contains(says)
                }, "\(status)")
        }
    }

    /// Day and night in each other's files on one day, a tile under clouds, and a file of nothing: only the
    /// days that are wrong have no map.
    @Test func swappedFilesCloudsAndAFlood() throws {
        let yaml = Self.yaml.replacing(
            "  - {name: rain,",
            with: """
                  - {name: warm, unit: K, source: {raster: "w{doy}.tif"}, above: cold}
                  - {name: cold, unit: K, source: {raster: "c{doy}.tif"}}
                  - {name: span, unit: K, source: {difference: [warm, cold]}}
                  - {name: rain,
                """
        ).replacing("features: [clay,", with: "features: [span,")
        let world = try TinyWorld(yaml: yaml)
        try world.writeForest(features: ["span", "rain", "wet"])
        for month in [1, 2] {
            var rain = Rain()
            rain.days = Array(1...(month == 1 ? 31 : 29))
            try write(rain, month: month, to: world)
        }
        for doy in 25...37 {
            let name = doy < 100 ? "0\(doy)" : "\(doy)"
            let isSwapped = doy == 28
            try world.writeRaster((isSwapped ? "c" : "w") + "\(name).tif") { pixel in
                // x0y0 is under clouds on the 29th, the 31st is a file of nothing.
                if doy == 29, pixel % 32 < 16, pixel < 512 { return -9999 }
                return doy == 31 ? -9999 : 290 + Float(pixel % 13)
            }
            try world.writeRaster((isSwapped ? "w" : "c") + "\(name).tif") { 270 + Float($0 % 11) }
        }
        let result = try world.runAll()
        #expect(result.code == 0 && world.mosaics.count == 13, "\(result.all)")
        // Days from the 25th on whose bands have values.
        for (tile, wanted) in [("x0y0", [25, 26, 27, 28, 30]), ("x1y1", [25, 26, 27, 29, 30])] {
            let path = world.run + "/tiles/2016/01/\(tile).tif"
            let info = try Program.run(["gdalinfo", "-stats", path], executable: "/usr/bin/env").output
            let bands = info.components(separatedBy: "\nBand ").dropFirst()
            let days = zip(25..., bands).filter { $1.contains("STATISTICS_VALID_PERCENT=100") }.map(\.0)
            #expect(days == wanted, "\(tile): \(info.suffix(4000))")
            let flood =
                "span: no value on 2016-01-31 on the land of tile \(tile), nor anywhere else in w031.tif"
            #expect(info.contains("MISSING=" + flood), "\(info.suffix(4000))")
            // Five other days are needed to tell a swapped one, and x0y0 has four.
            let swapped =
                "warm of 2016-01-28, tile x1y1, in w028.tif lies below cold in 256 of 256 values, and the "
                + "product has it above: are their bands, fields or files swapped?"
            #expect(info.contains("MISSING=" + swapped) == (tile == "x1y1"), "\(info.suffix(4000))")
        }
    }

    @Test func aTruncatedFile() throws {
        let world = try world(february: Rain())
        let path = URL(filePath: world.folder.file("rain_201602.nc"))
        let bytes = try Data(contentsOf: path)
        try bytes.prefix(bytes.count * 3 / 5).write(to: path)
        try expectFebruaryFails(world, says: ["rain_201602.nc: rain of 2016-02-01..2016-02-29: "])
    }

    @Test func aFileOfAnotherMonth() throws {
        let world = try world(february: Rain())
        try FileManager.default.removeItem(atPath: world.folder.file("rain_201602.nc"))
        try FileManager.default.copyItem(
            atPath: world.folder.file("rain_201601.nc"), toPath: world.folder.file("rain_201602.nc"))
        try expectFebruaryFails(
            world, says: ["rain_201602.nc", "has a step of 2016-01-01", "not in 2016-02-01..2016-02-29"])
    }

    @Test func aDuplicatedTimeStep() throws {
        var february = Rain()
        february.days = [1, 2, 3, 3, 4, 5, 6, 7, 8]
        try expectFebruaryFails(
            try world(february: february),
            says: ["rain_201602.nc", "variable rain has two steps on 2016-02-03", "duplicated time step"])
    }

    @Test func aShiftedGrid() throws {
        var february = Rain()
        february.longitudes = february.longitudes.map { $0 + 0.25 }
        try expectFebruaryFails(
            try world(february: february),
            says: ["rain_201602.nc", "lies on another grid than the file before it, rain_201601.nc"])
    }

    /// A flipped file with true coordinates is turned; the map is that of the file that was not.
    @Test func aFlippedFileWithTrueCoordinatesIsTurned() throws {
        let straight = try world(february: Rain())
        #expect(try straight.runAll().code == 0)
        var february = Rain()
        let usual = february.value
        february.latitudes.reverse()
        february.value = { usual($0, 5 - $1, $2) }
        let flipped = try world(february: february)
        #expect(try flipped.runAll().code == 0)
        func pixels(_ world: TinyWorld) throws -> [String: String] {
            try world.mosaics.keys.reduce(into: [:]) { found, name in
                let path = world.run + "/mosaics/" + name
                let text = try Program.run(
                    ["gdal_translate", "-q", "-of", "XYZ", path, "/vsistdout/"], executable: "/usr/bin/env")
                found[name] = text.output
            }
        }
        #expect(try pixels(flipped) == pixels(straight))
    }

    /// A NaN flood is a missing day, in the receipt with its reason, and takes nothing else with it.
    @Test func aFloodOfNaN() throws {
        var february = Rain()
        let usual = february.value
        february.value = { day, row, column in day == 3 ? .nan : usual(day, row, column) }
        let world = try world(february: february)
        let result = try world.runAll("--allow-gaps")
        #expect(result.code == 0 || result.code == 1, "\(result.all)")
        let info = try Program.run(
            ["gdalinfo", world.run + "/tiles/2016/02/x0y0.tif"], executable: "/usr/bin/env"
        ).output
        let reason = "rain: no value at all on 2016-02-03 in rain_201602.nc"
        #expect(info.contains(reason), "\(info.suffix(2000))")
        // The three-day sum misses it for three days, no more: 3, 4 and 5 February.
        #expect(info.components(separatedBy: "MISSING=").count - 1 == 3, "\(info)")
    }

    /// Rasters are seen first by the units that read them: these name the tile as well.
    @Test func aRasterWithAnotherUnitOrBand() throws {
        let yaml = Self.yaml.replacing(
            "source: {raster: clay.tif}, resample: nearest",
            with: "source: {raster: clay.tif}, valid: [0, 40], resample: nearest")
        let world = try TinyWorld(yaml: yaml)
        for month in [1, 2] {
            var rain = Rain()
            rain.days = Array(1...(month == 1 ? 31 : 29))
            try write(rain, month: month, to: world)
        }
        #expect(try world.runAll().code == 0)
        // The western half stays right: its units go on.
        let broken = try TinyWorld(yaml: yaml)
        for month in [1, 2] {
            var rain = Rain()
            rain.days = Array(1...(month == 1 ? 31 : 29))
            try write(rain, month: month, to: broken)
        }
        try broken.writeRaster("clay.tif") { pixel in
            pixel % 32 < 16 ? Float(pixel % 37) : 1000 * Float(pixel % 37)
        }
        #expect(try broken.runAll().code == 1)
        let status = try broken.tilth("status", broken.run).output
        #expect(
            status.split(separator: "\n").contains {
                $0.contains("clay.tif: clay, tile x1y0: ") && $0.contains("are outside valid [0.0, 40.0]")
            }, "\(status)")
        let done = contents(of: broken.run + "/tiles", suffix: ".tif").keys
        #expect(done.count == 4 && done.allSatisfy { $0.contains("x0y") }, "\(done)")
        #expect(broken.mosaics.isEmpty)
    }

    /// Degrees that call themselves metres, and a file that does not say what its numbers are.
    @Test(arguments: ["EPSG:3857", ""]) func aWrongReference(crs: String) throws {
        let world = try world(february: Rain())
        try world.writeClay(
            grid: .init(
                crs: "EPSG:4326", west: 10, north: 50, pixelWidth: 1 / 32.0, pixelHeight: 1 / 32.0,
                columns: 32, rows: 32))
        // A text grid has its reference in a file beside it, which stays behind.
        let form = crs.isEmpty ? ["-of", "AAIGrid"] : ["-a_srs", crs]
        let made = try Program.run(
            ["gdal_translate", "-q"] + form + [
                world.folder.file("clay.tif"), world.folder.file("other.tif"),
            ], executable: "/usr/bin/env")
        guard made.code == 0 else { throw TestFailure("gdal_translate: \(made.all)") }
        try FileManager.default.removeItem(atPath: world.folder.file("clay.tif"))
        try FileManager.default.moveItem(
            atPath: world.folder.file("other.tif"), toPath: world.folder.file("clay.tif"))
        #expect(try world.runAll().code == 1)
        #expect(world.mosaics.isEmpty)
        let status = try world.tilth("status", world.run).output
        #expect(
            status.split(separator: "\n").contains {
                $0.contains("clay.tif")
                    && ($0.contains("reference system") || $0.contains("does not reach")
                        || $0.contains("outside"))
            }, "\(status)")
    }
}
