public import Tiling

/// Something that happened to a unit, as the ledger records it. Units go by their names in the plan.
public enum LedgerEntry: Sendable {
    case leased(String, attempt: Attempt, worker: String)
    case completed(
        String, attempt: Attempt, worker: String, node: String, values: Digest, receipt: [UInt8])
    /// A failure that is not retriable ends the unit; the others are strikes.
    case failed(
        String, attempt: Attempt, worker: String, node: String, isRetriable: Bool, cause: String,
        isLoss: Bool)
    case quarantined(String, generation: UInt32, cause: String, nodes: [String])
    /// The unit starts over.
    case putBack(String, generation: UInt32)
}
