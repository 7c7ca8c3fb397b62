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
