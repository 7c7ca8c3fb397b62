/// When a worker has to say something, and when its coordinator has been silent for too long. Pure
/// arithmetic.
struct LinkPulse {
    typealias Instant = ContinuousClock.Instant

    private(set) var heartbeat: Duration
    private let silence: Duration
    private var heardAt: Instant
    private var spokeAt: Instant

    /// The link has just been made.
    init(heartbeat: Duration, silence: Duration, now: Instant) {
        self.heartbeat = heartbeat
        self.silence = silence
        heardAt = now
        spokeAt = now
    }

    /// Something came; a welcome also says how often heartbeats are wanted.
    mutating func heard(at now: Instant, newHeartbeatSeconds: Double? = nil) {
        heardAt = now
        if let newHeartbeatSeconds { heartbeat = .seconds(newHeartbeatSeconds) }
    }

    /// A heartbeat was sent.
    mutating func spoke(at now: Instant) { spokeAt = now }

    /// Whether a heartbeat is due.
    func isDue(at now: Instant) -> Bool { now >= spokeAt + heartbeat }

    /// Whether nothing came for so long that the coordinator must be gone: several heartbeats went
    /// unanswered.
    func isSilent(at now: Instant) -> Bool { now >= heardAt + silenceMax }

    /// Until one of the two changes.
    func wait(from now: Instant) -> Duration {
        max(.zero, min(now.duration(to: spokeAt + heartbeat), now.duration(to: heardAt + silenceMax)))
    }

    private var silenceMax: Duration { max(silence, heartbeat * 3) }
}
