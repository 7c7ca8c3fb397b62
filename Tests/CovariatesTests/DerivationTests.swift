import Testing
import Tiling

@testable import Covariates

/// The predictors of GSSM1km and SMCI1.0 that have hours and memory, through the product's path, against
/// plain loops over the hours of known weather: order of rules, signs and units as in the published code.
@Suite struct DerivationTests {
    private static let total = DailyRule(.accumulated, hours: 1...24)
    private static let path = "era5land_{year}{month}.nc"

    private static let pool = [
        Covariate(
            name: "apei", unit: "mm", source: hourly(path, "tp", "e", daily: total),
            valid: .init(minimum: -0.1, maximum: 1),
            derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1000)),
        Covariate(
            name: "Tair", unit: "degC", source: hourly(path, "t2m", daily: DailyRule(.mean, hours: 1...24)),
            offset: -273.15, valid: .init(minimum: -90, maximum: 60)),
        Covariate(
            name: "Evapo", unit: "mm", source: hourly(path, "e", daily: total), scale: -1000,
            valid: .init(minimum: -100, maximum: 100)),
        Covariate(
            name: "tp_sum7", unit: "mm", source: hourly(path, "tp", daily: total), scale: 1000,
            valid: .init(minimum: -0.1, maximum: 1000), clip: 0, derivation: .runningSum(days: 7)),
        Covariate(
            name: "tp_sum28", unit: "mm", source: hourly(path, "tp", daily: total), scale: 1000,
            valid: .init(minimum: -0.1, maximum: 1000), clip: 0, derivation: .runningSum(days: 28)),
    ]

    /// m, the sum of the hours that end from 01 UTC of the day to 00 UTC of the next.
    private func rain(_ day: Day, _ row: Int, _ column: Int) -> Double {
        (1...24).reduce(0) { $0 + KnownWeather.rain(day.number * 24 + $1, row, column) }
    }

    /// m, negative upward: what the archive's stamp of the next midnight holds.
    private func evaporation(_ day: Day, _ row: Int, _ column: Int) -> Double {
        -0.5 * rain(day, row, column) - 24e-5
    }

    private func expected(_ name: String, _ day: Day, _ row: Int, _ column: Int) -> Double {
        switch name {
        case "apei":
            var (sum, weight) = (0.0, 1.0)
            for lag in 0...33 {
                sum += weight * (rain(day - lag, row, column) + evaporation(day - lag, row, column))
                weight *= 0.91
            }
            return 1000 * sum
        case "Tair":
            let hours = (1...24).map { KnownWeather.temperature(day.number * 24 + $0, row, column) }
            return hours.reduce(0, +) / 24 - 273.15
        case "Evapo": return -1000 * evaporation(day, row, column)
        default:
            let days = name == "tp_sum7" ? 7 : 28
            return 1000 * (0..<days).reduce(0) { $0 + rain(day - $1, row, column) }
        }
    }

    @Test func hoursBecomeWhatTheForestsTake() throws {
        let made = try TestProduction(
            grid: degrees(-5, 25, 10, 4, 4), tilePixels: 4, covariates: Self.pool,
            days: "2016-02-27..2016-03-02")
        for (month, days) in [
            ("01", "2016-01-01..2016-01-31"), ("02", "2016-02-01..2016-02-29"),
            ("03", "2016-03-01..2016-03-03"),
        ] {
            let file = ReanalysisFile(
                layout: .new, hours: KnownWeather.hours(days), variables: KnownWeather.all)
            guard try file.write(to: "\(made.dataRoot)/era5land_2016\(month).nc") else { return }
        }
        try made.prepare()
        let names = Self.pool.map(\.name)
        let stack = try made.reader.gather(features: names, tile: Tile(x: 0, y: 0), days: made.plan.days)
        #expect(stack.missing.isEmpty, "\(stack.missing)")
        for name in names {
            for (number, day) in stack.days.enumerated() {
                for (row, column) in [(0, 0), (1, 3), (3, 2)] {
                    let found = Double(
                        try #require(stack.value(of: name, pixel: row * 4 + column, day: number)))
                    let wanted = expected(name, day, row, column)
                    #expect(
                        abs(found - wanted) <= 2e-6 * max(10, abs(wanted)),
                        "\(name) of \(day) at \(row), \(column): \(found), expected \(wanted)")
                }
            }
        }
    }
}
