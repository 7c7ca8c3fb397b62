internal import Synchronization

/// Runs many fits side by side, a thread each: what a grid of settings is made of.
public enum FitTeam {
    /// Calls `fit` with every number below `count`, in this order, as threads get free. The first error ends
    /// it, once the fits that have begun are done.
    public static func run(
        count: Int, threads: Int, _ fit: @escaping @Sendable (Int) throws -> Void
    ) throws {
        let counter = WorkCounter()
        let outcome = Outcome()
        ThreadTeam.run(count: min(threads, count)) {
            while outcome.failure.withLock({ $0 == nil }), let number = counter.next(below: count) {
                do { try fit(number) } catch { outcome.failure.withLock { $0 = $0 ?? error } }
            }
        }
        if let failure = outcome.failure.withLock({ $0 }) { throw failure }
    }

    private final class Outcome: Sendable {
        let failure = Mutex<(any Error)?>(nil)
    }
}
