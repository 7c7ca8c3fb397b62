internal import Dispatch
internal import Synchronization

/// Threads that share the rounds of a loop, each taking the next one when it has finished the last.
public struct LoopTeam: Sendable {
    /// The caller's own thread counts.
    public let threadCount: Int
    /// What all of them may take for themselves while they work.
    public let scratchBytes: Int

    public init(threadCount: Int, scratchBytes: Int = .max) {
        precondition(threadCount > 0, "a team has somebody")
        self.threadCount = threadCount
        self.scratchBytes = scratchBytes
    }

    /// As many of them as have room, when each takes so much; one at least.
    func limited(bytesEach: Int) -> LoopTeam {
        LoopTeam(
            threadCount: max(1, min(threadCount, scratchBytes / max(1, bytesEach))),
            scratchBytes: scratchBytes)
    }

    /// Runs `body` for each number below `count`, in no order; comes back when all are done. Rounds must not
    /// write to the same memory.
    public func forEach(_ count: Int, _ body: (Int) -> Void) {
        guard threadCount > 1, count > 1 else {
            for number in 0..<count { body(number) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let next = Atomic<Int>(0)
            // All rounds end before this function returns, and each number is given to one thread.
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: min(threadCount, count)) { _ in
                while true {
                    let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard number < count else { return }
                    body(number)
                }
            }
        }
    }

    /// What `body` makes of each number below `count`.
    public func map<Result>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
        var results = [Result?](repeating: nil, count: count)
        results.withUnsafeMutableBufferPointer { results in
            forEach(count) { results[$0] = body($0) }
        }
        return results.compactMap(\.self)
    }
}
