/// A soil layer of ERA5-Land.
public enum ReferenceLayer: Int, CaseIterable, Sendable {
    /// 0-7 cm.
    case first = 1
    /// 7-28 cm.
    case second
    /// 28-100 cm.
    case third
    /// 100-289 cm.
    case fourth

    /// The layer that a sensor is held against. SMCI names 30 cm in two layers; here it belongs to the
    /// second, and 100 cm to the third.
    public init(depth: DepthRange) {
        switch depth.middle {
        case ..<0.07: self = .first
        case ...0.30: self = .second
        case ...1.00: self = .third
        default: self = .fourth
        }
    }

    /// Volumetric soil water, m3 m-3.
    public var moistureVariable: String { "swvl\(rawValue)" }
    /// Soil temperature, K.
    public var temperatureVariable: String { "stl\(rawValue)" }
}
