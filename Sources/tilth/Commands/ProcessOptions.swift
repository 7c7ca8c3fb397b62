import ArgumentParser
import Logging

/// What processes that serve a run have in common.
struct ProcessOptions: ParsableArguments {
    @Option(name: .long, help: .hidden) var parent: Int32?

    func log(_ label: String) -> Logger {
        Logger(label: label) { ProcessLog(label: $0) }
    }
}
