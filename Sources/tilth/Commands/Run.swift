import ArgumentParser
import Foundation
import Storage
import Tiling

struct Run: ParsableCommand, EndsOnSignal {
    static let configuration = CommandConfiguration(
        abstract: "Plan and run a whole production on this machine: coordinator, workers and merger.",
        discussion: """
            The same processes and protocol as on a cluster, started from one command. Stop it with ctrl-C, \
            and start it again to go on where it stopped.
            """)

    @Argument(help: "The product file (YAML).") var product: String
    @Option(name: .customLong("run"), help: "The run directory; made when it is not there.") var runPath:
        String
    @Option(name: .long, help: "Worker processes.") var workers = 1
    @Option(name: .long, help: "Threads of each worker. Default: all processors, divided by the workers.")
    var threads: Int?
    @Flag(name: .long, help: "Make mosaics of days although tiles failed.") var allowGaps = false
    @OptionGroup var data: DataOption
    @OptionGroup var range: RangeOptions

    func validate() throws {
        guard workers > 0, threads ?? 1 > 0 else {
            throw ValidationError("--workers and --threads start at 1")
        }
    }

    func run() throws {
        let frozen = try FrozenRun(product: product, run: runPath, data: data, range: range)
        frozen.estimate.print()
        let session = RunSession(
            run: frozen.directory, plan: frozen.plan, workerCount: workers,
            threadsPerWorker: threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount / workers),
            allowGaps: allowGaps)
        let report = try session.execute(showingProgress: true)
        StatusText(report: report).print()
        try report.throwUnlessComplete()
        print("mosaics in \(frozen.directory.mosaicsPath)")
    }
}
