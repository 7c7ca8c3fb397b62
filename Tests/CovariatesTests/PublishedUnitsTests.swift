import Testing
import Tiling

@testable import Covariates

/// The units and the order of rules that the published forests were trained with, on numbers worked out by
/// hand: from what the archives store to what the forest sees.
@Suite struct PublishedUnitsTests {
    private static let grid = degrees(10, 20, 0.25, 4, 4)

    /// Gathers pixel 0 of covariates whose rasters hold one stored number each.
    private func values(_ covariates: [Covariate], stored: [String: [Float]]) throws -> [String: Float] {
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 4, covariates: covariates, days: "2016-07-01")
        for (path, bands) in stored {
            try made.writeRaster(
                path, grid: Self.grid, bands: bands.map { [Float](repeating: $0, count: 16) })
        }
        try made.prepare()
        let stack = try made.reader.gather(
            features: covariates.map(\.name), tile: Tile(x: 0, y: 0), days: made.plan.days)
        return Dictionary(
            uniqueKeysWithValues: covariates.map {
                ($0.name, stack.value(of: $0.name, pixel: 0, day: 0) ?? .nan)
            })
    }

    private func soil(_ name: String, _ unit: String, _ path: String, scale: Double, offset: Double = 0)
        -> Covariate
    {
        Covariate(name: name, unit: unit, source: raster(path), scale: scale, offset: offset)
    }

    /// SoilGrids stores g/kg, cg/cm3 and dg/kg.
    @Test func soilOfSoilGrids() throws {
        let found = try values(
            [
                soil("clay", "%", "clay.tif", scale: 0.1),
                soil("porosity", "1", "bdod.tif", scale: -1.0 / 265, offset: 1),
                soil("omc", "%", "soc.tif", scale: 0.01724),
            ],
            stored: ["clay.tif": [243], "bdod.tif": [132], "soc.tif": [150]])
        let expected: [String: Double] = [
            "clay": 24.3,
            // 1 - 1.32 / 2.65
            "porosity": 0.5018867924528302,
            // 150 dg/kg are 1.5 % of carbon, times 1.724
            "omc": 2.586,
        ]
        for (name, value) in expected {
            #expect(abs(Double(found[name] ?? .nan) - value) < 1e-6, "\(name)")
        }
    }

    /// MOD11A1: 0.02 K; the mean in degrees Celsius, the difference in K.
    @Test func meanAndDifferenceOfDayAndNight() throws {
        let path = "lst_{year}{doy}.tif"
        let valid = Covariate.ValidRange(minimum: 150, maximum: 1310.7)
        let pool = [
            Covariate(name: "day", unit: "K", source: raster(path), scale: 0.02, valid: valid),
            Covariate(name: "night", unit: "K", source: raster(path, band: 2), scale: 0.02, valid: valid),
            Covariate(name: "LST_DAILY", unit: "degC", source: .mean("day", "night"), offset: -273.15),
            Covariate(name: "LST_Diff", unit: "K", source: .difference("day", "night")),
        ]
        let found = try values(pool, stored: ["lst_2016183.tif": [15_500, 14_250]])
        // 310 K and 285 K.
        #expect(found["day"] == 310 && found["night"] == 285)
        #expect(abs((found["LST_DAILY"] ?? .nan) - 24.35) < 1e-5)
        #expect(found["LST_Diff"] == 25)
        // Fill is 0, which is below the valid 7500; one missing half makes both results missing.
        let cloudy = try values(pool, stored: ["lst_2016183.tif": [15_500, 0]])
        #expect(cloudy["day"] == 310 && cloudy["night"]?.isNaN == true)
        #expect(cloudy["LST_DAILY"]?.isNaN == true && cloudy["LST_Diff"]?.isNaN == true)
    }

    /// `valid` is in the unit after `scale`: a rule for stored numbers would turn all of these away.
    @Test func validComesAfterScaleAndBeforeTheMean() throws {
        let lai = Covariate(
            name: "lai", unit: "m2 m-2", source: raster("lai.tif"), scale: 0.1,
            valid: .init(minimum: 0, maximum: 10), resampling: .average)
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 4, covariates: [lai], days: "2016-07-01")
        // Four cells of 500 m under each pixel; 255 is fill, 249 and above are classes of surface.
        let fine = degrees(10, 20, 0.125, 8, 8)
        try made.writeRaster(
            "lai.tif", grid: fine,
            bands: [(0..<64).map { ($0 / 8 % 2, $0 % 2) == (0, 0) ? 253 : Float(10 + 10 * ($0 % 2)) }])
        try made.prepare()
        let stack = try made.reader.gather(
            features: ["lai"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        // 2 and 2 of the right column, 1 of the left: the fill has no part in the mean.
        let found = try #require(stack.value(of: "lai", pixel: 0, day: 0))
        #expect(abs(found - 5 / 3.0) < 1e-6)
    }
}
