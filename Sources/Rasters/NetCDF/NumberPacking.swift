internal import CNetCDF

/// How the stored numbers of a variable become values: `value = stored * scale_factor + add_offset`, in
/// Double.
///
/// Missing, in stored numbers: `_FillValue`, every `missing_value`, and what lies outside `valid_range`
/// (`valid_min`, `valid_max`). A range whose type is floating while the stored type is not is meant for
/// values (CF 1.8, 2.5.1).
struct NumberPacking {
    private let scale: Double
    private let offset: Double
    let isPlain: Bool
    /// NaN when nothing is missing, which equals no number.
    let firstMissing: Double
    let otherMissing: [Double]
    let lowestStored: Double
    let highestStored: Double
    private let lowestValue: Double
    private let highestValue: Double
    /// Added to negative numbers: files without unsigned types say so with `_Unsigned`.
    private let unsignedSpan: Double

    init(of variable: StoredVariable, in file: NetCDFHandle) {
        let scale = file.number("scale_factor", of: variable)
        let offset = file.number("add_offset", of: variable)
        self.scale = scale ?? 1
        self.offset = offset ?? 0
        isPlain = self.scale == 1 && self.offset == 0

        let isUnsigned = file.text("_Unsigned", of: variable)?.lowercased() == "true"
        let span = isUnsigned ? NumberPacking.span(of: variable.type) : 0
        unsignedSpan = span
        func stored(_ number: Double) -> Double {
            if variable.type == NC_FLOAT { return Double(Float(number)) }
            return number < 0 ? number + span : number
        }
        var missing: [Double] = []
        for attribute in ["_FillValue", "missing_value"] {
            missing += (file.numbers(attribute, of: variable)?.values ?? []).map(stored)
        }
        // What the library writes where nobody did; never a sensible value in floating point.
        if variable.type == NC_FLOAT || variable.type == NC_DOUBLE {
            missing.append(Double(NC_FILL_FLOAT))
        }
        missing.removeAll { $0.isNaN }
        firstMissing = missing.first ?? .nan
        otherMissing = Array(missing.dropFirst())

        var range = (low: -Double.infinity, high: Double.infinity)
        var isOfValues = false
        func take(_ attribute: String, _ use: ([Double]) -> Void) {
            guard let found = file.numbers(attribute, of: variable) else { return }
            use(found.values)
            let isFloating = found.type == NC_FLOAT || found.type == NC_DOUBLE
            let isStoredFloating = variable.type == NC_FLOAT || variable.type == NC_DOUBLE
            isOfValues = (scale != nil || offset != nil) && isFloating && !isStoredFloating
        }
        take("valid_min") { range.low = $0[0] }
        take("valid_max") { range.high = $0[0] }
        take("valid_range") { if $0.count == 2 { range = ($0[0], $0[1]) } }
        lowestStored = isOfValues ? -.infinity : stored(range.low)
        highestStored = isOfValues ? .infinity : stored(range.high)
        lowestValue = isOfValues ? range.low : -.infinity
        highestValue = isOfValues ? range.high : .infinity
    }

    /// The value of one stored number, NaN when it is missing.
    @inline(__always)
    func value(_ number: Double) -> Float {
        let stored = number < 0 ? number + unsignedSpan : number
        if stored == firstMissing || !stored.isFinite || stored < lowestStored || stored > highestStored {
            return .nan
        }
        if !otherMissing.isEmpty && otherMissing.contains(stored) { return .nan }
        if isPlain { return Float(stored) }
        let value = stored * scale + offset
        return value < lowestValue || value > highestValue ? .nan : Float(value)
    }

    private static func span(of type: nc_type) -> Double {
        switch type {
        case NC_BYTE: 256
        case NC_SHORT: 65_536
        case NC_INT: 4_294_967_296
        default: 0
        }
    }
}
