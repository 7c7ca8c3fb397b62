import Foundation
import Storage
import Testing
import Tiling

@testable import Covariates

/// Wrong data are turned away, real gaps and marks for missing are not.
@Suite struct PlaneGuardTests {
    private static let cellCount = 1000
    private static let first = Day("2016-01-01")!
    private static let mean = DailyRule(.mean, hours: 0...23)

    /// What is said about a month of planes; `value(day, cell)`.
    private func reasons(
        daily: DailyRule?, valid: Covariate.ValidRange? = nil, scale: Double = 1, dayCount: Int = 20,
        value: (Int, Int) -> Float
    ) throws -> [Day: String] {
        let source = Covariate.Source.files(
            FileSource(path: PathTemplate("m_{year}.nc"), content: .netCDF(variables: ["tp"]), daily: daily))
        let covariates = [Covariate(name: "rain", unit: "mm", source: source, scale: scale, valid: valid)]
        let made = try TestProduction(
            grid: degrees(0, 1, 1, 1, 1), tilePixels: 1, covariates: covariates, days: "2016-01-01")
        let watch = PlaneGuard(source: made.plan.sources[0], product: made.plan.product)
        let planes = (0..<dayCount).map { day in
            (day: Self.first + day, values: (0..<Self.cellCount).map { value(day, $0) }, path: "m_2016.nc")
        }
        return try watch.refused(planes, of: SourceVariable("tp", daily: daily))
    }

    /// In runs as long as those that are counted at once, and a rest.
    @Test func outliersAreCountedOneByOne() throws {
        let covariate = Covariate(
            name: "rain", unit: "mm",
            source: .files(
                FileSource(path: PathTemplate("m.nc"), content: .netCDF(variables: ["tp"]), daily: nil)),
            scale: 2, offset: 1)
        var values = [Float](repeating: 0.25, count: 70_000)
        for cell in stride(from: 0, to: values.count, by: 3) { values[cell] = .nan }
        (values[5000], values[8191], values[69_999]) = (5, -0.5 - 1e-6, 0.5)
        (values[69_998], values[8192]) = (600, .infinity)
        let found = Outliers(of: values[1...], covariate, .init(minimum: 0, maximum: 2))
        #expect(found.valueCount == values[1...].count { !$0.isNaN } && values.validCount == found.valueCount)
        #expect(found.outsideCount == 4 && found.farCount == 2 && found.example == .infinity)
    }

    private static func land(_ cell: Int) -> Float { cell < 400 ? Float(cell) * 0.01 : .nan }

    @Test func aDayThatLostItsCellsIsMissing() throws {
        let found = try reasons(daily: Self.mean) { day, cell in
            day == 7 && cell >= 100 ? .nan : Self.land(cell)
        }
        #expect(
            found == [
                Self.first + 7: "tp: the 100 cells with value on 2016-01-08 in m_2016.nc are not the 400 "
                    + "of other days"
            ])
        let empty = try reasons(daily: nil) { day, cell in day == 7 ? .nan : Self.land(cell) }
        #expect(empty == [Self.first + 7: "tp: no value at all on 2016-01-08 in m_2016.nc"])
    }

    /// A file upside down, and one that begins at another longitude.
    @Test func aDayThatIsTurnedIsMissing() throws {
        let turned = try reasons(daily: Self.mean) { day, cell in
            Self.land(day == 3 ? Self.cellCount - 1 - cell : day == 9 ? (cell + 500) % 1000 : cell)
        }
        #expect(turned.keys.map(\.iso).sorted() == ["2016-01-04", "2016-01-10"])
    }

    @Test func aFileIsHeldAgainstTheOneBefore() throws {
        let land: (Int, Int) -> Bool = { row, column in row < 2 || column < 3 }
        func made(_ flipsFebruary: Bool, daily: DailyRule, layout: ReanalysisFile.Layout = .new) throws
            -> String?
        {
            let covariate = Covariate(
                name: "tair", unit: "K", source: hourly("m_{year}{month}.nc", "t2m", daily: daily))
            let made = try TestProduction(
                grid: degrees(-55, 25, 10, 11, 5), tilePixels: 11, covariates: [covariate],
                days: "2016-01-03..2016-02-03")
            for (month, days) in [("01", "2016-01-01..2016-01-31"), ("02", "2016-02-01..2016-02-08")] {
                let flips = month == "02" && flipsFebruary
                let file = ReanalysisFile(
                    layout: layout, hours: KnownWeather.hours(days),
                    variables: [
                        (
                            "t2m", "K",
                            { hour, row, column in
                                land(flips ? 4 - row : row, column)
                                    ? KnownWeather.temperature(hour, row, column) : .nan
                            }
                        )
                    ])
                guard try file.write(to: "\(made.dataRoot)/m_2016\(month).nc") else { return nil }
            }
            do {
                try made.prepare()
                return ""
            } catch {
                return "\(error)"
            }
        }
        for rule in [Self.mean, DailyRule(.mean, hours: 1...24)] {
            #expect(try made(false, daily: rule) ?? "" == "")
            guard let said = try made(true, daily: rule) else { return }
            #expect(
                said.hasPrefix("m_201602.nc: t2m of 2016-02-0")
                    && said.contains(
                        " has values in other cells than the file before it, m_201601.nc: is one of them "
                            + "upside down, or shifted in longitude?"),
                "\(said)")
        }
    }

    @Test func anotherGridThanTheFileBeforeIsRefused() throws {
        let covariate = Covariate(name: "x", unit: "mm", source: files("m_{year}{month}.nc", "x"))
        let made = try TestProduction(
            grid: degrees(10, 20, 0.25, 16, 16), tilePixels: 16, covariates: [covariate],
            days: "2016-01-30..2016-02-02")
        for (month, west) in [(1, 0.5), (2, 1.0)] {
            let days = (1...29).compactMap { Day(year: 2016, month: month, day: $0) }
            try made.writeNetCDF(
                "m_20160\(month).nc", grid: degrees(west, 30.5, 1, 30, 30), days: days
            ) { _, _, _ in 1 }
        }
        let error = #expect(throws: CovariateError.self) { try made.prepare() }
        #expect(
            error?.description == "m_201602.nc: lies on another grid than the file before it, m_201601.nc "
                + "(30 x 30 cells of 1.0 x 1.0 from (0.5, 30.5)): a source has one grid")
    }

    /// Polar night moves day by day; clouds leave any number of cells.
    @Test func realGapsStay() throws {
        #expect(try reasons(daily: Self.mean) { day, cell in cell < 400 - 19 * day ? 1 : .nan }.isEmpty)
        #expect(
            try reasons(daily: nil) { day, cell in (cell * 7919 + day * 104_729) % 20 >= day ? 1 : .nan }
                .isEmpty)
        // Clear days that are all whole, and a cloudy one: a satellite's, in a file of days.
        #expect(try reasons(daily: nil) { day, cell in day == 3 && cell > 9 ? .nan : 1 }.isEmpty)
        // Too few days to know what is usual.
        #expect(
            try reasons(daily: Self.mean, dayCount: 4) { day, cell in day > 0 && cell > 9 ? .nan : 1 }.isEmpty
        )
    }

    /// A file without any value is a file of missing days, and says so.
    @Test func aFloodOverAllDaysIsSaid() throws {
        let found = try reasons(daily: nil, dayCount: 3) { _, _ in .nan }
        #expect(found.count == 3)
        #expect(found[Self.first] == "tp: no value at all on 2016-01-01 in m_2016.nc")
    }

    /// A fifth of the land elsewhere is not the same land.
    @Test func smallLandThatMovesIsSeen() throws {
        let found = try reasons(daily: Self.mean) { day, cell in
            cell >= 880 && day != 4 || cell < 120 && day == 4 ? .nan : 1
        }
        #expect(found.keys.map(\.iso) == ["2016-01-05"])
    }

    @Test func anotherUnitIsRefused() throws {
        let rain = Covariate.ValidRange(minimum: -0.1, maximum: 500)
        // Metres are asked for; the file has millimetres on one day of light rain.
        let error = #expect(throws: CovariateError.self) {
            try reasons(daily: Self.mean, valid: rain, scale: 1000) { day, cell in
                cell % 10 != 0 ? 0 : Float(cell) * (day == 5 ? 0.02 : 0.00002)
            }
        }
        #expect(
            "\(error!)".hasPrefix("m_2016.nc: tp of 2016-01-06: ")
                && "\(error!)".hasSuffix(
                    "are far outside valid [-0.1, 500.0] of covariate 'rain': check the unit of the file, "
                        + "scale and offset"),
            "\(error!)")
        let kelvin = try reasons(daily: nil, valid: .init(minimum: -90, maximum: 60), dayCount: 2) {
            day, cell in
            day == 0 ? 20 : 270 + Float(cell % 30)
        }
        #expect(
            kelvin == [
                Self.first + 1: "tp: all 1000 values of 2016-01-02 in m_2016.nc, such as 270.0, are outside "
                    + "valid [-90.0, 60.0] of 'rain'"
            ])
    }

    /// -9999 and 1e20 without an attribute, and a range that is used as a filter.
    /// A day whose values are partly beyond the valid range, where other days have none there: the midnight
    /// of a month's last day out of a file that counts in mm, say. A range that cuts every day is a filter.
    @Test func aDayThatIsPartlyOutsideAloneIsMissing() throws {
        let covariate = Covariate(
            name: "x", unit: "mm", source: files("m_{year}{month}.nc", "x"),
            valid: .init(minimum: 0, maximum: 50))
        let made = try TestProduction(
            grid: degrees(10, 20, 0.25, 16, 16), tilePixels: 16, covariates: [covariate],
            days: "2016-01-01..2016-01-10")
        let days = (1...10).compactMap { Day(year: 2016, month: 1, day: $0) }
        for isFilter in [false, true] {
            try made.writeNetCDF("m_201601.nc", grid: degrees(0.5, 30.5, 1, 30, 30), days: days) {
                day, row, column in
                let value = Float(row + column) / 10
                return (isFilter ? 48 : 0) + (day.iso == "2016-01-07" && !isFilter ? 20 : 1) * value
            }
            let result = try made.prepare()[0]
            let missing = result.missing.filter { made.plan.days.contains($0.day) }
            #expect(missing.map(\.day.iso) == (isFilter ? [] : ["2016-01-07"]), "\(missing)")
            if !isFilter {
                let reason = missing.first?.reason ?? ""
                #expect(reason.hasPrefix("x: ") && reason.contains(" values of 2016-01-07 in m_201601.nc"))
                #expect(reason.hasSuffix("of 'x', and hardly any of other days"), "\(reason)")
            }
        }
    }

    @Test func marksForMissingAndFiltersStay() throws {
        let range = Covariate.ValidRange(minimum: 0, maximum: 1)
        let marks: [Float] = [-9999, 1e20, 32_767, -3000, 255]
        #expect(
            try reasons(daily: nil, valid: range) { _, cell in cell == 0 ? 0.5 : marks[cell % 5] }.isEmpty)
        #expect(try reasons(daily: nil, valid: range) { _, cell in Float(cell % 100) * 0.1 }.isEmpty)
        // One cell in a thousand is noise of the sensor.
        #expect(
            try reasons(daily: nil, valid: range) { day, cell in cell == 0 ? 1000 + Float(day) : 0.5 }.isEmpty
        )
    }

    @Test func whatIsTurnedAwayIsMissingInTheRun() throws {
        let flood: ReanalysisFile.Field = { hour, row, column in
            hour / 24 == Day("2016-01-05")!.number && hour % 24 == 9 && column != 0
                ? .nan : KnownWeather.temperature(hour, row, column)
        }
        let covariate = Covariate(
            name: "tair", unit: "degC", source: hourly("all.nc", "t2m", daily: Self.mean), offset: -273.15)
        let made = try TestProduction(
            grid: degrees(-25, 15, 10, 4, 4), tilePixels: 4, covariates: [covariate],
            days: "2016-01-03..2016-01-08")
        let file = ReanalysisFile(
            layout: .new, hours: KnownWeather.hours("2016-01-01..2016-01-09"),
            variables: [("t2m", "K", flood)])
        guard try file.write(to: "\(made.dataRoot)/all.nc") else { return }
        let result = try made.prepare()[0]
        #expect(result.values.count == 8 && result.missing.map(\.day.iso) == ["2016-01-05"])
        let stack = try made.reader.gather(features: ["tair"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        #expect(stack.missing.count == 1 && stack.missing[0].reason.contains("of other days"))
        #expect(try #require(stack.value(of: "tair", pixel: 2, day: 2)).isNaN)
        #expect(try !#require(stack.value(of: "tair", pixel: 2, day: 3)).isNaN)
    }
}
