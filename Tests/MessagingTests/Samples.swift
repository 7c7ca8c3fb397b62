@testable import Messaging
import Tiling

/// Messages with every field set, and what else the tests of this target share.
enum Samples {
    static let attempt = Attempt(
        unit: UnitID(stage: .predict, place: 4711, block: 24192), generation: 3, number: 2)
    static let prepare = Attempt(
        unit: UnitID(stage: .prepare, place: 0, block: -7), generation: 1, number: .max)

    static let hello = Hello(
        workerID: "node7-1234", node: "node7", pid: 1234, stages: [.prepare, .predict], credits: 3,
        recipe: Digest(of: "recipe"), forests: [Digest(of: "a"), Digest(of: "b")], software: "0.1.0",
        canary: Digest(of: "canary"), untilEpochSeconds: 1_800_000_000.25, held: [attempt, prepare])

    static let bareHello = Hello(
        workerID: "m", node: "n", pid: 1, stages: [.merge], credits: 1, recipe: Digest(of: ""), forests: [],
        software: "", canary: nil, untilEpochSeconds: nil, held: [])

    static let workerMessages: [WorkerMessage] = [
        .hello(hello), .hello(bareHello), .heartbeat(credits: 2, held: [attempt]),
        .heartbeat(credits: 0, held: []),
        .completed(attempt, receipt: Array(#"{"unit":"x45y12/2016-01"}"#.utf8)),
        .failed(attempt, isRetriable: true, cause: "the disk of node7 is full: käse"),
        .failed(prepare, isRetriable: false, cause: ""), .returned(attempt, why: "walltime"), .draining,
        .goodbye,
    ]

    static let coordinatorMessages: [CoordinatorMessage] = [
        .welcome(epoch: .max, heartbeatSeconds: 0.25), .refused(why: "other forests"),
        .assign(attempt, order: [0, 1, 255]), .assign(prepare, order: []), .committed(attempt),
        .cancel(prepare),
        .finish(why: "nothing left"), .helloAgain, .heard, .reply(id: 9, isOK: false, body: Array("no".utf8)),
    ]
}

/// A socket that may say anything: what a broken or hostile peer looks like.
struct RawPeer {
    let id: PeerID
    let socket: ZMQSocket

    init(_ name: String, to address: String) throws {
        id = PeerID(name)
        socket = try ZMQSocket(kind: .dealer, in: ZMQContext())
        try socket.setRoutingID(id.bytes)
        try socket.set(lingerMilliseconds: 500)
        try socket.connect(address)
    }

    func say(_ message: WorkerMessage) throws {
        try socket.send(Frame.encode(message, byteCountMax: .max))
    }

    func say(bytes: [UInt8]) throws { try socket.send(bytes) }

    /// What the coordinator said next, nil when nothing comes in time.
    func hear(seconds: Double = 2) throws -> CoordinatorMessage? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if let parts = try socket.receiveMessage() {
                return try Frame.decodeFromCoordinator(parts[0].bytes)
            }
            try waitToRead([socket], descriptors: [], milliseconds: 10)
        }
        return nil
    }
}

extension CoordinatorSocket {
    static func onLoopback(keys: CoordinatorKeys? = nil) throws -> CoordinatorSocket {
        try CoordinatorSocket(bind: "tcp://127.0.0.1:0", keys: keys)
    }

    func endpoint(epoch: UInt64 = 1, publicKey: String? = nil) -> CoordinatorEndpoint {
        CoordinatorEndpoint(
            addresses: addresses, publicKey: publicKey, epoch: epoch, host: ownHostName(), pid: 1)
    }

    /// Polls until so many things have come, or the time is over.
    func gather(_ count: Int, seconds: Double = 3) throws -> [Incoming] {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var gathered: [Incoming] = []
        while gathered.count < count, ContinuousClock.now < deadline {
            gathered += try poll(milliseconds: 20)
        }
        return gathered
    }

    /// Everything that comes within a time in which nothing should.
    func gatherForAWhile() throws -> [Incoming] { try gather(.max, seconds: 0.15) }
}
