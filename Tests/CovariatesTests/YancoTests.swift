import Foundation
import Rasters
import TestSupport
import Testing
import Tiling

@testable import Covariates

/// The real case of Yanco, New South Wales, when the shared data are at hand.
@Suite struct YancoTests {
    /// The folder of the case, nil (said aloud) where it is absent.
    static let folder = SharedData.path("yanco", skipping: "YancoTests")

    private static let grid = degrees(146, -34.3, 0.01, 100, 100)

    @Test(.enabled(if: folder != nil)) func averagesAgreeWithTheStack() throws {
        let real = "real_20160205/ANUClimate_v2-0"
        let day = "_daily_{year}{month}{day}.tif"
        let paths = [
            ("dem", "static/DEM_100m_resampled.tif"), ("silt", "static/SLT_100m_resampled.tif"),
            ("awc", "static/AWC_100m_resampled.tif"), ("rain", "\(real)_rain\(day)"),
            ("srad", "\(real)_srad\(day)"),
            ("tavg", "\(real)_tavg\(day)"), ("vpd", "\(real)_vpd\(day)"),
            ("et", "real_20160205/CMRSET_Landsat_ET_2016_02_01.tif"),
            ("lst", "real_20160205/ubESTARFM_LST_cloudrm_{year}{month}{day}.tif"),
        ]
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 100,
            covariates: paths.map {
                Covariate(name: $0, unit: "1", source: raster($1), resampling: .average)
            },
            days: "2016-02-05", dataRoot: Self.folder)
        try made.prepare()
        let stack = try made.reader.gather(
            features: paths.map(\.0), tile: Tile(x: 0, y: 0), days: made.plan.days)
        #expect(stack.missing.isEmpty)
        let expected = try RasterFile(path: "\(made.dataRoot)/expected/stack_20160205.tif")
        let window = PixelWindow(column: 0, row: 0, columns: 100, rows: 100)
        for (band, name) in paths.map(\.0).enumerated() {
            let values = try expected.read(window: window, bands: [band + 1])
            let plane = try #require(stack.planes[name])
            var largest: Float = 0
            var holes = 0
            for pixel in 0..<10_000 {
                let value = plane.value(pixel: pixel, day: 0, pixelCount: 10_000)
                #expect(value.isNaN == values[pixel].isNaN)
                if value.isNaN {
                    holes += 1
                } else {
                    largest = max(largest, abs(value - values[pixel]) / max(1, abs(value)))
                }
            }
            print("Yanco stack, \(name): largest relative difference \(largest), \(holes) holes")
            #expect(largest <= Float.ulpOfOne)
        }
    }

    @Test(.enabled(if: folder != nil)) func weatherIsPreparedAndGathered() throws {
        let meteo = "daily/meteo_{year}.nc"
        let covariates = [
            Covariate(
                name: "rain", unit: "mm", source: files(meteo, "rain"), resampling: .nearest, outside: .nodata
            ),
            Covariate(
                name: "tavg", unit: "degC", source: files(meteo, "tavg"), resampling: .bilinear,
                outside: .nodata),
            Covariate(
                name: "api", unit: "mm", source: files(meteo, "rain"),
                derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1), outside: .nodata),
            Covariate(
                name: "ndvi", unit: "1", source: files("daily/ndvi_16day_{year}.nc", "ndvi", every: 16),
                interpolation: .linear, outside: .nodata),
            Covariate(
                name: "lst", unit: "K", source: raster("daily/lst_2016/LST_{year}{doy}.tif"), outside: .nodata
            ),
        ]
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 100, covariates: covariates, days: "2016-01-28..2016-02-08",
            dataRoot: Self.folder)
        let results = try made.prepare()
        // 366 days of two variables, and 23 steps of NDVI.
        let planeCount = results.reduce(0) { $0 + $1.values.count }
        #expect(planeCount == 2 * 366 + 23)
        let reader = made.reader
        let pixel = 50 * 100 + 20  // near 146.2 E, 34.8 S, where there are stations
        let days = made.plan.days
        let stack = try reader.gather(features: covariates.map(\.name), tile: Tile(x: 0, y: 0), days: days)
        // API needs 34 days, and the first is January 1st; the artificial cloud covers all of February 4th.
        #expect(
            stack.missing.filter { $0.reason.contains("api:") }.map(\.day.iso) == [
                "2016-01-28", "2016-01-29", "2016-01-30", "2016-01-31", "2016-02-01", "2016-02-02",
            ])
        #expect(
            stack.missing[0].reason.contains(
                "api: needs rain of 2015-12-26..2016-01-28, first day there is 2016-01-01"))
        for (day, date) in days.enumerated() {
            let trace = try reader.explain(
                features: ["api", "ndvi"], tile: Tile(x: 0, y: 0), pixel: pixel, day: date)
            let api = try #require(stack.value(of: "api", pixel: pixel, day: day))
            #expect(trace[0].value.bitPattern == api.bitPattern)
            #expect(api.isNaN == (date < Day("2016-02-03")!))
            if !api.isNaN {
                let sum = trace[0].steps.reduce(0.0) { $0 + Double($1.value) * $1.weight }
                #expect(abs(sum - Double(api)) < 1e-4 && trace[0].steps.count == 34)
            }
            #expect(trace[1].steps.count == (date.iso == "2016-02-02" ? 1 : 2))
            let ndvi = try #require(stack.value(of: "ndvi", pixel: pixel, day: day))
            #expect(0 < ndvi && ndvi < 1)
            let tavg = try #require(stack.value(of: "tavg", pixel: pixel, day: day))
            #expect(10 < tavg && tavg < 45)
        }
        let clouded = try #require(days.firstIndex(of: Day("2016-02-04")!))
        #expect((0..<10_000).allSatisfy { stack.value(of: "lst", pixel: $0, day: clouded)?.isNaN == true })
    }

    @Test(.enabled(if: folder != nil)) func hoursAreNotTakenForDays() throws {
        let path = "era5_swvl1/ERA5_20181031_20181002.nc"
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 100,
            covariates: [Covariate(name: "swvl1", unit: "m3 m-3", source: files(path, "swvl1"))],
            days: "2018-10-01", dataRoot: Self.folder)
        let error = #expect(throws: CovariateError.self) { try made.prepare() }
        let said = error?.description ?? ""
        let steps = "variable swvl1 has steps at 2018-10-01 00:00 and 2018-10-01 01:00"
        #expect(said.hasPrefix("\(path): \(steps): say how hours become days"))
    }

    @Test(.enabled(if: folder != nil)) func theSurveyFindsWhatIsThere() throws {
        let covariates = [
            Covariate(
                name: "api", unit: "mm", source: files("daily/meteo_{year}.nc", "rain"),
                derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1)),
            Covariate(
                name: "lst", unit: "K", source: raster("daily/lst_2016/LST_{year}{doy}.tif"),
                valid: .init(minimum: 250, maximum: 350)),
            Covariate(
                name: "celsius", unit: "degC", source: raster("static/DEM_100m_resampled.tif"),
                valid: .init(minimum: -60, maximum: 60)),
            Covariate(name: "wrong", unit: "1", source: files("daily/meteo_{year}.nc", "humidity")),
            Covariate(name: "gone", unit: "1", source: raster("nowhere/{year}.tif")),
        ]
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 100, covariates: covariates, days: "2016-01-01..2016-03-31",
            dataRoot: Self.folder)
        let surveys = CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot).survey(
            days: made.plan.days)
        #expect(surveys.map(\.name) == covariates.map(\.name))
        #expect(surveys[0].errors.isEmpty && surveys[0].historyDays == 33)
        #expect(surveys[0].filesMissing == ["daily/meteo_2015.nc"])
        #expect(surveys[0].missingDays.map(\.description) == ["2016-01-01..2016-02-02"])
        #expect(surveys[0].grid?.columns == 10 && surveys[0].grid?.rows == 9)
        #expect(
            surveys[1].missingDays.map(\.description) == ["2016-01-01..2016-01-14", "2016-03-15..2016-03-31"])
        #expect(surveys[1].errors.isEmpty && surveys[1].sampleRejectedCount == 0)
        #expect(try #require(surveys[1].sampleRange).lowerBound > 250)
        #expect(surveys[2].errors.first?.contains("are outside valid") == true)
        #expect(surveys[3].errors.first?.contains("humidity") == true)
        #expect(surveys[4].errors.first?.contains("no file of nowhere/{year}.tif exists") == true)
    }

    /// Real 16-day NDVI of 2016 alone; expected values by numpy.linalg.lstsq on the file's own dates.
    @Test(.enabled(if: folder != nil)) func vegetationIsSmoothedOnRealComposites() throws {
        let ndvi = Covariate(
            name: "ndvi", unit: "1", source: files("daily/ndvi_16day_{year}.nc", "ndvi", every: 16),
            smoothing: Smoothing(halfWindowDays: 48, coefficients: 3, minimum: 5), interpolation: .linear,
            outside: .nodata)
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 100, covariates: [ndvi], days: "2016-01-10..2016-06-20",
            dataRoot: Self.folder)
        try made.prepare()
        // 146.205 E, 34.805 S.
        let stack = try made.reader.gather(
            features: ["ndvi"], tile: Tile(x: 0, y: 0), pixels: [50 * 100 + 20], days: made.plan.days)
        let table = [
            ("2016-01-17", 0.32422553811754445), ("2016-02-08", 0.3286844598395484),
            ("2016-06-20", 0.5479471467967543),
        ]
        for (text, expected) in table {
            let date = try #require(Day(text))
            let day = try #require(made.plan.days.firstIndex(of: date))
            let value = try #require(stack.value(of: "ndvi", pixel: 0, day: day))
            #expect(abs(Double(value) - expected) < 1e-6, "\(text): \(value)")
        }
        // January 1st has four composites around it, the year before has no file.
        #expect(stack.missing.map(\.day.iso) == (10...16).map { "2016-01-\($0)" })
        let reason =
            "ndvi: needs ndvi of 2015-11-23..2016-02-27, which takes 5 of its steps within 48 days of the "
        #expect(
            stack.missing[0].reason
                == reason + "step before and of the one behind (daily/ndvi_16day_2015.nc does not exist)",
            "\(stack.missing[0].reason)")
        let survey = try #require(
            CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot).survey(
                days: made.plan.days
            ).first)
        #expect(survey.historyDays == 64 && survey.lookAheadDays == 64)
        #expect(survey.missingDays.map(\.description) == ["2016-01-10..2016-01-16"])
        #expect(survey.filesMissing == ["daily/ndvi_16day_2015.nc"])
    }
}
