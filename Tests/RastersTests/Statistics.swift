/// Count, extremes and mean of what is not missing.
struct Statistics {
    private(set) var valid = 0
    private(set) var min = Double.infinity
    private(set) var max = -Double.infinity
    private(set) var mean = 0.0

    init(_ values: [Float]) {
        for value in values where !value.isNaN {
            valid += 1
            min = Swift.min(min, Double(value))
            max = Swift.max(max, Double(value))
            mean += Double(value)
        }
        mean /= Double(Swift.max(valid, 1))
    }

    /// Agreement to float rounding.
    func agrees(valid: Int, min: Double, max: Double, mean: Double) -> Bool {
        func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 2e-6 * Swift.max(1, abs(b)) }
        return self.valid == valid && close(self.min, min) && close(self.max, max) && close(self.mean, mean)
    }
}
