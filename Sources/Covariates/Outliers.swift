import Tiling

/// The values of a plane that a valid range turns away.
struct Outliers {
    private(set) var valueCount = 0
    private(set) var outsideCount = 0
    private(set) var farCount = 0
    /// One of them, the first far one if there is any.
    private(set) var example: Float = .nan
    private var farNumbers: Set<Float> = []
    private var outsideNumbers: Set<Float> = []

    init(of values: ArraySlice<Float>, _ covariate: Covariate, _ valid: Covariate.ValidRange) {
        // The limits are compared in float32, as everywhere.
        let (low, high) = (Float(valid.minimum), Float(valid.maximum))
        let reach = PlaneGuard.farWidths * (valid.maximum - valid.minimum)
        let (lowest, highest) = (Float(valid.minimum - reach), Float(valid.maximum + reach))
        for start in stride(from: values.startIndex, to: values.endIndex, by: Self.runLength) {
            let run = values[start...].prefix(Self.runLength)
            if let count = Self.countWithin(low, high, run, covariate.scale, covariate.offset) {
                valueCount += count
                continue
            }
            for value in run {
                let scaled = Float(Double(value) * covariate.scale + covariate.offset)
                if !scaled.isNaN { valueCount += 1 }
                // False for what is missing.
                guard scaled < low || scaled > high else { continue }
                outsideCount += 1
                if outsideCount == 1 { example = scaled }
                if outsideNumbers.count < PlaneGuard.farNumbersMin { outsideNumbers.insert(scaled) }
                guard scaled < lowest || scaled > highest else { continue }
                farCount += 1
                if farCount == 1 { example = scaled }
                if farNumbers.count < PlaneGuard.farNumbersMin { farNumbers.insert(scaled) }
            }
        }
    }

    /// Values that are looked at together: nearly all runs are within the range.
    private static let runLength = 4096

    /// How many values a whole run has, four at a time; nil where one of them is outside.
    private static func countWithin(
        _ low: Float, _ high: Float, _ run: ArraySlice<Float>, _ scale: Double, _ offset: Double
    ) -> Int? {
        guard run.count == runLength else { return nil }
        return run.withUnsafeBytes { bytes in
            var (count, outside) = (SIMD4<Int32>(), SIMD4<Int32>())
            for place in stride(from: 0, to: bytes.count, by: 16) {
                let stored = bytes.loadUnaligned(fromByteOffset: place, as: SIMD4<Float>.self)
                let scaled = SIMD4<Float>(SIMD4<Double>(stored) * scale + offset)
                count &+= SIMD4().replacing(with: 1, where: scaled .== scaled)
                outside &+= SIMD4().replacing(with: 1, where: (scaled .< low) .| (scaled .> high))
            }
            return outside == SIMD4() ? Int(count.wrappedSum()) : nil
        }
    }

    func isOfAnotherUnit(valueCount: Int) -> Bool {
        farNumbers.count >= PlaneGuard.farNumbersMin
            && Double(farCount) > PlaneGuard.farShareMin * Double(valueCount)
    }

    /// Whether so little is valid that the rest is not believed either, and what is not valid cannot be marks
    /// for missing alone. `isMostlyOutside` of the land says more.
    var mayBeMostlyOutside: Bool {
        outsideNumbers.count >= PlaneGuard.farNumbersMin
            && Double(outsideCount) > PlaneGuard.mostShare * Double(valueCount)
    }

    /// Whether nine tenths of some values are not valid, marks for missing left out: numbers outside that
    /// come again and again.
    static func isMostlyOutside(
        _ values: some Sequence<Float>, _ covariate: Covariate, _ valid: Covariate.ValidRange
    ) -> (valueCount: Int, outsideCount: Int, example: Float)? {
        let range = Float(valid.minimum)...Float(valid.maximum)
        var validCount = 0
        var counts: [Float: Int] = [:]
        var example = Float.nan
        for value in values where !value.isNaN {
            let scaled = Float(Double(value) * covariate.scale + covariate.offset)
            if range.contains(scaled) {
                validCount += 1
            } else if !scaled.isNaN {
                if counts.isEmpty { example = scaled }
                counts[scaled, default: 0] += 1
            }
        }
        let most = (validCount + counts.values.reduce(0, +)) / 10
        let numbers = counts.values.filter { $0 <= max(most, 1) }
        let outsideCount = numbers.reduce(0, +)
        let valueCount = validCount + outsideCount
        guard numbers.count >= PlaneGuard.farNumbersMin,
            Double(outsideCount) > PlaneGuard.mostShare * Double(valueCount)
        else { return nil }
        return (valueCount, outsideCount, example)
    }
}
