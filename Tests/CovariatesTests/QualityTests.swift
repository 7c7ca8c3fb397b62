import Foundation
import Testing
import Tiling

@testable import Covariates

/// Flags decide which values count, wherever they are.
@Suite struct QualityTests {
    private static let grid = degrees(10, 20, 0.25, 4, 4)
    private let tile = Tile(x: 0, y: 0)

    private func flags(_ source: Covariate.Source) throws -> FileSource {
        guard case .files(let files) = source else { throw CovariateError.unknownCovariate("flags") }
        return files
    }

    /// MOD11A1's QC_Day: bits 0-1 are 00 good, 01 other, 10 and 11 not produced.
    @Test func bitsAreTakenOutOfTheNumber() throws {
        let flags = try flags(raster("qc.tif"))
        let produced = QualityTest(flags: flags, bits: .init(first: 0, last: 1), accepted: [0, 1])
        let table: [(flag: Float, isKept: Bool)] = [
            (0, true), (1, true), (2, false), (3, false), (0b0100_0000, true), (0b1000_0001, true),
            (0b0100_0010, false), (255, false), (.nan, false), (-1, false), (0.5, false),
        ]
        for (flag, isKept) in table { #expect(produced.accepts(flag) == isKept, "\(flag)") }
        // Bits 2-5 of MOD13A2's VI quality are its usefulness; 65535 is its fill.
        let useful = QualityTest(flags: flags, bits: .init(first: 2, last: 5), accepted: [0, 1, 2])
        #expect(useful.accepts(0b00_0000) && useful.accepts(0b1100_1000) && useful.accepts(0b00_0111))
        #expect(!useful.accepts(0b00_1100) && !useful.accepts(65_535))
        // The whole number: pixel reliability is 0 good, 1 marginal, 2 snow, 3 cloud, 255 none.
        let reliable = QualityTest(flags: flags, accepted: [0, 1])
        #expect(reliable.accepts(0) && reliable.accepts(1) && !reliable.accepts(2) && !reliable.accepts(255))
        // Another index as a mask: its valid range, without its fill.
        let mask = QualityTest(
            flags: flags, accepted: [], acceptedRange: .init(first: -2000, last: 10_000))
        for (number, isKept) in [(-3000, false), (-2001, false), (-2000, true), (10_000, true)] {
            #expect(mask.accepts(Float(number)) == isKept, "\(number)")
        }
        #expect(!mask.accepts(10_001) && !mask.accepts(.nan))
    }

    private func production(_ covariates: [Covariate], days: String = "2016-01-01..2016-01-02") throws
        -> TestProduction
    {
        try TestProduction(grid: Self.grid, tilePixels: 4, covariates: covariates, days: days)
    }

    @Test func aBandOfTheSameFileMasksCellByCell() throws {
        let test = QualityTest(
            flags: try flags(raster("lst/{year}{doy}.tif", band: 2)), bits: .init(first: 0, last: 1),
            accepted: [0])
        let made = try production([
            Covariate(
                name: "lst", unit: "degC", source: raster("lst/{year}{doy}.tif"), quality: [test],
                scale: 0.02, offset: -273.15)
        ])
        let values = (0..<16).map { Float(14_000 + $0 * 10) }
        for day in 1...2 {
            try made.writeRaster(
                "lst/2016\(zeroPadded(day, 3)).tif", grid: Self.grid,
                bands: [values, (0..<16).map { Float(($0 + day) % 4) }])
        }
        try made.prepare()
        let stack = try made.reader.gather(features: ["lst"], tile: tile, days: made.plan.days)
        for day in 0..<2 {
            for pixel in 0..<16 {
                let value = try #require(stack.value(of: "lst", pixel: pixel, day: day))
                if (pixel + day + 1) % 4 == 0 {
                    #expect(value == Float(Double(values[pixel]) * 0.02 - 273.15))
                } else {
                    #expect(value.isNaN)
                }
            }
        }
        let trace = try made.reader.explain(
            feature: "lst", pixel: Pixel(column: 0, row: 0), day: made.plan.days.first)
        #expect(trace.value.isNaN && trace.steps.first?.value.isNaN == true)
        #expect(trace.rule.contains("where quality allows"))
    }

    @Test func flagsMayHaveFilesOfTheirOwnAndADayWithoutThemIsMissing() throws {
        let tests = [
            QualityTest(flags: try flags(raster("qc/{year}{doy}.tif")), accepted: [0, 1]),
            QualityTest(flags: try flags(files("snow_{year}.nc", "snow")), accepted: [0]),
        ]
        let made = try production([
            Covariate(name: "ndvi", unit: "1", source: raster("ndvi/{year}{doy}.tif"), quality: tests)
        ])
        for day in 1...2 {
            try made.writeRaster(
                "ndvi/2016\(zeroPadded(day, 3)).tif", grid: Self.grid, bands: [(0..<16).map { Float($0) }])
        }
        try made.writeRaster("qc/2016001.tif", grid: Self.grid, bands: [(0..<16).map { Float($0 % 3) }])
        let year = (1...366).compactMap { Day(year: 2016, dayOfYear: $0) }
        try made.writeNetCDF("snow_2016.nc", grid: Self.grid, days: year, variables: ["snow"]) {
            Float($1 == 0 ? 0 : ($2 == 3 ? 1 : 0))
        }
        try made.prepare()
        let stack = try made.reader.gather(features: ["ndvi"], tile: tile, days: made.plan.days)
        for pixel in 0..<16 {
            let isKept = pixel % 3 < 2 && (pixel < 4 || pixel % 4 != 3)
            let value = try #require(stack.value(of: "ndvi", pixel: pixel, day: 0))
            #expect(isKept ? value == Float(pixel) : value.isNaN, "pixel \(pixel)")
        }
        #expect(stack.missing.map(\.day.iso) == ["2016-01-02"])
        #expect(stack.missing[0].reason.contains("qc/2016002.tif does not exist"))
        #expect(stack.inputs.map(\.path) == ["ndvi/2016001.tif", "qc/2016001.tif", "snow_2016.nc"])
    }

    @Test func flagsOnAnotherGridAreRefused() throws {
        let made = try production([
            Covariate(
                name: "ndvi", unit: "1", source: raster("ndvi.tif"),
                quality: [QualityTest(flags: try flags(raster("qc.tif")), accepted: [0])])
        ])
        try made.writeRaster("ndvi.tif", grid: Self.grid, bands: [[Float](repeating: 1, count: 16)])
        try made.writeRaster(
            "qc.tif", grid: degrees(10, 20, 0.5, 4, 4), bands: [[Float](repeating: 0, count: 16)])
        try made.prepare()
        let error = #expect(throws: CovariateError.self) {
            try made.reader.gather(features: ["ndvi"], tile: tile, days: made.plan.days)
        }
        #expect(error?.description.hasPrefix("qc.tif: quality flags lie on another grid") == true)
    }

    /// Filtered composites, smoothed and interpolated: flagged values are missing in the fit.
    @Test func qualityComesBeforeSmoothing() throws {
        let days =
            try [321, 337, 353].map { try #require(Day(year: 2015, dayOfYear: $0)) }
            + [1, 17, 33, 49].map { try #require(Day(year: 2016, dayOfYear: $0)) }
        let values: [Float] = [0.29, 0.41, 0.45, 0.40, 0.52, 0.55, 0.47]
        let test = QualityTest(
            flags: try flags(raster("ndvi/{year}{doy}.tif", band: 2, every: 16)), accepted: [0])
        let ndvi = Covariate(
            name: "ndvi", unit: "1", source: raster("ndvi/{year}{doy}.tif", every: 16), quality: [test],
            smoothing: Smoothing(halfWindowDays: 48, coefficients: 3, minimum: 5), interpolation: .linear)
        let made = try production([ndvi], days: "2016-01-01")
        for (number, day) in days.enumerated() {
            let (year, doy) = (day.date.year, day.dayOfYear)
            // Pixel 0 is clear; pixel 1 is cloudy on days 353 and 17, pixel 2 on day 337 as well.
            let clouds: [Float] = [
                0, [2, 4].contains(number) ? 3 : 0, [1, 2, 4].contains(number) ? 3 : 0,
            ]
            try made.writeRaster(
                "ndvi/\(year)\(zeroPadded(doy, 3)).tif", grid: Self.grid,
                bands: [
                    [Float](repeating: values[number], count: 16),
                    (0..<16).map { $0 < 3 ? clouds[$0] : 0 },
                ])
        }
        try made.prepare()
        let stack = try made.reader.gather(features: ["ndvi"], tile: tile, days: made.plan.days)
        #expect(stack.missing.isEmpty)
        func value(_ pixel: Int) -> Float { stack.value(of: "ndvi", pixel: pixel, day: 0) ?? 0 }
        // numpy.linalg.lstsq on the offsets -45, -29, -13, 0, 16, 32, 48 days.
        #expect(abs(value(0) - 0.47284920510651385) < 5e-7)
        #expect(abs(value(1) - 0.4539736507853899) < 5e-7)
        #expect(value(2).isNaN)
        let trace = try made.reader.explain(
            feature: "ndvi", pixel: Pixel(column: 1, row: 0), day: made.plan.days.first)
        #expect(trace.value.bitPattern == value(1).bitPattern && trace.steps.count == 5)
        let sum = trace.steps.reduce(0.0) { $0 + $1.weight * Double($1.value) }
        #expect(abs(sum - Double(trace.value)) < 1e-6)
    }
}
