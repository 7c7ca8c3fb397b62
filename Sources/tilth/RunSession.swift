import Coordinator
import Foundation
import Storage
import Tiling

/// One production on this machine: a coordinator, workers and a merger as processes of their own, and
/// somebody who watches them. The same programs and protocol as on a cluster.
struct RunSession {
    let run: RunDirectory
    let plan: RunPlan
    let workerCount: Int
    let threadsPerWorker: Int
    var allowGaps = false

    /// Runs everything to its end; returns how it stands then.
    func execute(showingProgress: Bool) throws -> StatusReport {
        let me = String(getpid())
        var arguments = ["coordinator", run.path, "--bind", "tcp://127.0.0.1:0", "--parent", me]
        if allowGaps { arguments.append("--allow-gaps") }
        let coordinator = try ChildProcess(
            name: "coordinator", arguments: arguments, log: run.logPath("coordinator"))
        var others: [ChildProcess] = []
        for number in 1...workerCount {
            others.append(
                try ChildProcess(
                    name: "worker \(number)",
                    arguments: ["worker", run.path, "--threads", String(threadsPerWorker), "--parent", me],
                    log: run.logPath("worker-\(number)")))
        }
        others.append(
            try ChildProcess(
                name: "merger", arguments: ["merge", run.path, "--wait", "--parent", me],
                log: run.logPath("merger")))
        let everybody = [coordinator] + others
        TerminationSignal.onArrival { everybody.forEach { $0.terminate() } }

        var bar = ProgressBar(isShown: showingProgress)
        var report: StatusReport?
        while coordinator.isRunning {
            usleep(200_000)
            if let latest = try? RunClient(run: run).status(timeoutSeconds: 1) {
                report = latest
                bar.show(latest)
            }
            if others.allSatisfy({ !$0.isRunning }), coordinator.isRunning, report?.isSettled == false {
                coordinator.terminate()
            }
        }
        // Whoever has not heard that the run is over has nothing left to do.
        for child in others { child.terminate() }
        for child in others { child.end(withinSeconds: 10) }
        bar.finish()
        guard coordinator.exitCode <= 1 else { throw Failure.wrongUse(lastLine(of: "coordinator")) }
        return try StoredStatus.read(run: run, plan: plan)
    }

    private func lastLine(of name: String) -> String {
        let text = (try? String(contentsOfFile: run.logPath(name), encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").last.map(String.init) ?? "it left no message"
        return line.hasPrefix("tilth: ")
            ? String(line.dropFirst(7)) : "\(name): \(line) (log: \(run.logPath(name)))"
    }
}
