import Foundation
import Rasters
import Storage
import Testing
import Tiling

@testable import Covariates

/// Files of hours that lack something, hold too much, or are damaged: one line with file and day, and never
/// a value from fewer hours.
@Suite struct HourMistakeTests {
    private static let product = degrees(-25, 15, 10, 4, 4)
    private static let mean = DailyRule(.mean, hours: 0...23)
    private static let total = DailyRule(.accumulated, hours: 1...24)

    private func production(
        _ rule: DailyRule?, path: String = "m_{year}{month}.nc", days: String = "2016-01-01..2016-01-31"
    ) throws -> TestProduction {
        let source =
            rule.map { hourly(path, "tp", daily: $0) }
            ?? Covariate.Source.files(
                FileSource(path: PathTemplate(path), content: .netCDF(variables: ["tp"])))
        return try TestProduction(
            grid: Self.product, tilePixels: 4, covariates: [Covariate(name: "x", unit: "m", source: source)],
            days: days)
    }

    private func write(
        _ made: TestProduction, _ name: String, hours: [Int], layout: ReanalysisFile.Layout = .new,
        grid: Grid? = nil
    ) throws -> Bool {
        var file = ReanalysisFile(
            layout: layout, hours: hours, variables: [("tp", "m", KnownWeather.accumulatedRain)])
        file.chunkSteps = 1
        return try file.write(to: "\(made.dataRoot)/\(name)")
    }

    private func message(_ made: TestProduction) -> String {
        do {
            try made.prepare()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    private static func hours(_ days: String) -> [Int] { KnownWeather.hours(days) }
    private static let january = hours("2016-01-01..2016-01-31")
    private static let midnight = Day("2016-02-01")!.number * 24

    @Test func filesThatHoldTooMuchAreRefused() throws {
        let cases: [(DailyRule?, [Int], String)] = [
            (
                Self.mean, Self.january + [Self.january[7]],
                "m_201601.nc: variable tp has two steps at 2016-01-01 07:00 (duplicated time step): keep one"
            ),
            (
                Self.total, Self.january + [Self.january[7]],
                "m_201601.nc: variable tp has two steps at 2016-01-01 07:00 (duplicated time step): keep one"
            ),
            (
                Self.mean, Self.january + [Self.midnight, Self.midnight + 1],
                "m_201601.nc: has a step of 2016-02-01 01:00, which is not in 2016-01-01..2016-01-31: "
                    + "correct the file, or the date placeholders of its path"
            ),
            (
                Self.total, Self.hours("2015-01-01..2015-01-02"),
                "m_201601.nc: has a step of 2015-01-01 00:00, which is not in 2016-01-01..2016-01-31: "
                    + "correct the file, or the date placeholders of its path"
            ),
            (
                nil, Self.january,
                "m_201601.nc: variable tp has steps at 2016-01-01 00:00 and 2016-01-01 01:00: say how hours "
                    + "become days, with 'daily: mean' for instance"
            ),
            (
                DailyRule(.mean, hours: 0...21, everyHours: 3), Self.january,
                "m_201601.nc: variable tp has a step at 2016-01-01 01:00, and 'daily mean of 00..21 UTC "
                    + "every 3 hours' takes one every 3 h from 00:00 on: correct 'daily'"
            ),
        ]
        for (rule, hours, expected) in cases {
            let made = try production(rule)
            guard try write(made, "m_201601.nc", hours: hours) else { return }
            #expect(message(made) == expected)
        }
    }

    @Test func theMidnightBehindAFileIsWelcome() throws {
        for rule in [Self.mean, Self.total] {
            let made = try production(rule)
            guard try write(made, "m_201601.nc", hours: Self.january + [Self.midnight]) else { return }
            let result = try made.prepare()[0]
            #expect(result.missing.isEmpty && result.inputs.map(\.path) == ["m_201601.nc"])
        }
    }

    @Test func incompleteDaysAreMissingAndSayWhy() throws {
        let gap = Self.january.filter { $0 % 24 != 7 || $0 / 24 != Self.january[0] / 24 + 4 }
        let mean = try production(Self.mean)
        guard try write(mean, "m_201601.nc", hours: gap) else { return }
        let result = try mean.prepare()[0]
        #expect(
            result.missing == [
                MissingDay(
                    day: Day("2016-01-05")!,
                    reason: "tp: 23 of 24 hours found, m_201601.nc has no step of 2016-01-05 07:00")
            ])
        #expect(result.values.count == 30 && result.inputs.count == 1)

        let total = try production(Self.total)
        _ = try write(total, "m_201601.nc", hours: Self.january)
        #expect(
            try total.prepare()[0].missing == [
                MissingDay(
                    day: Day("2016-01-31")!,
                    reason: "tp: 0 of 1 hours found, m_201602.nc, which has 2016-02-01 00:00, does not exist")
            ])
        let stack = try total.reader.gather(features: ["x"], tile: Tile(x: 0, y: 0), days: total.plan.days)
        #expect(stack.missing.count == 1)
        #expect(stack.missing[0].reason.contains("m_201602.nc, which has 2016-02-01 00:00, does not exist"))

        let absent = try production(Self.mean)
        let missing = try absent.prepare()[0].missing
        #expect(missing.count == 31 && missing[0].reason == "m_201601.nc does not exist")
    }

    /// The last day of January is in February's file, even if January's is lost.
    @Test func aLostFileCostsOnlyItsOwnHours() throws {
        let made = try production(Self.total)
        guard try write(made, "m_201602.nc", hours: Self.hours("2016-02-01..2016-02-02")) else { return }
        let result = try made.prepare()[0]
        #expect(result.missing.count == 30 && result.missing[0].reason == "m_201601.nc does not exist")
        #expect(result.values.map(\.day.iso) == ["2016-01-31"])
        #expect(result.inputs.map(\.path) == ["m_201602.nc"])
    }

    @Test func threeHourlyFilesGiveNoDayOf24Hours() throws {
        let made = try production(Self.mean)
        guard try write(made, "m_201601.nc", hours: Self.january.filter { $0 % 3 == 0 }) else { return }
        let missing = try made.prepare()[0].missing
        #expect(missing.count == 31)
        #expect(
            missing[0].reason == "tp: 8 of 24 hours found, m_201601.nc has no step of 2016-01-01 01:00")
        let right = try production(DailyRule(.mean, hours: 0...21, everyHours: 3))
        _ = try write(right, "m_201601.nc", hours: Self.january.filter { $0 % 3 == 0 })
        #expect(try right.prepare()[0].missing.isEmpty)
    }

    @Test func truncatedAndDamagedFilesAreNamedWithVariableAndDays() throws {
        for layout in [ReanalysisFile.Layout.old(expver: false), .new] {
            let made = try production(Self.total)
            guard try write(made, "m_201601.nc", hours: Self.january, layout: layout) else { return }
            let path = "\(made.dataRoot)/m_201601.nc"
            let bytes = try Data(contentsOf: URL(filePath: path))
            try bytes.prefix(bytes.count * 2 / 3).write(to: URL(filePath: path))
            let said = message(made)
            #expect(said.hasPrefix("m_201601.nc: tp of 2016-01-01..2016-01-31: "), "\(said)")
            #expect(!said.contains("\n"))
            if case .old = layout { #expect(said.contains("is truncated")) }
        }
        let damaged = try production(Self.total)
        guard try write(damaged, "m_201601.nc", hours: Self.january) else { return }
        let path = "\(damaged.dataRoot)/m_201601.nc"
        var bytes = try Data(contentsOf: URL(filePath: path))
        for position in bytes.count / 2..<bytes.count * 3 / 4 { bytes[position] = 0xff }
        try bytes.write(to: URL(filePath: path))
        let said = message(damaged)
        #expect(said.hasPrefix("m_201601.nc: tp of 2016-01-"), "\(said)")
        #expect(said.contains("cannot read variable 'tp'"), "\(said)")
    }

    /// Whatever is wrong with the next file: it fails its own unit, and here it costs the day that needs its
    /// midnight.
    @Test(arguments: [
        ("text", "tp of 2016-02-01..2016-02-29: cannot be opened"),
        ("grid", "lies on another grid"),
        ("twice", "variable tp has two steps at 2016-02-01"),
        ("variable", "tp of 2016-02-01..2016-02-29: has no variable 'tp'"),
        ("unit", "tp is in 'mm' here and in 'm' in m_201601.nc"),
    ])
    func aBadNextFileCostsOneDayAndIsNamed(wrong: String, says: String) throws {
        let made = try production(Self.total, days: "2016-01-01..2016-02-01")
        guard try write(made, "m_201601.nc", hours: Self.january) else { return }
        var hours = Self.hours("2016-02-01..2016-02-02")
        if wrong == "twice" { hours[5] = hours[4] }
        let february = ReanalysisFile(
            layout: .new, hours: hours,
            variables: [
                (wrong == "variable" ? "e" : "tp", wrong == "unit" ? "mm" : "m", KnownWeather.accumulatedRain)
            ])
        let path = made.dataRoot + "/m_201602.nc"
        switch wrong {
        case "text": try DurableFile.write(Array("not a netCDF file".utf8), to: path)
        case "grid":
            try made.writeNetCDF(
                "m_201602.nc", grid: degrees(-5, 25, 5, 72, 10), days: [Day("2016-02-01")!],
                variables: ["tp"]
            ) { _, _, _ in 0 }
        default: _ = try february.write(to: path)
        }
        let january = try SourcePreparation(plan: made.plan, run: made.run).execute(made.plan.prepareUnits[0])
        #expect(january.inputs.map(\.path) == ["m_201601.nc"])
        #expect(january.missing.map(\.day.iso) == ["2016-01-31"])
        let reason = january.missing.first?.reason ?? ""
        #expect(
            reason.hasPrefix("tp: 0 of 1 hours found, m_201602.nc cannot be used: ") && reason.contains(says),
            "\(reason)")
        #expect(throws: (any Error).self, "its own unit") {
            try SourcePreparation(plan: made.plan, run: made.run).execute(made.plan.prepareUnits[1])
        }
    }

    @Test func theSurveyCountsDaysOfHours() throws {
        let made = try production(Self.total, days: "2015-12-30..2016-02-02")
        guard try write(made, "m_201601.nc", hours: Self.january) else { return }
        _ = try write(made, "m_201602.nc", hours: Self.hours("2016-02-01..2016-02-02"))
        let surveyor = CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot)
        let survey = surveyor.survey(days: made.plan.days)[0]
        #expect(survey.errors.isEmpty && survey.filesFoundCount == 2)
        // The midnight that January begins with closes the last day of December.
        #expect(survey.missingDays.map(\.description) == ["2015-12-30", "2016-02-02"])
        #expect(survey.span?.description == "2015-12-31..2016-02-01")
        // A day's total, not the amount of an hour.
        let least = try #require(survey.sampleRange?.lowerBound)
        #expect(least > 0.005 && least < 0.01)

        let daily = try production(Self.mean, path: "d_{year}{month}{day}.nc", days: "2016-01-01..2016-01-03")
        for day in ["2016-01-01", "2016-01-03"] {
            _ = try write(daily, "d_\(day.filter { $0 != "-" }).nc", hours: Self.hours(day))
        }
        let second = CovariateSurveyor(product: daily.plan.product, dataRoot: daily.dataRoot)
            .survey(days: daily.plan.days)[0]
        #expect(second.missingDays.map(\.description) == ["2016-01-02"] && second.errors.isEmpty)
    }
}
