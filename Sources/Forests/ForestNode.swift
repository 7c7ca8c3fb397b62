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

/// A split as it lies in the file, 8 bytes: `float32(x) <= threshold` goes to the true child.
///
/// The splits of a tree lie depth first, the true child behind its parent, and its leaves in the order in
/// which that walk meets them. So one number says where both children are: with `s` splits below the true
/// child, split `i`, whose subtree begins with leaf `k`, has
///
/// | child | its split, if it is one | its first leaf |
/// |---|---|---|
/// | true | `i + 1` | `k` |
/// | false | `i + 1 + s` | `k + s + 1` |
///
/// A subtree without splits is its leaf. The threshold is a *rank*: its place among the distinct thresholds
/// of its feature in ascending order.
struct ForestNode: BitwiseCopyable {
    /// Bits 0 to 25: splits below the true child; 26 to 51: rank; 52 to 60: feature; 61 and 62: missing
    /// kind; 63: missing goes to the true child.
    private let bits: UInt64

    static let byteCount = 8
    /// A tree has at most so many splits, and a feature so many distinct thresholds.
    static let largestCount = (1 << 26) - 1
    static let featureLimit = 1 << 9

    @inline(__always)
    init(feature: Int, rank: Int, trueSplitCount: Int, missing: MissingRule) {
        let kind = UInt64(missing.kind.rawValue) << 61 | (missing.goesToTrueChild ? 1 << 63 : 0)
        bits = UInt64(trueSplitCount) | UInt64(rank) << 26 | UInt64(feature) << 52 | kind
    }

    @inline(__always)
    var trueSplitCount: Int { Int(truncatingIfNeeded: bits & UInt64(Self.largestCount)) }

    @inline(__always)
    var rank: Int { Int(truncatingIfNeeded: bits &>> 26 & UInt64(Self.largestCount)) }

    @inline(__always)
    var feature: Int { Int(truncatingIfNeeded: bits &>> 52 & UInt64(Self.featureLimit - 1)) }

    @inline(__always)
    var hasMissingRule: Bool { missingKindBits != 0 }

    /// The number of a kind, or one of a kind that does not exist.
    @inline(__always)
    var missingKindBits: UInt16 { UInt16(truncatingIfNeeded: bits &>> 61 & 3) }

    /// Nil for a kind that does not exist.
    var missingRule: MissingRule? {
        MissingKind(rawValue: missingKindBits).map {
            MissingRule($0, goesToTrueChild: bits >> 63 != 0)
        }
    }
}

extension MissingRule {
    /// Where a single value goes: the definition that every engine must reproduce.
    func goesToTrueChild(_ value: Float, threshold: Float) -> Bool {
        isMissing(value) ? goesToTrueChild : value <= threshold
    }

    func isMissing(_ value: Float) -> Bool {
        switch kind {
        case .none: false
        case .nan: value.isNaN
        case .zero: value.isNaN || abs(value) <= Self.zeroLimit
        }
    }

    /// LightGBM's `kZeroThreshold`.
    static let zeroLimit: Float = 1e-35
}
