import Foundation
import Testing
import Tiling

@testable import Stations

/// Days counted from 2016-01-01.
func day(_ offset: Int) -> Day { Day(year: 2016, month: 1, day: 1)! + offset }

func station(_ name: String, _ latitude: Double = 0.5, _ longitude: Double = 0.5, network: String = "N")
    -> Station
{
    Station(id: .init(network: network, name: name), latitude: latitude, longitude: longitude)
}

private func same(_ a: [Double], _ b: [Double], tolerance: Double = 1e-12) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) <= tolerance }
}

@Suite struct DailyTests {
    @Test(arguments: SmallTable.cases("gap-fill.txt")) func gapFill(_ row: SmallTable.Case) throws {
        func hourly(_ days: [Double]) -> HourlySeries {
            let empty = [Double](repeating: .nan, count: 23)
            return HourlySeries(firstHour: 7, values: days.flatMap { [$0] + empty })
        }
        let days = try #require(row.numbers("days"))
        let rule: GapFill.Rule = row.entries["rule"] == ["regress"] ? .regress : .interpolate
        let filled = GapFill(rule: rule).filled(hourly(days))
        // A run of nine days at one hour lies within ten empty days of the clock: SMCI's long gap.
        let open = try #require(row.numbers("filled"))
        #expect(same(filled.values, hourly(open).values), "line \(row.line): \(filled.values)")
    }

    @Test func screeningRemovesOnlyTheFlagsThatAreNamed() {
        let series = HourlySeries(firstHour: 0, values: [0.1, 0.2, 0.3, 0.4])
        let flags: [QualityFlags] = [[], .d02, [.d03, .d05], .c02]
        let screened = GapFill.screened(series, flags: flags)
        #expect(same(screened.values, [0.1, 0.2, .nan, .nan]), "SMCI keeps frosty air")
        #expect(same(GapFill.screened(series, flags: flags, removing: .all).values, [0.1, .nan, .nan, .nan]))
    }

    @Test func dailyMeansAreThoseOfUTCDays() {
        let first = day(0).number * 24 - 1
        let values = [0.9] + [Double](repeating: 0.2, count: 12) + [Double](repeating: 0.4, count: 12) + [0.8]
        let daily = DailySeries(meanOf: HourlySeries(firstHour: first, values: values))
        #expect(daily.first == day(-1) && same(daily.values, [0.9, 0.3, 0.8]))
        let strict = DailySeries(meanOf: HourlySeries(firstHour: first, values: values), hoursMin: 12)
        #expect(same(strict.values, [.nan, 0.3, .nan]))
        #expect(strict[day(0)] == daily[day(0)] && strict[day(99)].isNaN && strict.validCount == 1)
    }

    @Test func stationsOfOneCellBecomeTheirMean() throws {
        let grid = Grid(
            crs: "EPSG:4326", west: 0, north: 2, pixelWidth: 1, pixelHeight: 1, columns: 2, rows: 2)
        let depth = DepthRange(from: 0.1, to: 0.1)
        func member(_ station: Station, _ first: Int, _ values: [Double], _ depth: DepthRange = depth)
            -> CellMean.Member
        {
            .init(station: station, depth: depth, daily: DailySeries(first: day(first), values: values))
        }
        let a = station("a", 0.2, 0.2)
        let (cells, issues) = try CellMean.cells(
            [
                member(station("far", 5, 5), 0, [0.9]), member(station("b", 0.8, 0.8), 1, [0.4, .nan, 0.2]),
                member(a, 0, [0.2, 0.2, 0.2]), member(a, 0, [0.4, 0.4, 0.4]),
                member(a, 0, [0.1], DepthRange(from: 0.3, to: 0.3)), member(station("c", 1.5, 1.5), 0, [0.7]),
            ], grid: grid)
        #expect(
            cells.map(\.pixel) == [
                Pixel(column: 1, row: 0), Pixel(column: 0, row: 1), Pixel(column: 0, row: 1),
            ])
        #expect(cells[1].stations.map(\.id.name) == ["a", "b"], "two sensors of a station count once")
        #expect(same(cells[1].daily.values, [0.3, 0.35, 0.3, 0.2]) && cells[1].daily.first == day(0))
        #expect(cells[2].depth == DepthRange(from: 0.3, to: 0.3))
        #expect(
            issues.map(\.description) == [
                "N/far: latitude 5.0, longitude 5.0 is outside the grid (x 0.0...2.0, y 0.0...2.0): skipped"
            ])
    }

    @Test func stationsFallIntoProjectedGrids() throws {
        let grid = try #require(Grid.presets["ease2-1km"])
        let (pixels, issues) = try CellMean.pixels(
            of: [station("p", 0, 0), station("n", 89.9, 0)], grid: grid)
        #expect(pixels[.init(network: "N", name: "p")]?.column == 17_352)
        #expect(issues.count == 1, "EASE-Grid 2.0 ends at 85 degrees")
    }

    @Test func matchedSeriesHaveTheMomentsOfTheReference() throws {
        let own = DailySeries(first: day(0), values: [0.1, 0.2, .nan, 0.4, 0.3])
        let reference = DailySeries(first: day(1), values: [0.30, 0.35, 0.32, 0.40, 0.5])
        let match = try MomentMatch(of: own, to: reference, name: "s")
        #expect(match.dayCount == 3)
        let matched = match.applied(to: own)
        let common = [1, 3, 4].map { matched[day($0)] }
        let target = [0.30, 0.32, 0.40]
        let (got, wanted) = (Moments(common), Moments(target))
        #expect(abs(got.mean - wanted.mean) < 1e-15)
        #expect(abs(got.populationVariance - wanted.populationVariance) < 1e-15)
        #expect(matched[day(2)].isNaN && matched.first == day(0))
        // By hand: mean 0.3, deviation sqrt(0.02 / 3); reference mean 0.34, deviation sqrt(0.0056 / 3).
        #expect(abs(matched[day(0)] - (0.34 - 0.2 * (0.0056 / 0.02).squareRoot())) < 1e-12)
        let raw = Scores(predicted: own.values, observed: matched.values)
        #expect(abs((raw.r ?? 0) - 1) < 1e-12, "a match changes no correlation")
        let training = try MomentMatch(
            of: own, to: reference, within: DayRange(day(1), through: day(3)), name: "s")
        #expect(
            training.dayCount == 2 && abs(training.mean - 0.3) < 1e-15
                && abs(training.referenceMean - 0.31) < 1e-15)
    }

    @Test func whatCannotBeMatchedIsDropped() {
        let flat = DailySeries(first: day(0), values: [0.1, 0.1, 0.1])
        let reference = DailySeries(first: day(0), values: [0.3, 0.4, 0.5])
        #expect(
            throws: StationError(source: "s", problem: "always 0.1: its standard deviation is 0: drop it")
        ) {
            try MomentMatch(of: flat, to: reference, name: "s")
        }
        #expect(throws: StationError.self) {
            try MomentMatch(of: flat, to: DailySeries(first: day(2), values: [0.1]), name: "s")
        }
    }

    @Test func layersByDepth() throws {
        let rows = SmallTable.rows("layers.txt")
        #expect(rows.count == 9)
        for row in rows {
            let depth = DepthRange(from: try #require(row.number("from")), to: try #require(row.number("to")))
            #expect(
                ReferenceLayer(depth: depth).rawValue == row.number("layer").map { Int($0) }, "\(row.name)")
        }
        #expect(ReferenceLayer.second.moistureVariable == "swvl2")
    }

    @Test func saturationPoints() throws {
        let rows = SmallTable.rows("saturation.txt")
        #expect(rows.count == 4)
        for row in rows {
            let horizon = SoilHorizon(
                depth: DepthRange(from: 0, to: 0.3), sandPercent: row.number("sand_percent"),
                clayPercent: row.number("clay_percent"),
                organicCarbonPercent: row.number("organic_carbon_percent"))
            let percent = try #require(horizon.saturation)
            print("saturation \(row.name): \(percent)")
            #expect(
                abs(percent / 100 - (row.number("saturation") ?? .nan)) <= 0.008, "\(row.name): \(percent)")
        }
    }

    @Test func hourlySeriesTakeTheNearestObservation() throws {
        func at(_ minute: Int, _ value: Double) -> Observation {
            Observation(time: UTCMinute(number: day(0).number * 1440 + minute), value: value)
        }
        let series = Series(
            station: station("a"), quantity: .precipitation, depth: DepthRange(from: 0, to: 0), sensor: "",
            source: "f", observations: [at(0, 1), at(25, 9), at(50, 2), at(70, 3), at(120, 300), at(299, 5)])
        let hourly = try HourlySeries(series)
        #expect(hourly.firstHour == day(0).number * 24)
        #expect(same(hourly.values, [1, 2, .nan, .nan, .nan, 5]), "300 mm in an hour are impossible")
        let spread = HourlySeries(spreading: DailySeries(first: day(0), values: [24, .nan]), isTotal: true)
        #expect(spread.values[..<24].allSatisfy { $0 == 1 } && spread.values[24...].allSatisfy(\.isNaN))
    }

    /// A spike, a frozen hour of the model and a lost day, in SMCI's order.
    @Test func fromHoursToDays() throws {
        let first = day(0).number * 1440
        // 0.200 on the first day, 0.002 more on each of the next eleven.
        var values = (0..<12 * 24).map { 0.200 + Double($0 / 24) * 0.002 }
        values[5 * 24 + 12] = 0.260
        for hour in 8 * 24..<9 * 24 { values[hour] = .nan }
        let observations = values.enumerated().filter { !$0.element.isNaN }.map {
            Observation(time: UTCMinute(number: first + $0.offset * 60), value: $0.element)
        }
        let series = Series(
            station: station("a"), quantity: .soilMoisture, depth: DepthRange(from: 0.3, to: 0.3), sensor: "",
            source: "f", observations: observations)
        let frozen = HourlySeries(firstHour: first / 60, values: [Double](repeating: 1, count: 30) + [-1])
        let (daily, counts) = try DailyMaking().daily(
            series, ancillary: Ancillary(modelSoilTemperature: frozen))
        #expect(counts[.d06] == 1 && counts[.d03] == 1 && counts[[]] == 11 * 24 - 2, "\(counts)")
        #expect(same(daily.values, (0..<12).map { 0.200 + Double($0) * 0.002 }), "as if nothing had happened")
        let open = try DailyMaking(fill: nil).daily(series).daily
        #expect(open[day(8)].isNaN && open.validCount == 11)
        let raw = try DailyMaking(removing: [], fill: nil).daily(series).daily
        #expect(abs(raw[day(5)] - (0.210 + 0.050 / 24)) < 1e-12)
    }
}
