import Tiling

/// The mean year of some pixels: `H0 + sum_p a_p cos(2 pi p d / 365) + b_p sin(2 pi p d / 365)`, p = 1, 2, 3.
///
/// That is `H0 + sum_p A_p cos(2 pi p d / 365 + phi_p)` with `A_p = sqrt(a_p^2 + b_p^2)` and
/// `phi_p = atan2(-b_p, a_p)`, without the arc tangent.
struct HarmonicCoefficients: Equatable {
    /// Names of the planes: H0, a1, b1, a2, b2, a3, b3 in the series' unit, then how well the year is known.
    static let names = ["H0", "a1", "b1", "a2", "b2", "a3", "b3", "days", "longest-gap"]

    let pixelCount: Int
    /// [term * pixelCount + pixel]; NaN where there is no climatology.
    var terms: [Float]
    /// Days of the year that have a value, of 365.
    var dayCounts: [Float]
    /// Most days of the year in a row without value; above 90 a whole season is a guess.
    var longestGaps: [Float]

    init(pixelCount: Int) {
        self.pixelCount = pixelCount
        terms = [Float](repeating: .nan, count: HarmonicTable.termCount * pixelCount)
        dayCounts = [Float](repeating: 0, count: pixelCount)
        longestGaps = [Float](repeating: Float(HarmonicTable.dayCount), count: pixelCount)
    }

    /// In the order of `names`.
    var planes: [[Float]] {
        (0..<HarmonicTable.termCount).map { Array(terms[$0 * pixelCount..<($0 + 1) * pixelCount]) }
            + [dayCounts, longestGaps]
    }

    /// The value of every pixel on a day of the year, 1...365, in double.
    func values(day: Int) -> [Double] {
        let basis = HarmonicTable.shared.basis(day: day)
        var sums = [Double](repeating: 0, count: pixelCount)
        for (term, weight) in basis.enumerated() {
            let first = term * pixelCount
            for pixel in 0..<pixelCount { sums[pixel] += weight * Double(terms[first + pixel]) }
        }
        return sums
    }
}

extension Day {
    /// The day of the climatology, 1...365; nil for December 31st of leap years as it was published.
    func climatologyDay(_ mode: ContinuousSeries.Mode) -> Int? {
        dayOfYear <= HarmonicTable.dayCount ? dayOfYear : mode == .published ? nil : HarmonicTable.dayCount
    }
}
