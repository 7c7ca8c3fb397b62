import Products
import Testing
import Tiling

/// The keys of filled series and of overpasses.
@Suite struct ContinuousKeyTests {
    private static func text(_ source: String, daily: String = "{overpass: 10.5}") -> String {
        """
        name: small
        grid: {crs: "EPSG:4326", west: 10, east: 12, south: 40, north: 41, pixel: "1/10"}
        period: 2016-01-01..2016-12-31
        covariates:
          - {name: lst, unit: degC, source: {raster: "lst_{year}{doy}.tif"}}
          - {name: air, unit: degC, source: {netcdf: "c_{year}.nc", variable: t}, daily: \(daily)}
          - {name: filled, unit: degC, source: \(source)}
          - {name: half, unit: degC, source: {mean: [filled, lst]}}
        layers:
          - {name: top, model: top.forest, features: [filled]}
        output: {type: uint16, scale: 0.001, nodata: 65535, unit: m3 m-3}

        """
    }

    @Test func everyKeyIsRead() throws {
        let file = try ProductText.load(
            Self.text(
                "{continuous: lst, weather: air, period: 2000-01-01..2020-12-31, mode: published, "
                    + "share: 0.5}",
                daily: "{overpass: 22.5, every: 3}"))
        #expect(
            file.product.covariate(named: "filled")?.source
                == .continuous(
                    ContinuousSeries(
                        observed: "lst", weather: "air", period: DayRange("2000-01-01..2020-12-31")!,
                        mode: .published, fit: .published, share: 0.5)))
        guard case .files(let files) = file.product.covariate(named: "air")?.source else {
            return #expect(Bool(false), "air is read from files")
        }
        #expect(files.overpass == Overpass(localHour: 22.5, everyHours: 3))
        #expect(
            files.variables.map(\.planeName)
                == stride(from: 3, through: 24, by: 3).map { "t-mean-\($0)to\($0)" })
    }

    @Test(arguments: [
        ("{continuous: lst, weather: air}", "missing key 'period'"),
        ("{continuous: lst, weather: lst, period: 2016-01-01..2016-12-31}", "series with gaps itself"),
        ("{continuous: lts, weather: air, period: 2016-01-01..2016-12-31}", "did you mean 'lst'"),
        ("{continuous: half, weather: air, period: 2016-01-01..2016-12-31}", "is made of itself"),
        ("{continuous: lst, weather: air, period: 2016-01-01..2016-12-31, share: 2}", "from 0 to 1"),
        ("{continuous: lst, weather: air, period: 2016-01-01..2016-12-31, fit: best}", "published, lsq"),
    ])
    func mistakesAreNamed(_ source: String, _ words: String) throws {
        let mistakes = try ProductText.mistakes(in: Self.text(source))
        #expect(mistakes.contains { $0.contains(words) }, "\(mistakes)")
    }

    @Test(arguments: [("{overpass: 24}", "less than 24"), ("{overpass: 3, every: 7}", "a part of 24")])
    func overpassesAreHoursOfTheDay(_ daily: String, _ words: String) throws {
        let mistakes = try ProductText.mistakes(
            in: Self.text("{continuous: lst, weather: air, period: 2016-01-01..2016-12-31}", daily: daily))
        #expect(mistakes.contains { $0.contains(words) }, "\(mistakes)")
    }

    @Test func aFilledSeriesHasNoFilledPart() throws {
        let text = Self.text("{continuous: lst, weather: air, period: 2016-01-01..2016-12-31}").replacing(
            "{mean: [filled, lst]}",
            with: "{continuous: filled, weather: air, period: 2016-01-01..2016-12-31}")
        let mistakes = try ProductText.mistakes(in: text)
        #expect(mistakes.contains { $0.contains("'filled' is filled itself") }, "\(mistakes)")
    }
}
