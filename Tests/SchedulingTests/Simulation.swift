import Scheduling
import TestSupport
import Tiling

/// A whole cluster in one loop: coordinator, ledger, workers and a bad network, all on a virtual clock.
struct Simulation {
    enum Happening {
        case coordinatorHears(SchedulerEvent, from: WorkerID?)
        case coordinatorWakes
        case coordinatorStarts
        case workerHears(WorkerID, SchedulerDirective)
        case workerTicks(WorkerID)
        case workerEnds(WorkerID, Attempt)
        case connectionHeals(WorkerID)
        case chaosStrikes
        case operatorLooks
    }

    /// Faults stop then, and the run must come to its end.
    static let calmAfter = MonotonicInstant(nanoseconds: 600_000_000_000)
    static let mustEndBefore = MonotonicInstant(nanoseconds: 7_200_000_000_000)

    let graph = SimulatedGraph()
    var random: SeededRandom
    var clock = SimulatedClock<Happening>()
    var ledger: SimulatedLedger
    var scheduler: Scheduler?
    var workers: [WorkerID: SimulatedWorker] = [:]
    /// What the coordinator has handed to each worker and not heard the end of, as seen from outside.
    var outstanding: [WorkerID: Set<Attempt>] = [:]
    var violations: [String] = []
    var eventCount = 0
    var restartCount = 0
    let hasLiars: Bool
    private var joinedCount = 0

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        hasLiars = random.happens(0.2)
        ledger = SimulatedLedger(graph: graph, recordsHandOuts: random.happens(0.5))
    }

    var isCalm: Bool { clock.now >= Self.calmAfter }

    /// Runs to the end and says what went wrong; nothing, if all is well.
    mutating func run() -> [String] {
        clock.schedule(.coordinatorStarts, after: .zero)
        clock.schedule(.operatorLooks, after: .seconds(1))
        clock.schedule(.chaosStrikes, after: .seconds(5))
        while !ledger.isComplete, violations.isEmpty, ledger.violations.isEmpty,
            let happening = clock.advance()
        {
            if clock.now > Self.mustEndBefore {
                violations.append("the run does not end: \(ledger.troubles)")
            }
            step(happening)
        }
        if ledger.isComplete, !ledger.outdatedDays.isEmpty {
            violations.append("\(ledger.outdatedDays) are older than their tiles")
        }
        return violations + ledger.violations
    }

    private mutating func step(_ happening: Happening) {
        switch happening {
        case .coordinatorHears(let event, let worker):
            if let worker, workers[worker]?.isCutOff ?? false { return }
            coordinatorHandles(event)
        case .coordinatorWakes: wakeCoordinator()
        case .coordinatorStarts: startCoordinator()
        case .workerHears(let worker, let directive): workerHears(worker, directive)
        case .workerTicks(let worker): workerTicks(worker)
        case .workerEnds(let worker, let attempt): workerEnds(worker, attempt)
        case .connectionHeals(let worker): workers[worker]?.isCutOff = false
        case .chaosStrikes: chaosStrikes()
        case .operatorLooks: operatorLooks()
        }
    }

    /// Loses, delays, reorders and repeats messages.
    private mutating func travel(_ happening: Happening) {
        for _ in 0..<(!isCalm && random.happens(0.05) ? 2 : 1) where isCalm || !random.happens(0.05) {
            clock.schedule(happening, after: random.seconds(isCalm ? 0.001...0.01 : 0.001...1))
        }
    }

    /// Starts workers as long as there is work, and puts back what was set aside.
    private mutating func operatorLooks() {
        clock.schedule(.operatorLooks, after: .seconds(20))
        while workers.count < 3 { startWorker() }
        if workers.count < 5 { startWorker() }
        if !ledger.troubles.isEmpty { coordinatorHandles(.unitsPutBack(ledger.troubles)) }
    }

    private mutating func chaosStrikes() {
        guard !isCalm else { return }
        clock.schedule(.chaosStrikes, after: random.seconds(1...20))
        let victim = workers.keys.sorted().randomElement(using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            guard scheduler != nil else { return }
            crashCoordinator()
        case 1, 2:
            guard let victim else { return }
            workers[victim] = nil
            // Half of the time nobody notices that the connection closed.
            if random.happens(0.5) { travel(.coordinatorHears(.workerLost(victim), from: nil)) }
        case 3, 4:
            guard let victim else { return }
            workers[victim]!.isCutOff = true
            clock.schedule(.connectionHeals(victim), after: random.seconds(1...60))
        default:
            guard let victim else { return }
            workers[victim]!.drain()
            travel(.coordinatorHears(.drainBegan(victim), from: victim))
        }
    }
}

// The coordinator: a shell as thin as the real one.
extension Simulation {
    private mutating func startCoordinator() {
        var fresh = Scheduler(
            graph: graph.graph, at: clock.now, mayHaveOrphans: !ledger.recordsHandOuts && restartCount > 0)
        restartCount += 1
        for event in ledger.history {
            if !fresh.handle(event, at: clock.now).isEmpty { violations.append("history gave directives") }
        }
        scheduler = fresh
        outstanding = [:]
        coordinatorHandles(.timePassed)
    }

    private mutating func crashCoordinator() {
        scheduler = nil
        clock.schedule(.coordinatorStarts, after: random.seconds(0.5...40))
    }

    private mutating func wakeCoordinator() {
        guard let deadline = scheduler?.nextDeadline, deadline <= clock.now else { return }
        coordinatorHandles(.timePassed)
        if let next = scheduler?.nextDeadline, next <= clock.now {
            violations.append("a deadline is still due after it passed: the coordinator would spin")
        }
    }

    private mutating func coordinatorHandles(_ event: SchedulerEvent) {
        guard scheduler != nil else { return }
        eventCount += 1
        noteAnswer(event)
        let directives = scheduler!.handle(event, at: clock.now)
        for directive in directives { ledger.write(directive) }
        checkCredits(directives)
        // It may die between what it wrote and what it would have sent.
        if !isCalm, !directives.isEmpty, random.happens(0.002) { return crashCoordinator() }
        for directive in directives {
            guard let worker = directive.receiver else { continue }
            travel(.workerHears(worker, directive))
        }
        if let deadline = scheduler!.nextDeadline { clock.schedule(.coordinatorWakes, at: deadline) }
    }

    private mutating func noteAnswer(_ event: SchedulerEvent) {
        switch event {
        case .attemptCompleted(let worker, let attempt, _, _), .attemptFailed(let worker, let attempt, _, _),
            .attemptReturned(let worker, let attempt):
            outstanding[worker]?.remove(attempt)
        case .workerJoined(let offer): outstanding[offer.worker] = []
        case .workerLost(let worker): outstanding[worker] = nil
        default: break
        }
    }

    private mutating func checkCredits(_ directives: [SchedulerDirective]) {
        let alive = Dictionary(uniqueKeysWithValues: scheduler!.progress.workers.map { ($0.worker, $0.held) })
        for worker in outstanding.keys where alive[worker] == nil { outstanding[worker] = nil }
        for directive in directives {
            switch directive {
            case .cancel(let worker, let attempt): outstanding[worker]?.remove(attempt)
            case .assign(let worker, let attempt):
                outstanding[worker, default: []].insert(attempt)
                // A worker that was lost and came back may be gone from here, but not from the cluster.
                let credits = workers[worker]?.credits ?? .max
                if outstanding[worker]!.count > credits || alive[worker, default: []].count > credits {
                    violations.append("\(worker) holds \(outstanding[worker]!) with \(credits) credits")
                }
            default: break
            }
        }
    }
}

// Workers.
extension Simulation {
    private mutating func startWorker() {
        joinedCount += 1
        let id = WorkerID("worker-\(joinedCount)")
        let isShortLived = !isCalm && random.happens(0.2)
        workers[id] = SimulatedWorker(
            id: id, node: "node-\(joinedCount % 5)", credits: Int.random(in: 1...3, using: &random),
            slowness: random.happens(0.15) ? 15 : 1, isLiar: hasLiars && !isCalm && random.happens(0.2),
            until: isShortLived ? clock.now + random.seconds(20...120) : nil)
        travel(.coordinatorHears(workers[id]!.offer, from: id))
        clock.schedule(.workerTicks(id), after: .seconds(5))
    }

    private mutating func workerTicks(_ id: WorkerID) {
        guard let worker = workers[id] else { return }
        if let until = worker.until, clock.now >= until {
            workers[id] = nil
            travel(.coordinatorHears(.workerLost(id), from: nil))
            return
        }
        clock.schedule(.workerTicks(id), after: random.seconds(4...6))
        travel(.coordinatorHears(worker.heartbeat, from: id))
        for attempt in worker.holding where worker.answers[attempt] != nil {
            travel(.coordinatorHears(worker.answers[attempt]!, from: id))
        }
    }

    private mutating func workerHears(_ id: WorkerID, _ directive: SchedulerDirective) {
        guard let worker = workers[id], !worker.isCutOff else { return }
        switch directive {
        case .assign(_, let attempt): workers[id]!.take(attempt)
        case .cancel(_, let attempt), .acknowledge(_, let attempt, _): workers[id]!.forget(attempt)
        case .commit(let completion): workers[id]!.forget(completion.attempt)
        case .recordFailure(let failure) where !failure.isLoss: workers[id]!.forget(failure.attempt)
        case .requestJoin: travel(.coordinatorHears(worker.offer, from: id))
        case .release where worker.holding.isEmpty:
            workers[id] = nil
            travel(.coordinatorHears(.workerLost(id), from: nil))
        default: break
        }
        beginNext(id)
    }

    private mutating func beginNext(_ id: WorkerID) {
        guard let attempt = workers[id]?.beginNext() else { return }
        let duration = random.seconds(2...12) * workers[id]!.slowness
        clock.schedule(.workerEnds(id, attempt), after: duration)
    }

    private mutating func workerEnds(_ id: WorkerID, _ attempt: Attempt) {
        guard let worker = workers[id], worker.running == attempt else { return }
        let answer: SchedulerEvent
        if isCalm || random.happens(0.85) {
            let values = Digest(of: "\(attempt.unit)\(worker.isLiar ? " seen by \(id)" : "")")
            answer = .attemptCompleted(id, attempt, values: values, runTime: nil)
        } else if random.happens(0.2) {
            answer = .attemptReturned(id, attempt)
        } else {
            answer = .attemptFailed(id, attempt, isRetriable: random.happens(0.9), cause: "bad luck")
        }
        workers[id]!.end(attempt, with: answer)
        travel(.coordinatorHears(answer, from: id))
        beginNext(id)
    }
}

extension SchedulerDirective {
    /// The worker that is told, by whatever message.
    var receiver: WorkerID? {
        switch self {
        case .assign(let worker, _), .cancel(let worker, _), .acknowledge(let worker, _, _),
            .requestJoin(let worker),
            .release(let worker, _):
            worker
        case .commit(let completion): completion.worker
        case .recordFailure(let failure): failure.worker
        case .quarantine, .putBack, .finish: nil
        }
    }
}
