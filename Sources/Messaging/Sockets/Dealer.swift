internal import CZeroMQ
internal import Tiling

/// A worker's or client's end of one connection, from its handshake until it closes. Belongs to one thread.
///
/// It never reconnects by itself: after a loss nobody knows which messages arrived, so the owner makes a new
/// one.
final class Dealer {
    let address: String
    private let socket: ZMQSocket
    private let monitor: SocketMonitor
    private let frameByteCountMax: Int
    private var closedAt: ContinuousClock.Instant?

    /// How to connect, whatever the address.
    struct Settings: Sendable {
        var id: PeerID
        var keys: CurveKeys?
        /// For one address.
        var connectSeconds: Double
        var frameByteCountMax: Int
    }

    /// Connects to the first address of an endpoint that answers.
    static func dial(
        _ endpoint: CoordinatorEndpoint, settings: Settings, in context: ZMQContext,
        shouldGiveUp: () -> Bool = { false }
    ) throws -> Dealer {
        if endpoint.publicKey != nil, settings.keys == nil {
            throw MessagingError.needsKeys(address: endpoint.addresses.first ?? endpoint.host)
        }
        var why = "it has published no address"
        for address in endpoint.addressesToTry(from: ownHostName()) where !shouldGiveUp() {
            do throws(ZMQError) {
                let dealer = try Dealer(
                    address, serverKey: endpoint.publicKey, settings: settings, in: context)
                guard let failure = try dealer.shakeHands(settings.connectSeconds, shouldGiveUp) else {
                    return dealer
                }
                // The most telling reason wins over a silent address that comes after it.
                if !why.contains("key") { why = failure }
            } catch {
                why = "\(error)"
            }
        }
        throw MessagingError.noCoordinator(addresses: endpoint.addresses, why: why)
    }

    private init(_ address: String, serverKey: String?, settings: Settings, in context: ZMQContext)
        throws(ZMQError)
    {
        self.address = address
        frameByteCountMax = settings.frameByteCountMax
        socket = try ZMQSocket(kind: .dealer, in: context)
        try socket.setTransportOptions(frameByteCountMax: settings.frameByteCountMax)
        try socket.setRoutingID(settings.id.bytes)
        // An hour for "never": without reconnection, libzmq drops what came just before the connection
        // closed.
        try socket.set(ZMQ_RECONNECT_IVL, 3_600_000)
        if let serverKey, let keys = settings.keys {
            try socket.secure(asClientWith: keys, serverKey: serverKey)
        }
        monitor = try SocketMonitor(of: socket, in: context)
        try socket.connect(address)
    }

    /// Nil when both sides understand and trust each other, else why not.
    private func shakeHands(_ seconds: Double, _ shouldGiveUp: () -> Bool) throws(ZMQError) -> String? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline, !shouldGiveUp() {
            try waitToRead([monitor.pair], descriptors: [], milliseconds: 20)
            switch try monitor.next() {
            case .ready: return nil
            case .keyRefused:
                return "it does not accept the key of this process: are the keys those of its run?"
            case .protocolFailed:
                return "it speaks another protocol, or one side has keys and the other has none"
            case .failed, .disconnected: return "nobody listens at \(address)"
            case nil: break
            }
        }
        return "\(address) did not answer within \(seconds) s"
    }

    /// Waits until something comes, a descriptor is readable, or the time is over.
    func wait(descriptors: [Int32], milliseconds: Int) throws(ZMQError) {
        let patience = closedAt == nil ? milliseconds : min(milliseconds, 5)
        try waitToRead([socket, monitor.pair], descriptors: descriptors, milliseconds: patience)
    }

    /// Whether the connection has closed, and all that came before could be received.
    ///
    /// libzmq tells of the end shortly before it hands out the last messages, so they get a moment.
    func hasClosed() throws(ZMQError) -> Bool {
        while let event = try monitor.next() {
            if event != .ready, closedAt == nil { closedAt = .now }
        }
        guard let closedAt else { return false }
        return closedAt.duration(to: .now) > .milliseconds(50)
    }

    /// The next message, nil when there is none.
    func receive() throws -> CoordinatorMessage? {
        guard let parts = try socket.receiveMessage() else { return nil }
        guard parts.count == 1 else { throw FrameError.malformed("\(parts.count) frames instead of one") }
        return try Frame.decodeFromCoordinator(parts[0].bytes)
    }

    /// False when the coordinator does not read, or is gone.
    func send(_ message: WorkerMessage) throws(FrameError) -> Bool {
        try send(Frame.encode(message, byteCountMax: frameByteCountMax))
    }

    /// False when the coordinator does not read, or is gone.
    func send(_ request: ClientRequest) throws(FrameError) -> Bool {
        try send(Frame.encode(request, byteCountMax: frameByteCountMax))
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        do throws(ZMQError) {
            try socket.send(bytes)
            return true
        } catch {
            return false
        }
    }

    /// Sends what is queued, for at most so long after the dealer is let go.
    func flushAtClose(milliseconds: Int) {
        // Setting an option of an open socket to a legal value does not fail.
        try? socket.set(lingerMilliseconds: milliseconds)
    }
}
