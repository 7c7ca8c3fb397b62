import Tiling

/// What is remembered about every unit, packed into eight bytes, because there may be ten million.
///
/// | bits | field |
/// |---|---|
/// | 3 | phase |
/// | 12 | highest attempt number handed out |
/// | 12 | generation − 1 |
/// | 12 | number of the node that made the committed result |
/// | 25 | fingerprint of the committed values |
struct UnitRecord {
    /// What is known about a unit by itself; whether an open unit is ready depends on its group.
    enum Phase: UInt64 {
        case open, leased, done, failed, quarantined
    }

    static let attemptLimit: UInt32 = 0xFFF
    static let generationLimit: UInt32 = 0x1000
    static let nodeLimit = 0x1000

    private var bits: UInt64 = 0

    var phase: Phase {
        // Only the setter writes these bits, so they always hold a phase.
        get { Phase(rawValue: field(at: 0, width: 3))! }
        set { setField(at: 0, width: 3, to: newValue.rawValue) }
    }

    var attemptCount: UInt32 {
        get { UInt32(field(at: 3, width: 12)) }
        set { setField(at: 3, width: 12, to: UInt64(min(newValue, Self.attemptLimit))) }
    }

    /// From 1; at its limit it stays there.
    var generation: UInt32 {
        get { UInt32(field(at: 15, width: 12)) + 1 }
        set { setField(at: 15, width: 12, to: UInt64(min(max(newValue, 1), Self.generationLimit) - 1)) }
    }

    var node: Int {
        get { Int(field(at: 27, width: 12)) }
        set { setField(at: 27, width: 12, to: UInt64(newValue)) }
    }

    /// Tells different values apart but for one case in 33 million: enough to notice a machine that computes
    /// wrong.
    var fingerprint: UInt32 {
        get { UInt32(field(at: 39, width: 25)) }
        set { setField(at: 39, width: 25, to: UInt64(newValue)) }
    }

    static func fingerprint(of digest: Digest) -> UInt32 {
        digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } >> 7
    }

    private func field(at shift: UInt64, width: UInt64) -> UInt64 { bits >> shift & (1 << width - 1) }

    private mutating func setField(at shift: UInt64, width: UInt64, to value: UInt64) {
        let mask: UInt64 = (1 << width - 1) << shift
        bits = bits & ~mask | value << shift & mask
    }
}
