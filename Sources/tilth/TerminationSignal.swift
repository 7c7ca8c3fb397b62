import Foundation
import Glibc
import Synchronization

/// A command that serves until it is told to stop, and then ends in good order.
protocol EndsOnSignal {}

/// SIGTERM and SIGINT, taken by a thread that waits for them, so that no handler runs in the middle of
/// anything.
enum TerminationSignal {
    /// Keeps the signals pending for this thread and all that it starts.
    static func block() {
        var signals = watched
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Lets them end the process again, once nothing is left that must end in good order.
    static func unblock() {
        var signals = watched
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Somebody who waits for signals, until nobody needs it any more.
    final class Watch: Sendable {
        private let isOver = Atomic(false)

        /// From now on signals are for whoever watches next.
        func end() { isOver.store(true, ordering: .releasing) }
        fileprivate var hasEnded: Bool { isOver.load(ordering: .acquiring) }
    }

    /// Calls the action at each signal. With `parent`, the end of that process counts as one too.
    @discardableResult
    static func onArrival(parent: Int32? = nil, _ action: @escaping @Sendable () -> Void) -> Watch {
        let watch = Watch()
        Thread {
            var signals = watched
            var pause = timespec(tv_sec: 1, tv_nsec: 0)
            while true {
                let signal = sigtimedwait(&signals, nil, &pause)
                guard !watch.hasEnded else {
                    // It came for somebody else.
                    if signal > 0 { kill(getpid(), signal) }
                    return
                }
                if signal > 0 { action() }
                if let parent, getppid() != parent {
                    action()
                    return
                }
            }
        }.start()
        return watch
    }

    private static var watched: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }
}
