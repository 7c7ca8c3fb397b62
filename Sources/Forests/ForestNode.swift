/// What a split does with a value that is missing.
public enum MissingKind: UInt16, Sendable, CaseIterable {
    /// Nothing is missing: NaN compares as false, as in plain arithmetic.
    case none = 0
    /// NaN takes the default side.
    case nan = 1
    /// Zero (LightGBM's: at most 1e-35 away) and NaN take the default side.
    case zero = 2
}

/// What a split does with missing values, and the side that they take.
public struct MissingRule: Hashable, Sendable {
    /// What counts as missing.
    public let kind: MissingKind
    /// The side a missing value takes.
    public let goesToTrueChild: Bool

    public init(_ kind: MissingKind, goesToTrueChild: Bool = false) {
        self.kind = kind
        self.goesToTrueChild = goesToTrueChild
    }

    /// No rule: NaN compares as false.
    public static let none = MissingRule(.none)
}

/// A split as it lies in the file, 16 bytes: `float32(x) <= threshold` goes to the true child.
///
/// A child that is not negative is the number of a split; a negative one is `~leaf`. Numbers count over the
/// whole forest.
struct ForestNode {
    let threshold: Float
    let trueChild: Int32
    let falseChild: Int32
    let feature: UInt16
    /// Bits 0 and 1: missing kind; bit 2: missing goes to the true child.
    let flags: UInt16

    static let byteCount = 16
    static let missingKindBits: UInt16 = 0b011
    static let missingGoesTrueBit: UInt16 = 0b100

    var missing: MissingRule {
        MissingRule(
            MissingKind(rawValue: flags & Self.missingKindBits) ?? .none,
            goesToTrueChild: flags & Self.missingGoesTrueBit != 0)
    }

    /// Where a single value goes: the definition that every engine must reproduce.
    func goesToTrueChild(_ value: Float) -> Bool {
        let rule = missing
        let isMissing =
            switch rule.kind {
            case .none: false
            case .nan: value.isNaN
            case .zero: value.isNaN || abs(value) <= Self.zeroLimit
            }
        return isMissing ? rule.goesToTrueChild : value <= threshold
    }

    /// LightGBM's `kZeroThreshold`.
    static let zeroLimit: Float = 1e-35
}

extension MissingRule {
    var flags: UInt16 { kind.rawValue | (goesToTrueChild ? ForestNode.missingGoesTrueBit : 0) }
}
