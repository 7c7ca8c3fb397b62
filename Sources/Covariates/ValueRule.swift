import Tiling

/// What happens to each value of a covariate: scale and offset, then the valid range, then the clip.
///
/// Computed in double and stored as float32. The range is compared in float32 too, because a stored -0.2 is
/// not the -0.2 of a product file: 0.2 has no exact binary form, and the limit itself is meant to be valid.
struct ValueRule {
    private let scale: Double
    private let offset: Double
    private let range: ClosedRange<Float>?
    private let lowest: Float
    private let keepsValues: Bool

    init(of covariate: Covariate) throws {
        scale = covariate.scale
        offset = covariate.offset
        keepsValues = covariate.scale == 1 && covariate.offset == 0
        lowest = covariate.clip.map { Float($0) } ?? -.infinity
        guard let valid = covariate.valid else {
            range = nil
            return
        }
        guard valid.minimum <= valid.maximum else {
            throw CovariateError.unsupported(
                covariate: covariate.name,
                problem: "valid: [\(valid.minimum), \(valid.maximum)] holds no value")
        }
        range = Float(valid.minimum)...Float(valid.maximum)
    }

    /// Whether every value stays as it is.
    var isIdentity: Bool { keepsValues && range == nil && lowest == -.infinity }

    /// NaN where the value is missing or not valid.
    func applied(to value: Float) -> Float {
        let result = keepsValues ? value : Float(Double(value) * scale + offset)
        guard range?.contains(result) ?? true else { return .nan }
        return result < lowest ? lowest : result
    }

    /// The same for many values.
    func applied(to values: [Float]) -> [Float] {
        var values = values
        apply(to: &values)
        return values
    }

    /// The same in place; without branches, so that the loops become vectors.
    func apply(to values: inout [Float]) {
        if isIdentity { return }
        let (scale, offset, keepsValues, lowest) = (scale, offset, keepsValues, lowest)
        let (low, high) = (range?.lowerBound ?? -.infinity, range?.upperBound ?? .infinity)
        // Without a range a value that is missing keeps its bits.
        let isBounded = range != nil
        values.withUnsafeMutableBufferPointer { values in
            for place in values.indices {
                let scaled = Float(Double(values[place]) * scale + offset)
                let result = keepsValues ? values[place] : scaled
                let isOutside = isBounded && !(result >= low && result <= high)
                let clipped = result < lowest ? lowest : result
                values[place] = isOutside ? .nan : clipped
            }
        }
    }
}
