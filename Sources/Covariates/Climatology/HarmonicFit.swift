import Tiling

/// Fits three harmonics of the year to the series of many pixels, day of the year by day of the year.
///
/// Let X(d) be the mean over the years of the values of day d, and N the number of days d that have one.
///
/// | fit | H0 | a_p (b_p with the sine) |
/// |---|---|---|
/// | published | 1/N sum X(d) | 2/365 sum X(d) cos(2 pi p d / 365) |
/// | lsq | least squares of all seven on the N days | N >= 30 |
///
/// The normal matrix of `lsq` consists of sums of cosines and sines of sums and differences of two
/// harmonics, so thirteen sums per pixel hold all of it. Days come in ascending order, which makes the sums
/// the same everywhere.
struct HarmonicFit {
    static let dayCountMin = 30

    let fitting: HarmonicFitting
    let pixelCount: Int
    /// sum X(d) basis(d): [pixel * termCount + term].
    private var right: [Double]
    /// [pixel * momentCount + moment] of the days that have a value: N, sum cos(k), sum sin(k), k = 1...6;
    /// empty for `published`.
    private var moments: [Double]
    private var dayCounts: [Int16]
    private var firstDays: [Int16]
    private var lastDays: [Int16]
    private var longestGaps: [Int16]

    private static let momentCount = 1 + 4 * HarmonicTable.harmonicCount

    init(_ fitting: HarmonicFitting, pixelCount: Int) {
        self.fitting = fitting
        self.pixelCount = pixelCount
        right = [Double](repeating: 0, count: HarmonicTable.termCount * pixelCount)
        moments = fitting == .lsq ? [Double](repeating: 0, count: HarmonicFit.momentCount * pixelCount) : []
        dayCounts = [Int16](repeating: 0, count: pixelCount)
        firstDays = dayCounts
        lastDays = dayCounts
        longestGaps = dayCounts
    }

    /// Takes one day of the year: the sum of each pixel's values over the years, and of how many years.
    mutating func add(day: Int, sums: ArraySlice<Double>, counts: ArraySlice<UInt16>) {
        precondition(sums.count == pixelCount && counts.count == pixelCount, "a value per pixel")
        let basis = HarmonicTable.shared.basis(day: day)
        let moment = fitting == .lsq ? HarmonicFit.momentBasis(day: day) : []
        for pixel in 0..<pixelCount {
            let count = counts[counts.startIndex + pixel]
            guard count > 0 else { continue }
            let mean = sums[sums.startIndex + pixel] / Double(count)
            let (first, firstMoment) = (pixel * basis.count, pixel * moment.count)
            for term in 0..<basis.count { right[first + term] += basis[term] * mean }
            for term in 0..<moment.count { moments[firstMoment + term] += moment[term] }
            note(day: Int16(day), pixel: pixel)
        }
    }

    private mutating func note(day: Int16, pixel: Int) {
        if dayCounts[pixel] == 0 {
            firstDays[pixel] = day
        } else {
            longestGaps[pixel] = max(longestGaps[pixel], day - lastDays[pixel] - 1)
        }
        lastDays[pixel] = day
        dayCounts[pixel] += 1
    }

    /// The mean year of each pixel, when all days have been added.
    func coefficients() -> HarmonicCoefficients {
        var result = HarmonicCoefficients(pixelCount: pixelCount)
        for pixel in 0..<pixelCount where dayCounts[pixel] > 0 {
            result.dayCounts[pixel] = Float(dayCounts[pixel])
            // The year is a ring: the gap over its end counts as one.
            let ring = firstDays[pixel] + Int16(HarmonicTable.dayCount) - lastDays[pixel] - 1
            result.longestGaps[pixel] = Float(max(longestGaps[pixel], ring))
            guard let terms = fitting == .published ? published(pixel) : leastSquares(pixel) else { continue }
            for (term, value) in terms.enumerated() {
                result.terms[term * pixelCount + pixel] = Float(value)
            }
        }
        return result
    }

    private func published(_ pixel: Int) -> [Double] {
        (0..<HarmonicTable.termCount).map { term in
            let sum = right[pixel * HarmonicTable.termCount + term]
            return term == 0
                ? sum / Double(dayCounts[pixel]) : 2 / Double(HarmonicTable.dayCount) * sum
        }
    }

    private func leastSquares(_ pixel: Int) -> [Double]? {
        guard dayCounts[pixel] >= HarmonicFit.dayCountMin else { return nil }
        let system = NormalSystem(
            moments: Array(moments[pixel * HarmonicFit.momentCount..<(pixel + 1) * HarmonicFit.momentCount]),
            right: Array(right[pixel * HarmonicTable.termCount..<(pixel + 1) * HarmonicTable.termCount]))
        return system.solution()
    }

    /// 1, then cosine and sine of k times the first harmonic, k = 1...6.
    private static func momentBasis(day: Int) -> [Double] {
        let table = HarmonicTable.shared
        let numbers = 1...2 * HarmonicTable.harmonicCount
        return [1] + numbers.flatMap { [table.cosine($0, day: day), table.sine($0, day: day)] }
    }
}
