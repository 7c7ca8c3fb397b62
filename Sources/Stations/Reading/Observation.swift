/// One value of a sensor.
public struct Observation: Hashable, Sendable {
    public let time: UTCMinute
    /// In the unit of its quantity; NaN where it is missing.
    public let value: Double
    /// As the source gives them; `unchecked` where it gives none.
    public let flags: QualityFlags

    public init(time: UTCMinute, value: Double, flags: QualityFlags = .unchecked) {
        self.time = time
        self.value = value
        self.flags = flags
    }
}
