import Foundation
import Glibc

/// SIGTERM and SIGINT, taken by a thread that waits for them, so that no handler runs in the middle of
/// anything.
enum TerminationSignal {
    /// Call before any other thread starts. With `parent`, the end of that process counts as a signal too.
    static func onArrival(parent: Int32? = nil, _ action: @escaping @Sendable () -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let waited = signals
        Thread {
            var waited = waited
            var pause = timespec(tv_sec: 1, tv_nsec: 0)
            while true {
                let arrived = sigtimedwait(&waited, nil, &pause)
                if arrived > 0 { action() }
                if let parent, getppid() != parent {
                    action()
                    return
                }
            }
        }.start()
    }
}
