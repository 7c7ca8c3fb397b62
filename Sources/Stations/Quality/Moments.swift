/// Count, mean and variance of what is not NaN.
struct Moments {
    private(set) var count = 0
    /// NaN for no value.
    private(set) var mean = 0.0
    /// Whether there is a value and all are equal.
    private(set) var isConstant = false
    private var squares = 0.0

    init(_ values: some Sequence<Double>) {
        var sum = 0.0
        var (smallest, largest) = (Double.infinity, -Double.infinity)
        for value in values where !value.isNaN {
            sum += value
            count += 1
            smallest = min(smallest, value)
            largest = max(largest, value)
        }
        // Rounding must not give equal values a mean beside them and a variance above 0.
        isConstant = count > 0 && smallest == largest
        mean = isConstant ? smallest : count > 0 ? sum / Double(count) : .nan
        guard !isConstant else { return }
        for value in values where !value.isNaN { squares += (value - mean) * (value - mean) }
    }

    /// Divided by n - 1; NaN for fewer than two values.
    var sampleVariance: Double { count > 1 ? squares / Double(count - 1) : .nan }
    /// Divided by n; NaN for no value.
    var populationVariance: Double { count > 0 ? squares / Double(count) : .nan }
}
