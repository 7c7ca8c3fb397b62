import Testing
import Tiling

/// The hours of a day, and that the rule is part of the recipe.
@Suite struct DailyRuleTests {
    private static let rules: [(rule: DailyRule, terms: String)] = [
        (DailyRule(.accumulated, hours: 1...24), "+24"),
        (DailyRule(.accumulated, hours: 1...23), "+23"),
        (DailyRule(.accumulated, hours: 7...12), "-6 +12"),
        (DailyRule(.accumulated, hours: 10...33), "-9 +24 +33"),
        (DailyRule(.accumulated, hours: -14...9), "--15 +0 +9"),
        (DailyRule(.accumulated, hours: -23...48), "+0 +24 +48"),
        (DailyRule(.mean, hours: 0...18, everyHours: 6), "+0 +6 +12 +18"),
        (DailyRule(.sum, hours: 23...25), "+23 +24 +25"),
    ]

    /// Stamps with the sign of their weight, which is 1 or -1.
    @Test func termsOfRules() {
        for (rule, expected) in Self.rules {
            #expect(rule.terms.allSatisfy { abs($0.weight) == 1 })
            let terms = rule.terms.map { ($0.weight < 0 ? "-" : "+") + "\($0.minute / 60)" }
            #expect(terms.joined(separator: " ") == expected, "\(rule)")
        }
    }

    @Test func hoursFallOnDays() {
        let offsets = [-24, -1, 0, 23, 24, 48].map { DailyRule.Term(minute: $0 * 60, weight: 1) }
        #expect(offsets.map(\.dayOffset) == [-1, -1, 0, 0, 1, 2])
        #expect(offsets.map { $0.secondOfDay / 3600 } == [0, 23, 0, 23, 0, 0])
    }

    /// Plans on disk have whole hours as whole numbers.
    @Test func hoursReadBack() throws {
        for (rule, text) in [
            (DailyRule(.max, hours: -6...17), "\"everyHours\":1,\"firstHour\":-6,\"lastHour\":17"),
            (
                DailyRule(.mean, minutes: 90...1350, everyMinutes: 30),
                "\"everyHours\":0.5,\"firstHour\":1.5,\"lastHour\":22.5"
            ),
        ] {
            let bytes = CanonicalJSON.bytes(rule)
            #expect(String(decoding: bytes, as: UTF8.self).contains(text))
            #expect(try CanonicalJSON.value(DailyRule.self, from: bytes) == rule)
        }
        #expect("\(DailyRule(.mean, minutes: 90...1350, everyMinutes: 30))".contains("01:30..22:30 UTC"))
    }

    /// Another rule is another recipe; a product without hours keeps the digest that runs on disk have.
    @Test func theRuleIsPartOfTheRecipe() {
        let rules: [DailyRule?] = [
            nil, DailyRule(.mean, hours: 0...23), DailyRule(.mean, hours: 1...24),
            DailyRule(.max, hours: 0...23), DailyRule(.mean, hours: 0...21, everyHours: 3),
        ]
        let digests = rules.map { Self.recipe(daily: $0, clip: nil).digest }
        #expect(Set(digests + [Self.recipe(daily: nil, clip: 0).digest]).count == 6)
        let plain = String(decoding: CanonicalJSON.bytes(Self.recipe(daily: nil, clip: nil)), as: UTF8.self)
        #expect(!plain.contains("daily") && !plain.contains("clip"))
    }

    /// One source, one plane per variable and rule.
    @Test func rulesShareTheFile() {
        let covariates = [
            Self.covariate(daily: DailyRule(.mean, hours: 0...23), clip: nil),
            Self.covariate(daily: DailyRule(.max, hours: 0...23), clip: nil),
            Self.covariate(daily: DailyRule(.mean, hours: 0...23), clip: 0),
        ]
        let sources = PlannedSource.sources(of: covariates)
        #expect(sources.count == 1)
        guard case .netCDF(let variables) = sources[0].content else { return }
        #expect(variables.map(\.planeName) == ["t2m-mean-0to23", "t2m-max-0to23"])
    }

    /// Plans on disk from before there were rules are read, and written the same.
    @Test func variablesReadBack() throws {
        let variables = [SourceVariable("tp"), SourceVariable("t2m", daily: DailyRule(.max, hours: -6...17))]
        let bytes = CanonicalJSON.bytes(variables)
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("[\"tp\",{"))
        #expect(try CanonicalJSON.value([SourceVariable].self, from: bytes) == variables)
    }

    private static func covariate(daily: DailyRule?, clip: Double?) -> Covariate {
        let files = FileSource(
            path: PathTemplate("m_{year}.nc"), content: .netCDF(variables: ["t2m"]), daily: daily)
        return Covariate(name: "x", unit: "K", source: .files(files), clip: clip)
    }

    private static func recipe(daily: DailyRule?, clip: Double?) -> Recipe {
        Recipe(
            of: Product(
                name: "p",
                grid: Grid(
                    crs: "EPSG:4326", west: 0, north: 0, pixelWidth: 1, pixelHeight: 1, columns: 2, rows: 2),
                period: DayRange("2016-01-01")!, covariates: [covariate(daily: daily, clip: clip)],
                layers: [], output: OutputEncoding(type: .float32, noData: -1, unit: "1")), forests: [:])
    }
}
