import Foundation
import Rasters
import Storage
import Testing
import Tiling

@testable import Covariates

/// Hours become days: both layouts of ERA5-Land, every rule, files of months, years and days.
@Suite struct HourTests {
    /// Pixels on the cells 340, 350, 0 and 10 degrees east, rows 1 to 4.
    private static let product = degrees(-25, 15, 10, 4, 4)
    private static let sourceColumns = [34, 35, 0, 1]
    private static let total = DailyRule(.accumulated, hours: 1...24)

    private static func covariates(_ path: String) -> [Covariate] {
        [
            Covariate(
                name: "rain", unit: "mm", source: hourly(path, "tp", daily: total), scale: 1000,
                valid: .init(minimum: -0.1, maximum: 500), clip: 0),
            Covariate(name: "evaporation", unit: "mm", source: hourly(path, "e", daily: total), scale: -1000),
            Covariate(
                name: "tair", unit: "degC", source: hourly(path, "t2m", daily: .init(.mean, hours: 1...24)),
                offset: -273.15),
            Covariate(
                name: "tmax", unit: "K", source: hourly(path, "t2m", daily: DailyRule(.max, hours: 0...23))),
            Covariate(
                name: "tmin", unit: "K", source: hourly(path, "t2m", daily: DailyRule(.min, hours: 0...23))),
            Covariate(
                name: "balance", unit: "mm", source: hourly(path, "tp", "e", daily: total), scale: 1000,
                derivation: .runningSum(days: 2)),
        ]
    }

    /// What each covariate must be, from the hourly amounts themselves.
    private static func expected(_ name: String, _ day: Day, row: Int, column: Int) -> Double {
        let midnight = day.number * 24
        func sum(_ hours: some Sequence<Int>, _ field: ReanalysisFile.Field) -> Double {
            hours.reduce(0) { $0 + field(midnight + $1, row, column) }
        }
        let rain = 1000 * sum(1...24, KnownWeather.rain)
        let temperatures = (0..<24).map { KnownWeather.temperature(midnight + $0, row, column) }
        switch name {
        case "rain": return rain
        case "evaporation": return 0.5 * rain + 0.24
        case "tair": return sum(1...24, KnownWeather.temperature) / 24 - 273.15
        case "tmax": return temperatures.max() ?? .nan
        case "tmin": return temperatures.min() ?? .nan
        default: return 0.5 * rain - 0.24 + 500 * sum(-23...0, KnownWeather.rain) - 0.24
        }
    }

    /// Holds every pixel and day of every covariate against what is known.
    private func expectKnown(_ made: TestProduction, tolerance: Double, lacking: [Day: Set<String>] = [:])
        throws
    {
        let names = made.plan.product.covariates.map(\.name)
        let days = made.plan.days
        let stack = try made.reader.gather(features: names, tile: Tile(x: 0, y: 0), days: days)
        #expect(Set(stack.missing.map(\.day)) == Set(lacking.keys), "\(stack.missing)")
        for name in names {
            for (number, day) in days.enumerated() {
                for pixel in 0..<16 {
                    let value = try #require(stack.value(of: name, pixel: pixel, day: number))
                    if lacking[day]?.contains(name) == true {
                        #expect(value.isNaN, "\(name) of \(day)")
                        continue
                    }
                    let known = Self.expected(
                        name, day, row: pixel / 4 + 1, column: Self.sourceColumns[pixel % 4])
                    #expect(abs(Double(value) - known) < tolerance, "\(name) of \(day), pixel \(pixel)")
                }
            }
        }
    }

    @Test(arguments: [false, true]) func theOldLayoutByMonths(expver: Bool) throws {
        let made = try TestProduction(
            grid: Self.product, tilePixels: 4, covariates: Self.covariates("m_{year}{month}.nc"),
            days: "2016-01-03..2016-02-03")
        for (name, days) in [
            ("m_201601.nc", "2016-01-01..2016-01-31"), ("m_201602.nc", "2016-02-01..2016-02-03"),
        ] {
            let file = ReanalysisFile(
                layout: .old(expver: expver), hours: KnownWeather.hours(days), variables: KnownWeather.all)
            guard try file.write(to: "\(made.dataRoot)/\(name)") else { return }
        }
        let opened = Paths()
        var preparation = SourcePreparation(plan: made.plan, run: made.run)
        preparation.fileWasOpened = { opened.all.append($0) }
        let january = try preparation.execute(made.plan.prepareUnits[0])
        // Each file once, though t2m has three rules; the next one for the midnight that it begins with.
        #expect(opened.all == ["m_201601.nc", "m_201602.nc"])
        #expect(january.inputs.map(\.path) == ["m_201601.nc", "m_201602.nc"])
        #expect(january.missing.isEmpty && january.values.count == 5 * 31)
        #expect(
            january.outputs.map(\.path) == [
                "covariates/m/tp-accumulated-1to24/2016-01.tif",
                "covariates/m/e-accumulated-1to24/2016-01.tif",
                "covariates/m/t2m-mean-1to24/2016-01.tif", "covariates/m/t2m-max-0to23/2016-01.tif",
                "covariates/m/t2m-min-0to23/2016-01.tif", "covariates/m/2016-01.json",
            ])
        let february = try preparation.execute(made.plan.prepareUnits[1])
        #expect(february.inputs.map(\.path) == ["m_201602.nc"])
        // The digest of a file is that of the unit that reads all of it.
        let paths = ["m_201601.nc", "m_201602.nc"].map { "\(made.dataRoot)/\($0)" }
        #expect(january.inputs.map(\.sha256) == [try FileDigest.sha256(ofFile: paths[0]), nil])
        #expect(february.inputs.map(\.sha256) == [try FileDigest.sha256(ofFile: paths[1])])
        #expect(february.missing.count == 27)
        #expect(
            february.missing[0].reason
                == "tp: 0 of 1 hours found, m_201602.nc has no step of 2016-02-04 00:00; "
                + "e: 0 of 1 hours found, m_201602.nc has no step of 2016-02-04 00:00; "
                + "t2m: 23 of 24 hours found, m_201602.nc has no step of 2016-02-04 00:00")
        // Packing loses about 1e-4 of the range.
        try expectKnown(
            made, tolerance: 2e-3,
            lacking: [Day("2016-02-03")!: ["rain", "evaporation", "tair", "balance"]])
    }

    @Test(arguments: ["y_{year}.nc", "d/{year}{month}{day}.nc", "all.nc"]) func theNewLayout(path: String)
        throws
    {
        let made = try TestProduction(
            grid: Self.product, tilePixels: 4, covariates: Self.covariates(path),
            days: "2015-12-30..2016-01-03")
        let template = PathTemplate(path)
        // The first midnight closes December 28th; the last day has its midnight in the next file, or not at
        // all.
        let all = KnownWeather.hours("2015-12-29..2016-01-04")
        let byPath = Dictionary(grouping: all) { template.path(for: Day(number: $0 / 24)) }
        for (name, hours) in byPath {
            var file = ReanalysisFile(layout: .new, hours: hours, variables: KnownWeather.all)
            file.chunkSteps = 7
            guard try file.write(to: "\(made.dataRoot)/\(name)") else { return }
        }
        try made.prepare()
        try expectKnown(made, tolerance: 2e-4)
    }

    /// Files from 01 to 24 UTC: the midnight of a day is in the file before its own.
    @Test(arguments: ["m_{year}{month}.nc", "d_{year}{month}{day}.nc"])
    func filesMayEndWithTheMidnight(path: String) throws {
        let made = try TestProduction(
            grid: Self.product, tilePixels: 4, covariates: Self.covariates(path),
            days: "2016-01-30..2016-02-02")
        let template = PathTemplate(path)
        let all = KnownWeather.hours("2016-01-28..2016-02-05").dropFirst()
        for (name, hours) in Dictionary(grouping: all, by: { template.path(for: Day(number: ($0 - 1) / 24)) })
        {
            let file = ReanalysisFile(layout: .new, hours: hours, variables: KnownWeather.all)
            guard try file.write(to: "\(made.dataRoot)/\(name)") else { return }
        }
        try made.prepare()
        try expectKnown(made, tolerance: 2e-4)
        let surveyor = CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot)
        for survey in surveyor.survey(days: made.plan.days) {
            #expect(survey.missingDays.isEmpty && survey.errors.isEmpty, "\(survey.name) \(survey.errors)")
        }
    }

    /// Reading in slabs of any size, from chunks of any size, by any number of threads, gives the same bits.
    @Test func slabsDoNotChangeValues() throws {
        var digests: [[Digest]] = []
        for (chunk, slab, threads) in [
            (1, 40_000_000, 1), (7, 40_000_000, 5), (7, 500, 2), (24, 60, 3), (200, 900, 1), (1, 2000, 16),
        ] {
            let made = try TestProduction(
                grid: Self.product, tilePixels: 4, covariates: Self.covariates("all.nc"),
                days: "2016-03-02..2016-03-05")
            var file = ReanalysisFile(
                layout: .new, hours: KnownWeather.hours("2016-03-01..2016-03-07"), variables: KnownWeather.all
            )
            file.chunkSteps = chunk
            guard try file.write(to: "\(made.dataRoot)/all.nc") else { return }
            var preparation = SourcePreparation(plan: made.plan, run: made.run, threadCount: threads)
            preparation.slabValues = slab
            let result = try preparation.execute(made.plan.prepareUnits[0])
            #expect(result.values.count == 4 * 7 + 6, "six whole means that end with a midnight")
            digests.append(result.values.map(\.sha256))
            try expectKnown(made, tolerance: 2e-4)
        }
        #expect(Set(digests).count == 1)
    }

    /// Days that do not begin at midnight, and amounts of single hours.
    @Test func otherHoursAreDeaccumulated() throws {
        let rules: [(DailyRule, String)] = [
            (DailyRule(.accumulated, hours: 10...33), "tp"), (DailyRule(.accumulated, hours: -14...9), "tp"),
            (DailyRule(.accumulated, hours: 7...12), "tp"), (DailyRule(.accumulated, hours: -23...48), "tp"),
            (DailyRule(.sum, hours: 1...24), "inc"), (DailyRule(.sum, hours: 10...33), "inc"),
        ]
        let made = try TestProduction(
            grid: Self.product, tilePixels: 4,
            covariates: rules.enumerated().map {
                Covariate(
                    name: "c\($0)", unit: "mm", source: hourly("m_{year}{month}.nc", $1.1, daily: $1.0),
                    scale: 1000)
            }, days: "2016-01-30..2016-02-02")
        let fields: [(name: String, unit: String, field: ReanalysisFile.Field)] = [
            ("tp", "m", KnownWeather.accumulatedRain), ("inc", "m", KnownWeather.rain),
        ]
        for (name, days) in [
            ("m_201601.nc", "2016-01-01..2016-01-31"), ("m_201602.nc", "2016-02-01..2016-02-05"),
        ] {
            let file = ReanalysisFile(layout: .new, hours: KnownWeather.hours(days), variables: fields)
            guard try file.write(to: "\(made.dataRoot)/\(name)") else { return }
        }
        try made.prepare()
        let names = rules.indices.map { "c\($0)" }
        let stack = try made.reader.gather(features: names, tile: Tile(x: 0, y: 0), days: made.plan.days)
        #expect(stack.missing.isEmpty)
        for (number, day) in made.plan.days.enumerated() {
            for pixel in 0..<16 {
                let (row, column) = (pixel / 4 + 1, Self.sourceColumns[pixel % 4])
                for (name, rule) in zip(names, rules) {
                    let known = (rule.0.firstMinute / 60...rule.0.lastMinute / 60).reduce(0.0) {
                        $0 + 1000 * KnownWeather.rain(day.number * 24 + $1, row, column)
                    }
                    let value = try #require(stack.value(of: name, pixel: pixel, day: number))
                    #expect(abs(Double(value) - known) < 1e-5, "\(rule.0) of \(day)")
                }
            }
        }
    }

    @Test func tinyNegativeRainBecomesZeroAndLargeOneIsMissing() throws {
        let covariate = Covariate(
            name: "rain", unit: "mm", source: files("m.nc", "tp"), scale: 1000,
            valid: .init(minimum: -0.1, maximum: 500), clip: 0)
        let rule = try ValueRule(of: covariate)
        #expect(rule.applied(to: -2e-9) == 0 && rule.applied(to: 0) == 0 && !rule.isIdentity)
        #expect(rule.applied(to: -0.00009) == 0 && rule.applied(to: 0.002) == 2)
        #expect(rule.applied(to: -0.002).isNaN && rule.applied(to: 0.6).isNaN && rule.applied(to: .nan).isNaN)
    }

    @Test func cellsWithAMissingHourAreMissing() throws {
        let hole: ReanalysisFile.Field = { hour, row, column in
            hour % 24 == 5 && row == 1 && column == 0 ? .nan : KnownWeather.temperature(hour, row, column)
        }
        for layout in [ReanalysisFile.Layout.new, .old(expver: true)] {
            let made = try TestProduction(
                grid: Self.product, tilePixels: 4, covariates: Array(Self.covariates("all.nc")[3...4]),
                days: "2016-03-02")
            let file = ReanalysisFile(
                layout: layout, hours: KnownWeather.hours("2016-03-01..2016-03-04"),
                variables: [("t2m", "K", hole)])
            guard try file.write(to: "\(made.dataRoot)/all.nc") else { return }
            try made.prepare()
            let stack = try made.reader.gather(
                features: ["tmax", "tmin"], tile: Tile(x: 0, y: 0), days: made.plan.days)
            #expect(try #require(stack.value(of: "tmax", pixel: 2, day: 0)).isNaN)
            #expect(try #require(stack.value(of: "tmin", pixel: 2, day: 0)).isNaN)
            #expect(try !#require(stack.value(of: "tmax", pixel: 3, day: 0)).isNaN)
        }
    }
}

/// Collects what a callback is told.
private final class Paths {
    var all: [String] = []
}
