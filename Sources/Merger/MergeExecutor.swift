public import Execution
internal import Foundation
internal import Rasters
public import Storage
public import Tiling

/// Runs merge units, one at a time, on a thread of its own.
public final class MergeExecutor: UnitExecutor {
    public let stages: [Stage] = [.merge]
    public let credits = 2
    private let queue = BlockingQueue<(Assignment, @Sendable (Outcome) -> Void)>()
    private let finished = DispatchSemaphore(value: 0)

    /// `cacheBytes` bounds GDAL's block cache, which is most of the merger's memory.
    public init(plan: RunPlan, run: RunDirectory, cacheBytes: Int) {
        let (queue, finished) = (queue, finished)
        let thread = Thread {
            while let (assignment, report) = queue.pop() {
                do {
                    let order = try CanonicalJSON.value(MergeOrder.self, from: assignment.order)
                    let job = MergeJob(plan: plan, run: run, order: order, cacheBytes: cacheBytes)
                    report(.completed(try job.execute(assignment)))
                } catch {
                    report(Outcome(failure: error))
                }
            }
            finished.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Queues a merge unit.
    public func submit(_ assignment: Assignment, report: @escaping @Sendable (Outcome) -> Void) {
        queue.push((assignment, report))
    }

    /// Gives back what has not begun.
    public func takeBack(where wanted: (Attempt) -> Bool) -> [Attempt] {
        queue.removeAll { wanted($0.0.attempt) }.map(\.0.attempt)
    }

    /// Waits for the unit in work.
    public func close() {
        queue.close()
        finished.wait()
    }
}
