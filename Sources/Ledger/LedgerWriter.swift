internal import GRDB
internal import Tiling

/// The statements behind each entry. A settled unit is overwritten only by a newer generation.
struct LedgerWriter {
    let database: Database

    func write(_ entry: LedgerEntry) throws {
        switch entry {
        case .leased(let unit, let attempt, let worker):
            try set(unit, attempt.generation, attempt.number, .leased, worker: worker)
        case .completed(let unit, let attempt, let worker, let node, let values, let receipt):
            try complete(
                unit, generation: attempt.generation, attempt: attempt.number, worker: worker, node: node,
                values: values, receipt: receipt)
        case .failed(let unit, let attempt, let worker, let node, let isRetriable, let cause, let isLoss):
            try execute(
                """
                INSERT INTO failure (unit, generation, attempt, worker, node, is_retriable, is_loss, cause)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [unit, attempt.generation, attempt.number, worker, node, isRetriable, isLoss, cause])
            try set(
                unit, attempt.generation, attempt.number, isRetriable ? .open : .failed, worker: worker,
                node: node,
                cause: cause)
        case .quarantined(let unit, let generation, let cause, let nodes):
            try set(unit, generation, 0, .quarantined, node: nodes.joined(separator: ","), cause: cause)
        case .putBack(let unit, let generation):
            try set(unit, generation, 0, .open)
        }
    }

    /// What a receipt of the logs was to the ledger.
    enum Adoption { case known, added, disputed }

    func adopt(_ receipt: Receipt, bytes: [UInt8]) throws -> Adoption {
        let statement = try database.cachedStatement(
            sql: """
                SELECT unit.name, unit.generation, unit.attempt, unit.state, unit.node, unit.cause,
                    \(CompletionRow.columns)
                FROM unit LEFT JOIN completion ON completion.unit = unit.name WHERE unit.name = ?
                """)
        let row = try Row.fetchOne(statement, arguments: [receipt.unit])
        if let row, let known = UnitRow(row) {
            guard receipt.generation >= known.generation else { return .known }
            if receipt.generation == known.generation {
                switch known.state {
                case .open, .leased: break
                // The ledger knew better than the receipt.
                case .failed, .quarantined: return .known
                case .done:
                    if let completion = CompletionRow(row, unit: known.unit) {
                        return completion.values == receipt.valuesDigest
                            ? .known : try dispute(completion, receipt)
                    }
                    try reopen(known.unit)
                }
            }
        } else if row != nil {
            try reopen(receipt.unit)
        }
        try complete(
            receipt.unit, generation: receipt.generation, attempt: receipt.attempt, worker: receipt.worker,
            node: receipt.node, values: receipt.valuesDigest, receipt: bytes)
        return .added
    }

    /// Forgets a damaged result, so that another one can take its place. A row that makes no sense goes as
    /// a whole.
    func reopen(_ unit: String) throws {
        try execute("DELETE FROM completion WHERE unit = ?", [unit])
        try execute("UPDATE unit SET state = 'open', node = '' WHERE name = ?", [unit])
        let statement = try database.cachedStatement(
            sql: "SELECT name, generation, attempt, state, node, cause FROM unit WHERE name = ?")
        guard let row = try Row.fetchOne(statement, arguments: [unit]), UnitRow(row) == nil else { return }
        try execute("DELETE FROM unit WHERE name = ?", [unit])
    }

    private func dispute(_ kept: CompletionRow, _ other: Receipt) throws -> Adoption {
        try noteConflict(
            other.unit, generation: other.generation, attempt: other.attempt, node: other.node,
            values: other.valuesDigest)
        try set(
            other.unit, other.generation, other.attempt, .quarantined, node: "\(kept.node),\(other.node)",
            cause: "two attempts made different values, on \(kept.node) and \(other.node)")
        return .disputed
    }

    private func set(
        _ unit: String, _ generation: UInt32, _ attempt: UInt32, _ state: UnitRow.State, worker: String = "",
        node: String = "", cause: String = ""
    ) throws {
        try execute(
            """
            INSERT INTO unit (name, generation, attempt, state, worker, node, cause)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET
                generation = excluded.generation,
                attempt = CASE WHEN excluded.generation > unit.generation THEN excluded.attempt
                               ELSE max(unit.attempt, excluded.attempt) END,
                state = excluded.state, worker = excluded.worker, node = excluded.node,
                cause = excluded.cause,
                updated_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
            WHERE excluded.generation > unit.generation
               OR excluded.generation = unit.generation
                  AND (unit.state IN ('open', 'leased') OR excluded.state = 'quarantined')
            """,
            [unit, generation, attempt, state.rawValue, worker, node, cause])
    }

    private func complete(
        _ unit: String, generation: UInt32, attempt: UInt32, worker: String, node: String, values: Digest,
        receipt: [UInt8]
    ) throws {
        try set(unit, generation, attempt, .done, worker: worker, node: node)
        guard database.changesCount > 0 else {
            return try noteConflict(
                unit, generation: generation, attempt: attempt, node: node, values: values)
        }
        let text = String(decoding: receipt, as: UTF8.self)
        try execute(
            """
            INSERT INTO completion (unit, generation, attempt, node, values_sha256, receipt, row_sha256)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (unit) DO UPDATE SET
                generation = excluded.generation, attempt = excluded.attempt, node = excluded.node,
                values_sha256 = excluded.values_sha256, receipt = excluded.receipt,
                row_sha256 = excluded.row_sha256
            WHERE excluded.generation >= completion.generation
            """,
            [
                unit, generation, attempt, node, values.hex, text,
                CompletionRow.checksum(
                    unit: unit, generation: generation, attempt: attempt, node: node, values: values.hex,
                    receipt: text),
            ])
    }

    /// Writes down that another result of the same generation has other values; equal ones are mere
    /// duplicates.
    private func noteConflict(
        _ unit: String, generation: UInt32, attempt: UInt32, node: String, values: Digest
    ) throws {
        try execute(
            """
            INSERT INTO conflict (unit, generation, kept_attempt, kept_node, kept_values_sha256,
                other_attempt, other_node, other_values_sha256)
            SELECT unit, generation, attempt, node, values_sha256, ?, ?, ? FROM completion
            WHERE unit = ? AND generation = ? AND values_sha256 <> ?
            """,
            [attempt, node, values.hex, unit, generation, values.hex])
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
