import Foundation
import Rasters
import Testing
import Tiling

@testable import Covariates

/// Land-surface temperature of Yanco, 60 days of 2016 of which 42 % of the cells are hidden, filled with the
/// climatology of what is visible and held against the truth. Sixty days are no climatology: the case shows
/// that the parts work together, not how well the method does.
@Suite struct YancoFillTests {
    /// Over the hidden cells: how many, how many of them are filled, and the scores of those.
    struct Scores {
        var hidden = 0
        var filled = 0
        var rootMeanSquare = 0.0
        var rSquared = 0.0
    }

    static func scores(_ fit: HarmonicFitting) throws -> Scores {
        let grid = degrees(146, -34.65, 0.01, 45, 40)
        let days = "2016-01-15..2016-03-14"
        let made = try TestProduction(
            grid: grid, tilePixels: 48,
            covariates: [
                Covariate(
                    name: "lst", unit: "degC", source: raster("daily/lst_2016/LST_{year}{doy}.tif"),
                    offset: -273.15, outside: .nodata),
                Covariate(
                    name: "tavg", unit: "degC", source: files("daily/meteo_{year}.nc", "tavg"),
                    resampling: .bilinear, outside: .nodata),
                Covariate(
                    name: "filled", unit: "degC",
                    source: .continuous(
                        ContinuousSeries(
                            observed: "lst", weather: "tavg", period: DayRange(days)!, fit: fit))),
                Covariate(
                    name: "truth", unit: "degC", source: raster("truth/lst_2016/LST_{year}{doy}.tif"),
                    offset: -273.15, outside: .nodata),
            ], days: days, dataRoot: YancoTests.folder)
        try made.prepare()
        let maker = ClimatologyMaker(reader: made.reader, run: made.run)
        for number in made.plan.climatologies.indices {
            _ = try maker.execute(UnitID(stage: .climatology, place: 0, block: number))
        }
        let stack = try made.reader.gather(
            features: ["lst", "filled", "truth"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        var scores = Scores()
        var pairs: [(found: Double, truth: Double)] = []
        for day in 0..<made.plan.days.count {
            for pixel in 0..<48 * 48 where pixel % 48 < 45 && pixel / 48 < 40 {
                func value(_ name: String) -> Float {
                    stack.planes[name]!.value(pixel: pixel, day: day, pixelCount: 48 * 48)
                }
                let (seen, found, truth) = (value("lst"), value("filled"), value("truth"))
                guard seen.isNaN else {
                    #expect(found == seen, "what is visible stays")
                    continue
                }
                scores.hidden += 1
                guard !found.isNaN else { continue }
                scores.filled += 1
                pairs.append((Double(found), Double(truth)))
            }
        }
        let mean = pairs.reduce(0) { $0 + $1.truth } / Double(pairs.count)
        let errors = pairs.reduce(0) { $0 + ($1.found - $1.truth) * ($1.found - $1.truth) }
        let spread = pairs.reduce(0) { $0 + ($1.truth - mean) * ($1.truth - mean) }
        scores.rootMeanSquare = (errors / Double(pairs.count)).squareRoot()
        scores.rSquared = 1 - errors / spread
        return scores
    }

    /// The figures of an independent implementation (numpy, rasterio, LAPACK) of the same formulas.
    @Test(
        .enabled(if: YancoTests.folder != nil),
        arguments: [
            (HarmonicFitting.published, 45_369, 4.6263, -0.9169), (.lsq, 41_003, 3.2740, 0.0431),
        ])
    func hiddenCells(
        _ fit: HarmonicFitting, _ filled: Int, _ rootMeanSquare: Double, _ rSquared: Double
    ) throws {
        let scores = try Self.scores(fit)
        print("Yanco LST, \(fit): \(scores)")
        #expect(scores.hidden == 45_369)
        #expect(scores.filled == filled)
        #expect(abs(scores.rootMeanSquare - rootMeanSquare) < 0.01)
        #expect(abs(scores.rSquared - rSquared) < 0.01)
    }
}
