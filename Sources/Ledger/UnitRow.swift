internal import GRDB
public import Tiling

/// What the ledger knows about one unit.
public struct UnitRow: Sendable {
    /// How the unit stood last; an open one was handed out before, and waits again.
    public enum State: String, Sendable {
        case open, leased, done, failed, quarantined
    }

    public var unit: String
    public var generation: UInt32
    /// The attempt that made the result of a unit that is done; else the highest that was handed out.
    public var attempt: UInt32
    /// The highest attempt that was handed out in this generation.
    public var attemptCount: UInt32
    public var state: State
    /// The identity of the result, of a unit that is done.
    public var values: Digest?
    /// Of a quarantined unit all its machines, with commas.
    public var node: String
    public var cause: String
}

extension UnitRow {
    /// Nil when the row cannot be what was written.
    init?(_ row: Row) {
        guard let name: String = row.value("name"), let generation: UInt32 = row.value("generation"),
            let attempt: UInt32 = row.value("attempt"), let node: String = row.value("node"),
            let cause: String = row.value("cause"),
            let state = row.value("state").flatMap(State.init(rawValue:))
        else { return nil }
        self.init(
            unit: name, generation: generation, attempt: attempt, attemptCount: attempt, state: state,
            values: nil,
            node: node, cause: cause)
    }
}

/// A failed attempt, reported or seen by the loss of its worker.
public struct FailureRow: Sendable {
    public var unit: String
    public var generation: UInt32
    public var attempt: UInt32
    public var worker: String
    public var node: String
    public var isRetriable: Bool
    public var isLoss: Bool
    public var cause: String
    /// UTC, ISO 8601.
    public var at: String
}

extension FailureRow {
    init?(_ row: Row) {
        guard let unit: String = row.value("unit"), let generation: UInt32 = row.value("generation"),
            let attempt: UInt32 = row.value("attempt"), let worker: String = row.value("worker"),
            let node: String = row.value("node"), let isRetriable: Bool = row.value("is_retriable"),
            let isLoss: Bool = row.value("is_loss"), let cause: String = row.value("cause"),
            let at: String = row.value("at")
        else { return nil }
        self.init(
            unit: unit, generation: generation, attempt: attempt, worker: worker, node: node,
            isRetriable: isRetriable, isLoss: isLoss, cause: cause, at: at)
    }
}

extension Row {
    /// Unlike GRDB's subscript, which traps on a value of the wrong type: a damaged file must not.
    func value<Value: DatabaseValueConvertible>(_ column: String) -> Value? {
        Value.fromDatabaseValue(self[column] as DatabaseValue)
    }

    func value(_ column: String) -> String? { String.fromDatabaseValue(self[column] as DatabaseValue) }
}
