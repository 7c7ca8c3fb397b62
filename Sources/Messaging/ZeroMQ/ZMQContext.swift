internal import CZeroMQ

/// libzmq's I/O threads. It ends after the last of its sockets has closed, because each socket holds it.
// Unchecked: a context may be used from any thread (zmq_ctx_new(3)), and the pointer never changes.
final class ZMQContext: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer

    init() throws(ZMQError) {
        guard let handle = zmq_ctx_new() else { throw ZMQError("making a ZeroMQ context") }
        self.handle = handle
        // A socket closes without waiting unless it was given a time to flush.
        zmq_ctx_set(handle, ZMQ_BLOCKY, 0)
    }

    /// Every call on the context's sockets fails from now on, which ends threads that wait in one.
    func shutDown() { zmq_ctx_shutdown(handle) }

    deinit {
        // Waits until closed sockets have flushed, for as long as each one's linger time.
        while zmq_ctx_term(handle) == -1 && zmq_errno() == EINTR {}
    }
}
