import ArgumentParser
import Coordinator
import Foundation
import Storage
import Tiling

struct CoordinatorCommand: ParsableCommand, EndsOnSignal {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Hand out the units of a run: start it on the head node.",
        discussion: """
            Listens on every interface and any free port unless told otherwise, and publishes its addresses \
            in RUN/coordinator.json, where workers find it. Connections from other hosts are encrypted and \
            admitted by the keys in RUN/keys. Ends when nothing is left: exit code 0 when all is done, 1 \
            when units failed. It may be killed and started again, on another host too, while workers go on.
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
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
