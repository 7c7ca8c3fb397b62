import Tiling

/// Decides who does what next: events in, directives out. No sockets, files, clocks or random numbers.
///
/// A unit is handed out as a numbered attempt. The first result of any attempt of the current generation
/// becomes the unit's own; later ones are compared with it and never overwrite it. A unit that is retriably
/// failed on, or lost with, `strikeLimit` distinct workers is quarantined; so is one with that many strikes
/// when no live worker is left that could still try it for the first time (on a laptop with one worker: three
/// attempts).
///
/// A result counts as done once its `commit` directive is out. A shell that cannot commit must stop, and be
/// rebuilt from the ledger, because directives that follow may rest on it.
public struct Scheduler: Sendable {
    /// The units of the run.
    public let graph: UnitGraph
    /// The limits in force.
    public internal(set) var settings: SchedulerSettings

    var table: UnitTable
    var workers: [WorkerID: WorkerState] = [:]
    /// Live workers in the order in which they joined; walked instead of the dictionary, whose order is
    /// random.
    var roster: [WorkerID] = []
    /// Who holds each leased unit: one worker, or two when a slow attempt was duplicated.
    var holders: [Int: [WorkerID]] = [:]
    var strikes: [Int: [Strike]] = [:]
    var troubles: [Int: UnitTrouble] = [:]
    /// Attempt numbers of committed results, where they are not 1.
    var committedNumbers: [Int: UInt32] = [:]
    /// Units whose slow attempt was duplicated already.
    var duplicatedUnits: Set<Int> = []
    var durations: [Stage: DurationWindow] = [:]
    var nodes = NodeRegistry()
    var duplicateCount = 0
    var disputeCount = 0
    var lostWorkerCount = 0
    var hasAnnouncedFinish = false

    /// Whether workers may hold attempts that the ledger does not know.
    let mayHaveOrphans: Bool
    let startedAt: MonotonicInstant
    /// Nothing is handed out before.
    var assignsFrom: MonotonicInstant
    var now: MonotonicInstant
    /// Directives of the event in hand.
    var outbox: [SchedulerDirective] = []

    /// A scheduler to which nothing has happened yet.
    ///
    /// - Parameters:
    ///   - graph: the units of the run.
    ///   - settings: the limits.
    ///   - now: the present, on the clock of all later events.
    ///   - mayHaveOrphans: whether workers of an earlier coordinator may hold attempts that the ledger does
    ///     not know; nothing is then handed out until the adoption grace is over.
    public init(
        graph: UnitGraph, settings: SchedulerSettings = .init(), at now: MonotonicInstant,
        mayHaveOrphans: Bool = false
    ) {
        self.graph = graph
        self.settings = settings
        self.table = UnitTable(graph: graph)
        self.mayHaveOrphans = mayHaveOrphans
        self.startedAt = now
        self.now = now
        self.assignsFrom = mayHaveOrphans ? now + settings.adoptionGrace : now
    }

    /// Takes in what happened and says what must be done about it, in order.
    public mutating func handle(_ event: SchedulerEvent, at instant: MonotonicInstant) -> [SchedulerDirective]
    {
        now = max(now, instant)
        switch event {
        case .unitRecovered(let unit):
            // Millions of these come in a row, and no worker is there yet.
            recover(unit)
            return takeOutbox()
        case .workerJoined(let offer): join(offer)
        case .heartbeatReceived(let worker, let credits, let holding):
            hear(worker, credits: credits, holding: holding)
        case .workerLost(let worker): lose(worker)
        case .drainBegan(let worker): workers[worker]?.isDraining = true
        case .attemptCompleted(let worker, let attempt, let values, let runTime):
            complete(attempt, by: worker, values: values, runTime: runTime)
        case .attemptFailed(let worker, let attempt, let isRetriable, let cause):
            fail(attempt, on: worker, isRetriable: isRetriable, cause: cause)
        case .attemptReturned(let worker, let attempt): giveBack(attempt, from: worker)
        case .unitsPutBack(let units): putBack(units)
        case .gapPolicyChanged(let allowGaps):
            settings.allowGaps = allowGaps
            hasAnnouncedFinish = false
        case .timePassed: dropOverdue()
        }
        assignWork()
        releaseWorkers()
        announceFinish()
        return takeOutbox()
    }

    private mutating func takeOutbox() -> [SchedulerDirective] {
        defer { outbox = [] }
        return outbox
    }

    func attempt(at position: Int, number: UInt32) -> Attempt {
        Attempt(unit: graph.unit(at: position), generation: table[position].generation, number: number)
    }

    /// The position of an attempt's unit, nil when it is not of this plan or not of its current generation.
    func position(of attempt: Attempt) -> Int? {
        guard let position = graph.position(of: attempt.unit),
            table[position].generation == attempt.generation
        else { return nil }
        return position
    }
}
