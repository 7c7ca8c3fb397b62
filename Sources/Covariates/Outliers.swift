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
        let (scale, offset) = (covariate.scale, covariate.offset)
        let scaled = { (value: Float) in Float(Double(value) * scale + offset) }
        values.withUnsafeBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: 4096) {
                let run = start..<min(start + 4096, values.count)
                // Nearly all runs are within the range, which a loop of vectors tells. NaN is neither.
                var (ownCount, beyondCount) = (Int32(0), Int32(0))
                for place in run {
                    let value = scaled(values[place])
                    ownCount &+= value.isNaN ? 0 : 1
                    beyondCount &+= value < low ? 1 : 0
                    beyondCount &+= value > high ? 1 : 0
                }
                valueCount += Int(ownCount)
                guard beyondCount > 0 else { continue }
                for place in run {
                    let value = scaled(values[place])
                    if value < low || value > high { note(value, isFar: value < lowest || value > highest) }
                }
            }
        }
    }

    private mutating func note(_ value: Float, isFar: Bool) {
        outsideCount += 1
        if outsideCount == 1 { example = value }
        if outsideNumbers.count < PlaneGuard.farNumbersMin { outsideNumbers.insert(value) }
        guard isFar else { return }
        farCount += 1
        if farCount == 1 { example = value }
        if farNumbers.count < PlaneGuard.farNumbersMin { farNumbers.insert(value) }
    }

    func isOfAnotherUnit(valueCount: Int) -> Bool {
        farNumbers.count >= PlaneGuard.farNumbersMin
            && Double(farCount) > PlaneGuard.farShareMin * Double(valueCount)
    }

    /// Whether nothing is valid, and what is there cannot be marks for missing.
    var isAllOutside: Bool {
        valueCount > 0 && outsideCount == valueCount && outsideNumbers.count >= PlaneGuard.farNumbersMin
    }
}
