import Coordinator
import Execution
import Foundation
import Messaging
import Storage
import Tiling

/// Serves a run as a worker or merger until it is released, told to stop, or left alone.
struct Serving {
    let run: RunDirectory
    let plan: RunPlan
    /// `worker` or `merger`: the first part of the process's name.
    let kind: String
    let endsAt: Double?
    let canary: Digest?

    func serve(_ executor: any UnitExecutor, process options: ProcessOptions) throws {
        let node = ownHostName()
        // A process that starts again is another worker: its failures and answers must not be mixed up.
        let name = "\(kind)-\(node)-\(getpid())-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        let connection = try WorkerConnection(
            settings: WorkerConnection.Settings(name: name, keys: try RunKeys(run).worker),
            locate: { run.coordinatorEndpoint })
        let execution = try ExecutionProcess(
            settings: .init(
                workerID: name, node: node, software: Tilth.version, canary: canary, endsAt: endsAt,
                patienceSeconds: 1800, log: options.log(name)),
            plan: plan, run: run, connection: connection, executor: executor)
        TerminationSignal.onArrival(parent: options.parent) { execution.drain() }
        switch try execution.run() {
        case .finished, .drained: break
        case .abandoned:
            throw Failure.incomplete(
                "no coordinator came back: start `tilth coordinator \(run.path)` again")
        }
    }
}
