/// The soil of a station between two depths, as its metadata describe it.
public struct SoilHorizon: Hashable, Sendable {
    public let depth: DepthRange
    /// Weight %, 0…100.
    public let sandPercent: Double?
    /// Weight %, 0…100.
    public let clayPercent: Double?
    /// Weight %, 0…100.
    public let organicCarbonPercent: Double?
    /// m3 m-3, as the metadata give it.
    public let saturationFraction: Double?

    public init(
        depth: DepthRange, sandPercent: Double? = nil, clayPercent: Double? = nil,
        organicCarbonPercent: Double? = nil, saturationFraction: Double? = nil
    ) {
        self.depth = depth
        self.sandPercent = sandPercent
        self.clayPercent = clayPercent
        self.organicCarbonPercent = organicCarbonPercent
        self.saturationFraction = saturationFraction
    }

    /// The saturation point in % vol: the metadata's own, else computed from texture and organic carbon.
    public var saturation: Double? {
        if let saturationFraction { return saturationFraction * 100 }
        guard let sandPercent, let clayPercent, let organicCarbonPercent else { return nil }
        return SaturationPoint(
            sandPercent: sandPercent, clayPercent: clayPercent,
            organicMatterPercent: organicCarbonPercent * SaturationPoint.organicMatterPerCarbon
        ).percent
    }
}
