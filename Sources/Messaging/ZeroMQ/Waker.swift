internal import CZeroMQ
internal import Glibc

/// Wakes the thread that waits on it. `wake` may be called from any thread and from a signal handler.
public final class Waker: Sendable {
    let fileDescriptor: Int32

    init() throws(MessagingError) {
        fileDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard fileDescriptor >= 0 else {
            throw .system(attempted: "making an event descriptor", why: String(cString: strerror(errno)))
        }
    }

    deinit { close(fileDescriptor) }

    /// Ends the wait that is going on, or the next one.
    public func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the thread is awake anyway.
        _ = write(fileDescriptor, &one, 8)
    }

    /// Whether it was woken since the last call.
    func take() -> Bool {
        var count: UInt64 = 0
        return read(fileDescriptor, &count, 8) == 8
    }

    /// Waits until it is woken or the time is over; also returns early for a signal.
    func wait(milliseconds: Int) {
        var item = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        poll(&item, 1, Int32(clamping: milliseconds))
    }
}
