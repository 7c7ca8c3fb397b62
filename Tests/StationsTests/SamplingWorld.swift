import Covariates
import Foundation
import Rasters
import Storage
import Tiling

@testable import Stations

/// A small product with every shape of covariate, in a folder that is gone after the test: fixed and averaged
/// rasters, coarse weather with history, bilinear weather, a step every 16 days, latitude, day of year.
final class SamplingWorld {
    let root: String
    let plan: RunPlan
    let run: RunDirectory

    static let days = DayRange("2016-02-03..2016-04-10")!
    static let features = ["clay", "fine", "rain", "api", "warmth", "ndvi", "gap", "lat", "doy"]
    /// No file of warmth has it.
    static let missingDay = Day("2016-03-03")!

    var reader: CovariateReader { CovariateReader(plan: plan, run: run) }

    init(missing: MissingRule = .nodata) throws {
        root =
            FileManager.default.temporaryDirectory.appending(path: "tilth-samples-\(UUID().uuidString)")
            .path
        let covariates = Self.covariates
        let product = Product(
            name: "small", grid: Self.grid(10, 50, 0.01, 40, 40), period: Self.days, tilePixels: 16,
            mask: LandMask(path: "land.tif"), covariates: covariates,
            layers: [Layer(name: "surface", depth: [0, 0.05], model: "forest", features: Self.features)],
            output: OutputEncoding(type: .float32, noData: -9999, unit: "m3 m-3"), missing: missing)
        plan = RunPlan(
            product: product, recipe: Digest(of: "recipe"), dataRoot: root + "/data", days: Self.days,
            tiles: [], sources: PlannedSource.sources(of: covariates), forests: [:], software: "test")
        run = RunDirectory(root + "/run")
        try run.create()
        try writeData()
        let preparation = SourcePreparation(plan: plan, run: run)
        for unit in plan.prepareUnits { _ = try preparation.execute(unit) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private static var covariates: [Covariate] {
        func raster(_ path: String, every: Int = 1) -> Covariate.Source {
            .files(FileSource(path: PathTemplate(path), content: .raster(band: 1), everyDays: every))
        }
        func weather(_ name: String) -> Covariate.Source {
            .files(
                FileSource(
                    path: PathTemplate("weather_{year}{month}.nc"), content: .netCDF(variables: [name])))
        }
        return [
            Covariate(name: "clay", unit: "%", source: raster("clay.tif")),
            Covariate(name: "fine", unit: "1", source: raster("fine.tif"), resampling: .average),
            Covariate(name: "rain", unit: "mm", source: weather("rain"), outside: .nodata),
            Covariate(
                name: "api", unit: "mm", source: weather("rain"),
                derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1), outside: .nodata),
            Covariate(
                name: "warmth", unit: "degC", source: weather("warmth"), offset: -273.15,
                resampling: .bilinear),
            Covariate(
                name: "ndvi", unit: "1", source: raster("ndvi_{year}{doy}.tif", every: 16),
                interpolation: .linear),
            Covariate(name: "gap", unit: "mm", source: .difference("api", "rain")),
            Covariate(name: "lat", unit: "degrees_north", source: .latitude),
            Covariate(name: "doy", unit: "1", source: .dayOfYear),
        ]
    }

    private func writeData() throws {
        try FileManager.default.createDirectory(
            atPath: "\(root)/data", withIntermediateDirectories: true)
        let pixels = Self.grid(10, 50, 0.01, 40, 40)
        try write("land.tif", pixels) { _, row in row < 36 ? 1 : 0 }
        // A hole of clay around pixel (20, 20).
        try write("clay.tif", pixels) { column, row in
            abs(column - 20) < 2 && abs(row - 20) < 2 ? .nan : Float(column * 41 + row) / 7
        }
        try write("fine.tif", Self.grid(10, 50, 0.003, 134, 134)) { Float(($0 * 17 + $1 * 29) % 101) / 101 }
        for doy in stride(from: 1, through: 353, by: 16) {
            try write("ndvi_2016\(zeroPadded(doy, 3)).tif", pixels) {
                Float(($0 * 3 + $1 * 5 + doy) % 89) / 89
            }
        }
        // Wider than the product by a cell, but for the east, where rain ends early.
        let cells = Self.grid(9.9, 50.1, 0.1, 6, 6)
        for month in 1...4 {
            let first = Day(year: 2016, month: month, day: 1)!
            let days = DayRange(first, through: first + (Day.dayCount(year: 2016, month: month) - 1))
                .filter { $0 != Self.missingDay }
            try writeWeather("weather_2016\(zeroPadded(month, 2)).nc", cells, days)
        }
    }

    private func writeWeather(_ name: String, _ grid: Grid, _ days: [Day]) throws {
        func variable(_ name: String, _ unit: String) -> NetCDFWriter.Variable {
            .init(
                name: name, longName: name,
                encoding: OutputEncoding(type: .float32, noData: -9999, unit: unit))
        }
        let writer = try NetCDFWriter(
            path: "\(root)/data/\(name)", grid: grid, times: days.map { TimeStep(day: $0) },
            variables: [variable("rain", "mm"), variable("warmth", "K")])
        func values(_ value: (Int, Int) -> Float) -> RasterBuffer {
            .float32(days.flatMap { day in (0..<36).map { value(day.number, $0) } })
        }
        try writer.write(values { Float(($0 * 7 + $1 * 13) % 23) / 3 }, variable: "rain")
        try writer.write(values { 280 + Float(($0 * 11 + $1 * 5) % 31) / 9 }, variable: "warmth")
        try writer.close()
    }

    private func write(_ name: String, _ grid: Grid, _ value: (Int, Int) -> Float) throws {
        let values = (0..<grid.rows).flatMap { row in (0..<grid.columns).map { value($0, row) } }
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: 16,
            encoding: OutputEncoding(type: .float32, noData: .nan, unit: "", compression: .zstd)
        ).encode(bands: [GeoTIFFBand(description: "", values: .float32(values))])
        try DurableFile.write(bytes, to: "\(root)/data/\(name)")
    }

    private static func grid(_ west: Double, _ north: Double, _ size: Double, _ columns: Int, _ rows: Int)
        -> Grid
    {
        Grid(
            crs: "EPSG:4326", west: west, north: north, pixelWidth: size, pixelHeight: size,
            columns: columns, rows: rows)
    }
}
