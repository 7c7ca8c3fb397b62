import Foundation
import Rasters
import Storage
import Tiling

@testable import Covariates

/// A small product with a data folder and a run of its own, removed at the end of the test.
final class TestProduction {
    let root: String
    var plan: RunPlan
    let run: RunDirectory

    var dataRoot: String { plan.dataRoot }
    var reader: CovariateReader { CovariateReader(plan: plan, run: run) }

    /// With `dataRoot` an existing folder is read instead of one of its own.
    init(
        grid: Grid, tilePixels: Int, covariates: [Covariate], days: String, missing: MissingRule = .nodata,
        mask: String? = nil, dataRoot: String? = nil
    ) throws {
        root =
            FileManager.default.temporaryDirectory.appending(path: "tilth-covariates-\(UUID().uuidString)")
            .path
        let days = DayRange(days)!
        let product = Product(
            name: "test", grid: grid, period: days, tilePixels: tilePixels,
            mask: mask.map { LandMask(path: $0) },
            covariates: covariates,
            layers: [Layer(name: "surface", model: "forest", features: covariates.map(\.name))],
            output: OutputEncoding(type: .float32, noData: -9999, unit: "1"), missing: missing)
        plan = RunPlan(
            product: product, recipe: Digest(of: "recipe"), dataRoot: dataRoot ?? root + "/data", days: days,
            tiles: [],
            sources: PlannedSource.sources(of: covariates), forests: [:], software: "test")
        run = RunDirectory(root + "/run")
        try run.create()
    }

    /// Plans every tile that has land, as a run of maps does.
    func planTiles() throws {
        let all = Array(0..<plan.product.tiles.tileCount)
        let counts = try LandSurvey(product: plan.product, dataRoot: dataRoot).landPixelCounts(ofTiles: all)
        plan.tiles = zip(all, counts).filter { $0.1 > 0 }.map {
            PlannedTile(index: $0.0, landPixelCount: $0.1)
        }
    }

    /// What the prepare units that fail say; the others are done.
    func failures() -> [String] {
        let preparation = SourcePreparation(plan: plan, run: run)
        return plan.prepareUnits.compactMap { unit in
            do {
                _ = try preparation.execute(unit)
                return nil
            } catch {
                return "\(plan.name(of: unit)): \(error)"
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Runs all prepare units.
    @discardableResult
    func prepare() throws -> [SourcePreparation.Result] {
        let preparation = SourcePreparation(plan: plan, run: run)
        return try plan.prepareUnits.map(preparation.execute)
    }

    /// Writes bands as a float32 GeoTIFF into the data folder.
    func writeRaster(_ path: String, grid: Grid, bands: [[Float]], blockSize: Int = 16) throws {
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: blockSize,
            encoding: OutputEncoding(type: .float32, noData: .nan, unit: "", compression: .zstd)
        ).encode(bands: bands.map { GeoTIFFBand(description: "", values: .float32($0)) })
        try DurableFile.write(bytes, to: "\(dataRoot)/\(path)")
    }

    /// Writes a netCDF file with a step per day; a value is `value(day number, row, column)`.
    func writeNetCDF(
        _ path: String, grid: Grid, days: [Day], variables: [String] = ["x"],
        value: (Day, Int, Int) -> Float
    ) throws {
        let values = days.flatMap { day in
            (0..<grid.rows).flatMap { row in (0..<grid.columns).map { value(day, row, $0) } }
        }
        try ClassicNetCDF(
            longitudes: (0..<grid.columns).map(grid.centerX), latitudes: (0..<grid.rows).map(grid.centerY),
            times: days.map { Double($0.number) }, variables: variables.map { ($0, values) }
        ).write(to: "\(dataRoot)/\(path)")
    }
}

func degrees(_ west: Double, _ north: Double, _ size: Double, _ columns: Int, _ rows: Int) -> Grid {
    Grid(
        crs: "EPSG:4326", west: west, north: north, pixelWidth: size, pixelHeight: size, columns: columns,
        rows: rows)
}

func files(_ path: String, _ variables: String..., every: Int = 1) -> Covariate.Source {
    .files(FileSource(path: PathTemplate(path), content: .netCDF(variables: variables), everyDays: every))
}

/// A variable of hours.
func hourly(_ path: String, _ variables: String..., daily: DailyRule) -> Covariate.Source {
    .files(FileSource(path: PathTemplate(path), content: .netCDF(variables: variables), daily: daily))
}

func raster(_ path: String, band: Int = 1, every: Int = 1) -> Covariate.Source {
    .files(FileSource(path: PathTemplate(path), content: .raster(band: band), everyDays: every))
}

/// Bits, so that missing values compare too.
func bits(_ plane: CovariatePlane?, pixel: Int, day: Int, pixelCount: Int) -> UInt32? {
    plane?.value(pixel: pixel, day: day, pixelCount: pixelCount).bitPattern
}
