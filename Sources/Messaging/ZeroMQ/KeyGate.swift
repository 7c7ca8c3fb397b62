internal import CZeroMQ
internal import Dispatch
internal import Synchronization

/// Decides which CURVE clients may connect: libzmq 4.3.4 accepts any of them unless somebody answers its
/// questions at this address (ZeroMQ RFC 27, "ZAP"). It has a thread of its own, which ends with the context.
final class KeyGate: Sendable {
    private let thread: NamedThread
    private static let address = "inproc://zeromq.zap.01"

    /// Returns when it is ready to be asked; only then may a server socket be bound.
    init(acceptedPublicKeys: Set<String>, in context: ZMQContext) throws {
        let accepted = try Set(acceptedPublicKeys.map { try CurveKeys.binary(of: $0) })
        let failure = Mutex<ZMQError?>(nil)
        let isReady = DispatchSemaphore(value: 0)
        thread = try NamedThread("tilth-keys") {
            do throws(ZMQError) {
                let socket: ZMQSocket
                do throws(ZMQError) {
                    defer { isReady.signal() }
                    socket = try ZMQSocket(kind: .reply, in: context)
                    try socket.bind(Self.address)
                } catch {
                    failure.withLock { $0 = error }
                    throw error
                }
                while true { try Self.answer(on: socket, accepted) }
            } catch {
                // The context ends, or it never began, which `init` reports.
            }
        }
        isReady.wait()
        if let error = failure.withLock({ $0 }) {
            thread.join()
            throw error
        }
    }

    /// Returns when the thread has ended; the context must have been shut down.
    func join() { thread.join() }

    private static func answer(on socket: ZMQSocket, _ accepted: Set<[UInt8]>) throws(ZMQError) {
        try waitToRead([socket], descriptors: [], milliseconds: -1)
        guard let question = try socket.receiveMessage()?.map(\.bytes), question.count >= 6 else { return }
        // Frames: version, request, domain, address, identity, mechanism, credentials.
        let isAccepted =
            question[0] == Array("1.0".utf8) && question[5] == Array("CURVE".utf8) && question.count == 7
            && accepted.contains(question[6])
        // Frames: version, request, status, text, user, metadata.
        let status = isAccepted ? ("200", "OK") : ("400", "this key is not one of the run")
        try socket.send(Array("1.0".utf8), hasMore: true)
        try socket.send(question[1], hasMore: true)
        try socket.send(Array(status.0.utf8), hasMore: true)
        try socket.send(Array(status.1.utf8), hasMore: true)
        try socket.send([], hasMore: true)
        try socket.send([])
    }
}
