import ArgumentParser
import Coordinator
import Foundation
import Merger
import Storage
import Tiling

struct Merge: ParsableCommand, EndsOnSignal {
    static let configuration = CommandConfiguration(
        abstract: "Assemble finished tiles into mosaics.",
        discussion: """
            Joins a running coordinator and makes mosaics as days become complete; when none runs, it takes \
            the run over and merges what is finished. A mosaic that was finished and is gone is made again. \
            A day with failed or missing tiles is refused unless --allow-gaps.
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
    @Option(
        name: .long,
        help: """
            Days to merge: 2016-01-01..2016-12-31, or one day. Only when no coordinator runs, which takes \
            all.
            """)
    var days: DayRange?
    @Flag(name: .long, help: "Make mosaics of days although tiles failed or are not finished.")
    var allowGaps = false
    @Option(name: .long, help: "Memory for GDAL's block cache.") var memory = ByteCount(bytes: 1 << 30)
    @Flag(
        name: .long,
        help: "Wait for a coordinator instead of taking the run over: for merger jobs of a cluster.")
    var wait = false
    @OptionGroup var process: ProcessOptions

    func validate() throws {
        guard days == nil || !wait else {
            throw ValidationError(
                "--days is for merging without a coordinator, and --wait is for one: choose")
        }
    }

    func run() throws {
        let run = target.directory
        let plan = try run.loadPlan()
        let executor = MergeExecutor(plan: plan, run: run, cacheBytes: memory.bytes)
        let serving = Serving(run: run, plan: plan, kind: "merger", endsAt: nil, canary: nil)
        let client = RunClient(run: run)
        if wait || client.isAnswered {
            guard days == nil else {
                throw Failure.wrongUse(
                    "a coordinator runs for \(run.path), and merges all days as they become complete: leave "
                        + "--days out, or stop it first")
            }
            if allowGaps { try client.allowGaps() }
            if !wait {
                let lost = try client.mosaics().putBack.count
                if lost > 0 {
                    print("mosaics of \(counted(lost, "finished day")) are gone: they are made again")
                }
            }
            return try serving.serve(executor, process: process)
        }
        let report = try MergeOnly(
            run: run, plan: plan, days: days, allowGaps: allowGaps, log: process.log("merger")
        )
        .execute(serving, executor, process: process)
        guard let merge = report[.merge] else { return }
        print("\(merge.done) of \(merge.total) days have their mosaics")
        guard merge.done == merge.total else {
            throw Failure.incomplete(
                "no mosaic for \(dayRanges(report.gappedDays)): tiles are missing; finish or resume "
                    + "them, or merge "
                    + "with --allow-gaps")
        }
    }
}
