import ArgumentParser
import Coordinator
import Execution
import Foundation
import Logging
import Merger
import Storage
import Tiling
import Worker

/// What processes that serve a run have in common.
struct ProcessOptions: ParsableArguments {
    @Option(name: .long, help: .hidden) var parent: Int32?

    func log(_ label: String) -> Logger {
        var log = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        log.logLevel = .info
        return log
    }
}

struct CoordinatorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Hand out the units of a run: start it on the head node.",
        discussion: """
            Listens on every interface and any free port unless told otherwise, and publishes its addresses in \
            RUN/coordinator.json, where workers find it. Connections from other hosts are encrypted and admitted by the \
            keys in RUN/keys. Ends when nothing is left: exit code 0 when all is done, 1 when units failed. It may be \
            killed and started again, on another host too, while workers go on.
            """)

    @Argument(help: "The run directory.") var target: RunArgument
    @Option(name: .long, help: "Where to listen.") var bind = "tcp://*:0"
    @Flag(name: .long, help: "Make mosaics of days although tiles failed.") var allowGaps = false
    @OptionGroup var process: ProcessOptions

    func run() throws {
        let coordinator = try Coordinator(
            run: target.directory,
            settings: Coordinator.Settings(
                bind: bind, allowGaps: allowGaps, software: Tilth.version, log: process.log("coordinator")))
        let stop = coordinator.stop
        TerminationSignal.onArrival(parent: process.parent) { stop.request() }
        let report = try coordinator.serve()
        StatusText(report: report).print()
        try report.throwUnlessComplete()
    }
}

struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Compute units of a run: start one on every compute node.",
        discussion: """
            Finds the coordinator through RUN on the shared file system, and waits for it. All threads share one unit while \
            the next one is read. On SIGTERM it finishes what it has begun and gives the rest back. It takes no unit that \
            it cannot finish before the job ends (--until, else what Slurm or PBS say).
            """)

    @Argument(help: "The run directory.") var target: RunArgument
    @Option(name: .long, help: "Threads that share one unit. Default: all processors.") var threads: Int?
    @Option(name: .long, help: "Memory that it may take, such as 8G: a unit that needs more is refused at the start.")
    var memory: ByteCount?
    @Option(name: .long, help: "When the job ends: seconds since 1970, or an ISO 8601 time. Default: ask the scheduler.")
    var until: String?
    @OptionGroup var process: ProcessOptions

    func run() throws {
        let plan = try target.directory.loadPlan()
        try refuseTooMuchMemory(plan)
        let executor = try WorkerExecutor(
            plan: plan, run: target.directory,
            settings: .init(threadCount: threads ?? ProcessInfo.processInfo.activeProcessorCount))
        try Serving(
            run: target.directory, plan: plan, kind: "worker", endsAt: try Walltime(option: until).end,
            canary: executor.canary
        ).serve(executor, process: process)
    }

    private func refuseTooMuchMemory(_ plan: RunPlan) throws {
        guard let memory else { return }
        let need = PlanEstimate(plan: plan, treeCount: 1, seaTileCount: 0).peakMemoryBytes
        guard need <= memory.bytes else {
            throw Failure.wrongUse(
                "a unit of this run may take \(ByteCount.text(need)), more than --memory "
                    + "\(ByteCount.text(memory.bytes)): give the worker more, or plan with a smaller 'tile' or 'unit'")
        }
    }
}

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Assemble finished tiles into mosaics.",
        discussion: """
            Joins a running coordinator and makes mosaics as days become complete; when none runs, it takes the run over and \
            merges what is finished. A day with failed or missing tiles is refused unless --allow-gaps.
            """)

    @Argument(help: "The run directory.") var target: RunArgument
    @Option(name: .long, help: "Days: 2016-01-01..2016-12-31, or one day. Default: all.") var days: DayRange?
    @Flag(name: .long, help: "Make mosaics of days although tiles failed or are not finished.") var allowGaps = false
    @Option(name: .long, help: "Memory for GDAL's block cache.") var memory = ByteCount(bytes: 1 << 30)
    @Flag(name: .long, help: "Wait for a coordinator instead of taking the run over: for merger jobs of a cluster.")
    var wait = false
    @OptionGroup var process: ProcessOptions

    func run() throws {
        let run = target.directory
        let plan = try run.loadPlan()
        let executor = MergeExecutor(plan: plan, run: run, cacheBytes: memory.bytes)
        let serving = Serving(run: run, plan: plan, kind: "merger", endsAt: nil, canary: nil)
        let client = RunClient(run: run)
        if wait || client.isAnswered {
            if allowGaps { try client.allowGaps() }
            return try serving.serve(executor, process: process)
        }
        let report = try MergeOnly(run: run, plan: plan, days: days, allowGaps: allowGaps, log: process.log("merger"))
            .execute(serving, executor, process: process)
        guard let merge = report[.merge] else { return }
        print("\(merge.done) of \(merge.total) days have their mosaics")
        guard merge.done == merge.total else {
            throw Failure.incomplete(
                "tilth: no mosaic for \(dayRanges(report.gappedDays)): tiles are missing; finish or resume them, or merge "
                    + "with --allow-gaps")
        }
    }
}
