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
            (day: Self.first + day, values: (0..<Self.cellCount).map { value(day, $0) })
        }
        return try watch.refused(planes, of: SourceVariable("tp", daily: daily))
    }

    private static func land(_ cell: Int) -> Float { cell < 400 ? Float(cell) * 0.01 : .nan }

    @Test func aDayThatLostItsCellsIsMissing() throws {
        let found = try reasons(daily: Self.mean) { day, cell in
            day == 7 && cell >= 100 ? .nan : Self.land(cell)
        }
        #expect(
            found == [
                Self.first + 7: "tp: 100 cells with value on 2016-01-08 in m_2016.nc, other days have 400"
            ])
        let empty = try reasons(daily: nil) { day, cell in day == 7 ? .nan : Self.land(cell) }
        #expect(empty == [Self.first + 7: "tp: no value at all on 2016-01-08 in m_2016.nc"])
    }

    /// Polar night moves day by day; clouds leave any number of cells; the sea has no values on all days.
    @Test func realGapsStay() throws {
        #expect(try reasons(daily: Self.mean) { day, cell in cell < 400 - 19 * day ? 1 : .nan }.isEmpty)
        #expect(
            try reasons(daily: nil) { day, cell in (cell * 7919 + day * 104_729) % 20 >= day ? 1 : .nan }
                .isEmpty)
        #expect(try reasons(daily: Self.mean) { _, _ in .nan }.isEmpty)
        // Clear days that are all whole, and a cloudy one: a satellite's, in a file of days.
        #expect(try reasons(daily: nil) { day, cell in day == 3 && cell > 9 ? .nan : 1 }.isEmpty)
        // Too few days to know what is usual.
        #expect(
            try reasons(daily: Self.mean, dayCount: 4) { day, cell in day > 0 && cell > 9 ? .nan : 1 }.isEmpty
        )
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
        #expect(stack.missing.count == 1 && stack.missing[0].reason.contains("other days have"))
        #expect(try #require(stack.value(of: "tair", pixel: 2, day: 2)).isNaN)
        #expect(try !#require(stack.value(of: "tair", pixel: 2, day: 3)).isNaN)
    }
}
