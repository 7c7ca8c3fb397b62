internal import Foundation
internal import Ledger
public import Logging
internal import Messaging
internal import Scheduling
public import Storage
internal import Synchronization
public import Tiling

/// The process on the head node: plans and assigns. One thread: poll → decode → scheduler → ledger → send.
///
/// Everything it knows is in the ledger before anybody else hears of it, so it may die at any time; the next
/// coordinator of the run goes on from there, and workers follow its higher epoch.
public final class Coordinator {
    public struct Settings: Sendable {
        /// Where to listen: `tcp://*:0` for all interfaces and any free port.
        public var bind: String
        public var heartbeatSeconds: Double
        /// Merges what is there and leaves the rest: for `tilth merge` when no coordinator runs.
        public var isMergeOnly: Bool
        /// Whether days are merged although tiles failed.
        public var allowGaps: Bool
        /// The days that a merge-only coordinator merges; nil for all.
        public var days: DayRange?
        /// How long to hand out nothing after a restart that found leases, so that workers can announce them.
        public var adoptionGraceSeconds: Double
        public var software: String
        public var log: Logger

        public init(
            bind: String, heartbeatSeconds: Double = 2, isMergeOnly: Bool = false,
            allowGaps: Bool = false, days: DayRange? = nil, adoptionGraceSeconds: Double = 3,
            software: String, log: Logger
        ) {
            self.bind = bind
            self.heartbeatSeconds = heartbeatSeconds
            self.isMergeOnly = isMergeOnly
            self.allowGaps = allowGaps
            self.days = days
            self.adoptionGraceSeconds = adoptionGraceSeconds
            self.software = software
            self.log = log
        }
    }

    let settings: Settings
    let run: RunDirectory
    let plan: RunPlan
    let ledger: Ledger
    let socket: CoordinatorSocket
    let epoch: UInt64
    let startedAt = ContinuousClock.now
    var scheduler: Scheduler
    var peers = PeerTable()
    var mergeOrders: MergeOrders
    var rate = WorkRate()
    var isEnding = false
    let keys: CoordinatorKeys?
    /// Asks this coordinator to end in good order, from any thread.
    public let stop: StopRequest

    /// Takes the run over: claims the next epoch, opens the ledger, recovers what happened, and publishes
    /// where it is.
    public init(run: RunDirectory, settings: Settings) throws {
        try Self.refuseRival(of: run)
        self.run = run
        self.settings = settings
        plan = try run.loadPlan()
        // On loopback other users of the machine could connect, so keys are asked for there too.
        keys = try RunKeys(run).coordinator
        socket = try CoordinatorSocket(bind: settings.bind, keys: keys)
        stop = StopRequest(waker: socket.waker)
        let recovered = try RecoveredRun(
            run: run, plan: plan,
            settings: SchedulerSettings(
                heartbeatTimeout: .seconds(settings.heartbeatSeconds * 10),
                adoptionGrace: .seconds(settings.adoptionGraceSeconds), allowGaps: settings.allowGaps),
            mergeOnly: settings.isMergeOnly ? settings.days ?? plan.days : nil)
        ledger = recovered.ledger
        scheduler = recovered.scheduler
        mergeOrders = MergeOrders(plan: plan)
        epoch = try EpochClaim.claim(in: run)
        for notice in recovered.notices { settings.log.notice("\(notice)") }
        var mosaics = Batch(directives: try putBackLostMosaics())
        try obey(&mosaics)
        try publish()
    }

    /// Serves until nothing is left that could be done, somebody asks it to stop, or a newer coordinator
    /// takes over.
    public func serve() throws -> StatusReport {
        let addresses = socket.addresses.joined(separator: ", ")
        settings.log.info("coordinator of \(plan.product.name), epoch \(epoch), at \(addresses)")
        while !isEnding && !stop.isRequested {
            let incoming = try socket.poll(milliseconds: millisecondsToDeadline)
            let now = monotonicNow
            var batch = Batch()
            for message in incoming { receive(message, at: now, into: &batch) }
            batch.directives += scheduler.handle(.timePassed, at: now)
            try yieldToNewerEpoch()
            try obey(&batch)
        }
        return try close()
    }

    /// The whole state of the run, for people and scripts.
    var status: StatusReport {
        StatusReport(
            plan: plan, progress: scheduler.progress, rate: rate, epoch: epoch,
            seconds: startedAt.duration(to: .now).seconds)
    }

    /// Until the scheduler wants to be asked again, at most a second.
    private var millisecondsToDeadline: Int {
        guard let deadline = scheduler.nextDeadline else { return 1000 }
        return Int(min(1000, max(0, (deadline - monotonicNow).seconds * 1000 + 1)))
    }

    var monotonicNow: MonotonicInstant {
        let (seconds, attoseconds) = startedAt.duration(to: .now).components
        return MonotonicInstant(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func close() throws -> StatusReport {
        let report = status
        // Only a run that is over sends its workers home; otherwise they go on, and wait for the next one.
        if isEnding { withdraw() }
        socket.close(flushMilliseconds: 1000)
        try ledger.close()
        return report
    }
}

/// A wish to end, from a signal or a request.
public final class StopRequest: Sendable {
    private let waker: Waker
    private let flag = Atomic(false)

    init(waker: Waker) { self.waker = waker }

    /// From any thread.
    public func request() {
        flag.store(true, ordering: .releasing)
        waker.wake()
    }

    var isRequested: Bool { flag.load(ordering: .acquiring) }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
