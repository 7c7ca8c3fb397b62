import Foundation
import Rasters
import Storage
import Testing
import Tiling

@testable import Covariates

/// Files that open and hold numbers, and are not what their names and the product say.
@Suite struct WrongFileTests {
    private static let grid = degrees(10, 46, 0.25, 4, 4)

    private func production(_ covariates: Covariate..., days: String) throws -> TestProduction {
        try TestProduction(grid: Self.grid, tilePixels: 4, covariates: covariates, days: days)
    }

    /// What the one prepare unit that fails says; the others are done.
    private func failure(_ made: TestProduction, of unit: String) throws -> String {
        let preparation = SourcePreparation(plan: made.plan, run: made.run)
        var said = ""
        for id in made.plan.prepareUnits {
            do {
                _ = try preparation.execute(id)
            } catch {
                #expect(made.plan.name(of: id) == unit, "\(error)")
                said = "\(error)"
            }
        }
        #expect(!said.contains("\n"))
        return said
    }

    private func write(
        _ bands: [(name: String, value: Float)], to path: String, in made: TestProduction,
        grid: Grid = Self.grid, metadata: [String: String] = [:]
    ) throws {
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: 16, encoding: OutputEncoding(type: .float32, noData: .nan, unit: "")
        ).encode(
            bands: bands.map {
                GeoTIFFBand(
                    description: $0.name,
                    values: .float32([Float](repeating: $0.value, count: grid.columns * grid.rows)))
            }, metadata: metadata)
        try DurableFile.write(bytes, to: "\(made.dataRoot)/\(path)")
    }

    /// Each month has a unit of its own: a month that is shifted is held against the one before.
    @Test func rastersOfAMonthThatIsShiftedByHalfACell() throws {
        let made = try production(
            Covariate(name: "x", unit: "1", source: raster("x_{year}{doy}.tif"), outside: .nodata),
            days: "2016-01-30..2016-02-02")
        for doy in 30...33 {
            let grid = doy < 32 ? Self.grid : degrees(10.125, 46, 0.25, 4, 4)
            try write([("", 1)], to: "x_2016\(zeroPadded(doy, 3)).tif", in: made, grid: grid)
        }
        let said = try failure(made, of: "prepare/x/2016-02")
        #expect(
            said.hasPrefix(
                "x_2016032.tif: lies on another grid than the file before it, x_2016031.tif (4 x 4 cells"),
            "\(said)")
    }

    /// The same numbers in another coordinate system: the first file that has it is named, within a month and
    /// at its begin.
    @Test(arguments: [32, 33]) func rastersInAnotherCoordinateSystem(wrong: Int) throws {
        let made = try production(
            Covariate(name: "x", unit: "1", source: raster("x_{year}{doy}.tif"), outside: .nodata),
            days: "2016-01-30..2016-02-02")
        let other = Grid(
            crs: "EPSG:3857", west: 10, north: 46, pixelWidth: 0.25, pixelHeight: 0.25, columns: 4, rows: 4)
        for doy in 30...33 {
            try write(
                [("", 1)], to: "x_2016\(zeroPadded(doy, 3)).tif", in: made,
                grid: doy == wrong ? other : Self.grid)
        }
        let said = try failure(made, of: "prepare/x/2016-02")
        #expect(said.hasPrefix("x_2016\(zeroPadded(wrong, 3)).tif: lies on another grid"), "\(said)")
        #expect(said.contains("in another coordinate system"), "\(said)")
    }

    /// A raster without one value, and one that ends early: told with covariate, day and tile.
    @Test func aFloodAndATornRaster() throws {
        let made = try production(
            Covariate(name: "x", unit: "1", source: raster("x_{year}{doy}.tif"), outside: .nodata),
            Covariate(name: "y", unit: "1", source: .dayOfYear), days: "2016-01-30..2016-02-01")
        for (doy, value) in [(30, 1), (31, Float.nan), (32, 3)] {
            try write([("", value)], to: "x_2016\(zeroPadded(doy, 3)).tif", in: made)
        }
        try made.prepare()
        let tile = Tile(x: 0, y: 0)
        let stack = try made.reader.gather(features: ["x", "y"], tile: tile, days: made.plan.days)
        #expect(
            stack.missing == [
                MissingDay(
                    day: Day("2016-01-31")!,
                    reason: "x: no value on 2016-01-31 on the land of tile x0y0, nor anywhere else in "
                        + "x_2016031.tif")
            ])
        // A pixel under clouds says nothing of its tile.
        let pixel = try made.reader.gather(features: ["x"], tile: tile, pixels: [3], days: made.plan.days)
        #expect(pixel.missing.isEmpty)

        let wide = degrees(10, 46, 0.01, 400, 400)
        var random = SystemRandomNumberGenerator()
        let noise = (0..<160_000).map { _ in Float.random(in: 0...1, using: &random) }
        let torn = try production(
            Covariate(name: "x", unit: "1", source: raster("x_{year}{doy}.tif"), outside: .nodata),
            days: "2016-01-30..2016-01-31")
        let bytes = try GeoTIFFEncoder(
            grid: wide, blockSize: 64, encoding: OutputEncoding(type: .float32, noData: .nan, unit: "")
        ).encode(bands: [GeoTIFFBand(description: "", values: .float32(noise))], metadata: [:])
        try DurableFile.write(bytes, to: "\(torn.dataRoot)/x_2016030.tif")
        try DurableFile.write(Array(bytes.prefix(bytes.count / 20)), to: "\(torn.dataRoot)/x_2016031.tif")
        do {
            try torn.prepare()
            _ = try torn.reader.gather(features: ["x"], tile: tile, days: torn.plan.days)
            Issue.record("the file is torn")
        } catch {
            #expect("\(error)".hasPrefix("x_2016031.tif: "), "\(error)")
            #expect(!"\(error)".contains(torn.dataRoot), "\(error)")
            if "\(error)".contains("cannot read") {
                #expect("\(error)".contains("x of 2016-01-31, tile x0y0: cannot read column"), "\(error)")
            }
        }
    }

    @Test func bandsInAnotherOrder() throws {
        let path = "v_{year}{doy}.tif"
        let made = try production(
            Covariate(name: "a", unit: "1", source: raster(path, band: 1)),
            Covariate(name: "b", unit: "1", source: raster(path, band: 2)), days: "2016-01-01..2016-01-02")
        try write([("NDVI", 1), ("EVI", 2)], to: "v_2016001.tif", in: made)
        try write([("NDVI", 1), ("EVI", 2)], to: "v_2016002.tif", in: made)
        #expect(try failure(made, of: "none").isEmpty)
        try write([("EVI", 2), ("NDVI", 1)], to: "v_2016002.tif", in: made)
        #expect(
            try failure(made, of: "prepare/v/2016-01")
                == "v_2016002.tif: its band 1 is 'EVI', which v_2016001.tif has as band 2: are its bands in "
                + "another order?")
        // Names of covariates say what the product means.
        let soil = try production(
            Covariate(name: "clay", unit: "%", source: raster("soil.tif", band: 1)),
            Covariate(name: "sand", unit: "%", source: raster("soil.tif", band: 2)), days: "2016-01-01")
        try write([("Sand", 1), ("Clay", 2)], to: "soil.tif", in: soil)
        #expect(
            try failure(soil, of: "prepare/soil/all").hasPrefix(
                "soil.tif: its band 1 is 'Sand', which the product has as band 2"))
    }

    /// A file under the name of another day that says itself what it is of, as MODIS granules do.
    @Test func aRasterOfAnotherDay() throws {
        let made = try production(
            Covariate(name: "x", unit: "1", source: raster("x_{year}{doy}.tif", every: 16)),
            days: "2016-01-01..2016-01-20")
        let words = ["RANGEBEGINNINGDATE": "2016-01-01", "RANGEENDINGDATE": "2016-01-16"]
        try write([("", 1)], to: "x_2016001.tif", in: made, metadata: words)
        try write([("", 1)], to: "x_2016017.tif", in: made, metadata: words)
        #expect(
            try failure(made, of: "prepare/x/2016-01")
                == "x_2016017.tif: is of 2016-01-01..2016-01-16 by its own words, and of 2016-01-17 by its "
                + "name: download it again")
    }

    /// 1000 times less is still in the valid range: only the units tell.
    @Test func anotherUnitThanTheFileBefore() throws {
        let made = try production(
            Covariate(
                name: "rain", unit: "mm", source: files("r_{year}{month}.nc", "x"),
                valid: .init(minimum: 0, maximum: 500)), days: "2016-01-30..2016-02-02")
        for (month, first, unit) in [(1, "2016-01-30", "mm"), (2, "2016-02-01", "m")] {
            let path = "\(made.dataRoot)/r_2016\(zeroPadded(month, 2)).nc"
            let number = try #require(Day(first)).number
            guard
                try NcgenFile.write(
                    """
                    dimensions: time = 2 ; lat = 4 ; lon = 4 ;
                    variables: int time(time) ; time:units = "days since 1970-01-01" ;
                    double lat(lat) ; lat:units = "degrees_north" ;
                    double lon(lon) ; lon:units = "degrees_east" ;
                    float x(time, lat, lon) ; x:units = "\(unit)" ;
                    data: time = \(number), \(number + 1) ;
                    lat = 45.875, 45.625, 45.375, 45.125 ; lon = 10.125, 10.375, 10.625, 10.875 ;
                    x = \(Array(repeating: unit == "m" ? "0.004" : "4", count: 32).joined(separator: ", ")) ;
                    """, to: path)
            else { return }
        }
        #expect(
            try failure(made, of: "prepare/r/2016-02")
                == "r_201602.nc: x is in 'm' here and in 'mm' in r_201601.nc: a source has one unit; convert "
                + "one of them")
        let surveyor = CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot)
        #expect(surveyor.survey(days: made.plan.days).first?.fileUnit == "m")
    }

    @Test(arguments: [
        ("mm", "m", true), ("kg m-2", "mm", false), ("K", "degC", true), ("degC", "Celsius", false),
        ("m**3 m**-3", "m3 m-3", false), ("m3 m-3", "%", true), ("", "m", false), ("1", "%", false),
        ("m of water equivalent", "mm", true),
    ])
    func unitsThatDiffer(a: String, b: String, differ: Bool) {
        #expect(DeclaredUnit.differ(a, b) == differ && DeclaredUnit.differ(b, a) == differ)
    }
}
