import Testing
import Tiling

@testable import Covariates

/// Rules in time, on one cell: small tables of steps, days and expected values.
@Suite struct TimeRuleTests {
    private static let newYear = Day(year: 2016, month: 1, day: 1)!

    /// The rule's value of a day, nil when the day is missing.
    private func value(
        _ covariate: Covariate, every: Int = 1, steps: [(Day, Float)], on day: Day
    ) throws -> Float? {
        let rule = try TimeRule(of: covariate, everyDays: every, steps: steps.map(\.0))
        let outcome = rule.outcome(for: day)
        guard case .terms = outcome else { return nil }
        let place = Dictionary(uniqueKeysWithValues: steps.indices.map { ($0, $0) })
        return weightedSums([outcome], of: steps.map(\.1), place: place, cellCount: 1)[0]
    }

    private func covariate(
        _ derivation: Covariate.Derivation? = nil, _ interpolation: Covariate.Interpolation = .none
    ) -> Covariate {
        Covariate(
            name: "x", unit: "mm",
            source: .files(FileSource(path: PathTemplate("x{year}.nc"), content: .netCDF(variables: ["x"]))),
            derivation: derivation, interpolation: interpolation)
    }

    private let index = Covariate.Derivation.antecedentIndex(terms: 34, decay: 0.91, scale: 1)

    @Test func theAntecedentIndexOfConstantRainIsTheGeometricSum() throws {
        let steps = (0..<34).map { (Self.newYear + $0, Float(1)) }
        let result = try #require(try value(covariate(index), steps: steps, on: Self.newYear + 33))
        #expect(abs(result - 10.661) < 0.0005)
    }

    @Test func aPulseDecaysAndIsForgotten() throws {
        let days = (0..<60).map { Self.newYear + $0 }
        let steps = days.map { ($0, Float($0 == Self.newYear + 20 ? 10 : 0)) }
        let table: [(lag: Int, expected: Float)] = [(0, 10), (5, 6.240), (33, 10 * 0.044503), (34, 0)]
        for (lag, expected) in table {
            let covariate = covariate(index)
            let day = Self.newYear + 20 + lag
            let result = try value(covariate, steps: steps, on: day)
            if day < Self.newYear + 33 {
                // 34 terms reach back before the first step.
                #expect(result == nil)
            } else {
                let found = try #require(result)
                #expect(abs(found - expected) < 0.001, "lag \(lag)")
            }
        }
        // The pulse where history is complete.
        let late = days.map { ($0, Float($0 == Self.newYear + 40 ? 10 : 0)) }
        let found = try #require(try value(covariate(index), steps: late, on: Self.newYear + 45))
        #expect(abs(found - 6.240) < 0.0005)
    }

    @Test func theScaleMultipliesTheSum() throws {
        let inMillimetres = Covariate.Derivation.antecedentIndex(terms: 34, decay: 0.91, scale: 1000)
        let steps = (0..<34).map { (Self.newYear + $0, Float(0.001)) }
        let result = try #require(try value(covariate(inMillimetres), steps: steps, on: Self.newYear + 33))
        #expect(abs(result - 10.661) < 0.0005)
    }

    @Test func incompleteHistoryIsMissingAndNeverShortened() throws {
        let steps = (0..<40).filter { $0 != 20 }.map { (Self.newYear + $0, Float(1)) }
        let rule = try TimeRule(of: covariate(index), everyDays: 1, steps: steps.map(\.0))
        #expect(rule.outcome(for: Self.newYear + 39) == .missing([Self.newYear + 20]))
        #expect(rule.outcome(for: Self.newYear + 32) == .missing([Self.newYear - 1, Self.newYear + 20]))
    }

    @Test func aMissingCellMakesTheSumOfThatCellMissing() throws {
        let steps = (0..<5).map { (Self.newYear + $0, $0 == 2 ? Float.nan : Float(1)) }
        let sum = covariate(.runningSum(days: 3))
        for (day, isMissing) in [(2, true), (3, true), (4, true)] {
            let result = try #require(try value(sum, steps: steps, on: Self.newYear + day))
            #expect(result.isNaN == isMissing)
        }
    }

    @Test func runningSumsEndWithTheDayItself() throws {
        let steps = (0..<10).map { (Self.newYear + $0, Float($0)) }
        for (days, day, expected) in [(1, 4, 4), (3, 4, 9), (5, 4, 10), (10, 9, 45)] as [(Int, Int, Float)] {
            let result = try value(covariate(.runningSum(days: days)), steps: steps, on: Self.newYear + day)
            #expect(result == expected)
        }
        #expect(try value(covariate(.runningSum(days: 6)), steps: steps, on: Self.newYear + 4) == nil)
    }

    @Test func stepsAreHeldUntilTheNextOneIsDue() throws {
        let steps: [(Day, Float)] = [(Self.newYear, 1), (Self.newYear + 16, 2)]
        for (day, expected) in [(-1, nil), (0, 1), (15, 1), (16, 2), (31, 2), (32, nil)] as [(Int, Float?)] {
            #expect(try value(covariate(), every: 16, steps: steps, on: Self.newYear + day) == expected)
        }
    }

    @Test func interpolationKnowsTheTrueSpacingAtTheYearsEnd() throws {
        // 13 days from the last step to January 1st, 14 in leap years.
        let table: [(year: Int, offset: Int, spacing: Int)] = [
            (2015, 1, 13), (2015, 12, 13), (2016, 1, 14), (2016, 7, 14), (2016, 13, 14),
        ]
        for (year, offset, spacing) in table {
            let last = try #require(Day(year: year, dayOfYear: 353))
            let steps: [(Day, Float)] = [(last, 0), (try #require(Day(year: year + 1, dayOfYear: 1)), 1)]
            let result = try value(covariate(nil, .linear), every: 16, steps: steps, on: last + offset)
            #expect(result == Float(Double(offset) / Double(spacing)), "\(year), \(offset) days on")
        }
    }

    /// The published code takes 13 days, whatever the year; elsewhere it is the same.
    @Test func thePublishedYearsEndIsWrongInLeapYearsOnly() throws {
        let table: [(year: Int, offset: Int, share: Double)] = [
            (2015, 1, 1 / 13.0), (2015, 12, 12 / 13.0), (2016, 1, 1 / 13.0), (2016, 12, 12 / 13.0),
            (2016, 13, 1),
        ]
        for (year, offset, share) in table {
            let last = try #require(Day(year: year, dayOfYear: 353))
            let steps: [(Day, Float)] = [(last, 0), (try #require(Day(year: year + 1, dayOfYear: 1)), 1)]
            let rule = covariate(nil, .linearPublished)
            let result = try value(rule, every: 16, steps: steps, on: last + offset)
            #expect(result == Float(share), "\(year), \(offset) days on")
        }
        let spring: [(Day, Float)] = [(Self.newYear + 16, 0), (Self.newYear + 32, 1)]
        let result = try value(
            covariate(nil, .linearPublished), every: 16, steps: spring, on: Self.newYear + 20)
        #expect(result == 0.25)
    }

    @Test func interpolationNeedsBothNeighbours() throws {
        let steps: [(Day, Float)] = [(Self.newYear, 1), (Self.newYear + 16, 2), (Self.newYear + 48, 4)]
        let linear = covariate(nil, .linear)
        let table: [(day: Int, expected: Float?)] = [
            (0, 1), (4, 1.25), (16, 2), (17, nil), (47, nil), (48, 4), (49, nil),
        ]
        for (day, expected) in table {
            #expect(
                try value(linear, every: 16, steps: steps, on: Self.newYear + day) == expected, "day \(day)")
        }
    }

    /// MODIS LAI: 46 steps, the last one 5 days before January 1st, 6 in leap years.
    @Test func leafAreaOfEightDaysIsInterpolatedAcrossTheYearsEnd() throws {
        for (year, spacing) in [(2015, 5), (2016, 6)] {
            let last = try #require(Day(year: year, dayOfYear: 361))
            let steps: [(Day, Float)] = [
                (last - 8, 2), (last, 1), (last + spacing, 3), (last + spacing + 8, 3),
            ]
            let linear = covariate(nil, .linear)
            #expect(steps[2].0.dayOfYear == 1)
            for offset in 0..<spacing {
                let expected = Float(1 + 2 * Double(offset) / Double(spacing))
                let found = try #require(try value(linear, every: 8, steps: steps, on: last + offset))
                #expect(abs(found - expected) < 1e-6, "\(year), \(offset) days on")
            }
            #expect(try value(linear, every: 8, steps: steps, on: last - 2) == 1.25)
        }
    }

    @Test func classesAreNotMixed() {
        for (derivation, interpolation) in [
            (Covariate.Derivation.runningSum(days: 3), .none), (nil, .linear),
        ]
            as [(Covariate.Derivation?, Covariate.Interpolation)]
        {
            let classes = Covariate(
                name: "land", unit: "1",
                source: raster("land/{year}.tif", every: derivation == nil ? 366 : 1),
                derivation: derivation, interpolation: interpolation, resampling: .mode)
            let error = #expect(throws: CovariateError.self) {
                try TimeRule(of: classes, everyDays: derivation == nil ? 366 : 1, steps: [])
            }
            #expect(error?.description.hasPrefix("land: resample: mode is for classes") == true)
        }
    }

    @Test func aDerivationNeedsADailySource() {
        #expect(throws: CovariateError.self) {
            try TimeRule(of: covariate(.runningSum(days: 3)), everyDays: 16, steps: [])
        }
    }
}
