/// The normal equations of one pixel's harmonics, solved by Cholesky's method in double.
struct NormalSystem {
    /// 1, then cosine and sine sums of k = 1...6.
    let moments: [Double]
    let right: [Double]

    /// A pivot below this part of its diagonal means that the days cannot tell the terms apart.
    static let pivotMin = 1e-10

    private func cosineSum(_ k: Int) -> Double { k == 0 ? moments[0] : moments[2 * abs(k) - 1] }
    private func sineSum(_ k: Int) -> Double { k == 0 ? 0 : k < 0 ? -moments[-2 * k] : moments[2 * k] }

    /// Products of two terms by the addition theorems; term 0 is the cosine of harmonic 0.
    private func product(_ a: Int, _ b: Int) -> Double {
        let (p, q) = ((a + 1) / 2, (b + 1) / 2)
        // Odd terms are cosines, even ones sines, and 0 is cos(0).
        switch (a == 0 || a % 2 == 1, b == 0 || b % 2 == 1) {
        case (true, true): return (cosineSum(p - q) + cosineSum(p + q)) / 2
        case (false, false): return (cosineSum(p - q) - cosineSum(p + q)) / 2
        case (true, false): return (sineSum(p + q) - sineSum(p - q)) / 2
        case (false, true): return (sineSum(p + q) + sineSum(p - q)) / 2
        }
    }

    /// Nil when the days do not determine all terms.
    func solution() -> [Double]? {
        let count = right.count
        var factor = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0...row {
                var sum = product(row, column)
                for k in 0..<column { sum -= factor[row * count + k] * factor[column * count + k] }
                guard row == column else {
                    factor[row * count + column] = sum / factor[column * count + column]
                    continue
                }
                guard sum > NormalSystem.pivotMin * product(row, row) else { return nil }
                factor[row * count + row] = sum.squareRoot()
            }
        }
        var values = right
        for row in 0..<count {
            for k in 0..<row { values[row] -= factor[row * count + k] * values[k] }
            values[row] /= factor[row * count + row]
        }
        for row in (0..<count).reversed() {
            for k in row + 1..<count { values[row] -= factor[k * count + row] * values[k] }
            values[row] /= factor[row * count + row]
        }
        return values
    }
}
