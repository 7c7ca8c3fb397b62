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
        var validCount = 0
        var stored = [Stored](repeating: noData, count: values.count)
        for (position, value) in values.enumerated() where !value.isNaN {
            let exact = ((Double(value) - offset) / scale).rounded(.toNearestOrEven)
            stored[position] = Stored(min(max(exact, lowest), highest))
            validCount += 1
        }
        return (stored, validCount)
    }
}
