internal import Synchronization
public import Tiling

/// A worker's connection to whichever coordinator the run has. May be used from any thread.
///
/// One thread of its own holds the socket. It finds the coordinator, follows it when it comes back elsewhere,
/// and sends heartbeats. It does not repeat messages: after each `connected` the owner says hello, and then
/// again whatever is not committed.
public final class WorkerConnection: Sendable {
    public struct Settings: Sendable {
        /// How peers call the worker; the connection adds something unique.
        public var name: String
        /// The key pair that the coordinator accepts; nil on loopback without encryption.
        public var keys: CurveKeys?
        /// Until a welcome says otherwise.
        public var heartbeatSeconds = 2.0
        /// Without a message for so long (and for three heartbeats), the coordinator is taken for gone.
        public var silenceSeconds = 10.0
        /// How long one address may take to answer.
        public var connectSeconds = 2.0
        /// Between two attempts to find the coordinator.
        public var retrySeconds = 0.5
        public var frameByteCountMax = TilthProtocol.frameByteCountMax

        public init(name: String, keys: CurveKeys?) {
            self.name = name
            self.keys = keys
        }
    }

    /// What the owner has to know.
    public enum Event: Hashable, Sendable {
        /// There is a connection, the first or a new one: say hello, and again what is not committed.
        case connected
        case message(CoordinatorMessage)
        /// The coordinator that was there has left in good order, and no other one has come.
        case vanished
    }

    /// Where the coordinator is at present, nil when there is none. Called from the connection's thread.
    public typealias Locate = @Sendable () throws -> CoordinatorEndpoint?

    private let line: WorkerLine
    private let thread: NamedThread
    private let hasClosed = Atomic(false)

    /// Starts looking for the coordinator; returns at once.
    public init(settings: Settings, locate: @escaping Locate) throws {
        let line = try WorkerLine(settings: settings, locate: locate)
        self.line = line
        thread = try NamedThread("tilth-socket") { line.serve() }
    }

    deinit { close(flushMilliseconds: 0) }

    /// Queues a message. Without a connection it is dropped: the next hello tells everything anew.
    public func send(_ message: WorkerMessage) {
        // Heartbeats must not take back what the hello offers.
        if case .hello(let hello) = message { setHeld(hello.held, credits: hello.credits) }
        line.outbox.push(message)
    }

    /// The next event, nil when none came in time or `wake` was called.
    public func receive(timeoutSeconds: Double) -> Event? { line.inbox.pop(timeoutSeconds: timeoutSeconds) }

    /// Ends a `receive` with nil; also from a signal handler.
    public func wake() { line.inbox.nudge() }

    /// What the heartbeats say from now on.
    public func setHeld(_ held: [Attempt], credits: Int) {
        line.presence.withLock { $0 = WorkerLine.Presence(held: held, credits: credits) }
    }

    /// Why there is no connection at present, in one line; nil when there is one.
    public var trouble: String? { line.trouble.withLock { $0 } }

    /// Sends what is queued, for at most so long, and ends the thread. The second time it does nothing.
    public func close(flushMilliseconds: Int = 1000) {
        guard !hasClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        line.endSoon(flushMilliseconds: flushMilliseconds)
        thread.join()
    }
}
