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
        let workers = try (1...workerCount).map { number in
            try ChildProcess(
                name: "worker-\(number)",
                arguments: ["worker", run.path, "--threads", String(threadsPerWorker), "--parent", me],
                log: run.logPath("worker-\(number)"))
        }
        let mergers =
            plan.mergeDays.isEmpty
            ? []
            : [
                try ChildProcess(
                    name: "merger", arguments: ["merge", run.path, "--wait", "--parent", me],
                    log: run.logPath("merger"))
            ]
        let everybody = [coordinator] + workers + mergers
        let watch = TerminationSignal.onArrival { everybody.forEach { $0.terminate() } }
        defer { watch.end() }

        var bar = ProgressBar(isShown: showingProgress)
        while coordinator.isRunning {
            usleep(200_000)
            if let latest = try? RunClient(run: run).status(timeoutSeconds: 1) {
                bar.show(latest)
            }
            // Nobody is left to compute: a coordinator would wait for more workers, a person should not.
            if workers.allSatisfy(\.hasFailed) || mergers.contains(where: \.hasFailed) {
                coordinator.terminate()
            }
        }
        // Whoever has not heard that the run is over has nothing left to do.
        for child in workers + mergers { child.terminate() }
        for child in workers + mergers { child.end(withinSeconds: 10) }
        bar.finish()
        guard coordinator.exitCode <= 1 else { throw Failure.wrongUse(lastLine(of: "coordinator")) }
        let report = try StoredStatus.read(run: run, plan: plan)
        if !report.isSettled, let failed = (workers + mergers).first(where: { $0.exitCode == 2 }) {
            throw Failure.wrongUse(lastLine(of: failed.name))
        }
        return report
    }

    private func lastLine(of name: String) -> String {
        let text = (try? String(contentsOfFile: run.logPath(name), encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").last.map(String.init) ?? "it left no message"
        return line.hasPrefix("tilth: ")
            ? String(line.dropFirst(7)) : "\(name): \(line) (log: \(run.logPath(name)))"
    }
}
