internal import Glibc
internal import Synchronization

/// Plain threads that do the same work and end together; the caller's thread is one of them.
enum ThreadTeam {
    /// Runs `work` on `count` threads. Where the system refuses a thread, fewer do the work: it must be
    /// shared by a counter.
    static func run(count: Int, _ work: @escaping @Sendable () -> Void) {
        var members: [pthread_t] = []
        for _ in 1..<max(count, 1) {
            let order = Unmanaged.passRetained(Order(work))
            var member = pthread_t()
            let status = pthread_create(
                &member, nil,
                { argument in
                    if let argument { Unmanaged<Order>.fromOpaque(argument).takeRetainedValue().work() }
                    return nil
                }, order.toOpaque())
            if status == 0 {
                members.append(member)
            } else {
                order.release()
            }
        }
        work()
        for member in members { pthread_join(member, nil) }
    }

    private final class Order: Sendable {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
}

/// Hands out numbered work to whoever asks next.
final class WorkCounter: Sendable {
    private let taken = Atomic<Int>(0)

    func next(below count: Int) -> Int? {
        let number = taken.add(1, ordering: .relaxed).oldValue
        return number < count ? number : nil
    }
}
