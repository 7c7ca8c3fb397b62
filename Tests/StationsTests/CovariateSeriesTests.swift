import Covariates
import Foundation
import Rasters
import Storage
import Testing
import Tiling

@testable import Stations

/// From prepared covariates to the flags and the reference of a station.
@Suite struct CovariateSeriesTests {
    @Test func modelValuesReachQualityControlAndMatching() throws {
        let root = FileManager.default.temporaryDirectory.appending(
            path: "tilth-stations-\(UUID().uuidString)"
        )
        .path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let grid = Grid(
            crs: "EPSG:4326", west: 0, north: 40, pixelWidth: 1, pixelHeight: 1, columns: 40, rows: 40)
        let days = try #require(DayRange("2016-02-01..2016-02-03"))
        func covariate(_ name: String, _ unit: String) -> Covariate {
            Covariate(
                name: name, unit: unit,
                source: .files(
                    FileSource(
                        path: PathTemplate("\(name)/{year}{doy}.tif"), content: .raster(band: 1), everyDays: 1
                    )),
                resampling: .nearest)
        }
        let covariates = [covariate("stl1", "K"), covariate("tp", "mm"), covariate("swvl1", "m3 m-3")]
        let plan = RunPlan(
            product: Product(
                name: "p", grid: grid, period: days, tilePixels: 16, mask: nil, covariates: covariates,
                layers: [Layer(name: "surface", model: "forest", features: covariates.map(\.name))],
                output: OutputEncoding(type: .float32, noData: -9999, unit: "1"), missing: .nodata),
            recipe: Digest(of: "recipe"), dataRoot: root + "/data", days: days, tiles: [],
            sources: PlannedSource.sources(of: covariates), forests: [:], software: "test")
        let run = RunDirectory(root + "/run")
        try run.create()
        // A value tells its day, row and column; the third day of rain is absent.
        for (number, covariate) in covariates.enumerated() {
            for offset in 0..<(covariate.name == "tp" ? 2 : 3) {
                let values = (0..<1600).map {
                    Float([272, 24, 0][number]) + Float(offset) + Float($0) / 10_000
                }
                let bytes = try GeoTIFFEncoder(
                    grid: grid, blockSize: 16,
                    encoding: OutputEncoding(type: .float32, noData: .nan, unit: "", compression: .zstd)
                ).encode(bands: [GeoTIFFBand(description: "", values: .float32(values))])
                let day = days.first + offset
                try DurableFile.write(
                    bytes, to: "\(root)/data/\(covariate.name)/\(day.year)0\(day.dayOfYear).tif")
            }
        }
        let preparation = SourcePreparation(plan: plan, run: run)
        for unit in plan.prepareUnits { _ = try preparation.execute(unit) }

        let pixels: Set<Pixel> = [
            Pixel(column: 3, row: 2), Pixel(column: 39, row: 39), Pixel(column: 17, row: 2),
        ]
        let reader = CovariateReader(plan: plan, run: run)
        let found = try CovariateSeries(covariates.map(\.name), at: pixels, days: days, reader: reader)
        for pixel in pixels {
            let expected = (0..<3).map { Double(Float($0) + Float(pixel.row * 40 + pixel.column) / 10_000) }
            #expect(found.daily("swvl1", at: pixel)?.values == expected)
        }
        #expect(found.missing.map(\.day) == [days.last])

        let pixel = Pixel(column: 3, row: 2)
        let temperature = try #require(try found.hourlyTemperature("stl1", at: pixel))
        #expect(temperature.hours.count == 72 && temperature.values[0] < -1 && temperature.values[30] < 0)
        #expect(temperature.values[71] > 0)
        let rain = try #require(try found.hourlyRain("tp", at: pixel))
        #expect(abs(rain.values[5] - 1) < 0.01 && rain.values[71].isNaN)
        let sensor = HourlySeries(
            firstHour: days.first.number * 24, values: [Double](repeating: 0.2, count: 72))
        let flags = QualityControl(
            depthFrom: 0.05,
            ancillary: Ancillary(modelSoilTemperature: temperature, modelPrecipitation: rain)
        ).flags(of: sensor)
        #expect(flags[..<48].allSatisfy { $0 == .d03 } && flags[48...].allSatisfy(\.isGood))

        #expect(
            throws: StationError(
                source: "covariate swvl1", problem: "its unit is 'm3 m-3': quality control knows m and mm")
        ) {
            try found.hourlyRain("swvl1", at: pixel)
        }
        #expect(
            throws: StationError(
                source: "product p", problem: "has no covariate ndvi; it has stl1, tp, swvl1")
        ) {
            try CovariateSeries(["ndvi"], at: pixels, days: days, reader: reader)
        }
    }
}
