import Foundation
import Testing
import Tiling

@testable import Covariates

/// The mean year against closed forms (methods, section 13) and against the formulas written out with a
/// library's cosine.
@Suite struct HarmonicTests {
    private static let angle = 2 * Double.pi / 365

    private static func fitted(
        _ fitting: HarmonicFitting, days: some Sequence<Int>, _ value: (Int) -> Double
    ) -> HarmonicCoefficients {
        var fit = HarmonicFit(fitting, pixelCount: 1)
        for day in days { fit.add(day: day, sums: [value(day)], counts: [1]) }
        return fit.coefficients()
    }

    @Test func theTableIsTheCosineAndTheSine() {
        let table = HarmonicTable.shared
        for day in 1...365 {
            for harmonic in 1...3 {
                let angle = 2 * Double.pi * Double(harmonic * day % 365) / 365
                #expect(abs(table.cosine(harmonic, day: day) - cos(angle)) < 2e-15)
                #expect(abs(table.sine(harmonic, day: day) - sin(angle)) < 2e-15)
            }
        }
        // A machine that computes other bits would make other maps.
        let bits = (1...365).flatMap { table.basis(day: $0).map(\.bitPattern) }
        let digest = bits.withUnsafeBytes { Digest(of: $0) }
        #expect(digest.hex == Self.tableDigest)
    }

    private static let tableDigest = "70b416fcfee5182dcc431f302694b4d10ebfce57f08713a3e65425e2ddbbd686"

    @Test(arguments: HarmonicFitting.allCases)
    func threeHarmonicsReturnThemselves(_ fitting: HarmonicFitting) {
        func value(_ day: Int) -> Double {
            12.5 + 9 * cos(Self.angle * Double(day) + 0.7) + 2 * cos(2 * Self.angle * Double(day) - 1.1)
                + 0.5 * cos(3 * Self.angle * Double(day) + 2.9)
        }
        let year = Self.fitted(fitting, days: 1...365, value)
        for day in 1...365 { #expect(abs(year.values(day: day)[0] - value(day)) < 5e-6) }
        #expect(year.dayCounts == [365] && year.longestGaps == [0])
    }

    @Test(arguments: HarmonicFitting.allCases)
    func theFourthHarmonicIsRemoved(_ fitting: HarmonicFitting) {
        let year = Self.fitted(fitting, days: 1...365) { 3 + cos(4 * Self.angle * Double($0)) }
        for day in 1...365 { #expect(abs(year.values(day: day)[0] - 3) < 1e-6) }
    }

    /// H0 is the mean of the days there are; the sums are divided by 365 nonetheless.
    @Test func publishedAmplitudesShrinkWhereDaysAreMissing() {
        let days = (1...365).filter { $0 % 7 != 3 && !(100...160).contains($0) }
        func value(_ day: Int) -> Double { 20 + 10 * cos(Self.angle * Double(day)) }
        let year = Self.fitted(.published, days: days, value)
        var expected = [days.map(value).reduce(0, +) / Double(days.count)]
        for p in 1...3 {
            expected.append(days.map { value($0) * cos(Self.angle * Double(p * $0)) }.reduce(0, +) * 2 / 365)
            expected.append(days.map { value($0) * sin(Self.angle * Double(p * $0)) }.reduce(0, +) * 2 / 365)
        }
        for (found, wanted) in zip(year.terms, expected) { #expect(abs(Double(found) - wanted) < 2e-6) }
        #expect(year.longestGaps == [61])
        #expect(year.dayCounts == [Float(days.count)])
    }

    @Test func leastSquaresDoNotShrink() {
        func value(_ day: Int) -> Double {
            20 + 10 * cos(Self.angle * Double(day)) + 3 * sin(3 * Self.angle * Double(day))
        }
        let days = (1...365).filter { $0 % 7 != 3 && !(100...160).contains($0) }
        let year = Self.fitted(.lsq, days: days, value)
        for day in 1...365 { #expect(abs(year.values(day: day)[0] - value(day)) < 1e-5) }
    }

    @Test func fewerThanThirtyDaysHaveNoClimatology() {
        let spread = stride(from: 1, to: 365, by: 12)
        let tooFew = Self.fitted(.lsq, days: spread.prefix(29)) { _ in 1 }
        let valid = tooFew.terms.count { !$0.isNaN }
        #expect(valid == 0)
        let enough = Self.fitted(.lsq, days: spread.prefix(30)) { _ in 1 }.values(day: 200)[0]
        #expect(abs(enough - 1) < 1e-6)
        let none = Self.fitted(.published, days: []) { _ in 1 }
        let termCount = none.terms.count { !$0.isNaN }
        #expect(termCount == 0)
        #expect(none.longestGaps == [365])
    }

    @Test func gapsAreCountedOverTheEndOfTheYear() {
        let gaps = Self.fitted(.published, days: 31...330) { _ in 1 }.longestGaps
        #expect(gaps == [65])
    }

    @Test func daysOfLeapYears() {
        let last = Day("2016-12-31")!
        #expect(last.climatologyDay(.published) == nil && last.climatologyDay(.corrected) == 365)
        #expect(Day("2015-12-31")!.climatologyDay(.published) == 365)
    }

    /// 12 and 00 UTC are right for 35 degrees east and Aqua, as the publication had it.
    @Test(arguments: [
        (13.5, 35.0, 12), (1.5, 35.0, 24), (10.5, 0.0, 12), (22.5, 0.0, 24), (10.5, 146.0, 6),
        (10.5, -75.0, 18), (10.5, 180.0, 24), (10.5, -180.0, 24), (22.5, 146.0, 18), (6.0, 0.0, 6),
        (0.0, 0.0, 24), (10.5, 214.0, 24), (10.5, -146.0, 24), (10.5, 157.5, 24),
    ])
    func theOverpassChoosesTheIntervalThatEndsAtAStamp(_ hour: Double, _ longitude: Double, _ stamp: Int) {
        let overpass = Overpass(localHour: hour, everyHours: 6)
        #expect(overpass.stamps[overpass.stampNumber(longitude: longitude)] == stamp)
    }
}
