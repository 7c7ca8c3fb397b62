/// The limits that the scheduler works by. The defaults suit a cluster whose workers send a heartbeat every 5
/// s.
public struct SchedulerSettings: Hashable, Sendable {
    /// A worker not heard of for so long is lost.
    public var heartbeatTimeout: Duration
    /// A lease that no heartbeat names for so long ends: the assignment never arrived, or was forgotten.
    public var leaseDuration: Duration
    /// How long after a restart nothing is handed out, so that workers can announce what they hold.
    public var adoptionGrace: Duration
    /// On how many distinct workers a unit may fail or die before it is quarantined.
    public var strikeLimit: Int
    /// An attempt that runs so many times longer than its stage's median is duplicated onto an idle worker.
    public var slowLeaseFactor: Double
    /// How many predict blocks a worker may run ahead of the earliest open one to stay on its tile.
    public var blocksAheadLimit: Int
    /// Whether days are merged although tiles failed, were quarantined or are blocked.
    public var allowGaps: Bool
    /// How many failed and quarantined units are remembered with their cause; the ledger remembers all.
    public var troubleLimit: Int

    /// Every limit has a default.
    public init(
        heartbeatTimeout: Duration = .seconds(20), leaseDuration: Duration = .seconds(60),
        adoptionGrace: Duration = .seconds(3), strikeLimit: Int = 3, slowLeaseFactor: Double = 2,
        blocksAheadLimit: Int = 12, allowGaps: Bool = false, troubleLimit: Int = 10_000
    ) {
        precondition(
            strikeLimit > 0 && blocksAheadLimit > 0 && slowLeaseFactor >= 1, "limits leave room to work")
        self.heartbeatTimeout = heartbeatTimeout
        self.leaseDuration = leaseDuration
        self.adoptionGrace = adoptionGrace
        self.strikeLimit = strikeLimit
        self.slowLeaseFactor = slowLeaseFactor
        self.blocksAheadLimit = blocksAheadLimit
        self.allowGaps = allowGaps
        self.troubleLimit = troubleLimit
    }
}
