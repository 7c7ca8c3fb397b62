import ArgumentParser
import Coordinator
import Foundation
import Storage
import Tiling

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say how a run stands: counts per stage, workers, and the units that need a person.",
        discussion: """
            Asks the coordinator, or reads the ledger when none runs. Exit code 0 when everything is done, 1 \
            when something is not.
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
    @Flag(name: .long, help: "Draw it anew every second until everything has ended.") var watch = false
    @Flag(name: .long, help: "One JSON object on standard output.") var json = false

    func run() throws {
        var report = try RunStatus.current(of: target.directory)
        while watch {
            if !json { print("\u{1B}[H\u{1B}[2J", terminator: "") }
            try show(report)
            if report.epoch == nil || report.isSettled { break }
            usleep(1_000_000)
            report = try RunStatus.current(of: target.directory)
        }
        if !watch { try show(report) }
        guard report.isComplete else { throw ExitCode(1) }
    }

    private func show(_ report: StatusReport) throws {
        if json {
            print(String(decoding: CanonicalJSON.bytes(report), as: UTF8.self))
        } else {
            StatusText(report: report).print()
        }
    }
}

/// A run directory given on the command line.
struct RunArgument: ExpressibleByArgument {
    let directory: RunDirectory

    init?(argument: String) { directory = RunDirectory(absolutePath(argument)) }
}

/// How a run stands: by its coordinator, or by its ledger when none runs.
enum RunStatus {
    static func current(of run: RunDirectory) throws -> StatusReport {
        let plan = try run.loadPlan()
        if run.coordinatorEndpoint != nil, let report = try? RunClient(run: run).status() { return report }
        return try StoredStatus.read(run: run, plan: plan)
    }
}
