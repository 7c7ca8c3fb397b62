/// Where a cell drains to, in the codes of D8 maps: 1 E, 2 SE, 4 S, 8 SW, 16 W, 32 NW, 64 N, 128 NE.
public struct FlowDirection: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Leaves the map here: a river mouth, or the rim of the known land.
    public static let mouth = FlowDirection(rawValue: 0)
    /// An inland sink, -1 in MERIT Hydro.
    public static let sink = FlowDirection(rawValue: 255)
    /// No land here.
    public static let missing = FlowDirection(rawValue: 254)

    /// Column and row steps of the eight neighbours, clockwise from the east; bit n of a code is step n.
    static let steps: [(column: Int, row: Int)] = [
        (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1),
    ]

    /// Which of the eight steps this is; nil where nothing flows on.
    public var stepIndex: Int? { rawValue.nonzeroBitCount == 1 ? rawValue.trailingZeroBitCount : nil }

    /// Whether the flow leaves over a corner of the cell.
    public var isDiagonal: Bool { stepIndex.map { $0 & 1 == 1 } ?? false }

    /// The direction behind a number of a D8 map; nil for a number that is no direction. NaN is no land, and
    /// so is 247, MERIT Hydro's sea; -1 and 255 are sinks.
    public init?(code: Float) {
        if code.isNaN || code == 247 || code == -9 {
            self = .missing
        } else if code == -1 || code == 255 {
            self = .sink
        } else if let code = UInt8(exactly: code), code.nonzeroBitCount <= 1 {
            self.init(rawValue: code)
        } else {
            return nil
        }
    }
}
