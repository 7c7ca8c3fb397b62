import Rasters
import Tiling

/// Turns predicted values into stored ones: `stored = round((value - offset) / scale)`, no-data where
/// missing.
///
/// Values beyond the stored type's range are kept at its end, next to no-data; soil moisture never comes near
/// it.
struct ValueEncoding {
    let encoding: OutputEncoding

    /// The stored values, and how many of them are not missing.
    func encode(_ values: ArraySlice<Float>) -> (stored: RasterBuffer, validCount: Int) {
        switch encoding.type {
        case .uint16:
            let (stored, count) = integers(values, as: UInt16.self)
            return (.uint16(stored), count)
        case .int16:
            let (stored, count) = integers(values, as: Int16.self)
            return (.int16(stored), count)
        case .float32:
            let noData = Float(encoding.noData)
            var validCount = 0
            let stored = values.map { value -> Float in
                guard !value.isNaN else { return noData }
                validCount += 1
                return Float((Double(value) - encoding.offset) / encoding.scale)
            }
            return (.float32(stored), validCount)
        }
    }

    private func integers<Stored: FixedWidthInteger>(
        _ values: ArraySlice<Float>, as type: Stored.Type
    ) -> ([Stored], Int) {
        let noData = Stored(encoding.noData)
        let lowest = Double(noData == Stored.min ? Stored.min + 1 : Stored.min)
        let highest = Double(noData == Stored.max ? Stored.max - 1 : Stored.max)
        let (scale, offset) = (encoding.scale, encoding.offset)
        // Added to a number, it leaves no room for fractions: the sum is rounded to the nearest integer, the
        // even one of two, which stands in its low bits.
        let roundingShift = 3 * 0x1p51
        var validCount = 0
        let stored = [Stored](unsafeUninitializedCapacity: values.count) { stored, count in
            count = values.count
            values.withUnsafeBufferPointer { values in
                for place in values.indices {
                    let exact = (Double(values[place]) - offset) / scale
                    let shifted = min(max(exact, lowest), highest) + roundingShift
                    let isMissing = values[place].isNaN
                    stored[place] =
                        isMissing ? noData : Stored(truncatingIfNeeded: shifted.bitPattern)
                    validCount &+= isMissing ? 0 : 1
                }
            }
        }
        return (stored, validCount)
    }
}
