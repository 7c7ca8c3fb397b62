/// What a sensor measures, by the short name that ISMN file names carry.
public enum Quantity: String, CaseIterable, Sendable {
    /// m3 m-3.
    case soilMoisture = "sm"
    /// °C.
    case soilTemperature = "ts"
    /// °C.
    case surfaceTemperature = "tsf"
    /// °C.
    case airTemperature = "ta"
    /// mm per hour.
    case precipitation = "p"
    /// kPa.
    case soilSuction = "su"
    /// mm.
    case snowWaterEquivalent = "sweq"
    /// mm.
    case snowDepth = "sd"

    /// What is possible; values outside are missing. Soil moisture has flags instead.
    public var plausible: ClosedRange<Double> {
        switch self {
        case .soilMoisture: -Double.infinity...Double.infinity
        case .soilTemperature, .surfaceTemperature, .airTemperature: -60...60
        case .precipitation: 0...100
        case .soilSuction: 0...2500
        case .snowWaterEquivalent, .snowDepth: 0...10_000
        }
    }
}
