internal import CZeroMQ

/// What libzmq tells about the connections of a socket. Belongs to the socket's thread.
final class SocketMonitor {
    /// What happened to a connection, and which.
    enum Event: Hashable {
        case ready
        case disconnected(fileDescriptor: Int32)
        /// The connection could not be made.
        case failed
        /// The other side does not accept our key.
        case keyRefused
        /// The other side speaks something else, or another security mechanism.
        case protocolFailed
    }

    let pair: ZMQSocket

    init(of socket: ZMQSocket, in context: ZMQContext) throws(ZMQError) {
        let address = "inproc://monitor-\(UInt(bitPattern: socket.handle))"
        let events =
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED
            | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
            | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
        guard zmq_socket_monitor(socket.handle, address, events) == 0 else {
            throw ZMQError("watching a socket")
        }
        pair = try ZMQSocket(kind: .pair, in: context)
        // Without a limit: libzmq's I/O thread would wait for us when the queue is full.
        try pair.set(ZMQ_RCVHWM, 0)
        try pair.connect(address)
    }

    /// The next event, nil when there is none.
    func next() throws(ZMQError) -> Event? {
        while let parts = try pair.receiveMessage() {
            // Two bytes of event, four of value, both in the machine's order (zmq_socket_monitor(3)).
            guard let bytes = parts.first?.bytes, bytes.count == 6 else { continue }
            let (event, value) = bytes.withUnsafeBytes {
                (
                    Int32($0.loadUnaligned(as: UInt16.self)),
                    $0.loadUnaligned(fromByteOffset: 2, as: Int32.self)
                )
            }
            switch event {
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .ready
            case ZMQ_EVENT_DISCONNECTED: return .disconnected(fileDescriptor: value)
            case ZMQ_EVENT_CLOSED: return .failed
            case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return .keyRefused
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
                return .protocolFailed
            default: continue
            }
        }
        return nil
    }
}
