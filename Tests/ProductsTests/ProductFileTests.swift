import Foundation
import Products
import Testing
import Tiling

/// What good files become.
@Suite struct ProductFileTests {
    /// The example of the design, without what a later version reads.
    @Test func everyKey() throws {
        let file = try ProductText.load(Self.everything)
        let product = file.product
        #expect(product.name == "gssm1km")
        #expect(product.grid == Grid.presets["gssm1km"])
        #expect(product.period == DayRange("2000-03-05..2020-12-31"))
        #expect(product.unit == .months)
        #expect(product.tilePixels == 240)
        #expect(product.mask == LandMask(path: "static/land.tif"))
        #expect(product.missing == .fail)
        #expect(product.covariates == Self.covariates)
        #expect(
            product.layers == [
                Layer(
                    name: "surface", depth: [0, 0.05], model: "forests/gssm1km.forest",
                    features: ["apei", "elevation", "ndvi", "LST_Diff", "lat", "lon", "doy"]),
                Layer(name: "root", model: "forests/root.forest", features: ["LST_DAILY"]),
            ])
        #expect(
            product.output
                == OutputEncoding(
                    type: .int16, scale: 0.001, offset: 0.5, noData: -999, unit: "m3 m-3",
                    compression: .deflate))
        #expect(file.lines["ndvi"] == 20)
        #expect(file.text == Array(Self.everything.utf8))
    }

    @Test func defaultsAreThoseOfTheTypes() throws {
        let product = try ProductText.load(ProductText.good).product
        #expect(product.unit == .months)
        #expect(product.tilePixels == 480)
        #expect(product.mask == nil)
        #expect(product.missing == .nodata)
        let source = Covariate.Source.files(
            FileSource(path: PathTemplate("clay.tif"), content: .raster(band: 1)))
        #expect(product.covariates[0] == Covariate(name: "clay", unit: "%", source: source))
        #expect(product.output == OutputEncoding(type: .uint16, scale: 0.001, noData: 65535, unit: "m3 m-3"))
    }

    @Test func orderOfKeysIsFree() throws {
        let blocks = ProductText.good.split(separator: "\n").reduce(into: [String]()) { blocks, line in
            if line.hasPrefix(" ") {
                blocks[blocks.count - 1] += "\n\(line)"
            } else {
                blocks.append(String(line))
            }
        }
        let backward = try ProductText.load(blocks.reversed().joined(separator: "\n")).product
        #expect(try backward == ProductText.load(ProductText.good).product)
    }

    @Test(arguments: [
        (
            #"{crs: "EPSG:4326", west: 146, east: 147, south: -35.3, north: -34.3, pixel: "1/120"}"#, 120,
            120, 1 / 120.0
        ),
        ("{crs: EPSG:4326, west: 146, east: 147, south: -35.3, north: -34.3, pixel: 0.01}", 100, 100, 0.01),
        (
            "{crs: EPSG:4326, west: -180, east: 180, south: -90, north: 90, pixel: 1/120}", 43_200, 21_600,
            1 / 120.0
        ),
        ("{crs: EPSG:6933, west: -1000, north: 0, pixel: [1000, 500], columns: 7, rows: 9}", 7, 9, 1000),
    ])
    func gridsSpelledOut(_ text: String, _ columns: Int, _ rows: Int, _ pixelWidth: Double) throws {
        let good = #"{crs: "EPSG:4326", west: 10, east: 12, south: 40, north: 41, pixel: "1/10"}"#
        let grid = try ProductText.load(ProductText.replacing(good, with: text)).product.grid
        #expect(grid.columns == columns)
        #expect(grid.rows == rows)
        #expect(grid.pixelWidth == pixelWidth)
        #expect(grid.pixelHeight == (columns == 7 ? 500 : pixelWidth))
    }

    @Test func floatMapsMayHaveNaN() throws {
        let text = try ProductText.replacing(
            "type: uint16, scale: 0.001, nodata: 65535", with: "type: float32, nodata: nan")
        #expect(try ProductText.load(text).product.output.noData.isNaN)
    }

    /// Every product in Configs is right.
    @Test func configsParse() throws {
        let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent()
        let configs = repository.appending(path: "Configs").path
        let names = try FileManager.default.contentsOfDirectory(atPath: configs).filter {
            $0.hasSuffix(".yaml")
        }
        #expect(names.contains("yanco.yaml"))
        for name in names { _ = try ProductFile.load(path: "\(configs)/\(name)") }
        let yanco = try ProductFile.load(path: "\(configs)/yanco.yaml").product
        #expect(yanco.tiles.tileCount == 9)
        #expect(
            yanco.layers[0].features == ["dem", "silt", "awc", "rain", "tavg", "vpd", "srad", "ndvi", "api"])
        #expect(
            yanco.covariate(named: "api")?.derivation == .antecedentIndex(terms: 34, decay: 0.91, scale: 1))
        #expect(yanco.featureNames.count == yanco.covariates.count, "no covariate is there for nothing")
    }

    private static let everything = """
        name: gssm1km
        grid: gssm1km
        period: 2000-03-05..2020-12-31
        unit: month                       # or a number of days
        tile: 240
        mask: {source: static/land.tif}
        covariates:
          - name: apei                    # 1000 * sum_{i=0..33} 0.91^i (P + E), mm
            unit: mm
            source: {netcdf: "era5land/{year}/era5land_{year}{month}.nc", variable: [tp, e]}
            derive: {antecedent-index: {terms: 34, decay: 0.91}, scale: 1000}
            resample: nearest
            outside: nodata
          - name: elevation
            unit: m
            source: {raster: static/elevation.tif, band: 2}
            resample: bilinear
            scale: 1/10
            offset: -3
          - name: ndvi
            unit: "1"
            source: {raster: "ndvi/NDVI_{year}{doy}.tif", every: 16}
            interpolate: linear
            valid: [-0.2, 1]
          - {name: week, unit: mm, source: {netcdf: rain.nc, variable: tp}, derive: {running-sum: 7}}
          - {name: wet, unit: mm, source: {netcdf: rain.nc, variable: tp}, derive: {antecedent-index: {}}}
          - {name: day, unit: K, source: {raster: "lst/{year}{month}{day}.tif"}, resample: average}
          - {name: night, unit: K, source: {raster: "lst/{year}{month}{day}.tif", band: 2}}
          - {name: LST_DAILY, unit: K, source: {mean: [day, night]}, offset: -273.15}
          - {name: LST_Diff, unit: K, source: {difference: [day, night]}}
          - {name: lat, unit: degrees_north, source: lat}
          - {name: lon, unit: degrees_east, source: lon}
          - {name: doy, unit: 1, source: day-of-year}
        layers:
          - name: surface
            depth: [0, 0.05]
            model: forests/gssm1km.forest
            features: [apei, elevation, ndvi, LST_Diff, lat, lon, doy]
          - {name: root, model: forests/root.forest, features: [LST_DAILY]}
        output: {type: int16, scale: 0.001, offset: 0.5, nodata: -999, unit: "m3 m-3", compress: deflate}
        missing: fail

        """

    private static let covariates: [Covariate] = [
        Covariate(
            name: "apei", unit: "mm",
            source: netCDF("era5land/{year}/era5land_{year}{month}.nc", "tp", "e"),
            derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1000), outside: .nodata),
        Covariate(
            name: "elevation", unit: "m", source: raster("static/elevation.tif", band: 2), scale: 0.1,
            offset: -3,
            resampling: .bilinear),
        Covariate(
            name: "ndvi", unit: "1", source: raster("ndvi/NDVI_{year}{doy}.tif", everyDays: 16),
            valid: .init(minimum: -0.2, maximum: 1), interpolation: .linear),
        Covariate(
            name: "week", unit: "mm", source: netCDF("rain.nc", "tp"), derivation: .runningSum(days: 7)),
        Covariate(
            name: "wet", unit: "mm", source: netCDF("rain.nc", "tp"),
            derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1)),
        Covariate(name: "day", unit: "K", source: raster("lst/{year}{month}{day}.tif"), resampling: .average),
        Covariate(name: "night", unit: "K", source: raster("lst/{year}{month}{day}.tif", band: 2)),
        Covariate(name: "LST_DAILY", unit: "K", source: .mean("day", "night"), offset: -273.15),
        Covariate(name: "LST_Diff", unit: "K", source: .difference("day", "night")),
        Covariate(name: "lat", unit: "degrees_north", source: .latitude),
        Covariate(name: "lon", unit: "degrees_east", source: .longitude),
        Covariate(name: "doy", unit: "1", source: .dayOfYear),
    ]

    private static func raster(_ path: String, band: Int = 1, everyDays: Int = 1) -> Covariate.Source {
        .files(FileSource(path: PathTemplate(path), content: .raster(band: band), everyDays: everyDays))
    }

    private static func netCDF(_ path: String, _ variables: String...) -> Covariate.Source {
        .files(FileSource(path: PathTemplate(path), content: .netCDF(variables: variables)))
    }
}
