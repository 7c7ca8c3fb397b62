/// The soil between two depths, in metres below the surface; both are equal for a sensor that lies flat.
public struct DepthRange: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let from: Double
    public let to: Double

    public init(from: Double, to: Double) {
        self.from = from
        self.to = to
    }

    public var middle: Double { (from + to) / 2 }
    public func contains(_ depth: Double) -> Bool { from <= depth && depth <= to }
    public static func < (a: DepthRange, b: DepthRange) -> Bool { (a.from, a.to) < (b.from, b.to) }
    public var description: String { from == to ? "\(from) m" : "\(from)-\(to) m" }
}
