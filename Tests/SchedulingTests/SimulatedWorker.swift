import Scheduling
import Tiling

/// A worker process: computes one attempt at a time, and repeats every answer until it is acknowledged.
struct SimulatedWorker {
    let id: WorkerID
    let node: String
    let credits: Int
    /// How many times slower than others.
    let slowness: Double
    /// Computes wrong values.
    let isLiar: Bool
    var until: MonotonicInstant?
    var isDraining = false
    var isCutOff = false
    private(set) var queue: [Attempt] = []
    private(set) var answers: [Attempt: SchedulerEvent] = [:]
    private(set) var running: Attempt?

    init(id: WorkerID, node: String, credits: Int, slowness: Double, isLiar: Bool, until: MonotonicInstant?) {
        self.id = id
        self.node = node
        self.credits = credits
        self.slowness = slowness
        self.isLiar = isLiar
        self.until = until
    }

    var holding: [Attempt] {
        (running.map { [$0] } ?? []) + queue
            + answers.keys.sorted {
                ($0.unit, $0.generation, $0.number) < ($1.unit, $1.generation, $1.number)
            }
    }

    var offer: SchedulerEvent {
        .workerJoined(
            WorkerOffer(
                worker: id, node: node, credits: credits, holding: holding, until: until,
                isDraining: isDraining))
    }

    var heartbeat: SchedulerEvent { .heartbeatReceived(id, credits: credits, holding: holding) }

    mutating func take(_ attempt: Attempt) {
        guard !holding.contains(attempt) else { return }
        if isDraining {
            answers[attempt] = .attemptReturned(id, attempt)
        } else {
            queue.append(attempt)
        }
    }

    mutating func forget(_ attempt: Attempt) {
        queue.removeAll { $0 == attempt }
        answers[attempt] = nil
        if running == attempt { running = nil }
    }

    mutating func drain() {
        isDraining = true
        for attempt in queue { answers[attempt] = .attemptReturned(id, attempt) }
        queue = []
    }

    /// Begins the next attempt when none is running.
    mutating func beginNext() -> Attempt? {
        guard running == nil, !queue.isEmpty else { return nil }
        running = queue.removeFirst()
        return running
    }

    mutating func end(_ attempt: Attempt, with answer: SchedulerEvent) {
        running = nil
        answers[attempt] = answer
    }
}
