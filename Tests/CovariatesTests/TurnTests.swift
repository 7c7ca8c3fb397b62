import Foundation
import Testing
import Tiling

@testable import Covariates

/// Rasters whose rows or columns run the other way than their georeference says.
@Suite struct TurnTests {
    private static let side = 96
    private static let grid = degrees(10, 46, 0.05, side, side)

    /// An island in the north-west, whose mirror images are other land.
    private static func isLand(_ row: Int, _ column: Int) -> Bool {
        let (y, x) = (Double(row) - 30, Double(column) - 36)
        return y * y + x * x < 780 || row > 60 && row < 70 && column > 70
    }

    /// A relief that does not repeat, 0...1.
    private static func relief(_ row: Int, _ column: Int) -> Float {
        Float((row * 7919 + column * 104_729 + row * column * 31) % 1009) / 1009
    }

    private func turned(_ values: [Float], _ turn: RasterTurn?) -> [Float] {
        guard let turn else { return values }
        return values.indices.map { place in
            let cell = turn.turned(
                (place % Self.side, place / Self.side), columns: Self.side, rows: Self.side)
            return values[cell.row * Self.side + cell.column]
        }
    }

    private static let clay = (0..<side * side).map { place in
        isLand(place / side, place % side) ? 10 + 30 * relief(place / side, place % side) : Float.nan
    }

    private func island(_ covariate: Covariate) throws -> TestProduction {
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 32, covariates: [covariate], days: "2016-01-01..2016-01-02",
            mask: "land.tif")
        try made.writeRaster(
            "land.tif", grid: Self.grid, bands: [Self.clay.map { $0.isNaN ? 0 : 1 }])
        try made.planTiles()
        return made
    }

    @Test(arguments: [
        (RasterTurn.upsideDown, "upside down"), (.mirrored, "mirrored, east for west"),
        (.both, "turned by 180 degrees"),
    ])
    func aRasterAgainstTheMask(turn: RasterTurn, words: String) throws {
        let made = try island(
            Covariate(name: "clay", unit: "%", source: raster("clay.tif"), outside: .nodata))
        try made.writeRaster("clay.tif", grid: Self.grid, bands: [Self.clay])
        #expect(made.failures() == [])
        try made.writeRaster("clay.tif", grid: Self.grid, bands: [turned(Self.clay, turn)])
        let said = made.failures()
        #expect(said.count == 1)
        let line = try #require(said.first)
        #expect(line.hasPrefix("prepare/clay/all: clay.tif: clay lies \(words): as it is, "), "\(line)")
        #expect(
            line.hasSuffix(
                "turned 100 %: its rows or columns run the other way than its georeference says"), "\(line)")
    }

    /// No values at sea is a habit, no rule: rasters without any gap, and with other gaps, are let through.
    @Test func whatTheMaskCannotTellStays() throws {
        let made = try island(
            Covariate(name: "clay", unit: "%", source: raster("clay.tif"), outside: .nodata))
        let whole = (0..<Self.side * Self.side).map { Self.relief($0 / Self.side, $0 % Self.side) }
        let gappy = zip(Self.clay, whole).map { $1 < 0.5 ? $0 : .nan }
        let sea = zip(Self.clay, whole).map { $0.isNaN ? $1 : .nan }
        for values in [whole, gappy, sea, whole.map { _ in .nan }, whole.map { _ in 1 }] {
            try made.writeRaster("clay.tif", grid: Self.grid, bands: [values])
            #expect(made.failures() == [])
        }
    }

    private func series(turned wrong: (Int) -> RasterTurn?, value: (Int, Int, Int) -> Float) throws
        -> FeatureStack
    {
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 48,
            covariates: [Covariate(name: "lst", unit: "K", source: raster("l_{year}{doy}.tif"))],
            days: "2016-01-01..2016-01-09")
        for doy in 1...9 {
            let values = (0..<Self.side * Self.side).map { value(doy, $0 / Self.side, $0 % Self.side) }
            try made.writeRaster("l_201600\(doy).tif", grid: Self.grid, bands: [turned(values, wrong(doy))])
        }
        try made.prepare()
        return try made.reader.gather(features: ["lst"], tile: Tile(x: 1, y: 0), days: made.plan.days)
    }

    /// One day of a series, whose relief persists under clouds that do not.
    @Test func aDayAgainstTheOtherDays() throws {
        let clouded: (Int, Int, Int) -> Float = { doy, row, column in
            (row * 31 + column * 17 + doy * 7) % 5 == 0
                ? .nan
                : 280 + Float(doy) + 10 * Self.relief(row, column)
                    + 2 * Self.relief(row + 13 * doy, column + 7 * doy)
        }
        #expect(try series(turned: { _ in nil }, value: clouded).missing.isEmpty)
        for (turn, words) in [(RasterTurn.upsideDown, "upside down"), (.mirrored, "mirrored, east for west")]
        {
            let stack = try series(turned: { $0 == 4 ? turn : nil }, value: clouded)
            #expect(
                stack.missing == [
                    MissingDay(
                        day: Day("2016-01-04")!,
                        reason: "lst of 2016-01-04, tile x1y0: l_2016004.tif lies \(words), beside other days"
                    )
                ])
            #expect(try #require(stack.value(of: "lst", pixel: 1, day: 4)).isFinite)
        }
    }

    /// Another origin than the georeference says.
    @Test(arguments: [
        (3, 0, "3 cells too far east"), (-2, 5, "2 cells too far west and 5 cells too far south"),
        (0, -8, "8 cells too far north"),
    ])
    func aDayThatIsShifted(columns: Int, rows: Int, words: String) throws {
        let stack = try series(turned: { _ in nil }) { doy, row, column in
            let (row, column) = doy == 7 ? (row - rows, column - columns) : (row, column)
            return 290 + Self.relief(row + 50, column + 50) + 0.1 * Self.relief(row + doy, column + 99)
        }
        #expect(
            stack.missing == [
                MissingDay(
                    day: Day("2016-01-07")!,
                    reason: "lst of 2016-01-07, tile x1y0: l_2016007.tif lies \(words), beside other days")
            ])
    }

    /// Weather moves, snow hides, plains are flat: a day unlike the others is no turned one.
    @Test func daysThatDifferStay() throws {
        let weather: (Int, Int, Int) -> Float = { doy, row, column in
            Self.relief(row + 11 * doy, column + 29 * doy)
        }
        let snow: (Int, Int, Int) -> Float = { doy, row, column in
            doy == 5 ? Self.relief(row + 500, column + 500) : Self.relief(row, column)
        }
        for value in [weather, snow, { _, _, _ in 280 }, { doy, row, _ in Float(row * (doy == 3 ? -1 : 1)) }]
        {
            #expect(try series(turned: { _ in nil }, value: value).missing.isEmpty)
        }
    }

    /// A month whose file is turned, beside the file before it.
    @Test func aMonthAgainstTheFileBefore() throws {
        for flips in [false, true] {
            let made = try TestProduction(
                grid: Self.grid, tilePixels: 48,
                covariates: [Covariate(name: "sm", unit: "1", source: files("s_{year}{month}.nc", "x"))],
                days: "2016-01-30..2016-02-06")
            for (month, first, count) in [(1, "2016-01-30", 2), (2, "2016-02-01", 6)] {
                let days = (0..<count).map { Day(first)! + $0 }
                try made.writeNetCDF("s_20160\(month).nc", grid: Self.grid, days: days) { day, row, column in
                    Self.relief(flips && month == 2 ? Self.side - 1 - row : row, column)
                        + 0.1 * Self.relief(row + day.number, column)
                }
            }
            #expect(
                made.failures()
                    == (flips
                        ? [
                            "prepare/s/2016-02: s_201602.nc: x of 2016-02-01: the file before it, "
                                + "s_201601.nc, lies upside down, beside it: one of them does not lie where "
                                + "it says"
                        ] : []))
        }
    }
}
