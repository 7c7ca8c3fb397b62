import Foundation
import Glibc

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

    /// Calls the action at each signal. With `parent`, the end of that process counts as one too.
    static func onArrival(parent: Int32? = nil, _ action: @escaping @Sendable () -> Void) {
        Thread {
            var signals = watched
            var pause = timespec(tv_sec: 1, tv_nsec: 0)
            while true {
                if sigtimedwait(&signals, nil, &pause) > 0 { action() }
                if let parent, getppid() != parent {
                    action()
                    return
                }
            }
        }.start()
    }

    private static var watched: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }
}
