internal import CZeroMQ

/// What libzmq said, read at once on the thread that called it.
struct ZMQError: Error, CustomStringConvertible {
    let attempted: String
    let code: Int32

    init(_ attempted: String) {
        self.attempted = attempted
        code = zmq_errno()
    }

    /// The library's own words.
    var why: String { String(cString: zmq_strerror(code)) }
    var description: String { "\(attempted): \(why)" }

    /// The error as other modules see it.
    var asMessagingError: MessagingError { .system(attempted: attempted, why: why) }
}
