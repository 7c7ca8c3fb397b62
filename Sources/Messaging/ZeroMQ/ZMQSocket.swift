internal import CZeroMQ

/// One libzmq socket. It belongs to one thread, which also closes it by letting it go. No call waits.
final class ZMQSocket {
    let handle: UnsafeMutableRawPointer
    private var isOpen = true
    // Held so that the context outlives its sockets.
    private let context: ZMQContext

    /// One frame of a message.
    struct Part {
        let bytes: [UInt8]
        let hasMore: Bool
        /// The connection that it came over; -1 when libzmq does not know.
        let fileDescriptor: Int32
    }

    /// libzmq's kinds of sockets, as far as they are used.
    enum Kind {
        case router, dealer, pair, reply

        fileprivate var number: Int32 {
            switch self {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .pair: ZMQ_PAIR
            case .reply: ZMQ_REP
            }
        }
    }

    init(kind: Kind, in context: ZMQContext) throws(ZMQError) {
        guard let handle = zmq_socket(context.handle, kind.number) else {
            throw ZMQError("making a ZeroMQ socket")
        }
        self.handle = handle
        self.context = context
        try set(ZMQ_LINGER, 0)
    }

    deinit { close() }

    /// The last call on it; what is queued is still sent for as long as its linger time.
    func close() {
        if isOpen { zmq_close(handle) }
        isOpen = false
    }

    func set(_ option: Int32, _ value: Int32) throws(ZMQError) {
        var value = value
        guard zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size) == 0 else {
            throw ZMQError("setting ZeroMQ option \(option)")
        }
    }

    func set(_ option: Int32, int64 value: Int64) throws(ZMQError) {
        var value = value
        guard zmq_setsockopt(handle, option, &value, MemoryLayout<Int64>.size) == 0 else {
            throw ZMQError("setting ZeroMQ option \(option)")
        }
    }

    func set(_ option: Int32, _ text: String) throws(ZMQError) {
        guard zmq_setsockopt(handle, option, text, text.utf8.count) == 0 else {
            throw ZMQError("setting ZeroMQ option \(option)")
        }
    }

    /// How long queued messages are still sent after the socket was closed.
    func set(lingerMilliseconds: Int) throws(ZMQError) {
        try set(ZMQ_LINGER, Int32(clamping: lingerMilliseconds))
    }

    /// The name under which a router knows this socket.
    func setRoutingID(_ bytes: [UInt8]) throws(ZMQError) {
        guard zmq_setsockopt(handle, ZMQ_ROUTING_ID, bytes, bytes.count) == 0 else {
            throw ZMQError("naming a connection")
        }
    }

    func bind(_ address: String) throws(ZMQError) {
        guard zmq_bind(handle, address) == 0 else { throw ZMQError("binding \(address)") }
    }

    func connect(_ address: String) throws(ZMQError) {
        guard zmq_connect(handle, address) == 0 else { throw ZMQError("connecting to \(address)") }
    }

    /// The address that it is bound to, with the real port.
    var lastEndpoint: String {
        get throws(ZMQError) {
            var text = [CChar](repeating: 0, count: 1024)
            var byteCount = text.count
            guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &text, &byteCount) == 0 else {
                throw ZMQError("reading the bound address")
            }
            return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// Sends one frame, or throws EAGAIN when the queue is full.
    func send(_ bytes: [UInt8], hasMore: Bool = false) throws(ZMQError) {
        let flags = ZMQ_DONTWAIT | (hasMore ? ZMQ_SNDMORE : 0)
        while bytes.withUnsafeBytes({ zmq_send(handle, $0.baseAddress, $0.count, flags) }) == -1 {
            guard zmq_errno() == EINTR else { throw ZMQError("sending") }
        }
    }

    /// The next frame, nil when there is none.
    func receive() throws(ZMQError) -> Part? {
        let message = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
        defer { message.deallocate() }
        zmq_msg_init(message)
        defer { zmq_msg_close(message) }
        while zmq_msg_recv(message, handle, ZMQ_DONTWAIT) == -1 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return nil
            default: throw ZMQError("receiving")
            }
        }
        let bytes = UnsafeRawBufferPointer(start: zmq_msg_data(message), count: zmq_msg_size(message))
        return Part(
            bytes: Array(bytes), hasMore: zmq_msg_more(message) == 1,
            fileDescriptor: zmq_msg_get(message, ZMQ_SRCFD))
    }

    /// The frames of the next message, nil when there is none. libzmq delivers messages whole.
    func receiveMessage() throws(ZMQError) -> [Part]? {
        guard var part = try receive() else { return nil }
        var parts = [part]
        while part.hasMore, let next = try receive() {
            parts.append(next)
            part = next
        }
        return parts
    }
}

/// Waits until a socket or descriptor can be read, the time is over, or a signal came.
func waitToRead(_ sockets: [ZMQSocket], descriptors: [Int32], milliseconds: Int) throws(ZMQError) {
    var items = sockets.map {
        zmq_pollitem_t(socket: $0.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    items += descriptors.map { zmq_pollitem_t(socket: nil, fd: $0, events: Int16(ZMQ_POLLIN), revents: 0) }
    if zmq_poll(&items, Int32(items.count), milliseconds) == -1, zmq_errno() != EINTR {
        throw ZMQError("waiting for messages")
    }
}
