import Foundation
import Testing
import Tiling

@testable import Covariates

/// Swapped bands that only their order tells, and gaps that are none.
@Suite struct OrderAndGapTests {
    private static let grid = degrees(10, 46, 0.25, 32, 16)

    private func production(_ missing: MissingRule, above: String? = "night") throws -> TestProduction {
        let path = "lst_{year}{doy}.tif"
        return try TestProduction(
            grid: Self.grid, tilePixels: 16,
            covariates: [
                Covariate(name: "day", unit: "K", source: raster(path, band: 1), above: above),
                Covariate(name: "night", unit: "K", source: raster(path, band: 2)),
            ], days: "2016-01-01..2016-01-10", missing: missing)
    }

    /// `value(day of year, pixel)` are day and night.
    private func write(_ made: TestProduction, value: (Int, Int) -> (Float, Float)) throws {
        for doy in 1...10 {
            let pairs = (0..<512).map { value(doy, $0) }
            try made.writeRaster(
                "lst_2016\(zeroPadded(doy, 3)).tif", grid: Self.grid, bands: [pairs.map(\.0), pairs.map(\.1)])
        }
    }

    private func gather(_ made: TestProduction, _ x: Int = 0) throws -> FeatureStack {
        try made.prepare()
        return try made.reader.gather(
            features: ["day", "night"], tile: Tile(x: x, y: 0), days: made.plan.days)
    }

    private static func warm(_ doy: Int, _ pixel: Int) -> Float { 300 + Float((doy * 3 + pixel) % 7) }
    private static func cold(_ doy: Int, _ pixel: Int) -> Float { 285 + Float((doy + pixel * 5) % 11) }

    @Test func swappedBandsFailTheirUnit() throws {
        let made = try production(.nodata)
        try write(made) { (Self.warm($0, $1), Self.cold($0, $1)) }
        #expect(try gather(made).missing.isEmpty)
        try write(made) { (Self.cold($0, $1), Self.warm($0, $1)) }
        let error = #expect(throws: CovariateError.self) { try gather(made) }
        #expect(
            error?.description
                == "lst_2016001.tif: day of 2016-01-01..2016-01-10, tile x0y0, lies below night "
                + "in 2560 of 2560 values, and the product has it above: are their bands, fields or files "
                + "swapped?")
        let unordered = try production(.nodata, above: nil)
        try write(unordered) { (Self.cold($0, $1), Self.warm($0, $1)) }
        #expect(try gather(unordered).missing.isEmpty, "a product that says nothing of it")
    }

    @Test func oneSwappedDayIsMissing() throws {
        let made = try production(.nodata)
        try write(made) { doy, pixel in
            let (a, b) = (Self.warm(doy, pixel), Self.cold(doy, pixel))
            return doy == 4 ? (b, a) : (a, b)
        }
        #expect(
            try gather(made).missing == [
                MissingDay(
                    day: Day("2016-01-04")!,
                    reason: "day of 2016-01-04, tile x0y0, in lst_2016004.tif lies below night in 256 of 256 "
                        + "values, and the product has it above: are their bands, fields or files swapped?")
            ])
    }

    /// In the polar night there is neither; clouds leave some pixels; a few pixels say nothing.
    @Test func whatIsNaturalStays() throws {
        let polar = try production(.nodata)
        try write(polar) { doy, _ in (250 + Float(doy * 7 % 5), 250 + Float(doy * 3 % 5)) }
        #expect(try gather(polar).missing.isEmpty)
        let front = try production(.nodata)
        try write(front) { doy, pixel in
            (Self.warm(doy, pixel) - (doy == 4 && pixel % 10 < 9 ? 30 : 0), Self.cold(doy, pixel))
        }
        #expect(try gather(front).missing.isEmpty)
        let cloudy = try production(.nodata)
        try write(cloudy) { doy, pixel in pixel % 32 < 3 ? (280, 290) : (.nan, 290) }
        #expect(try gather(cloudy).missing.isEmpty)
    }

    /// A tile under clouds on a day whose file has values elsewhere is no missing day, under `fail` neither;
    /// a file of nothing is.
    @Test func cloudsAreNoFlood() throws {
        let made = try production(.fail)
        try write(made) { doy, pixel in
            let isClouded = doy == 3 && pixel % 32 < 16
            return (isClouded ? .nan : Self.warm(doy, pixel), Self.cold(doy, pixel))
        }
        let clouded = try gather(made)
        #expect(clouded.missing.isEmpty)
        #expect(try #require(clouded.value(of: "day", pixel: 5, day: 2)).isNaN)
        #expect(try #require(clouded.value(of: "day", pixel: 5, day: 3)).isFinite)

        try write(made) { doy, pixel in (doy == 3 ? .nan : Self.warm(doy, pixel), Self.cold(doy, pixel)) }
        let error = #expect(throws: CovariateError.self) { try gather(made) }
        #expect(
            error?.description
                == "2016-01-03 cannot be predicted: day: no value on 2016-01-03 on the land of "
                + "tile x0y0, nor anywhere else in lst_2016003.tif; supply it, or write 'missing: nodata' in "
                + "the product")
    }

    /// Values that are not valid are none: a flood of a mark that the file does not declare.
    @Test func aFloodOfMarksIsAFlood() throws {
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 16,
            covariates: [
                Covariate(
                    name: "lst", unit: "K", source: raster("l_{year}{doy}.tif"),
                    valid: .init(minimum: 200, maximum: 350))
            ], days: "2016-01-01..2016-01-02")
        for doy in 1...2 {
            try made.writeRaster(
                "l_201600\(doy).tif", grid: Self.grid,
                bands: [(0..<512).map { doy == 2 ? -9999 : Self.warm(doy, $0) }])
        }
        try made.prepare()
        let stack = try made.reader.gather(features: ["lst"], tile: Tile(x: 1, y: 0), days: made.plan.days)
        #expect(
            stack.missing == [
                MissingDay(
                    day: Day("2016-01-02")!,
                    reason: "lst: no value on 2016-01-02 on the land of tile x1y0, nor anywhere else in "
                        + "l_2016002.tif")
            ])
    }

    /// The check sees the same on its sample.
    @Test func theCheckComparesSamples() throws {
        let made = try production(.nodata)
        try write(made) { (Self.cold($0, $1), Self.warm($0, $1)) }
        let surveyor = CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot)
        let surveys = surveyor.survey(days: made.plan.days)
        #expect(
            surveys.map(\.errors) == [
                [
                    "day: lies below night in 512 of 512 values, and the product has it above: are their "
                        + "bands, fields or files swapped?"
                ], [],
            ])
        try write(made) { (Self.warm($0, $1), Self.cold($0, $1)) }
        #expect(surveyor.survey(days: made.plan.days).allSatisfy { $0.errors.isEmpty })
    }
}
