import Coordinator
import Foundation
import Logging
import Merger
import Storage
import Tiling

/// `tilth merge` when no coordinator runs: takes the run over for as long as there is something to merge.
struct MergeOnly {
    let run: RunDirectory
    let plan: RunPlan
    let days: DayRange?
    let allowGaps: Bool
    let log: Logger

    /// Coordinates on a thread of its own, and merges in this process.
    func execute(_ serving: Serving, _ executor: MergeExecutor, process: ProcessOptions) throws
        -> StatusReport
    {
        let ended = Ended()
        let settings = Coordinator.Settings(
            bind: "tcp://127.0.0.1:0", isMergeOnly: true, allowGaps: allowGaps, days: days,
            software: Tilth.version, log: log)
        let run = run
        let thread = Thread {
            ended.set(Result { try Coordinator(run: run, settings: settings).serve() })
        }
        thread.stackSize = 16 << 20
        thread.start()
        // The worker side waits for coordinator.json; when there is nothing to merge, nobody ever publishes
        // for long.
        while !ended.isSet, run.coordinatorEndpoint == nil { usleep(10_000) }
        if !ended.isSet { try serving.serve(executor, process: process) }
        return try ended.wait().get()
    }

    private final class Ended: Sendable {
        private let condition = NSCondition()
        // Guarded by `condition`.
        private nonisolated(unsafe) var result: Result<StatusReport, any Error>?

        var isSet: Bool { condition.withLock { result != nil } }

        func set(_ value: Result<StatusReport, any Error>) {
            condition.withLock {
                result = value
                condition.broadcast()
            }
        }

        func wait() -> Result<StatusReport, any Error> {
            condition.withLock {
                while result == nil { condition.wait() }
                return result!
            }
        }
    }
}
