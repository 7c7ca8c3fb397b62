internal import GRDB
public import Tiling

/// What the ledger can be asked. A closure that gets rows must not call the ledger: the rows are still
/// being read.
extension Ledger {
    /// Hands every known unit to `body`; the result describes damaged rows.
    ///
    /// A completion whose row is not what was written counts as open, here and from now on, so that the
    /// unit is done again.
    public func units(_ body: (UnitRow) throws -> Void) throws -> [String] {
        var damaged: [String] = []
        try reading("read the units") { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT unit.name, unit.generation, unit.attempt, unit.state, unit.node, unit.cause,
                        \(CompletionRow.columns)
                    FROM unit LEFT JOIN completion ON completion.unit = unit.name
                    """)
            while let row = try rows.next() {
                guard var unit = UnitRow(row) else {
                    damaged.append(row.value("name") ?? "a unit without a name")
                    continue
                }
                if unit.state == .done {
                    if let completion = CompletionRow(row, unit: unit.unit),
                        completion.generation == unit.generation
                    {
                        unit.values = completion.values
                        unit.attempt = completion.attempt
                        unit.node = completion.node
                    } else {
                        unit.state = .open
                        damaged.append(unit.unit)
                    }
                }
                try body(unit)
            }
        }
        if !damaged.isEmpty {
            try writing("reopen damaged units") { database in
                for name in damaged { try LedgerWriter(database: database).reopen(name) }
            }
        }
        return damaged.map { "\(path): the row of \($0) is damaged: the unit is done again" }
    }

    /// The receipt that counts for a unit; nil when it is not done.
    public func receipt(for unit: String) throws -> Receipt? {
        try reading("read the receipt of \(unit)") { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(CompletionRow.columns) FROM completion
                    JOIN unit ON unit.name = completion.unit AND unit.generation = completion.generation
                        AND unit.state = 'done'
                    WHERE completion.unit = ?
                    """)
            guard let row = try Row.fetchOne(statement, arguments: [unit]) else { return nil }
            return CompletionRow(row, unit: unit)?.decodedReceipt
        }
    }

    /// Strikes of open units in their current generation: who failed them retriably, or vanished with them.
    public func strikes() throws -> [FailureRow] {
        try reading("read the strikes") { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT failure.* FROM failure JOIN unit ON unit.name = failure.unit
                        AND unit.generation = failure.generation AND unit.state IN ('open', 'leased')
                    WHERE is_retriable ORDER BY number
                    """
            ).compactMap(FailureRow.init)
        }
    }
}
