internal import Synchronization
internal import Tiling

/// What a worker's connection does on its own thread: find the coordinator, talk, begin again.
final class WorkerLine: Sendable {
    /// What heartbeats say.
    struct Presence {
        var held: [Attempt] = []
        var credits = 0
    }

    let inbox: Mailbox<WorkerConnection.Event>
    let outbox: Mailbox<WorkerMessage>
    let presence = Mutex(Presence())
    let trouble = Mutex<String?>("not connected yet")
    private let settings: WorkerConnection.Settings
    private let dealerSettings: Dealer.Settings
    private let locate: WorkerConnection.Locate
    /// Negative until the connection closes, then how long to flush.
    private let flushMilliseconds = Atomic(-1)

    init(settings: WorkerConnection.Settings, locate: @escaping WorkerConnection.Locate) throws {
        self.settings = settings
        self.locate = locate
        dealerSettings = Dealer.Settings(
            id: .unique(settings.name), keys: settings.keys, connectSeconds: settings.connectSeconds,
            frameByteCountMax: settings.frameByteCountMax)
        inbox = try Mailbox()
        outbox = try Mailbox()
    }

    /// Makes `serve` return after it has sent what is queued.
    func endSoon(flushMilliseconds: Int) {
        self.flushMilliseconds.store(max(0, flushMilliseconds), ordering: .releasing)
        outbox.nudge()
    }

    private var isEnding: Bool { flushMilliseconds.load(ordering: .acquiring) >= 0 }

    /// The thread's body.
    func serve() {
        var newestEpoch: UInt64 = 0
        var hadConnection = false
        // Made here, so that the thread ends only after what is queued was flushed.
        var context: ZMQContext?
        while !isEnding {
            do {
                if let endpoint = try locate() {
                    // A network file system may show an old file for some seconds.
                    guard endpoint.epoch >= newestEpoch else {
                        throw LineError.superseded(endpoint.epoch, newestEpoch)
                    }
                    let io = try context ?? ZMQContext()
                    context = io
                    let dealer = try Dealer.dial(
                        endpoint, settings: dealerSettings, in: io, shouldGiveUp: { isEnding })
                    newestEpoch = endpoint.epoch
                    hadConnection = true
                    try converse(over: dealer)
                } else {
                    trouble.withLock { $0 = "no coordinator runs" }
                    if hadConnection { inbox.push(.vanished) }
                    hadConnection = false
                }
            } catch {
                trouble.withLock { $0 = "\(error)" }
            }
            pause()
        }
    }

    /// Talks until the connection is lost, which it throws, or the line ends.
    private func converse(over dealer: Dealer) throws {
        // What was said without a connection is said again by the owner, after its hello.
        _ = outbox.takeAll()
        trouble.withLock { $0 = nil }
        inbox.push(.connected)
        var pulse = LinkPulse(
            heartbeat: .seconds(settings.heartbeatSeconds), silence: .seconds(settings.silenceSeconds),
            now: .now)
        // A new coordinator must not hear of results before it knows who reports them.
        var beforeHello: [WorkerMessage]? = []
        while true {
            let isLastTurn = isEnding
            for message in outbox.takeAll() {
                if case .hello = message {
                    try send(message, over: dealer)
                    for waiting in beforeHello ?? [] { try send(waiting, over: dealer) }
                    beforeHello = nil
                } else if beforeHello?.append(message) == nil {
                    try send(message, over: dealer)
                }
            }
            if isLastTurn {
                dealer.flushAtClose(milliseconds: flushMilliseconds.load(ordering: .acquiring))
                return
            }
            if pulse.isDue(at: .now) {
                if beforeHello == nil { try sendHeartbeat(over: dealer) }
                pulse.spoke(at: .now)
            }
            try dealer.wait(
                descriptors: [outbox.fileDescriptor],
                milliseconds: pulse.wait(from: .now).millisecondsRoundedUp)
            // Asked first: what came before the end is received after it.
            let hasClosed = try dealer.hasClosed()
            while let message = try dealer.receive() {
                var newHeartbeatSeconds: Double?
                if case .welcome(_, let seconds) = message { newHeartbeatSeconds = seconds }
                pulse.heard(at: .now, newHeartbeatSeconds: newHeartbeatSeconds)
                inbox.push(.message(message))
            }
            if hasClosed { throw LineError.closed(dealer.address) }
            if pulse.isSilent(at: .now) { throw LineError.silent(dealer.address) }
        }
    }

    private func sendHeartbeat(over dealer: Dealer) throws {
        let presence = presence.withLock { $0 }
        try send(.heartbeat(credits: presence.credits, held: presence.held), over: dealer)
    }

    private func send(_ message: WorkerMessage, over dealer: Dealer) throws {
        let isSent: Bool
        do {
            isSent = try dealer.send(message)
        } catch {
            // A result that fits no frame never will, on no worker.
            guard case .completed(let attempt, _) = message else { throw error }
            isSent = try dealer.send(.failed(attempt, isRetriable: false, cause: "its receipt: \(error)"))
        }
        if !isSent { throw LineError.notReading(dealer.address) }
    }

    /// Before the next attempt; thousands of workers do not all come in the same millisecond.
    private func pause() {
        guard !isEnding else { return }
        let seconds = settings.retrySeconds * .random(in: 0.5...1.5)
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !isEnding, ContinuousClock.now < deadline {
            // Taken and dropped one by one; nil also when the line ends.
            _ = outbox.pop(timeoutSeconds: max(0, ContinuousClock.now.duration(to: deadline) / .seconds(1)))
        }
    }
}

/// Why a worker's line has no coordinator at present.
private enum LineError: Error, CustomStringConvertible {
    case superseded(UInt64, UInt64)
    case closed(String)
    case silent(String)
    case notReading(String)

    var description: String {
        switch self {
        case .superseded(let old, let newest):
            "the published coordinator has epoch \(old), and epoch \(newest) was seen already: "
                + "waiting for the newer one"
        case .closed(let address): "the coordinator at \(address) closed the connection"
        case .silent(let address): "the coordinator at \(address) has fallen silent"
        case .notReading(let address): "the coordinator at \(address) does not read its messages"
        }
    }
}
