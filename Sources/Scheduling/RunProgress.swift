public import Tiling

/// How far a run is, for status pages and reports.
public struct RunProgress: Hashable, Sendable {
    /// Counts by stage; every stage is present.
    public var stages: [Stage: StageCounts]
    /// Live workers in the order in which they joined.
    public var workers: [WorkerProgress]
    /// Failed and quarantined units with their causes, as many as the settings keep, in the order of units.
    public var troubles: [UnitTrouble]
    /// Days (`Day.number`) that are not merged because tiles failed, were quarantined or are blocked.
    public var gappedDays: [Int]
    /// Second results that agreed with the first.
    public var duplicateCount: Int
    /// Second results that differed from the first.
    public var disputeCount: Int
    /// Workers that vanished.
    public var lostWorkerCount: Int
}

/// How many units of a stage are in each state.
public struct StageCounts: Hashable, Sendable {
    /// What they wait for is not done yet.
    public var waiting = 0
    /// They can be handed out.
    public var ready = 0
    /// Workers hold them.
    public var leased = 0
    /// Their results are committed.
    public var done = 0
    /// They failed for good.
    public var failed = 0
    /// They were set aside.
    public var quarantined = 0
    /// What they wait for failed or was set aside; for merges, their day has gaps.
    public var blocked = 0

    /// All units of the stage.
    public var total: Int { waiting + ready + leased + done + failed + quarantined + blocked }

    /// A stage without units.
    public init() {}
}

/// The state of one unit, its group considered.
public enum UnitState: String, Hashable, Sendable {
    /// What it waits for is not done yet.
    case waiting
    /// It can be handed out.
    case ready
    /// A worker holds it.
    case leased
    /// Its result is committed.
    case done
    /// It failed for good.
    case failed
    /// It was set aside.
    case quarantined
    /// What it waits for failed or was set aside.
    case blocked
}

/// A unit that a user should look at.
public struct UnitTrouble: Hashable, Sendable {
    /// The unit.
    public var unit: UnitID
    /// Its generation.
    public var generation: UInt32
    /// `failed` or `quarantined`.
    public var state: UnitState
    /// One line that says what went wrong.
    public var cause: String
    /// The machines involved.
    public var nodes: [String]
}

/// What one live worker has done.
public struct WorkerProgress: Hashable, Sendable {
    /// The process.
    public var worker: WorkerID
    /// Its machine.
    public var node: String
    /// The attempts it holds.
    public var held: [Attempt]
    /// Units whose results it delivered first.
    public var doneCount: Int
    /// When it was last heard of.
    public var lastHeardAt: MonotonicInstant
    /// Whether it takes no more units.
    public var isDraining: Bool
}
