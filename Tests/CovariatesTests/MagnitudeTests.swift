import Foundation
import Testing
import Tiling

@testable import Covariates

/// Values that are within `valid` and of another magnitude than they can be.
@Suite struct MagnitudeTests {
    private static let grid = degrees(10, 46, 0.25, 16, 16)

    private func production(_ covariates: Covariate..., days: String) throws -> TestProduction {
        try TestProduction(grid: Self.grid, tilePixels: 8, covariates: covariates, days: days)
    }

    private func write(
        _ path: String, in made: TestProduction, from first: String, count: Int,
        value: (Int, Int, Int) -> Float
    ) throws {
        let start = Day(first)!
        try made.writeNetCDF(path, grid: Self.grid, days: (0..<count).map { start + $0 }) {
            day, row, column in
            value(day - start, row, column)
        }
    }

    /// A first file that is a thousand times too small, in a unit that it does not declare, within `valid`.
    @Test func aMonthAgainstWhatTheForestLearned() throws {
        let made = try production(
            Covariate(
                name: "clay", unit: "%", source: files("c_{year}{month}.nc", "x"),
                valid: .init(minimum: 0, maximum: 100)),
            Covariate(name: "doy", unit: "1", source: .dayOfYear), days: "2016-01-30..2016-02-03")
        try write("c_201601.nc", in: made, from: "2016-01-30", count: 2) { _, row, column in
            0.01 * (8 + Float(row + column))
        }
        try write("c_201602.nc", in: made, from: "2016-02-01", count: 3) { _, row, column in
            8 + Float(row + column)
        }
        #expect(made.failures() == [], "no forest, nothing is known")
        made.plan.learned = ["clay": Bulk(low: 7.5, high: 48)]
        #expect(
            made.failures() == [
                "prepare/c/2016-01: c_201601.nc: x of 2016-01, 0.12 to 0.34 %, is about 100 times smaller "
                    + "than what the forest learned of 'clay' (7.5 to 48): check the unit of the file, scale "
                    + "and offset"
            ], "the other month is done")
    }

    /// One file of a series that counts in another unit without saying so.
    @Test func aMonthAgainstTheFileBefore() throws {
        let made = try production(
            Covariate(
                name: "srad", unit: "MJ", source: files("s_{year}{month}.nc", "x"),
                valid: .init(minimum: 0, maximum: 50)), days: "2016-01-30..2016-02-05")
        let sun: (Int, Int, Int) -> Float = { day, row, column in 12 + Float((day * 7 + row + column) % 15) }
        try write("s_201601.nc", in: made, from: "2016-01-30", count: 2, value: sun)
        try write("s_201602.nc", in: made, from: "2016-02-01", count: 5) { sun($0, $1, $2) / 1000 }
        #expect(
            made.failures() == [
                "prepare/s/2016-02: s_201602.nc: x of 2016-02, 0.012 to 0.026, is about 1000 times smaller "
                    + "than in the file before it, s_201601.nc (12 to 26): has one of them another unit?"
            ])
        // The last day before was dark: the month is none the brighter for it.
        try write("s_201601.nc", in: made, from: "2016-01-30", count: 2) { sun($0, $1, $2) / 40 }
        try write("s_201602.nc", in: made, from: "2016-02-01", count: 5, value: sun)
        #expect(made.failures() == [])
    }

    /// Rain that stops, a desert, a flat field, a night at the pole, a domain of four cells.
    @Test func whatIsNaturalStays() throws {
        let storms: (Int, Int, Int) -> Float = { _, row, column in 10 + Float(row + column) }
        let afterwards: [(String, (Int, Int, Int) -> Float)] = [
            ("drizzle", { day, row, column in Float((day * 31 + row * 7 + column) % 9) * 0.002 }),
            ("desert", { _, _, _ in 0 }),
            ("night", { day, row, column in Float(day) * 0.01 + Float(row * column) * 1e-5 }),
            ("flat", { _, _, _ in 11 }),
        ]
        for (name, value) in afterwards {
            let made = try production(
                Covariate(name: "rain", unit: "mm", source: files("r_{year}{month}.nc", "x")),
                days: "2016-01-30..2016-02-05")
            made.plan.learned = ["rain": Bulk(low: 0.05, high: 20)]
            try write("r_201601.nc", in: made, from: "2016-01-30", count: 2, value: storms)
            try write("r_201602.nc", in: made, from: "2016-02-01", count: 5, value: value)
            #expect(made.failures() == [], "\(name)")
        }
        let tiny = try TestProduction(
            grid: degrees(10, 46, 0.25, 2, 2), tilePixels: 2,
            covariates: [Covariate(name: "x", unit: "1", source: files("x.nc", "x"))],
            days: "2016-01-01..2016-01-03")
        tiny.plan.learned = ["x": Bulk(low: 10, high: 20)]
        try tiny.writeNetCDF(
            "x.nc", grid: degrees(10, 46, 0.25, 2, 2), days: (0..<3).map { Day("2016-01-01")! + $0 }
        ) { _, _, _ in 0.01 }
        #expect(tiny.failures() == [], "too few values to say so")
    }

    /// A static raster is looked at before any unit believes it.
    @Test func aRasterAgainstWhatTheForestLearned() throws {
        let made = try production(
            Covariate(
                name: "sand", unit: "%", source: raster("sand.tif"), scale: 0.1,
                valid: .init(minimum: 0, maximum: 100)), days: "2016-01-01")
        made.plan.learned = ["sand": Bulk(low: 12, high: 80)]
        let percent = (0..<256).map { 15 + Float($0 % 60) }
        try made.planTiles()
        try made.writeRaster("sand.tif", grid: Self.grid, bands: [percent.map { $0 * 10 }])
        #expect(made.failures() == [])
        // It holds fractions, not g/kg.
        try made.writeRaster("sand.tif", grid: Self.grid, bands: [percent.map { $0 / 100 }])
        #expect(
            made.failures() == [
                "prepare/sand/all: sand.tif: sand, 0.017 to 0.071 %, is about 1000 times smaller than what "
                    + "the forest learned of 'sand' (12 to 80): check the unit of the file, scale and offset"
            ])
    }

    /// Ten times too large, and still partly valid: the few values that are valid are wrong, too.
    @Test func mostlyOutsideIsMissing() throws {
        let valid = Covariate.ValidRange(minimum: -40, maximum: 60)
        let made = try production(
            Covariate(name: "tair", unit: "degC", source: files("t_{year}.nc", "x"), valid: valid),
            Covariate(name: "lst", unit: "degC", source: raster("l_{year}{doy}.tif"), valid: valid),
            days: "2016-07-01..2016-07-03")
        try write("t_2016.nc", in: made, from: "2016-07-01", count: 3) { _, row, column in
            row == 0 && column < 4 ? 50 : 10 * (9 + Float(row * 16 + column) / 40)
        }
        for doy in 183...185 {
            let wrong = doy == 184
            try made.writeRaster(
                "l_2016\(doy).tif", grid: Self.grid,
                bands: [(0..<256).map { (wrong ? 10 : 1) * (5.5 + Float($0) / 60) }])
        }
        #expect(made.failures() == [])
        let stack = try made.reader.gather(
            features: ["tair", "lst"], tile: Tile(x: 1, y: 1), days: made.plan.days)
        #expect(stack.missing.map(\.day.iso) == ["2016-07-01", "2016-07-02", "2016-07-03"])
        let reason = stack.missing[1].reason
        #expect(
            reason.contains(
                "x: 252 of 256 values of 2016-07-02 in t_2016.nc, such as 91.0, are outside valid [-40.0, "
                    + "60.0] of 'tair'"), "\(reason)")
        #expect(
            reason.contains(
                "lst of 2016-07-02, tile x1y1: all 64 values in l_2016184.tif, such as 77.6"), "\(reason)")
        #expect(!stack.missing[0].reason.contains("lst"))
    }

    /// The bottom of the sea is not valid as a height, and a coast is no reason to refuse it; a mark that the
    /// file does not declare is no value.
    @Test func whatIsOutsideAtSeaStays() throws {
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 16,
            covariates: [
                Covariate(
                    name: "height", unit: "m", source: raster("dem.tif"),
                    valid: .init(minimum: -100, maximum: 9000))
            ], days: "2016-01-01", mask: "land.tif")
        try made.writeRaster("land.tif", grid: Self.grid, bands: [(0..<256).map { $0 < 8 ? 1 : 0 }])
        try made.writeRaster(
            "dem.tif", grid: Self.grid,
            bands: [(0..<256).map { $0 < 8 ? Float($0) : $0 < 100 ? -9999 : -200 - Float($0) }])
        #expect(made.failures() == [])
        let stack = try made.reader.gather(features: ["height"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        #expect(stack.missing.isEmpty)
        #expect(stack.value(of: "height", pixel: 7, day: 0) == 7)
    }
}
