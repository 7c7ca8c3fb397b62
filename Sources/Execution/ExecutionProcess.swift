internal import Foundation
public import Logging
public import Messaging
public import Storage
internal import Synchronization
public import Tiling

/// The worker's side of the engine, whatever it computes: says hello, takes units for its credits, writes
/// receipts, and reports until the coordinator has committed.
///
/// It outlives its coordinator: while there is none it goes on computing, and tells the next one which
/// attempts it holds.
public final class ExecutionProcess: Sendable {
    public struct Settings: Sendable {
        /// Unique in the run; names the receipt log.
        public var workerID: String
        public var node: String
        public var software: String
        /// Values of a small fixed computation: workers that disagree are refused.
        public var canary: Digest?
        /// When the job ends, seconds since 1970; nil when nobody says.
        public var endsAt: Double?
        /// How long to go on without a coordinator before giving up.
        public var patienceSeconds: Double
        public var log: Logger

        public init(
            workerID: String, node: String, software: String, canary: Digest?, endsAt: Double?,
            patienceSeconds: Double, log: Logger
        ) {
            self.workerID = workerID
            self.node = node
            self.software = software
            self.canary = canary
            self.endsAt = endsAt
            self.patienceSeconds = patienceSeconds
            self.log = log
        }
    }

    /// How the process ended.
    public enum Ending: Sendable {
        /// The coordinator had nothing left for it.
        case finished
        /// It was told to stop, and has given back what it had not begun.
        case drained
        /// No coordinator came back in time.
        case abandoned
    }

    let settings: Settings
    let plan: RunPlan
    let connection: WorkerConnection
    let executor: any UnitExecutor
    let receipts: ReceiptLog
    let book = Mutex(AttemptBook())
    private let isDraining = Atomic(false)

    public init(
        settings: Settings, plan: RunPlan, run: RunDirectory, connection: WorkerConnection,
        executor: any UnitExecutor
    ) throws {
        self.settings = settings
        self.plan = plan
        self.connection = connection
        self.executor = executor
        receipts = try ReceiptLog(path: run.receiptLogPath(worker: settings.workerID))
    }

    /// From any thread, a signal handler's too: finish what has begun, give back the rest, end.
    public func drain() {
        isDraining.store(true, ordering: .releasing)
        connection.wake()
    }

    /// Serves until there is nothing left, it is drained, or nobody coordinates any more.
    public func run() throws -> Ending {
        defer {
            executor.close()
            connection.close()
        }
        var lastHeard = ContinuousClock.now
        var mayLeave: Ending?
        while true {
            switch connection.receive(timeoutSeconds: 1) {
            case .connected: sayHello()
            case .message(let message):
                lastHeard = .now
                if let ending = try handle(message) { mayLeave = ending }
            case .vanished: mayLeave = mayLeave ?? .finished
            case nil: break
            }
            if isDraining.load(ordering: .acquiring), mayLeave == nil {
                beginDraining()
                mayLeave = .drained
            }
            if let ending = mayLeave, book.withLock({ mayClose($0, lastHeard: lastHeard) }) {
                connection.send(.goodbye)
                return ending
            }
            if lastHeard.duration(to: .now) > .seconds(settings.patienceSeconds) {
                settings.log.error("no coordinator for \(Int(settings.patienceSeconds)) s: giving up")
                return .abandoned
            }
        }
    }

    /// Whether nothing keeps this process: all is acknowledged, or nobody is there to do it. What is not
    /// acknowledged stands in the receipt log, where the next coordinator finds it.
    private func mayClose(_ book: AttemptBook, lastHeard: ContinuousClock.Instant) -> Bool {
        book.isEmpty || book.isAnswered && lastHeard.duration(to: .now) > .seconds(5)
    }
}
