public import Tiling

/// What the shell must do, in the imperative. Directives are carried out in order: what the ledger must know
/// is committed before anything that comes later is sent.
public enum SchedulerDirective: Hashable, Sendable {
    /// Note the attempt as handed out, then send it to the worker.
    case assign(WorkerID, Attempt)
    /// Write the result to the ledger, then acknowledge it to the worker.
    case commit(Completion)
    /// Tell the worker that it may forget the attempt; nothing is written.
    case acknowledge(WorkerID, Attempt, Acknowledgement)
    /// Tell the worker to stop and forget the attempt if it holds it.
    case cancel(WorkerID, Attempt)
    /// Write the failure to the ledger, then acknowledge it to the worker.
    case recordFailure(AttemptFailure)
    /// Write to the ledger that the unit is set aside until a user puts it back.
    case quarantine(Quarantine)
    /// Write to the ledger that the unit starts over in a new generation.
    case putBack(UnitID, generation: UInt32)
    /// Ask a worker that is not known, or was thought lost, to say hello again.
    case requestJoin(WorkerID)
    /// Tell the worker that it may end.
    case release(WorkerID, ReleaseReason)
    /// Say that nothing is left that could be done.
    case finish([Stage: StageCounts])
}

/// Why an answer changes nothing.
public enum Acknowledgement: String, Hashable, Sendable {
    /// The unit has the same result already.
    case duplicate
    /// The unit had another result; it is quarantined now.
    case disputed
    /// The attempt belongs to an older generation, was replaced by a newer attempt, or its unit is settled.
    case stale
    /// The attempt was given back, and is free for others.
    case returned
}

/// Why a worker may end, in the words that its log shows.
public enum ReleaseReason: String, Hashable, Sendable {
    /// No unit of its stages is left, nor can come back.
    case nothingLeft = "nothing is left to do"
    /// It asked to drain, and holds nothing any more.
    case drained = "all is given back"
    /// No unit of its stages would finish before its job ends.
    case outOfTime = "the job ends before another unit could"
}

/// A result that the ledger takes as the unit's own.
public struct Completion: Hashable, Sendable {
    /// The attempt that made it.
    public var attempt: Attempt
    /// The worker that made it.
    public var worker: WorkerID
    /// The worker's machine.
    public var node: String
    /// The identity of the values.
    public var values: Digest

    /// A result and where it was made.
    public init(attempt: Attempt, worker: WorkerID, node: String, values: Digest) {
        self.attempt = attempt
        self.worker = worker
        self.node = node
        self.values = values
    }
}

/// A failure of one attempt.
public struct AttemptFailure: Hashable, Sendable {
    /// The attempt that failed.
    public var attempt: Attempt
    /// The worker that reported it, or was lost.
    public var worker: WorkerID
    /// The worker's machine.
    public var node: String
    /// One line that a scientist can act on.
    public var cause: String
    /// Whether the unit is tried again; if not, it is failed until a user puts it back.
    public var isRetriable: Bool
    /// Whether the worker vanished, rather than reported.
    public var isLoss: Bool

    /// A failure and where it happened.
    public init(
        attempt: Attempt, worker: WorkerID, node: String, cause: String, isRetriable: Bool, isLoss: Bool
    ) {
        self.attempt = attempt
        self.worker = worker
        self.node = node
        self.cause = cause
        self.isRetriable = isRetriable
        self.isLoss = isLoss
    }
}

/// A unit that is set aside.
public struct Quarantine: Hashable, Sendable {
    /// The unit.
    public var unit: UnitID
    /// Its generation.
    public var generation: UInt32
    /// One line that says what went wrong.
    public var cause: String
    /// The machines that it failed on, or that disagree about its values.
    public var nodes: [String]

    /// A unit and why it is set aside.
    public init(unit: UnitID, generation: UInt32, cause: String, nodes: [String]) {
        self.unit = unit
        self.generation = generation
        self.cause = cause
        self.nodes = nodes
    }
}
