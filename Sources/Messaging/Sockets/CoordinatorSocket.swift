internal import CZeroMQ
internal import Tiling

/// The coordinator's end of all connections. Belongs to the one thread that makes it, polls it and closes it.
public final class CoordinatorSocket {
    /// All addresses under which it can be reached, with the real port; loopback last.
    public let addresses: [String]
    /// Wakes the poll, from any thread and from a signal handler.
    public let waker: Waker

    let frameByteCountMax: Int
    private var handles: Handles?
    private var peers: [PeerID: Peer] = [:]
    /// Connections that were seen closing, and until when their peers are suspected to be gone. A descriptor
    /// may belong to a newer connection by now, so only a send that fails proves it.
    private var closings: [Int32: ContinuousClock.Instant] = [:]

    /// More than this in one turn waits for the next, so that a turn's transaction stays small.
    private static let messageCountMax = 4096
    /// libzmq reports a closed connection shortly before a send to it fails.
    private static let suspicion = Duration.seconds(1)
    private static let probeMilliseconds = 10

    private struct Peer {
        /// The connection of its latest message.
        var fileDescriptor: Int32
        var isMuted = false
    }

    private struct Handles {
        let context: ZMQContext
        let router: ZMQSocket
        let monitor: SocketMonitor
        let gate: KeyGate?
    }

    /// Listens at an address such as `tcp://127.0.0.1:0`, `tcp://*:0` or `tcp://HOST:PORT`; port 0 is any
    /// free one.
    ///
    /// With keys, only owners of accepted keys can connect, and everything is encrypted. Without keys it
    /// listens on loopback only.
    public init(
        bind address: String, keys: CoordinatorKeys?, frameByteCountMax: Int = TilthProtocol.frameByteCountMax
    ) throws {
        let listening = try ListeningAddress(address)
        guard keys != nil || listening.isLoopback else { throw MessagingError.needsKeys(address: address) }
        self.frameByteCountMax = frameByteCountMax
        waker = try Waker()
        do {
            let context = try ZMQContext()
            let gate = try keys.map { try KeyGate(acceptedPublicKeys: $0.acceptedPublicKeys, in: context) }
            do {
                let router = try ZMQSocket(kind: .router, in: context)
                try router.setTransportOptions(frameByteCountMax: frameByteCountMax)
                // A send to a peer that is gone fails, instead of vanishing.
                try router.set(ZMQ_ROUTER_MANDATORY, 1)
                // A worker that reconnects takes its place over from its old connection.
                try router.set(ZMQ_ROUTER_HANDOVER, 1)
                // A whole job array may start in the same second.
                try router.set(ZMQ_BACKLOG, 1024)
                if let keys { try router.secure(asServerWith: keys.own) }
                let monitor = try SocketMonitor(of: router, in: context)
                try Self.bind(router, to: listening)
                addresses = listening.reachableAddresses(bound: try router.lastEndpoint)
                handles = Handles(context: context, router: router, monitor: monitor, gate: gate)
            } catch {
                context.shutDown()
                gate?.join()
                throw error
            }
        } catch let error as ZMQError {
            throw error.asMessagingError
        }
    }

    deinit { close(flushMilliseconds: 0) }

    private static func bind(_ router: ZMQSocket, to listening: ListeningAddress) throws {
        do throws(ZMQError) {
            try router.bind(listening.zmqAddress)
        } catch {
            let why =
                switch error.code {
                case EADDRINUSE: "the port is taken: choose another one, or 0 for any that is free"
                case EADDRNOTAVAIL, ENODEV, EINVAL: "this host has no such address or interface"
                case EACCES:
                    "ports below 1024 need privileges: choose a higher one, or 0 for any that is free"
                default: error.why
                }
            throw MessagingError.cannotListen(address: listening.text, why: why)
        }
    }

    /// Waits until something comes, the waker is called or the time is over, and returns all that has come.
    ///
    /// May return early with nothing, after a signal or while it makes sure that a peer is gone.
    public func poll(milliseconds: Int) throws -> [Incoming] {
        guard let handles else { return [] }
        do throws(ZMQError) {
            let patience = closings.isEmpty ? milliseconds : min(milliseconds, Self.probeMilliseconds)
            try waitToRead(
                [handles.router, handles.monitor.pair], descriptors: [waker.fileDescriptor],
                milliseconds: patience)
            var incoming: [Incoming] = waker.take() ? [.woken] : []
            while let event = try handles.monitor.next() {
                if case .disconnected(let descriptor) = event { closings[descriptor] = .now + Self.suspicion }
            }
            // Probes come last: what a peer said before it left is heard before its end.
            var messageCount = 0
            while messageCount < Self.messageCountMax, let parts = try handles.router.receiveMessage() {
                messageCount += 1
                if let message = take(parts) { incoming.append(message) }
            }
            if messageCount < Self.messageCountMax { incoming += confirmLosses() }
            return incoming
        } catch {
            throw error.asMessagingError
        }
    }

    /// Queues a message for a peer; never waits. Throws when the peer is gone or does not read.
    public func send(_ message: CoordinatorMessage, to peer: PeerID) throws {
        let bytes = try encode(message)
        guard let router = handles?.router else { throw MessagingError.unreachable(peer) }
        do throws(ZMQError) {
            try router.send(peer.bytes, hasMore: true)
            try router.send(bytes)
        } catch {
            switch error.code {
            case EHOSTUNREACH: throw MessagingError.unreachable(peer)
            case EAGAIN: throw MessagingError.notReading(peer)
            default: throw error.asMessagingError
            }
        }
    }

    /// Sends what is queued, for at most so long, and stops listening. The second time it does nothing.
    public func close(flushMilliseconds: Int) {
        guard let open = handles else { return }
        handles = nil
        // Setting an option of an open socket to a legal value does not fail.
        try? open.router.set(lingerMilliseconds: flushMilliseconds)
        // The gate outlives the socket that it guards: without one, libzmq lets every client in.
        open.router.close()
        guard let gate = open.gate else { return }
        open.context.shutDown()
        gate.join()
    }

    private func encode(_ message: CoordinatorMessage) throws -> [UInt8] {
        do throws(FrameError) {
            return try Frame.encode(message, byteCountMax: frameByteCountMax)
        } catch {
            throw error.asMessagingError
        }
    }

    // MARK: - What comes

    private func take(_ parts: [ZMQSocket.Part]) -> Incoming? {
        let id = PeerID(bytes: parts[0].bytes)
        guard !id.isMadeByRouter else { return nil }
        var peer = peers[id] ?? Peer(fileDescriptor: -1)
        peer.fileDescriptor = parts[parts.count - 1].fileDescriptor
        defer { peers[id] = peer }
        do throws(FrameError) {
            guard parts.count == 2 else { throw .malformed("\(parts.count - 1) frames instead of one") }
            let received = try Frame.decodeReceived(parts[1].bytes)
            if case .fromWorker(.hello) = received { peer.isMuted = false }
            guard !peer.isMuted else { return nil }
            switch received {
            case .fromWorker(let message): return .fromWorker(id, message)
            case .fromClient(let request): return .fromClient(id, request)
            }
        } catch {
            // Reported once: a mute peer cannot fill anybody's log.
            guard !peer.isMuted else { return nil }
            peer.isMuted = true
            // A peer that is gone already need not hear it.
            if case .otherVersion = error { try? send(.refused(why: error.forTheOtherSide), to: id) }
            return .malformed(id, why: "\(error)")
        }
    }

    // MARK: - Who left

    private func confirmLosses() -> [Incoming] {
        guard !closings.isEmpty else { return [] }
        var lost: [Incoming] = []
        for (id, peer) in peers where closings[peer.fileDescriptor] != nil {
            do {
                try send(.heard, to: id)
            } catch MessagingError.unreachable {
                peers[id] = nil
                lost.append(.disconnected(id))
            } catch {
                // Its queue is full, so it is there.
            }
        }
        let now = ContinuousClock.now
        closings = closings.filter { $0.value > now }
        return lost
    }
}
