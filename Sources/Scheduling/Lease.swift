/// One attempt in the hands of one worker.
struct Lease {
    /// Position of the unit in the graph.
    let position: Int
    let attemptNumber: UInt32
    let assignedAt: MonotonicInstant
    /// Moves on with every heartbeat that names the attempt.
    var expiresAt: MonotonicInstant
}
