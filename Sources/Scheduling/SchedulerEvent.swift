public import Tiling

/// What happened, in the past tense. The shell feeds events in; directives come out.
public enum SchedulerEvent: Hashable, Sendable {
    /// The ledger remembers a unit. All of these come first; `timePassed` ends them.
    case unitRecovered(RecoveredUnit)
    /// A worker said hello, for the first time or again after a lost connection or a restarted coordinator.
    case workerJoined(WorkerOffer)
    /// A worker is alive; `credits` and `holding` are as in `WorkerOffer`.
    case heartbeatReceived(WorkerID, credits: Int, holding: [Attempt])
    /// A worker's connection closed.
    case workerLost(WorkerID)
    /// A worker wants to end: it takes nothing more, and completes or returns what it holds.
    case drainBegan(WorkerID)
    /// An attempt made its result. `runTime` is what the worker measured, nil to let the scheduler estimate
    /// it.
    case attemptCompleted(WorkerID, Attempt, values: Digest, runTime: Duration?)
    /// An attempt failed, and the worker knows whether trying elsewhere may help.
    case attemptFailed(WorkerID, Attempt, isRetriable: Bool, cause: String)
    /// A worker gave an attempt back unfinished; this costs the unit nothing.
    case attemptReturned(WorkerID, Attempt)
    /// A user put units back: failed or quarantined ones, done ones whose result is broken, or ones that are
    /// being computed from what has changed. Their generation rises, and whatever still computes them is
    /// cancelled. With a predict unit go the days that were merged of it.
    case unitsPutBack([UnitID])
    /// A user decided that days may be merged with holes, or may not.
    case gapPolicyChanged(allowGaps: Bool)
    /// Nothing else happened until now; to be sent at `Scheduler.nextDeadline` at the latest.
    case timePassed
}

/// How a worker introduces itself.
public struct WorkerOffer: Hashable, Sendable {
    /// The process.
    public var worker: WorkerID
    /// The machine it runs on, as people call it.
    public var node: String
    /// The stages it can do.
    public var stages: Set<Stage>
    /// The most attempts that it will hold at once, running and queued together.
    public var credits: Int
    /// Attempts that it still holds from before: computing, or computed and not yet acknowledged.
    public var holding: [Attempt]
    /// When its job ends, if known.
    public var until: MonotonicInstant?
    /// Whether it began to drain before it said hello.
    public var isDraining: Bool

    /// A worker that holds nothing and knows no end, unless told otherwise.
    public init(
        worker: WorkerID, node: String, stages: Set<Stage> = Set(Stage.allCases), credits: Int = 1,
        holding: [Attempt] = [], until: MonotonicInstant? = nil, isDraining: Bool = false
    ) {
        self.worker = worker
        self.node = node
        self.stages = stages
        self.credits = credits
        self.holding = holding
        self.until = until
        self.isDraining = isDraining
    }
}

/// What the ledger knows about one unit.
public struct RecoveredUnit: Hashable, Sendable {
    /// How the unit stood when the ledger was last written.
    public enum Outcome: Hashable, Sendable {
        /// Nobody holds it: it was put back, or failed retriably, and was not handed out since.
        case open
        /// It was handed out and has no result; a worker may still hold it. After one of these, nothing is
        /// handed out until the adoption grace is over.
        case handedOut
        /// An attempt's result is committed.
        case done(attemptNumber: UInt32, values: Digest, node: String)
        /// It failed for good.
        case failed(cause: String)
        /// It was set aside.
        case quarantined(cause: String, nodes: [String])
    }

    /// The unit.
    public var unit: UnitID
    /// Its current generation, from 1.
    public var generation: UInt32
    /// The highest attempt number that was handed out in this generation.
    public var attemptCount: UInt32
    /// How it stood.
    public var outcome: Outcome
    /// Failures that count toward its quarantine, in this generation.
    public var strikes: [Strike]

    /// A unit of the ledger; without strikes, its failures before the restart are forgiven.
    public init(
        unit: UnitID, generation: UInt32, attemptCount: UInt32, outcome: Outcome, strikes: [Strike] = []
    ) {
        self.unit = unit
        self.generation = generation
        self.attemptCount = attemptCount
        self.outcome = outcome
        self.strikes = strikes
    }
}
