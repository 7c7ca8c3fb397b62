import Foundation
import Rasters
import Storage
import Testing
import Tiling

@testable import Covariates

/// Real hourly files of the Copernicus store, held against figures of numpy (float64 means of each day).
@Suite struct RealHourTests {
    private static let folder = YancoTests.folder.map {
        URL(filePath: $0).deletingLastPathComponent().path
    }
    private static let rules = [
        DailyRule(.mean, hours: 0...23), DailyRule(.max, hours: 0...23), DailyRule(.min, hours: 0...23),
    ]

    /// All planes that a file gives, by statistic and day.
    private func planes(of path: String, grid: Grid) throws -> [DailyRule.Statistic: [Day: [Float]]] {
        let made = try TestProduction(
            grid: grid, tilePixels: 32,
            covariates: Self.rules.map {
                Covariate(name: "\($0.statistic)", unit: "1", source: hourly(path, "swvl1", daily: $0))
            }, days: "2018-08-01", dataRoot: Self.folder)
        try made.prepare()
        var store = ManifestStore(run: made.run)
        let manifest = try store.manifest(source: made.plan.sources[0].name, block: "all")
        #expect(manifest.missing.isEmpty, "\(manifest.missing)")
        var result: [DailyRule.Statistic: [Day: [Float]]] = [:]
        for step in manifest.steps {
            for rule in Self.rules {
                let plane = try #require(step.planes["swvl1-\(rule.name)"])
                let file = try RasterFile(path: made.run.absolute(plane.path))
                let window = PixelWindow(column: 0, row: 0, columns: file.info.columns, rows: file.info.rows)
                result[rule.statistic, default: [:]][try #require(step.day)] = try file.read(
                    window: window, bands: [plane.band])
            }
        }
        return result
    }

    private func mean(_ values: [Float]) -> Double {
        values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    }

    @Test(.enabled(if: folder != nil)) func aMonthOfTheNewLayout() throws {
        let planes = try planes(
            of: "readers/netcdf/ERA5_India2_2020_01_01_31.nc", grid: degrees(66.875, 28.625, 0.25, 25, 15))
        #expect(planes[.mean]?.count == 31)
        let facts: [(String, mean: Double, most: Float, max: Float, min: Float)] = [
            ("2020-01-01", 0.09139201273520788, 0.21991496, 0.22244167, 0.030410416),
            ("2020-01-31", 0.0668730910064963, 0.19002274, 0.19455835, -0.0092076175),
        ]
        for fact in facts {
            let day = try #require(Day(fact.0))
            let means = try #require(planes[.mean]?[day])
            #expect(abs(mean(means) - fact.mean) < 1e-8 && means.max() == fact.most)
            #expect(planes[.max]?[day]?.max() == fact.max && planes[.min]?[day]?.min() == fact.min)
        }
    }

    @Test(.enabled(if: folder != nil)) func theSurveyOfARealMonth() throws {
        let covariate = Covariate(
            name: "sm", unit: "m3 m-3",
            source: hourly("readers/netcdf/ERA5_India2_2020_01_01_31.nc", "swvl1", daily: Self.rules[0]),
            valid: .init(minimum: -0.01, maximum: 1))
        let made = try TestProduction(
            grid: degrees(66.875, 28.625, 0.25, 25, 15), tilePixels: 32, covariates: [covariate],
            days: "2019-12-30..2020-02-01", dataRoot: Self.folder)
        let survey = CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot)
            .survey(days: made.plan.days)[0]
        #expect(survey.errors.isEmpty && survey.span?.description == "2020-01-01..2020-01-31")
        #expect(survey.missingDays.map(\.description) == ["2019-12-30..2019-12-31", "2020-02-01"])
        #expect(survey.sampleCount == 375 && survey.sampleRejectedCount == 0)
    }

    @Test(.enabled(if: folder != nil)) func sixtyFilesOfThreeDays() throws {
        let root = try #require(Self.folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/yanco/era5_swvl1")
            .filter { $0.hasSuffix(".nc") }.sorted()
        #expect(names.count == 60)
        var means: [Day: Double] = [:]
        var all: [Double] = []
        for name in names {
            let planes = try planes(
                of: "yanco/era5_swvl1/\(name)", grid: degrees(145.675, -34.525, 0.25, 8, 4))
            for (day, values) in planes[.mean] ?? [:] {
                // April 1st of 2019 is in two files, alike.
                if let known = means[day] { #expect(known == mean(values)) }
                means[day] = mean(values)
                all.append(mean(values))
            }
        }
        // Requests over the end of a month came back with days of one month: three days each, all whole.
        #expect(all.count == 180 && means.count == 179)
        #expect(abs(all.reduce(0, +) / 180 - 0.23022063815086666) < 1e-8)
        let known = [
            ("2018-08-01", 0.24656723206862807), ("2018-10-02", 0.13644146407023072),
            ("2018-10-31", 0.13683841424062848),
        ]
        for (day, value) in known {
            #expect(abs((means[try #require(Day(day))] ?? .nan) - value) < 1e-8, "\(day)")
        }
    }
}
