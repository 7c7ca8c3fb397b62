public import Tiling

/// What processes say to each other, version 1: the whole of it is in this file; `Wire/tilth.proto` is its
/// encoding.
///
/// Every frame is one envelope: the version and one message. Frames carry data only, and their size is
/// bounded. A frame of another version is never read further, but for the refusal that says so.
public enum TilthProtocol {
    /// Rises with every change that an older process could misunderstand.
    public static let version: UInt32 = 1
    /// The largest frame that a process sends or takes, unless its settings say less.
    public static let frameByteCountMax = 64 << 20
}

/// From a worker or merger to its coordinator.
public enum WorkerMessage: Hashable, Sendable {
    /// The first message on every connection, and the answer to `helloAgain`.
    case hello(Hello)
    /// "I live, and this is what I hold." Sent by the connection by itself.
    case heartbeat(credits: Int, held: [Attempt])
    /// A unit is done; the receipt is JSON. Said again after every reconnection until it is committed.
    case completed(Attempt, receipt: [UInt8])
    /// A unit failed, with a one-line cause that a scientist can act on.
    case failed(Attempt, isRetriable: Bool, cause: String)
    /// A unit is given back unfinished, and that is nobody's fault.
    case returned(Attempt, why: String)
    /// "I finish what I have begun and want nothing new."
    case draining
    /// The last message.
    case goodbye
}

/// From the coordinator to a worker, a merger or a command line.
public enum CoordinatorMessage: Hashable, Sendable {
    /// The hello was accepted.
    case welcome(epoch: UInt64, heartbeatSeconds: Double)
    /// The worker may not take part. This one is understood across versions.
    case refused(why: String)
    /// One attempt at a unit; the order is what the stage needs beyond the plan, JSON or empty.
    case assign(Attempt, order: [UInt8])
    /// The ledger has what was reported about the attempt: forget it.
    case committed(Attempt)
    /// The attempt is not wanted any more: do not begin it, and forget it.
    case cancel(Attempt)
    /// Nothing is left for this worker.
    case finish(why: String)
    /// "I do not know you: say hello." A coordinator that has just started says this to workers of the one
    /// before.
    case helloAgain
    /// The answer to a heartbeat, so that both sides know that the other one lives.
    case heard
    /// The answer to a client's request; the body is JSON, or one line of text when it is not OK.
    case reply(id: UInt64, isOK: Bool, body: [UInt8])
}

/// What a worker proves about itself before it gets work.
public struct Hello: Hashable, Sendable {
    /// Unique in the run: a process that starts again takes a new one.
    public var workerID: String
    /// The name of its host.
    public var node: String
    public var pid: Int
    /// The stages that it can compute.
    public var stages: [Stage]
    /// How many units it wants at hand.
    public var credits: Int
    public var recipe: Digest
    public var forests: [Digest]
    /// The version of the software, as people read it.
    public var software: String
    /// The value digest of a small fixed computation; nil when the worker computes no values.
    public var canary: Digest?
    /// When its job ends, seconds since 1970; nil when nobody knows.
    public var untilEpochSeconds: Double?
    /// What it holds already, from before a reconnection.
    public var held: [Attempt]

    public init(
        workerID: String, node: String, pid: Int, stages: [Stage], credits: Int, recipe: Digest,
        forests: [Digest],
        software: String, canary: Digest?, untilEpochSeconds: Double?, held: [Attempt]
    ) {
        self.workerID = workerID
        self.node = node
        self.pid = pid
        self.stages = stages
        self.credits = credits
        self.recipe = recipe
        self.forests = forests
        self.software = software
        self.canary = canary
        self.untilEpochSeconds = untilEpochSeconds
        self.held = held
    }
}

/// From a command line to the coordinator; answered by a `reply` with the same id.
public struct ClientRequest: Hashable, Sendable {
    /// What a command line can ask for; what it needs beyond that is in the body.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// "Are you there?"
        case ping = 1
        /// How the run stands.
        case status = 2
        /// Put failed units back.
        case resume = 3
        /// Merge days although tiles are missing.
        case allowGaps = 4
        /// Make mosaics again that were finished and are gone.
        case mosaics = 5
    }

    public var id: UInt64
    public var kind: Kind
    /// JSON, or empty.
    public var body: [UInt8]

    public init(id: UInt64, kind: Kind, body: [UInt8] = []) {
        self.id = id
        self.kind = kind
        self.body = body
    }
}
