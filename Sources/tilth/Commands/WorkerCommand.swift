import ArgumentParser
import Foundation
import Storage
import Tiling
import Worker

struct WorkerCommand: ParsableCommand, EndsOnSignal {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Compute units of a run: start one on every compute node.",
        discussion: """
            Finds the coordinator through RUN on the shared file system, and waits for it. All threads share \
            one unit while the next one is read. On SIGTERM it finishes what it has begun and gives the rest \
            back. It takes no unit that it cannot finish before the job ends (--until, else what Slurm or \
            PBS say).
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
    @Option(name: .long, help: "Threads that share one unit. Default: all processors.") var threads: Int?
    @Option(
        name: .long,
        help: """
            Memory that it may take, such as 8G: where that is little, threads take smaller parts of a unit; \
            a unit that needs more is refused at the start.
            """)
    var memory: ByteCount?
    @Option(
        name: .long,
        help: "When the job ends: seconds since 1970, or an ISO 8601 time. Default: ask the scheduler.")
    var until: String?
    @OptionGroup var process: ProcessOptions

    func run() throws {
        let plan = try target.directory.loadPlan()
        let scratchBytes = try scratchBytes(plan)
        let executor = try WorkerExecutor(
            plan: plan, run: target.directory,
            settings: .init(
                threadCount: threads ?? ProcessInfo.processInfo.activeProcessorCount,
                scratchBytes: scratchBytes))
        try Serving(
            run: target.directory, plan: plan, kind: "worker", endsAt: try Walltime(option: until).end,
            canary: executor.canary
        ).serve(executor, process: process)
    }

    /// What is left of the memory for the superblocks of all threads; refuses a plan that takes too much.
    private func scratchBytes(_ plan: RunPlan) throws -> Int {
        guard let memory else { return .max }
        let need = PlanEstimate(plan: plan, treeCount: 1, seaTileCount: 0).peakMemoryBytes
        guard need <= memory.bytes else {
            throw Failure.wrongUse(
                "a unit of this run may take \(ByteCount.text(need)), more than --memory "
                    + "\(ByteCount.text(memory.bytes)): give the worker more, or plan with a smaller "
                    + "'tile' or 'unit'"
            )
        }
        return memory.bytes - need + PlanEstimate.scratchBytes
    }
}
