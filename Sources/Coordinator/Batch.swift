internal import Messaging
internal import Scheduling
internal import Tiling

/// What one turn of the loop has to do: committed to the ledger in one transaction, then sent.
struct Batch {
    var directives: [SchedulerDirective] = []
    /// Receipts that came with this turn's completions.
    var receipts: [Attempt: [UInt8]] = [:]
    /// Answers that need no ledger.
    var replies: [(PeerID, CoordinatorMessage)] = []
}
