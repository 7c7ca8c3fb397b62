/// The quality flags of one value, as the International Soil Moisture Network writes them. No flag at all is
/// `G`, good.
public struct QualityFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Below 0 m3 m-3.
    public static let c01 = QualityFlags(rawValue: 1 << 0)
    /// Above 0.60 m3 m-3.
    public static let c02 = QualityFlags(rawValue: 1 << 1)
    /// Above the saturation point of the soil.
    public static let c03 = QualityFlags(rawValue: 1 << 2)
    /// Soil temperature of the station below 0 °C.
    public static let d01 = QualityFlags(rawValue: 1 << 3)
    /// Air temperature of the station below 0 °C.
    public static let d02 = QualityFlags(rawValue: 1 << 4)
    /// Soil temperature of the model below 0 °C.
    public static let d03 = QualityFlags(rawValue: 1 << 5)
    /// A rise without rain at the station.
    public static let d04 = QualityFlags(rawValue: 1 << 6)
    /// A rise without rain in the model.
    public static let d05 = QualityFlags(rawValue: 1 << 7)
    /// A spike.
    public static let d06 = QualityFlags(rawValue: 1 << 8)
    /// A break downwards.
    public static let d07 = QualityFlags(rawValue: 1 << 9)
    /// A break upwards.
    public static let d08 = QualityFlags(rawValue: 1 << 10)
    /// Constant low values after a break downwards.
    public static let d09 = QualityFlags(rawValue: 1 << 11)
    /// A plateau at the top of the range.
    public static let d10 = QualityFlags(rawValue: 1 << 12)
    /// `U`: nobody has checked the value.
    public static let unchecked = QualityFlags(rawValue: 1 << 13)
    /// `M`: there is no value.
    public static let missing = QualityFlags(rawValue: 1 << 14)
    /// A flag that is not in this list: doubtful until somebody says what it means.
    public static let unknown = QualityFlags(rawValue: 1 << 15)

    /// All flags that quality control can give.
    public static let all: QualityFlags = [.plausibility, .dubious]
    /// C01-C03: outside what soil can hold.
    public static let plausibility: QualityFlags = [.c01, .c02, .c03]
    /// D01-D10.
    public static let dubious: QualityFlags = [.d01, .d02, .d03, .d04, .d05, .d06, .d07, .d08, .d09, .d10]
    /// What SMCI removes: consistency with rain and soil temperature, spikes, breaks, constant values, and
    /// values out of range.
    public static let smci: QualityFlags = [
        .plausibility, .d01, .d03, .d04, .d05, .d06, .d07, .d08, .d09, .d10,
    ]

    private static let names: [(name: String, flag: QualityFlags)] = [
        ("C01", .c01), ("C02", .c02), ("C03", .c03), ("D01", .d01), ("D02", .d02), ("D03", .d03),
        ("D04", .d04), ("D05", .d05), ("D06", .d06), ("D07", .d07), ("D08", .d08), ("D09", .d09),
        ("D10", .d10), ("U", .unchecked), ("M", .missing),
    ]

    /// Whether somebody checked the value and found nothing.
    public var isGood: Bool { isEmpty }
}

extension QualityFlags: CustomStringConvertible {
    /// Reads `G`, `U` or `D03,D05`; a flag that is not in the list counts as `unknown`.
    public init(text: some StringProtocol) {
        self = []
        for part in text.split(separator: ",") where part != "G" {
            insert(Self.names.first { $0.name == part }?.flag ?? .unknown)
        }
    }

    /// `G`, or the flags in the order of the list: `D03,D05`.
    public var description: String {
        if isEmpty { return "G" }
        let known = Self.names.filter { contains($0.flag) }.map(\.name)
        return (known + (contains(.unknown) ? ["?"] : [])).joined(separator: ",")
    }
}
