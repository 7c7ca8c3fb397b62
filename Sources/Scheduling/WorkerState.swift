import Tiling

/// What the scheduler knows about a live worker.
struct WorkerState {
    let id: WorkerID
    let node: String
    var stages: Set<Stage>
    var credits: Int
    var until: MonotonicInstant?
    var lastHeardAt: MonotonicInstant
    /// When it last answered: a worker computes one unit at a time, so the next one in its queue starts then.
    var lastAnswerAt: MonotonicInstant
    var isDraining: Bool
    var isReleased = false
    /// It gave an attempt back without draining; nothing is handed to it before its next heartbeat, so that
    /// the two do not pass the same unit back and forth.
    var isPaused = false
    var held: [Lease] = []
    var doneCount = 0
    /// The predict unit handed out last: the worker has the fixed planes of its tile.
    var lastTile: (tile: Int, block: Int)?
    /// Smoothed duration of a unit, by stage, as measured on this worker.
    var typicalDurations: [Stage: Duration] = [:]

    init(_ offer: WorkerOffer, at now: MonotonicInstant) {
        id = offer.worker
        node = offer.node
        stages = offer.stages
        credits = offer.credits
        until = offer.until
        isDraining = offer.isDraining
        lastHeardAt = now
        lastAnswerAt = now
    }

    var hasFreeCredit: Bool { held.count < credits }
    var isEnding: Bool { isDraining || isReleased }

    /// When the worker can have begun to compute a lease.
    func start(of lease: Lease) -> MonotonicInstant { max(lease.assignedAt, lastAnswerAt) }

    mutating func measured(_ duration: Duration, of stage: Stage) {
        guard let typical = typicalDurations[stage] else {
            typicalDurations[stage] = duration
            return
        }
        typicalDurations[stage] = typical + (duration - typical) / 4
    }
}
