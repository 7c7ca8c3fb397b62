import Foundation
import Storage
import Testing
import Tiling

@testable import Covariates

/// Files that arrive after their unit was prepared.
@Suite struct LateFilesTests {
    private static let product = degrees(10, 20, 5, 4, 4)

    private func receipt(_ made: TestProduction, _ number: Int = 0) throws -> Receipt {
        let unit = made.plan.prepareUnits[number]
        let result = try SourcePreparation(plan: made.plan, run: made.run).execute(unit)
        return Receipt(
            unit: made.plan.name(of: unit), generation: 1, attempt: 1, worker: "w", node: "n",
            software: "test",
            recipe: made.plan.recipe, inputs: result.inputs, outputs: result.outputs, values: result.values,
            missing: result.missing, seconds: [:], finishedAt: "")
    }

    private func find(_ made: TestProduction, _ receipt: Receipt) throws -> [LateFiles.Finding] {
        var late = LateFiles(plan: made.plan)
        return try late.find(since: receipt)
    }

    @Test func theNextMonthBringsTheLastMidnight() throws {
        let made = try TestProduction(
            grid: Self.product, tilePixels: 4,
            covariates: [
                Covariate(
                    name: "rain", unit: "m",
                    source: hourly(
                        "m_{year}{month}.nc", "tp", daily: DailyRule(.accumulated, hours: 1...24)))
            ], days: "2016-01-25..2016-01-31")
        func write(_ name: String, _ days: String) throws -> Bool {
            try ReanalysisFile(layout: .new, hours: KnownWeather.hours(days), variables: KnownWeather.all)
                .write(to: "\(made.dataRoot)/\(name)")
        }
        guard try write("m_201601.nc", "2016-01-25..2016-01-31") else { return }
        let before = try receipt(made)
        #expect(before.missing.map(\.day.iso).last == "2016-01-31")
        #expect(try find(made, before).isEmpty)
        _ = try write("m_201602.nc", "2016-02-01..2016-02-02")
        let last = DayRange("2016-01-31")
        let found = try find(made, before)
        #expect(found == [LateFiles.Finding(path: "m_201602.nc", isReplaced: false, days: last)])
        #expect(
            LateFiles(plan: made.plan).predictBlocks(after: found, of: made.plan.prepareUnits[0]).count == 1)
        let after = try receipt(made)
        // No unit of the plan reads all of it.
        #expect(
            after.inputs.last?.sha256
                == (try FileDigest.sha256(ofFile: "\(made.dataRoot)/m_201602.nc")))
        #expect(!after.missing.contains { $0.day.iso == "2016-01-31" })
        // Nothing is late twice; days before the period, whose file says nothing of them, are nobody's.
        #expect(try find(made, after).isEmpty)
    }

    /// The midnight of a month's last day comes from the next file: a newer version of that concerns the day.
    @Test(arguments: [false, true]) func aNewVersionOfTheNextMonth(hasStamps: Bool) throws {
        let path = hasStamps ? "m_{year}{month}.*.nc" : "m_{year}{month}.nc"
        let made = try TestProduction(
            grid: Self.product, tilePixels: 4,
            covariates: [
                Covariate(
                    name: "rain", unit: "m",
                    source: hourly(path, "tp", daily: DailyRule(.accumulated, hours: 1...24)))
            ], days: "2016-01-25..2016-02-01")
        func write(_ month: String, _ days: String, stamp: String = "20200101") throws -> String? {
            let name = hasStamps ? "m_\(month).\(stamp).nc" : "m_\(month).nc"
            let file = ReanalysisFile(
                layout: .new, hours: KnownWeather.hours(days), variables: KnownWeather.all)
            return try file.write(to: "\(made.dataRoot)/\(name)") ? name : nil
        }
        guard try write("201601", "2016-01-25..2016-01-31") != nil,
            try write("201602", "2016-02-01..2016-02-02") != nil
        else { return }
        let before = [try receipt(made, 0), try receipt(made, 1)]
        #expect(try find(made, before[0]).isEmpty && find(made, before[1]).isEmpty)
        #expect(before[0].inputs.count == 2 && before[0].missing.last?.day.iso != "2016-01-31")

        let newer = try #require(try write("201602", "2016-02-01..2016-02-03", stamp: "20210101"))
        let last = DayRange("2016-01-31")
        #expect(
            try find(made, before[0]) == [LateFiles.Finding(path: newer, isReplaced: true, days: last)])
        #expect(try find(made, before[1]).map(\.path) == [newer])
        #expect(try find(made, try receipt(made, 0)).isEmpty)
    }

    @Test func daysThatWereMissingAndFilesThatWereReplaced() throws {
        let made = try TestProduction(
            grid: Self.product, tilePixels: 4,
            covariates: [Covariate(name: "x", unit: "1", source: files("d/{year}{month}{day}.nc", "x"))],
            days: "2016-01-01..2016-01-03")
        func write(_ day: String, add: Float = 0) throws {
            let day = try #require(Day(day))
            try FileManager.default.createDirectory(
                atPath: made.dataRoot + "/d", withIntermediateDirectories: true)
            try made.writeNetCDF(
                "d/\(day.iso.replacingOccurrences(of: "-", with: "")).nc", grid: degrees(0, 30, 5, 8, 8),
                days: [day]
            ) { _, row, column in Float(row * 8 + column) + add }
        }
        try write("2016-01-01")
        try write("2016-01-03")
        let before = try receipt(made)
        #expect(try find(made, before).isEmpty)
        try write("2016-01-02")
        // Of no interest: not in the period.
        try write("2016-01-20")
        #expect(try find(made, before).map(\.path) == ["d/20160102.nc"])
        let after = try receipt(made)
        #expect(try find(made, after).isEmpty)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1e9)],
            ofItemAtPath: made.dataRoot + "/d/20160103.nc")
        let found = try find(made, after)
        #expect(found.map(\.path) == ["d/20160103.nc"] && found.allSatisfy(\.isReplaced))
        try FileManager.default.removeItem(atPath: made.dataRoot + "/d/20160103.nc")
        #expect(try find(made, after).isEmpty, "a prepared file may go")
    }
}
