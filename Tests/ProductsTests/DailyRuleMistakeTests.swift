import Products
import Testing
import Tiling

/// How hours become days: what is written, and what is said about mistakes.
@Suite struct DailyRuleMistakeTests {
    @Test(arguments: [
        ("mean", DailyRule(.mean, hours: 0...23)), ("sum", DailyRule(.sum, hours: 1...24)),
        ("{mean: 01..24}", DailyRule(.mean, hours: 1...24)),
        ("{max: -6..17}", DailyRule(.max, hours: -6...17)),
        ("{min: 12}", DailyRule(.min, hours: 12...12)),
        ("{mean: 01:30..22:30, every: 3}", DailyRule(.mean, minutes: 90...1350, everyMinutes: 180)),
        ("{mean: 00..23:30, every: 0.5}", DailyRule(.mean, minutes: 0...1410, everyMinutes: 30)),
        ("{mean: 00..21, every: 3}", DailyRule(.mean, hours: 0...21, everyHours: 3)),
        ("{accumulated: next-midnight}", DailyRule(.accumulated, hours: 1...24)),
        ("{accumulated: 10..33}", DailyRule(.accumulated, hours: 10...33)),
    ])
    func spellings(_ text: String, _ rule: DailyRule) throws {
        let covariate = try #require(try product("daily: \(text)").covariates.first { $0.name == "clay" })
        guard case .files(let files) = covariate.source else {
            Issue.record("clay is read from files")
            return
        }
        #expect(files.daily == rule && covariate.clip == nil)
    }

    @Test func clipGoesWithAValidRange() throws {
        let covariate = try #require(try product("clip: 0, valid: [-0.1, 500]").covariates.first)
        #expect(covariate.clip == 0 && covariate.valid?.minimum == -0.1)
    }

    @Test(arguments: [
        ("daily: quantile", "daily: 'quantile' is not known: choose mean, min, max, sum"),
        ("daily: maen", "daily: 'maen' is not known (did you mean 'mean'?): choose mean, min, max, sum"),
        (
            "daily: accumulated",
            "daily: accumulated needs its hours: write {accumulated: next-midnight}"
        ),
        ("daily: {mean: noon}", "daily: mean: 'noon' is not a range of hours, such as 01..24"),
        (
            "daily: {accumulated: midnight}",
            "daily: accumulated: 'midnight' is not a range of hours, such as 01..24, nor next-midnight"
        ),
        ("daily: {mean: 01:3..22}", "daily: mean: '01:3..22' is not a range of hours, such as 01..24"),
        (
            "daily: {mean: 00..23:15, every: 0.5}",
            "daily: mean: 0..23:15 is not a whole number of steps of 30 minutes: end at 23"
        ),
        ("daily: {mean: 23..0}", "daily: mean: '23..0' runs backward: swap the two hours"),
        (
            "daily: {mean: 00..72}",
            "daily: mean: '00..72' reaches too far: hours are counted from the day's midnight, -24..48"
        ),
        (
            "daily: {mean: 00..23, every: 3}",
            "daily: mean: 0..23 is not a whole number of steps of 3 hours: end at 21"
        ),
        (
            "daily: {mean: 00..20, every: 5}",
            "daily: every: days are not whole numbers of 5 hours: use a part of 24"
        ),
        ("daily: {mean: 00..23, max: 00..23}", "daily: gives both mean and max: keep one of them"),
        (
            "daily: {accumulated: 01..24, every: 3}",
            "daily: unknown key 'every': remove it, or choose from accumulated"
        ),
        (
            "clip: 0, valid: [0, 500]",
            "clip: needs a valid range that begins below it, and so says which values are noise and which "
                + "are wrong, such as valid: [-0.1, 500]"
        ),
        (
            "clip: 0",
            "clip: needs a valid range that begins below it, and so says which values are noise and which "
                + "are wrong, such as valid: [-0.1, 500]"
        ),
    ])
    func mistakes(_ keys: String, _ message: String) throws {
        let text = try ProductText.replacing(
            "{raster: clay.tif}", with: "{netcdf: c.nc, variable: v}, \(keys)")
        #expect(try ProductText.mistakes(in: text) == ["5: covariate 'clay': \(message)"])
    }

    @Test func onlyHourlyNetCDFHasHours() throws {
        let raster = try ProductText.replacing("{raster: clay.tif}", with: "{raster: clay.tif}, daily: mean")
        #expect(
            try ProductText.mistakes(in: raster) == [
                "5: covariate 'clay': daily: needs a netCDF source: a raster has no hours"
            ])
        let slow = try ProductText.replacing(
            "{raster: clay.tif}", with: "{netcdf: c.nc, variable: v, every: 8}, daily: mean")
        #expect(
            try ProductText.mistakes(in: slow) == [
                "5: covariate 'clay': daily: needs a source of hours, this one comes every 8 days"
            ])
    }

    @Test func filesOfAPartOfADayNeedARule() throws {
        for (source, message) in [
            (
                "{netcdf: \"c_{year}{doy}T{hour}.nc\", variable: v}",
                "source: 'c_{year}{doy}T{hour}.nc' has several files a day: say how hours become days, with "
                    + "'daily: mean' for instance"
            ),
            (
                "{netcdf: \"c_{year}T{hour}.nc\", variable: v}",
                "source: netcdf: 'c_{year}T{hour}.nc' has {hour} without a day: add {month}{day} or {doy}"
            ),
            (
                "{netcdf: \"c_{year}{doy}T{minute}.nc\", variable: v}",
                "source: netcdf: 'c_{year}{doy}T{minute}.nc' has {minute} without {hour}: add {hour}, or "
                    + "write * for it"
            ),
            (
                "{raster: \"c_{year}{doy}T{hour}.tif\"}",
                "source: raster: unknown placeholder '{hour}' in 'c_{year}{doy}T{hour}.tif': choose from "
                    + "{year}, {month}, {day}, {doy}"
            ),
        ] {
            let text = try ProductText.replacing("{raster: clay.tif}", with: source)
            #expect(try ProductText.mistakes(in: text) == ["5: covariate 'clay': \(message)"])
        }
    }

    private func product(_ keys: String) throws -> Product {
        let text = try ProductText.replacing(
            "{raster: clay.tif}", with: "{netcdf: c.nc, variable: v}, \(keys)")
        return try ProductText.load(text).product
    }
}
