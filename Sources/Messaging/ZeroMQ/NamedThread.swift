internal import CZeroMQ
internal import Glibc

/// A thread that can be joined: sockets are closed by the thread that owns them, and `close()` waits for
/// that.
final class NamedThread: Sendable {
    private let handle: pthread_t

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// The name is what `top -H` shows: its first 15 characters.
    init(_ name: String, _ run: @escaping @Sendable () -> Void) throws(MessagingError) {
        let body = Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                tilth_name_this_thread(body.name)
                // Signals are the main thread's matter.
                var all = sigset_t()
                sigfillset(&all)
                pthread_sigmask(SIG_BLOCK, &all, nil)
                body.run()
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw .system(attempted: "starting thread \(name)", why: String(cString: strerror(code)))
        }
        handle = thread
    }

    /// Waits for its end. To be called once.
    func join() { pthread_join(handle, nil) }
}
