import Testing
import Tiling

@testable import Covariates

/// Savitzky-Golay on one cell. Expected values were computed with numpy.linalg.lstsq on true day offsets, and
/// with scipy.signal.savgol_filter where steps are regular.
@Suite struct SmoothingTests {
    private static let rule = Smoothing(halfWindowDays: 48, coefficients: 3, minimum: 5)
    private static let ndvi: [Float] = [0.30, 0.34, 0.29, 0.41, 0.45, 0.40, 0.52, 0.55, 0.47, 0.60]

    /// 16-day composites from day 289 of a year to day 65 of the next: 10 steps.
    private func composites(from year: Int) throws -> [Day] {
        try [289, 305, 321, 337, 353].map { try #require(Day(year: year, dayOfYear: $0)) }
            + [1, 17, 33, 49, 65].map { try #require(Day(year: year + 1, dayOfYear: $0)) }
    }

    private func covariate(_ rule: Smoothing, _ interpolation: Covariate.Interpolation = .linear) -> Covariate
    {
        Covariate(
            name: "ndvi", unit: "1", source: raster("ndvi/{year}{doy}.tif", every: 16), smoothing: rule,
            interpolation: interpolation)
    }

    /// The value of a day, through all rules in time; nil when the day is missing.
    private func value(
        _ covariate: Covariate, steps: [Day], values: [Float], on day: Day
    ) throws -> Float? {
        let smoothing = try #require(covariate.smoothing)
        let smoother = try SavitzkyGolay(smoothing, everyDays: 16, steps: steps, covariate: "ndvi")
        let rule = try TimeRule(of: covariate, everyDays: 16, steps: smoother.anchors)
        let outcome = rule.outcome(for: day)
        guard case .terms = outcome else { return nil }
        let row = Dictionary(uniqueKeysWithValues: steps.indices.map { ($0, $0) })
        let all = Array(smoother.anchors.indices)
        let smoothed = smoother.smoothed(all, of: values, row: row, cellCount: 1)
        let place = Dictionary(uniqueKeysWithValues: all.map { ($0, $0) })
        return weightedSums([outcome], of: smoothed, place: place, cellCount: 1)[0]
    }

    private func expect(_ found: Float?, _ expected: Double, _ comment: Comment = "") {
        #expect(abs(Double(found ?? .nan) - expected) < 5e-7, comment)
    }

    @Test func regularStepsGetThePublishedWeights() {
        var table = SmoothingWeights(rule: Self.rule, distances: (-3...3).map { Double($0 * 16) / 48 })
        // Savitzky and Golay 1964: quadratic, seven points.
        let expected = [-2, 3, 6, 7, 6, 3, -2].map { Double($0) / 21 }
        for (found, expected) in zip(table.weights(of: 0b111_1111), expected) {
            #expect(abs(found - expected) < 1e-15)
        }
        let values: [Float] = [0.21, 0.25, 0.22, 0.35, 0.41, 0.38, 0.52, 0.55, 0.49, 0.61]
        let steps = values.indices.map { Day(number: 16_900) + $0 * 16 }
        let smoother = try? SavitzkyGolay(Self.rule, everyDays: 16, steps: steps, covariate: "ndvi")
        let row = Dictionary(uniqueKeysWithValues: steps.indices.map { ($0, $0) })
        let wanted = smoother.map { smoother in
            [3, 4, 5, 6].map { smoother.anchors.firstIndex(of: steps[$0])! }
        }
        let found = smoother?.smoothed(wanted ?? [], of: values, row: row, cellCount: 1) ?? []
        #expect(found.count == 4)
        for (found, expected) in zip(found, [0.31714286, 0.3747619, 0.45333333, 0.47619048]) {
            expect(found, expected)
        }
    }

    /// December 26th, 2015: between day 353 and January 1st, which are 13 days apart; 14 in 2016.
    @Test(arguments: [
        (2015, 0.4149065550759309, 0.47284920510651385, 0.44610644355393714),
        (2016, 0.4140264854657003, 0.47368541169162937, 0.44385594857866484),
    ])
    func theYearsEndIsFittedOnTrueDays(year: Int, onDay353: Double, onNewYear: Double, onDay360: Double)
        throws
    {
        let steps = try composites(from: year)
        let rule = covariate(Self.rule)
        expect(try value(rule, steps: steps, values: Self.ndvi, on: steps[4]), onDay353)
        expect(try value(rule, steps: steps, values: Self.ndvi, on: steps[5]), onNewYear)
        expect(try value(rule, steps: steps, values: Self.ndvi, on: steps[4] + 7), onDay360)
        // Without interpolation the smoothed step is held.
        let held = covariate(Self.rule, .none)
        expect(try value(held, steps: steps, values: Self.ndvi, on: steps[4] + 7), onDay353)
    }

    /// GSSM1km fits each year to the composites from December 13th before it to January 18th behind it.
    /// January 1st closes one series and opens the next. Values of numpy.linalg.lstsq.
    @Test(arguments: [
        (2015, [0.41335093480726215, 0.4399794955179708, 0.46706426846475385, 0.47376302339293663]),
        (2016, [0.4127452844500255, 0.43824069165817287, 0.46813380968452617, 0.4741240449249022]),
    ])
    func asPublishedAYearIsASeriesOfItsOwn(year: Int, expected: [Double]) throws {
        let steps = try composites(from: year)
        let published = covariate(
            Smoothing(halfWindowDays: 48, coefficients: 3, minimum: 5, mode: .published))
        let days = [steps[4], steps[4] + 7, steps[5], steps[5] + 8]
        for (day, expected) in zip(days, expected) {
            expect(
                try value(published, steps: steps, values: Self.ndvi, on: day), expected, "\(day)")
        }
        // A quadratic is itself from one side, too; what lies beyond January 18th is not looked at.
        let centre = steps[4] + 5
        var values = steps.map { day in
            let t = Double(day - centre) / 100
            return Float(0.5 - 0.3 * t + 0.2 * t * t)
        }
        values[7] = 9
        expect(
            try value(published, steps: steps, values: values, on: steps[4]),
            0.5 + 0.3 * 0.05 + 0.2 * 0.0025, "one-sided")
        let corrected = try #require(
            try value(covariate(Self.rule), steps: steps, values: values, on: steps[4]))
        #expect(abs(corrected - 0.5155) > 0.01, "the step of February 2nd counts")
        // Without the step of November 17th the old year's January 1st has four values, the new one's five.
        values[2] = .nan
        #expect(try value(published, steps: steps, values: values, on: steps[4] + 7)?.isNaN == true)
        var fewer = (steps: steps, values: values)
        fewer.steps.remove(at: 2)
        fewer.values.remove(at: 2)
        #expect(
            try value(published, steps: fewer.steps, values: fewer.values, on: steps[4] + 7)?.isNaN == true)
        #expect(try value(published, steps: fewer.steps, values: fewer.values, on: steps[5])?.isNaN == false)
    }

    @Test func missingValuesAreLeftOutOfTheFit() throws {
        let steps = try composites(from: 2015)
        func smoothed(without missing: [Int], at step: Int) throws -> Float? {
            var values = Self.ndvi
            for step in missing { values[step] = .nan }
            return try value(covariate(Self.rule), steps: steps, values: values, on: steps[step])
        }
        expect(try smoothed(without: [4], at: 4), 0.3981776564759668, "a missing step is filled")
        expect(try smoothed(without: [4], at: 5), 0.46817501575407106)
        expect(try smoothed(without: [4, 6], at: 4), 0.38892992990236225)
        expect(try smoothed(without: [4, 6], at: 5), 0.4539736507853899)
        // Four of seven are fewer than five.
        #expect(try smoothed(without: [3, 4, 6], at: 4)?.isNaN == true)
        #expect(try smoothed(without: [3, 4, 6], at: 5)?.isNaN == true)
    }

    @Test func aStepWithoutFileIsOneMoreMissingValue() throws {
        var steps = try composites(from: 2015)
        var values = Self.ndvi
        let gone = steps.remove(at: 4)
        values.remove(at: 4)
        expect(
            try value(covariate(Self.rule), steps: steps, values: values, on: gone), 0.3981776564759668)
        // Nothing is made up beyond the last step, nor where fewer than five steps are near.
        #expect(try value(covariate(Self.rule), steps: steps, values: values, on: steps[8] + 16) == nil)
        #expect(try value(covariate(Self.rule), steps: steps, values: values, on: steps[0]) == nil)
    }

    @Test func otherWindowsAndPolynomials() throws {
        let steps = try composites(from: 2015)
        let line = covariate(Smoothing(halfWindowDays: 32, coefficients: 2, minimum: 4))
        expect(try value(line, steps: steps, values: Self.ndvi, on: steps[5]), 0.4631697914841424)
    }

    @Test func aQuadraticIsReproducedWhateverIsMissing() throws {
        let steps = try composites(from: 2016)
        for missing in [[], [3], [4, 5], [2, 6]] as [[Int]] {
            for centre in [4, 5] {
                let values = steps.enumerated().map { number, day in
                    let t = Double(day - steps[centre]) / 100
                    return missing.contains(number) ? Float.nan : Float(0.5 - 0.3 * t + 0.2 * t * t)
                }
                expect(
                    try value(covariate(Self.rule), steps: steps, values: values, on: steps[centre]), 0.5,
                    "without \(missing)")
            }
        }
    }

    @Test func theTermsOfATraceMakeTheValue() throws {
        let steps = try composites(from: 2015)
        let smoother = try SavitzkyGolay(Self.rule, everyDays: 16, steps: steps, covariate: "ndvi")
        let rule = try TimeRule(of: covariate(Self.rule), everyDays: 16, steps: smoother.anchors)
        guard case .terms(let terms) = rule.outcome(for: steps[4] + 7) else {
            Issue.record("the day can be made")
            return
        }
        let found = smoother.stepTerms(of: terms) { $0 >= 0 }
        #expect(found.map(\.step) == Array(1...8))
        let sum = found.reduce(0.0) { $0 + $1.weight * Double(Self.ndvi[$1.step]) }
        #expect(abs(sum - 0.44610644355393714) < 1e-7)
        #expect(smoother.stepTerms(of: terms) { $0 > 4 }.isEmpty)
    }

    @Test func theReachIsTheWindowAndTheNeighbouringSteps() {
        #expect(covariate(Self.rule).reach(everyDays: 16) == (before: 64, after: 64))
        #expect(covariate(Self.rule, .none).reach(everyDays: 16) == (before: 63, after: 63))
        let plan = PlannedSource.sources(of: [covariate(Self.rule)])
        #expect(plan.map(\.historyDays) == [64] && plan.map(\.lookAheadDays) == [64])
        // A unit of June needs March 29th to September 2nd.
        let june = DayRange("2016-06-01..2016-06-30")!
        let blocks = plan[0].blocks(for: june).map(plan[0].calendar.name(ofBlock:))
        #expect(blocks == ["2016-03", "2016-04", "2016-05", "2016-06", "2016-07", "2016-08", "2016-09"])
    }
}
