import Testing
import Tiling

@testable import Covariates

/// A series with gaps, its climatology and its filling, on a made case.
@Suite struct ContinuousTests {
    private static let grid = degrees(10, 50, 0.25, 4, 4)
    private static let period = DayRange("2015-01-01..2016-12-31")!

    /// 15 + 10 cos of the year in whole degrees, as both series have it.
    private static func usual(_ day: Day) -> Float {
        Float(15 + 10 * HarmonicTable.shared.cosine(1, day: min(day.dayOfYear, 365)))
    }

    /// Pixel (0, 0) has gaps every other day, (0, 1) has no value at all, and the file of June 1st is
    /// missing.
    private static func observed(_ day: Day, _ row: Int, _ column: Int) -> Float {
        if row == 0 && column == 1 { return .nan }
        if row == 0 && column == 0 && day.number % 2 == 0 { return .nan }
        return usual(day) + Float(row)
    }

    /// Three degrees above its usual year on July 15th 2016.
    private static func weather(_ day: Day, _ row: Int, _ column: Int) -> Float {
        usual(day) - 5 + (day.iso == "2016-07-15" ? 3 : 0)
    }

    private static func world(_ series: ContinuousSeries, days: String) throws -> TestProduction {
        let made = try TestProduction(
            grid: grid, tilePixels: 16,
            covariates: [
                Covariate(
                    name: "lst", unit: "degC", source: files("lst_{year}{month}.nc", "x"), outside: .nodata),
                Covariate(
                    name: "air", unit: "degC", source: files("air_{year}.nc", "x"), resampling: .bilinear,
                    outside: .nodata),
                Covariate(name: "filled", unit: "degC", source: .continuous(series)),
            ], days: days)
        for block in Calendar.months.blocks(of: period) {
            let days = Calendar.months.days(ofBlock: block, within: period)!
            let kept = days.filter { $0.iso != "2016-06-01" }
            let name = "lst_\(Calendar.months.name(ofBlock: block).replacing("-", with: "")).nc"
            try made.writeNetCDF(name, grid: grid, days: kept, value: observed)
        }
        let wide = degrees(9.5, 50.5, 0.5, 4, 4)
        for year in 2015...2016 {
            let days = DayRange("\(year)-01-01..\(year)-12-31")!
            try made.writeNetCDF("air_\(year).nc", grid: wide, days: Array(days), value: weather)
        }
        try made.prepare()
        let maker = ClimatologyMaker(reader: made.reader, run: made.run)
        for number in made.plan.climatologies.indices {
            _ = try maker.execute(UnitID(stage: .climatology, place: 0, block: number))
        }
        return made
    }

    private static func series(
        mode: ContinuousSeries.Mode = .corrected, fit: HarmonicFitting? = nil, share: Double = 1
    ) -> ContinuousSeries {
        ContinuousSeries(
            observed: "lst", weather: "air", period: period, mode: mode, fit: fit, share: share)
    }

    private static func filled(_ made: TestProduction, _ day: String) throws -> FeatureStack {
        try made.reader.gather(
            features: ["filled"], tile: Tile(x: 0, y: 0), days: DayRange(Day(day)!, through: Day(day)!))
    }

    @Test func thePlanPreparesThePeriodAndMakesTwoClimatologies() throws {
        let made = try Self.world(Self.series(), days: "2016-07-10..2016-07-20")
        #expect(made.plan.climatologies.map(\.name) == ["lst", "air"])
        #expect(made.plan.prepareUnits.count == 24 + 2)
    }

    @Test(arguments: [(1.0, Float(3)), (0.5, 1.5)])
    func observedWhereValidElseTheYearAndTheAnomaly(_ share: Double, _ anomaly: Float) throws {
        let made = try Self.world(Self.series(fit: .lsq, share: share), days: "2016-07-10..2016-07-20")
        for (day, extra) in [("2016-07-15", anomaly), ("2016-07-13", 0), ("2016-07-14", 0)] {
            let date = Day(day)!
            let stack = try Self.filled(made, day)
            #expect(stack.missing.isEmpty)
            for row in 0..<4 {
                for column in 0..<4 {
                    let value = stack.planes["filled"]!.value(
                        pixel: row * 16 + column, day: 0, pixelCount: 256)
                    let observed = Self.observed(date, row, column)
                    if row == 0 && column == 1 {
                        #expect(value.isNaN)
                    } else if observed.isNaN {
                        // The mean of the years has the weather's three degrees half in it, over 365 days.
                        #expect(abs(value - Self.usual(date) - extra) < 0.05)
                    } else {
                        #expect(value == observed)
                    }
                }
            }
        }
    }

    /// Day 15 of June 1st: a day without a file is filled like a day of clouds.
    @Test func aDayWithoutItsFileIsFilled() throws {
        let made = try Self.world(Self.series(), days: "2016-06-01..2016-06-01")
        let stack = try Self.filled(made, "2016-06-01")
        #expect(stack.missing.isEmpty)
        let value = stack.planes["filled"]!.value(pixel: 2 * 16 + 2, day: 0, pixelCount: 256)
        #expect(abs(value - Self.usual(Day("2016-06-01")!) - 2) < 0.05)
    }

    @Test func theLastDayOfLeapYears() throws {
        let published = try Self.world(Self.series(mode: .published), days: "2016-12-30..2016-12-31")
        let lost = try Self.filled(published, "2016-12-31")
        #expect(lost.missing.count == 1)
        #expect(lost.planes["filled"]!.value(pixel: 50, day: 0, pixelCount: 256).isNaN)
        let before = try Self.filled(published, "2016-12-30")
        #expect(before.missing.isEmpty)
        let corrected = try Self.world(Self.series(), days: "2016-12-30..2016-12-31")
        let kept = try Self.filled(corrected, "2016-12-31")
        #expect(kept.missing.isEmpty)
        #expect(abs(kept.planes["filled"]!.value(pixel: 0, day: 0, pixelCount: 256) - 25) < 0.05)
    }

    @Test func thePeriodIsReadInWholeYears() {
        let climatology = PlannedClimatology(
            name: "x", covariate: "x", period: DayRange("2015-06-01..2016-12-31")!, mode: .corrected,
            fit: .lsq, sources: [])
        #expect(
            climatology.runs(ofYearDays: 342...365).map(\.description)
                == ["2015-12-08..2015-12-31", "2016-12-07..2016-12-31"])
        #expect(climatology.runs(ofYearDays: 1...31).map(\.description) == ["2016-01-01..2016-01-31"])
    }
}
