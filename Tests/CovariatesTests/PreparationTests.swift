import Foundation
import Rasters
import Storage
import Testing
import Tiling

@testable import Covariates

/// Prepare units: what they read, write and refuse.
@Suite struct PreparationTests {
    private static let product = degrees(10, 20, 0.25, 16, 16)
    private static let weather = degrees(0.5, 30.5, 1, 30, 30)
    private static let february = (1...29).compactMap { Day(year: 2016, month: 2, day: $0) }

    private func production(_ source: Covariate.Source, days: String = "2016-02-01..2016-02-03") throws
        -> TestProduction
    {
        try TestProduction(
            grid: Self.product, tilePixels: 16,
            covariates: [Covariate(name: "x", unit: "mm", source: source, resampling: .nearest)], days: days)
    }

    /// What a prepare or gather says when it throws.
    private func message(of body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    private func prepareMessage(_ made: TestProduction) -> String { message { try made.prepare() } }

    @Test func aNetCDFFileIsOpenedOnceAndCutToTheProduct() throws {
        let made = try production(files("w_{year}.nc", "x", "y"), days: "2016-01-30..2016-02-03")
        let days = (0..<60).compactMap { Day(year: 2016, dayOfYear: $0 + 1) }
        try made.writeNetCDF("w_2016.nc", grid: Self.weather, days: days, variables: ["x", "y"]) {
            day, row, column in
            Float(day.number % 100 * 1000 + row * 30 + column)
        }
        var opened: [String] = []
        let counter = OpenCounter()
        var preparation = SourcePreparation(plan: made.plan, run: made.run)
        preparation.fileWasOpened = { counter.paths.append($0) }
        let result = try preparation.execute(made.plan.prepareUnits[0])
        opened = counter.paths
        #expect(opened == ["w_2016.nc"])
        #expect(
            result.outputs.map(\.path) == [
                "covariates/w/x/2016-01.tif", "covariates/w/y/2016-01.tif", "covariates/w/x/2016-02.tif",
                "covariates/w/y/2016-02.tif", "covariates/w/2016.json",
            ])
        #expect(result.inputs.map(\.path) == ["w_2016.nc"])
        #expect(result.values.count == 120 && result.missing.count == 306)
        for output in result.outputs {
            #expect(try FileDigest.sha256(ofFile: made.run.absolute(output.path)) == output.sha256)
        }
        // 10..14 degrees touch columns 9 to 13; two cells more on each side.
        let file = try RasterFile(path: made.run.absolute("covariates/w/x/2016-02.tif"))
        #expect(file.info.columns == 9 && file.info.grid.west == 7.5 && file.info.bandCount == 29)
        #expect(file.info.bandDescriptions[0] == "2016-02-01" && file.info.noData?.isNaN == true)
        let window = PixelWindow(column: 0, row: 0, columns: file.info.columns, rows: file.info.rows)
        let values = try file.read(window: window, bands: [3])
        let digest = try #require(result.values.first { $0.layer == "x" && $0.day.iso == "2016-02-03" })
        #expect(digest.sha256 == RasterBuffer.float32(values).digest && digest.validCount == 81)
        let firstRow = Int(30.5 - file.info.grid.north)
        #expect(values[0] == Float(Self.february[2].number % 100 * 1000 + firstRow * 30 + 7))

        // The sum of both variables reaches the forest; running the unit again changes nothing.
        let stack = try made.reader.gather(features: ["x"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        let sum = try #require(stack.value(of: "x", pixel: 0, day: 0))
        #expect(sum == 2 * Float(made.plan.days.first.number % 100 * 1000 + 10 * 30 + 9))
        #expect(try preparation.execute(made.plan.prepareUnits[0]).outputs == result.outputs)
    }

    @Test func aSourceFrom0To360ReachesBothSidesOfGreenwich() throws {
        let grid = degrees(-5, 5, 1, 10, 10)
        let made = try TestProduction(
            grid: grid, tilePixels: 10,
            covariates: [Covariate(name: "x", unit: "1", source: files("globe.nc", "x"))], days: "2016-02-01")
        let globe = degrees(0, 90, 1, 360, 180)
        try made.writeNetCDF("globe.nc", grid: globe, days: [Day("2016-02-01")!]) { _, _, column in
            Float(column)
        }
        try made.prepare()
        let stack = try made.reader.gather(features: ["x"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        let row = (0..<10).map { stack.value(of: "x", pixel: $0, day: 0) }
        #expect(row == [355, 356, 357, 358, 359, 0, 1, 2, 3, 4])
    }

    @Test func aProductAcrossTheDateLineIsCutWithoutSeam() throws {
        let made = try TestProduction(
            grid: degrees(-181, 5, 1, 362, 10), tilePixels: 362,
            covariates: [
                Covariate(name: "x", unit: "1", source: files("globe.nc", "x"), resampling: .bilinear)
            ],
            days: "2016-02-01")
        try made.writeNetCDF("globe.nc", grid: degrees(-180, 90, 1, 360, 180), days: [Day("2016-02-01")!]) {
            _, _, column in
            Float(column)
        }
        try made.prepare()
        let stack = try made.reader.gather(
            features: ["x"], tile: Tile(x: 0, y: 0), pixels: [0, 1, 2, 359, 360, 361], days: made.plan.days)
        #expect((0..<6).map { stack.value(of: "x", pixel: $0, day: 0) } == [359, 0, 1, 358, 359, 0])
    }

    @Test func twoStepsOnOneDayAreRefused() throws {
        let made = try production(files("w_{year}{month}.nc", "x"))
        let days = Self.february + [Self.february[4]]
        try made.writeNetCDF("w_201602.nc", grid: Self.weather, days: days) { _, _, _ in 1 }
        let text = prepareMessage(made)
        #expect(text.hasPrefix("w_201602.nc: variable x has two steps on 2016-02-05 (duplicated time step)"))
    }

    @Test func aStepOfAnotherMonthIsRefused() throws {
        let made = try production(files("w_{year}{month}.nc", "x"))
        let stray = try #require(Day("2016-03-01"))
        try made.writeNetCDF("w_201602.nc", grid: Self.weather, days: Self.february + [stray]) { _, _, _ in 1
        }
        #expect(
            prepareMessage(made).hasPrefix(
                "w_201602.nc: has a step of 2016-03-01, which is not in 2016-02-01.."))
    }

    @Test func aFileThatIsNotThereMakesItsDaysMissing() throws {
        let made = try production(files("w_{year}{month}.nc", "x"))
        let result = try made.prepare()[0]
        #expect(result.missing.count == 29 && result.missing[0].reason == "w_201602.nc does not exist")
        let stack = try made.reader.gather(features: ["x"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        #expect(
            stack.missing.count == 3 && stack.missing[0].reason == "x: needs x, w_201602.nc does not exist")
        #expect(try #require(stack.value(of: "x", pixel: 3, day: 1)).isNaN)
    }

    @Test func aFixedFileMustBeThere() throws {
        let made = try production(raster("static/x.tif"))
        #expect(prepareMessage(made).hasPrefix("static/x.tif does not exist"))
    }

    @Test func wrongFilesAreNamed() throws {
        let text = try production(files("w.nc", "x"))
        try DurableFile.write(Array("not a netCDF file".utf8), to: text.dataRoot + "/w.nc")
        #expect(prepareMessage(text).contains("w.nc"))

        let variable = try production(files("w.nc", "other"))
        try variable.writeNetCDF("w.nc", grid: Self.weather, days: Self.february) { _, _, _ in 1 }
        #expect(prepareMessage(variable).contains("other"))

        let band = try production(raster("x.tif", band: 2))
        try band.writeRaster("x.tif", grid: Self.product, bands: [[Float](repeating: 1, count: 256)])
        #expect(prepareMessage(band) == "x.tif: has 1 band, the product asks for band 2")

        let far = try production(files("w.nc", "x"))
        try far.writeNetCDF("w.nc", grid: degrees(100, 0, 1, 5, 5), days: Self.february) { _, _, _ in 1 }
        #expect(prepareMessage(far).hasSuffix("no cell in common"))

        let grids = try production(raster("{year}{doy}.tif"))
        try grids.writeRaster("2016032.tif", grid: Self.product, bands: [[Float](repeating: 1, count: 256)])
        try grids.writeRaster("2016033.tif", grid: Self.weather, bands: [[Float](repeating: 1, count: 900)])
        #expect(prepareMessage(grids).hasPrefix("2016033.tif: lies on another grid"))
    }

    @Test func landOutOfReachFailsUnlessTheProductAllowsIt() throws {
        for (rule, mask) in [(MissingRule.fail, nil), (.nodata, nil), (.fail, "mask.tif")]
            as [(MissingRule, String?)]
        {
            let made = try TestProduction(
                grid: Self.product, tilePixels: 16,
                covariates: [Covariate(name: "x", unit: "1", source: raster("half.tif"), outside: rule)],
                days: "2016-02-01", mask: mask)
            try made.writeRaster(
                "half.tif", grid: degrees(10, 20, 0.25, 8, 16), bands: [[Float](repeating: 1, count: 128)])
            try made.writeRaster(
                "mask.tif", grid: Self.product,
                bands: [(0..<256).map { $0 % 16 < 8 ? 1 : $0 % 16 < 12 ? 0 : .nan }])
            try made.prepare()
            let gather = {
                try made.reader.gather(features: ["x"], tile: Tile(x: 0, y: 0), days: made.plan.days)
            }
            if rule == .fail && mask == nil {
                let said = message { _ = try gather() }
                #expect(said.hasPrefix("x: half.tif does not reach 128 land pixels of tile x0y0"))
            } else {
                let stack = try gather()
                #expect(stack.value(of: "x", pixel: 7, day: 0) == 1)
                #expect(try #require(stack.value(of: "x", pixel: 8, day: 0)).isNaN)
            }
        }
    }

    @Test func theMaskSaysWhereLandIs() throws {
        let made = try TestProduction(
            grid: degrees(10, 20, 0.25, 20, 16), tilePixels: 16, covariates: [], days: "2016-02-01",
            mask: "mask.tif")
        try made.writeRaster(
            "mask.tif", grid: degrees(10, 20, 1, 5, 4),
            bands: [(0..<20).map { $0 == 0 ? 1 : $0 == 4 ? 1 : $0 == 5 ? .nan : 0 }])
        let land = try made.reader.land(of: Tile(x: 0, y: 0))
        #expect(land.filter { $0 }.count == 16 && land[0] && land[3] && !land[4] && !land[64])
        let survey = LandSurvey(product: made.plan.product, dataRoot: made.dataRoot)
        #expect(try survey.landPixelCounts(ofTiles: [0, 1]) == [16, 16], "padding east of column 20 is sea")
    }

    @Test func aProjectedProductReadsAGeographicSource() throws {
        // EASE-Grid 2.0: 1 km pixels near 0 E, 0 N; the source holds longitudes, so values must equal them.
        let grid = Grid(
            crs: "EPSG:6933", west: -8000, north: 8000, pixelWidth: 1000, pixelHeight: 1000, columns: 16,
            rows: 16)
        for rule in Covariate.Resampling.allCases {
            let made = try TestProduction(
                grid: grid, tilePixels: 16,
                covariates: [
                    Covariate(name: "x", unit: "1", source: files("x.nc", "x"), resampling: rule),
                    Covariate(name: "lon", unit: "degrees_east", source: .longitude),
                ], days: "2016-02-01")
            let source = degrees(-1, 1, 0.005, 400, 400)
            try made.writeNetCDF("x.nc", grid: source, days: [Day("2016-02-01")!]) { _, _, column in
                Float(source.centerX(column: column))
            }
            try made.prepare()
            let whole = try made.reader.gather(
                features: ["x", "lon"], tile: Tile(x: 0, y: 0), days: made.plan.days)
            let pixels = [5, 100, 255]
            let some = try made.reader.gather(
                features: ["x"], tile: Tile(x: 0, y: 0), pixels: pixels, days: made.plan.days)
            for (number, pixel) in pixels.enumerated() {
                let value = try #require(whole.value(of: "x", pixel: pixel, day: 0))
                let longitude = try #require(whole.value(of: "lon", pixel: pixel, day: 0))
                #expect(abs(value - longitude) < (rule == .bilinear ? 1e-6 : 0.003))
                #expect(some.value(of: "x", pixel: number, day: 0)?.bitPattern == value.bitPattern)
            }
        }
    }
}

/// Collects what a callback is told.
private final class OpenCounter {
    var paths: [String] = []
}
