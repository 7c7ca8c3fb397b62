internal import GRDB
public import Tiling

/// What the receipt logs knew and the ledger did not.
public struct Reconciliation: Sendable {
    /// Completions that the ledger lacked.
    public var addedCount = 0
    /// Receipts of other recipes, which were passed over.
    public var foreignCount = 0
    /// Units with two different results; they are quarantined.
    public var disputedUnits: [String] = []
}

/// Receipt logs are the truth, the ledger an index over them.
extension Ledger {
    /// Receipts per transaction: one flush to disk for many, and bounded memory.
    private static let batchCount = 256

    /// Adds all completions of a recipe that the ledger lacks. `read` hands every receipt of the logs, with
    /// its bytes, to the closure that it gets:
    ///
    ///     try ledger.reconcile(recipe: plan.recipe) { adopt in
    ///         damaged = try ReceiptLog.readAll(in: run.receiptsPath, adopt)
    ///     }
    public func reconcile(
        recipe: Digest, _ read: (_ adopt: (Receipt, [UInt8]) throws -> Void) throws -> Void
    ) throws -> Reconciliation {
        var outcome = Reconciliation()
        var batch: [(Receipt, [UInt8])] = []
        try read { receipt, bytes in
            guard receipt.recipe == recipe else {
                outcome.foreignCount += 1
                return
            }
            batch.append((receipt, bytes))
            if batch.count == Self.batchCount {
                try adopt(batch, into: &outcome)
                batch.removeAll(keepingCapacity: true)
            }
        }
        try adopt(batch, into: &outcome)
        return outcome
    }

    private func adopt(_ batch: [(Receipt, [UInt8])], into outcome: inout Reconciliation) throws {
        guard !batch.isEmpty else { return }
        try writing("add receipts") { database in
            for (receipt, bytes) in batch {
                switch try LedgerWriter(database: database).adopt(receipt, bytes: bytes) {
                case .known: break
                case .added: outcome.addedCount += 1
                case .disputed: outcome.disputedUnits.append(receipt.unit)
                }
            }
        }
    }
}
