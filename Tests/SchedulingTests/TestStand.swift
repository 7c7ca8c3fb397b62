import Scheduling
import Testing
import Tiling

/// A scheduler with a recorder: every directive must be expected, in order, before the next event may come.
struct TestStand {
    var scheduler: Scheduler
    private var now = MonotonicInstant(nanoseconds: 0)
    private var sent: [SchedulerDirective] = []

    init(_ graph: UnitGraph, settings: SchedulerSettings = .init(), mayHaveOrphans: Bool = false) {
        scheduler = Scheduler(graph: graph, settings: settings, at: now, mayHaveOrphans: mayHaveOrphans)
    }

    mutating func send(
        _ event: SchedulerEvent, after wait: Duration = .zero, at location: SourceLocation = #_sourceLocation
    ) {
        nothingElse(at: location)
        now = now + wait
        sent = scheduler.handle(event, at: now)
    }

    /// Sends an event of which only the later consequences matter.
    mutating func pass(
        _ event: SchedulerEvent, after wait: Duration = .zero, at location: SourceLocation = #_sourceLocation
    ) {
        send(event, after: wait, at: location)
        sent = []
    }

    mutating func expect(_ directives: SchedulerDirective..., at location: SourceLocation = #_sourceLocation)
    {
        for directive in directives {
            #expect(sent.first == directive, sourceLocation: location)
            if !sent.isEmpty { sent.removeFirst() }
        }
    }

    /// The next directive, whose details the caller checks.
    mutating func next(at location: SourceLocation = #_sourceLocation) throws -> SchedulerDirective {
        try #require(!sent.isEmpty, sourceLocation: location)
        return sent.removeFirst()
    }

    func nothingElse(at location: SourceLocation = #_sourceLocation) {
        #expect(sent.isEmpty, "nothing else is sent", sourceLocation: location)
    }

    func counts(_ stage: Stage) -> StageCounts { scheduler.progress.stages[stage]! }
}

let ann = WorkerID("ann")
let ben = WorkerID("ben")
let cyd = WorkerID("cyd")

func offer(
    _ worker: WorkerID, credits: Int = 1, stages: Set<Stage> = Set(Stage.allCases), holding: [Attempt] = [],
    until: MonotonicInstant? = nil
) -> SchedulerEvent {
    .workerJoined(
        WorkerOffer(
            worker: worker, node: "node-\(worker)", stages: stages, credits: credits, holding: holding,
            until: until))
}

func completed(_ worker: WorkerID, _ attempt: Attempt, values: String = "values", runTime: Duration? = nil)
    -> SchedulerEvent
{
    .attemptCompleted(worker, attempt, values: Digest(of: values), runTime: runTime)
}

func commit(_ worker: WorkerID, _ attempt: Attempt, values: String = "values") -> SchedulerDirective {
    .commit(Completion(attempt: attempt, worker: worker, node: "node-\(worker)", values: Digest(of: values)))
}

func failed(_ worker: WorkerID, _ attempt: Attempt, isRetriable: Bool = true) -> SchedulerEvent {
    .attemptFailed(worker, attempt, isRetriable: isRetriable, cause: "disk full")
}

func recorded(_ worker: WorkerID, _ attempt: Attempt, isRetriable: Bool = true) -> SchedulerDirective {
    .recordFailure(
        AttemptFailure(
            attempt: attempt, worker: worker, node: "node-\(worker)", cause: "disk full",
            isRetriable: isRetriable,
            isLoss: false))
}

func recordedLoss(_ worker: WorkerID, _ attempt: Attempt) -> SchedulerDirective {
    .recordFailure(
        AttemptFailure(
            attempt: attempt, worker: worker, node: "node-\(worker)",
            cause: "worker \(worker) on node-\(worker) was lost",
            isRetriable: true, isLoss: true))
}

func prepare(_ source: Int, _ block: Int) -> UnitID { UnitID(stage: .prepare, place: source, block: block) }
func predict(_ tile: Int, _ block: Int) -> UnitID { UnitID(stage: .predict, place: tile, block: block) }
func merge(_ day: Int) -> UnitID { UnitID(stage: .merge, place: 0, block: day) }

extension UnitID {
    func attempt(_ number: UInt32, generation: UInt32 = 1) -> Attempt {
        Attempt(unit: self, generation: generation, number: number)
    }
}

extension UnitGraph {
    /// Predict units only.
    static func tiles(_ tiles: [Int], blocks: ClosedRange<Int> = 10...10) -> UnitGraph {
        UnitGraph(prepareUnits: [], tiles: tiles, predictBlocks: blocks, mergeDays: [:], prepareNeeds: [:])
    }

    /// One source per block, and `daysPerBlock` days numbered block × 100 and up.
    static func chain(tiles: [Int], blocks: ClosedRange<Int>, daysPerBlock: Int = 1) -> UnitGraph {
        let days = blocks.flatMap { block in (0..<daysPerBlock).map { (block * 100 + $0, block) } }
        return UnitGraph(
            prepareUnits: [], tiles: tiles, predictBlocks: blocks,
            mergeDays: Dictionary(uniqueKeysWithValues: days),
            prepareNeeds: Dictionary(uniqueKeysWithValues: blocks.map { ($0, [prepare(0, $0)]) }))
    }
}
