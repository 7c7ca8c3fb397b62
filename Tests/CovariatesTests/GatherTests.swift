import Foundation
import Testing
import Tiling

@testable import Covariates

/// From files to planes: prepare units, then gather, on products of a few dozen pixels.
@Suite struct GatherTests {
    private static let product = degrees(10, 20, 0.25, 24, 24)
    /// Daily cells of 1 degree around the product.
    private static let weather = degrees(8.5, 21.5, 1, 10, 9)

    private static let pool = [
        Covariate(name: "rain", unit: "mm", source: files("rain_{year}.nc", "x"), resampling: .nearest),
        Covariate(
            name: "api", unit: "mm", source: files("rain_{year}.nc", "x"),
            derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1), resampling: .nearest),
        Covariate(
            name: "warmth", unit: "degC", source: files("warmth_{year}{month}.nc", "x"), resampling: .bilinear
        ),
        Covariate(name: "height", unit: "m", source: raster("static/height.tif"), resampling: .average),
        Covariate(
            name: "lst", unit: "K", source: raster("lst/{year}{doy}.tif"), scale: 0.5, offset: 100,
            valid: .init(minimum: 100, maximum: 200), resampling: .nearest),
        Covariate(
            name: "ndvi", unit: "1", source: raster("ndvi/{year}{doy}.tif", every: 16),
            interpolation: .linear,
            resampling: .nearest),
        Covariate(name: "above", unit: "K", source: .difference("lst", "warmth")),
        Covariate(name: "both", unit: "mm", source: .mean("rain", "api")),
        Covariate(name: "lat", unit: "degrees_north", source: .latitude),
        Covariate(name: "lon", unit: "degrees_east", source: .longitude),
        Covariate(name: "doy", unit: "1", source: .dayOfYear),
    ]

    /// February 2016, with history from December on, and a missing day of LST.
    private func production(missing: MissingRule = .nodata, days: String = "2016-02-01..2016-02-05") throws
        -> TestProduction
    {
        let made = try TestProduction(
            grid: Self.product, tilePixels: 16, covariates: Self.pool, days: days, missing: missing)
        for year in [2015, 2016] {
            let all = (1...Day.dayCount(year: year)).compactMap { Day(year: year, dayOfYear: $0) }
            try made.writeNetCDF("rain_\(year).nc", grid: Self.weather, days: all) { day, row, column in
                Float((day.number * 7 + row * 3 + column) % 11)
            }
        }
        for month in [1, 2] {
            let all = (1...Day.dayCount(year: 2016, month: month)).compactMap {
                Day(year: 2016, month: month, day: $0)
            }
            try made.writeNetCDF("warmth_2016\(zeroPadded(month, 2)).nc", grid: Self.weather, days: all) {
                day, row, column in
                Float(day.number % 5) + Float(row) * 0.5 + Float(column) * 0.25
            }
        }
        let fine = degrees(10, 20, 0.05, 120, 120)
        try made.writeRaster(
            "static/height.tif", grid: fine,
            bands: [(0..<120 * 120).map { $0 % 97 == 0 ? .nan : Float($0 % 120) }])
        for day in [29, 30, 31, 32, 33, 35, 36] {
            try made.writeRaster(
                "lst/2016\(zeroPadded(day, 3)).tif", grid: Self.product,
                bands: [(0..<576).map { $0 == 7 ? 999 : Float($0 % 50 + day) }])
        }
        for day in [1, 17, 33, 49] {
            try made.writeRaster(
                "ndvi/2016\(zeroPadded(day, 3)).tif", grid: Self.product,
                bands: [(0..<576).map { Float($0) / 1000 + Float(day) / 100 }])
        }
        return made
    }

    private let tile = Tile(x: 0, y: 0)
    private let edgeTile = Tile(x: 1, y: 1)

    @Test func planesHaveTheirNaturalShapeAndTheRightValues() throws {
        let made = try production()
        try made.prepare()
        let names = Self.pool.map(\.name)
        let stack = try made.reader.gather(features: names, tile: tile, days: made.plan.days)
        #expect(Set(stack.planes.keys) == Set(names))
        let first = made.plan.days.first

        guard case .coarse(let rain, let cellCount, let cells) = try #require(stack.planes["rain"]) else {
            Issue.record("rain is one value per cell and day")
            return
        }
        #expect(rain.count == cellCount * 5 && cells.count == 256)
        // Pixel (0, 0) has its centre at 10.125, 19.875: cell column 1, row 1 of the weather grid.
        #expect(stack.value(of: "rain", pixel: 0, day: 0) == Float((first.number * 7 + 3 + 1) % 11))
        let api = (0..<34).reduce(0.0) { sum, lag in
            sum + pow(0.91, Double(lag)) * Double(((first.number - lag) * 7 + 3 + 1) % 11)
        }
        #expect(abs(Double(try #require(stack.value(of: "api", pixel: 0, day: 0))) - api) < 1e-4)
        guard case .coarse = try #require(stack.planes["both"]),
            case .daily = try #require(stack.planes["warmth"]),
            case .fixed = try #require(stack.planes["height"]),
            case .daily = try #require(stack.planes["lst"]),
            case .fixed = try #require(stack.planes["lat"]),
            case .date(let doy) = try #require(stack.planes["doy"])
        else {
            Issue.record("a plane is not in its natural shape")
            return
        }
        #expect(doy == [32, 33, 34, 35, 36])
        // Cell centres are at 9 + column, 21 - row; values are linear in both, so is what lies between.
        let warmth = Float(first.number % 5) + (21 - 19.875) * 0.5 + (10.125 - 9) * 0.25
        #expect(stack.value(of: "warmth", pixel: 0, day: 0) == warmth)
        // Columns 0 to 4 of five rows, without the hole in cell 0: 5 * (0 + 1 + 2 + 3 + 4) / 24.
        #expect(stack.value(of: "height", pixel: 0, day: 0) == Float(50 / 24.0))
        #expect(stack.value(of: "lst", pixel: 0, day: 0) == 116)
        #expect(stack.value(of: "above", pixel: 0, day: 0) == 116 - warmth)
        #expect(try #require(stack.value(of: "lst", pixel: 7, day: 0)).isNaN, "999 * 0.5 + 100 is not valid")
        // February 1st is day 32, 15 of 16 days from day 17 to day 33.
        let (before, after) = (Double(Float(0.17)), Double(Float(0.33)))
        let ndvi = (1 - 15.0 / 16) * before + 15.0 / 16 * after
        #expect(stack.value(of: "ndvi", pixel: 0, day: 0) == Float(ndvi))
        #expect(
            stack.value(of: "lat", pixel: 0, day: 0) == 19.875
                && stack.value(of: "lon", pixel: 1, day: 3) == 10.375)
    }

    @Test func missingDaysAreListedWithTheirReason() throws {
        let made = try production()
        try made.prepare()
        let stack = try made.reader.gather(
            features: ["rain", "above", "lst"], tile: tile, days: made.plan.days)
        let day = try #require(Day("2016-02-03"))
        #expect(stack.missing.map(\.day) == [day])
        #expect(stack.missing[0].reason.hasPrefix("lst: needs lst/{year}{doy}.tif of 2016-02-03"))
        #expect(stack.missing[0].reason.hasSuffix("(lst/2016034.tif does not exist)"))
        #expect(try #require(stack.value(of: "lst", pixel: 0, day: 2)).isNaN)
        #expect(try #require(stack.value(of: "above", pixel: 0, day: 2)).isNaN)
        #expect(
            stack.inputs.map(\.path).contains("rain_2016.nc")
                && stack.inputs.map(\.path).contains("lst/2016032.tif"))

        let strict = try production(missing: .fail)
        try strict.prepare()
        let error = #expect(throws: CovariateError.self) {
            try strict.reader.gather(features: ["lst"], tile: tile, days: strict.plan.days)
        }
        #expect(
            error?.description.contains("2016-02-03") == true
                && error?.description.contains("lst/2016034.tif") == true)
    }

    @Test func missingHistoryIsExplained() throws {
        let made = try production(days: "2015-01-30..2015-02-04")
        try made.prepare()
        let stack = try made.reader.gather(features: ["api"], tile: tile, days: made.plan.days)
        #expect(stack.missing.map(\.day.iso) == ["2015-01-30", "2015-01-31", "2015-02-01", "2015-02-02"])
        #expect(
            stack.missing[0].reason
                == "api: needs x of 2014-12-28..2015-01-30, first day there is 2015-01-01 "
                + "(rain_2014.nc does not exist)"
        )
    }

    @Test func aTileAndItsPixelsGiveTheSameBits() throws {
        let made = try production()
        try made.prepare()
        let names = Self.pool.map(\.name)
        for tile in [tile, edgeTile] {
            let whole = try made.reader.gather(features: names, tile: tile, days: made.plan.days)
            let pixels = [255, 0, 17, 7, 200, 136, 100]
            let some = try made.reader.gather(
                features: names, tile: tile, pixels: pixels, days: made.plan.days)
            for name in names {
                for day in 0..<5 {
                    for (number, pixel) in pixels.enumerated() {
                        #expect(
                            bits(some.planes[name], pixel: number, day: day, pixelCount: pixels.count)
                                == bits(whole.planes[name], pixel: pixel, day: day, pixelCount: 256),
                            "\(name), pixel \(pixel), day \(day)")
                    }
                }
            }
            // Once more from memory.
            let reader = made.reader
            _ = try reader.gather(features: names, tile: tile, days: made.plan.days)
            let again = try reader.gather(features: ["height"], tile: tile, days: made.plan.days)
            for pixel in 0..<256 {
                #expect(
                    bits(again.planes["height"], pixel: pixel, day: 0, pixelCount: 256)
                        == bits(whole.planes["height"], pixel: pixel, day: 0, pixelCount: 256))
            }
        }
    }

    @Test func aReplacedFileIsNoticed() throws {
        let made = try production()
        try made.prepare()
        let reader = made.reader
        _ = try reader.gather(features: ["height"], tile: tile, days: made.plan.days)
        try made.writeRaster(
            "static/height.tif", grid: Self.product, bands: [[Float](repeating: 1, count: 576)])
        let error = #expect(throws: CovariateError.inputChanged(path: "static/height.tif")) {
            try reader.gather(features: ["height"], tile: tile, days: made.plan.days)
        }
        #expect(error?.description.contains("tilth resume") == true)
        try made.prepare()
        let replaced = try reader.gather(features: ["height"], tile: tile, days: made.plan.days)
        #expect(replaced.value(of: "height", pixel: 0, day: 0) == 1)
    }

    @Test func aTraceNamesFileCellAndSteps() throws {
        let made = try production()
        try made.prepare()
        let day = try #require(Day("2016-02-02"))
        let pixel = Pixel(column: 5, row: 2)
        let trace = try made.reader.explain(feature: "api", pixel: pixel, day: day)
        let whole = try made.reader.gather(features: ["api"], tile: tile, days: DayRange(day, through: day))
        #expect(trace.value == whole.value(of: "api", pixel: 2 * 16 + 5, day: 0))
        #expect(trace.files == ["rain_2015.nc", "rain_2016.nc"] && trace.steps.count == 34)
        #expect(trace.steps.last?.day == day && trace.steps.last?.weight == 1)
        // Its centre, 11.375, is nearest to the cell centre 11.
        #expect(trace.cell?.x == 11 && trace.cell?.y == 19)
        let sum = trace.steps.reduce(0.0) { $0 + Double($1.value) * $1.weight }
        #expect(abs(sum - Double(trace.value)) < 1e-4)
        let missing = try made.reader.explain(feature: "lst", pixel: pixel, day: day + 1)
        #expect(missing.value.isNaN && missing.description.contains("does not exist"))
        #expect(try made.reader.explain(feature: "above", pixel: pixel, day: day).rule == "lst - warmth")
    }
}
