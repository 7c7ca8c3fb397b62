import Coordinator
import Foundation
import Tiling

/// The status of a run as a person reads it in a terminal.
struct StatusText {
    let report: StatusReport

    func print() {
        Swift.print(lines.joined(separator: "\n"))
    }

    var lines: [String] {
        var lines = ["\(report.product)  recipe \(report.recipe.short)  \(coordinator)", ""]
        lines.append(
            row(["stage", "total", "done", "running", "ready", "waiting", "failed", "quarantined", "blocked"])
        )
        for stage in report.stages where stage.total > 0 {
            let counts = [
                stage.total, stage.done, stage.running, stage.ready, stage.waiting, stage.failed,
                stage.quarantined,
                stage.blocked,
            ]
            lines.append(row([stage.stage] + counts.map { $0 == 0 ? "·" : String($0) }))
        }
        if let rate = report.landPixelDaysPerSecond {
            lines += ["", String(format: "%.2f million land-pixel-days per second", rate / 1e6)]
        }
        if !report.workers.isEmpty { lines.append("") }
        for worker in report.workers {
            let state = worker.isDraining ? "draining" : worker.holding.isEmpty ? "idle" : worker.holding[0]
            lines.append("\(worker.name) on \(worker.node): \(worker.doneCount) done, \(state)")
        }
        if report.duplicateCount + report.lostWorkerCount > 0 {
            lines.append(
                "\(counted(report.lostWorkerCount, "worker")) lost, "
                    + "\(counted(report.duplicateCount, "duplicate result")) (equal)")
        }
        if !report.troubles.isEmpty { lines += ["", "needs you:"] }
        lines += report.troubles.prefix(20).map { "  \($0.state) \($0.unit): \($0.cause)" }
        if report.troubles.count > 20 {
            lines.append("  … and \(report.troubles.count - 20) more (--json has all)")
        }
        if !report.gappedDays.isEmpty {
            lines.append(
                "no mosaic for \(dayRanges(report.gappedDays)): tiles are missing; resume them, or merge "
                    + "with --allow-gaps"
            )
        }
        return lines
    }

    private var coordinator: String {
        report.epoch.map { "coordinator epoch \($0)" } ?? "no coordinator runs"
    }

    private func row(_ cells: [String]) -> String {
        cells.enumerated().map { number, cell in
            number == 0
                ? cell.padding(toLength: 11, withPad: " ", startingAt: 0)
                : String(repeating: " ", count: max(1, 12 - cell.count)) + cell
        }.joined()
    }
}

/// Days as the ranges that they form: `2016-02-01..2016-02-02, 2016-03-07`.
func dayRanges(_ days: [Day]) -> String {
    var ranges: [DayRange] = []
    for day in days.sorted() {
        if let last = ranges.last, day - last.last <= 1 {
            ranges[ranges.count - 1] = DayRange(last.first, through: day)
        } else {
            ranges.append(DayRange(day, through: day))
        }
    }
    return ranges.map(\.description).joined(separator: ", ")
}

extension StatusReport {
    /// Exit code 1 for a run that ended with failed or missing parts.
    func throwUnlessComplete() throws {
        guard !isComplete else { return }
        let counts = stages.filter { $0.done < $0.total }.map { "\($0.total - $0.done) \($0.stage)" }
        throw Failure.incomplete(
            "not everything is done: \(counts.joined(separator: ", ")) units are left; `tilth "
                + "status RUN` lists "
                + "what failed, `tilth resume RUN` puts it back")
    }
}
