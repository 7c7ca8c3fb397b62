import Foundation
import Testing
import Tiling

/// What `tilth check` promises of units is what a run then makes of them.
@Suite struct CheckForecastTests {
    /// Clay ends half a tile east of the middle; the netCDF file ends before the period does.
    private static let clayColumns = 24

    private func yaml(outside: String, missing: String) -> String {
        TinyWorld.yaml
            .replacing("resample: nearest}", with: "resample: nearest, outside: \(outside)}")
            .replacing("missing: nodata", with: "missing: \(missing)")
    }

    private func world(_ yaml: String, clayColumns: Int, days: Int) throws -> TinyWorld {
        let world = try TinyWorld(yaml: yaml)
        try world.writeClay(
            grid: .init(
                crs: "EPSG:4326", west: 10, north: 50, pixelWidth: 1 / 32.0, pixelHeight: 1 / 32.0,
                columns: clayColumns, rows: 32))
        try world.writeRain(days: days)
        return world
    }

    /// `12 complete, 3 partial, 0 impossible` of the check's text.
    private func promised(_ world: TinyWorld) throws -> [Int] {
        let output = try world.tilth("check", world.product).output
        let found = try #require(
            output.firstMatch(of: /units +(\d+) complete, (\d+) partial, (\d+) impossible/), "\(output)")
        return [found.1, found.2, found.3].compactMap { Int($0) }
    }

    /// The same three counts out of the unit files: valid pixels of each band.
    private func made(_ world: TinyWorld) throws -> [Int] {
        _ = try world.runAll("--workers", "1")
        var counts = [0, 0, 0]
        for tile in ["x0y0", "x1y0", "x0y1", "x1y1"] {
            for block in try blocks(of: world) {
                let files = contents(of: world.run + "/tiles", suffix: "\(tile).tif")
                guard let name = files.keys.first(where: { $0.contains(block) || block.isEmpty }) else {
                    counts[2] += 1
                    continue
                }
                let shares = try validShares(world.run + "/tiles/" + name)
                if shares.allSatisfy({ $0 == 1 }) {
                    counts[0] += 1
                } else if shares.contains(where: { $0 > 0 }) {
                    counts[1] += 1
                } else {
                    counts[2] += 1
                }
            }
        }
        return counts
    }

    /// One name for each run of days: its folder.
    private func blocks(of world: TinyWorld) throws -> [String] {
        let names = contents(of: world.run + "/tiles", suffix: ".tif").keys
        let folders = Set(names.map { String($0.split(separator: "/").dropLast().joined(separator: "/")) })
        let found = folders.sorted()
        // Where no unit of a run of days was made there is no folder: all of its units are impossible.
        return found + (found.count..<2).map { "no folder \($0)" }
    }

    private func validShares(_ path: String) throws -> [Double] {
        let result = try Program.run(["gdalinfo", "-stats", path], executable: "/usr/bin/env")
        let bands = result.output.components(separatedBy: "\nBand ").dropFirst()
        return bands.map { band in
            guard let found = band.firstMatch(of: /STATISTICS_VALID_PERCENT=([0-9.]+)/) else { return 0 }
            return (Double(found.1) ?? 0) / 100
        }
    }

    @Test func wholeWorld() throws {
        let world = try world(yaml(outside: "fail", missing: "nodata"), clayColumns: 32, days: 20)
        #expect(try promised(world) == [8, 0, 0])
        #expect(try made(world) == [8, 0, 0])
    }

    @Test func aSourceThatReachesSomeTilesOnly() throws {
        // Half of the eastern tiles: their units fail.
        let failing = try world(
            yaml(outside: "fail", missing: "nodata"), clayColumns: Self.clayColumns, days: 20)
        #expect(try promised(failing) == [4, 0, 4])
        #expect(try made(failing) == [4, 0, 4])
        let text = try failing.tilth("check", failing.product).output
        #expect(text.contains("reaches 2 tiles in part (x1y0, x1y1): their units fail"), "\(text)")
        // The same as no-data, and days that are missing at the end.
        let lacking = try world(
            yaml(outside: "nodata", missing: "nodata"), clayColumns: Self.clayColumns, days: 12)
        #expect(try promised(lacking) == [2, 6, 0])
        #expect(try made(lacking) == [2, 6, 0])
        // Not at all: the tiles are empty.
        let empty = try world(yaml(outside: "nodata", missing: "nodata"), clayColumns: 16, days: 20)
        #expect(try promised(empty) == [4, 0, 4])
        #expect(try made(empty) == [4, 0, 4])
    }

    @Test func missingDaysThatFail() throws {
        let world = try world(yaml(outside: "fail", missing: "fail"), clayColumns: 32, days: 12)
        #expect(try promised(world) == [4, 0, 4])
        #expect(try made(world) == [4, 0, 4])
    }

    /// A difference lacks what its operands lack; a covariate that no layer uses stops nothing.
    @Test func computedCovariatesInheritMissingDays() throws {
        let yaml = TinyWorld.yaml
            .replacing("{name: rain, unit: mm,", with: "{name: drops, unit: mm,")
            .replacing(
                "  - name: wet",
                with: """
                      - {name: rain, unit: mm, source: {difference: [drops, none]}}
                      - {name: none, unit: mm, source: {raster: none.tif}}
                      - {name: spare, unit: mm, source: {netcdf: "r_{year}{doy}.nc", variable: rain}}
                      - name: wet
                    """)
        let world = try TinyWorld(yaml: yaml)
        try world.writeRaster("none.tif") { _ in 0 }
        try world.writeRain(days: 12)
        let result = try world.tilth("check", world.product)
        let line = try #require(result.lines.firstIndex { $0.hasPrefix("rain ") }, "\(result.all)")
        #expect(result.lines[line].contains("drops - none"))
        #expect(
            result.lines[line + 1].contains("2 missing days: 2016-01-13..2016-01-14"), "\(result.all)")
        #expect(result.output.contains("units      4 complete, 4 partial, 0 impossible"), "\(result.all)")
    }

    @Test func rangesAreCountedWhereTheyAreCutAndValidIsShown() throws {
        let world = try TinyWorld(
            yaml: TinyWorld.yaml
                .replacing(
                    "{netcdf: \"rain_{year}.nc\", variable: rain}, valid",
                    with: "{raster: \"r{doy}.tif\"}, valid"
                )
                .replacing("period: 2016-01-05..2016-01-14", with: "period: 2016-01-05..2016-01-30"))
        try world.writeRain(days: 40)
        // Every second day has a file.
        for day in stride(from: 5, through: 29, by: 2) {
            try world.writeRaster("r0\(day < 10 ? "0" : "")\(day).tif") { Float($0 % 37) }
        }
        let result = try world.tilth("check", world.product)
        #expect(result.output.contains("and 7 more runs, 7 days"), "\(result.all)")
        #expect(result.output.contains("valid 0 … 500"), "\(result.all)")
    }
}
