import ArgumentParser
import Coordinator
import Foundation
import Storage
import Tiling

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put failed, quarantined and digest-broken units back, whole units that touch a range.",
        discussion: """
            Holds the files of finished units against their digests first; a unit whose file is gone, \
            truncated or changed is computed again, and so are the mosaics of its days. Looks for source \
            files that were not there when their unit was prepared, or were replaced since, by newer \
            versions too: that unit and all that takes days of it are computed again. The land mask and the \
            DEM of a topographic index belong to the plan, and may not change. A running coordinator hands \
            units out at once; otherwise start one, or `tilth run`.
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
    @OptionGroup var range: RangeOptions

    func run() throws {
        let run = target.directory
        let plan = try run.loadPlan()
        let audit = Audit(run: run, plan: plan, range: range)
        let leftoverCount = try audit.removeLeftovers()
        let broken = try audit.brokenUnits()
        let late = try LateUnits(plan: plan).find(in: audit.newestReceipts())
        let request = ResumeRequest(
            tiles: range.tiles.map { "\($0.first)..\($0.last)" }, days: range.days?.description,
            broken: broken.map(\.unit) + late.prepare.map(\.unit) + late.others)
        let client = RunClient(run: run)
        let reply =
            client.isAnswered
            ? try client.resume(request) : try StoredStatus.resume(request, run: run, plan: plan)
        if leftoverCount > 0 {
            print("removed    \(counted(leftoverCount, "half-written file")) of processes that died")
        }
        for unit in broken { print("broken     \(unit.unit): \(unit.what)") }
        for unit in late.prepare { print("late       \(unit.unit): \(unit.what)") }
        for line in summary(of: reply.putBack) { print("put back   \(line)") }
        let hint =
            client.isAnswered
            ? "the coordinator hands them out" : "start `tilth coordinator` and workers, or `tilth run`"
        print(
            reply.putBack.isEmpty
                ? "nothing to put back" : "\(counted(reply.putBack.count, "unit")) put back: \(hint)")
    }

    /// A unit a line, mosaics as the ranges of their days: a month of them follows each tile.
    private func summary(of names: [String]) -> [String] {
        let prefix = "\(Stage.merge.name)/"
        let days = names.filter { $0.hasPrefix(prefix) }.compactMap {
            Day(String($0.dropFirst(prefix.count)))
        }
        let others = names.filter { !$0.hasPrefix(prefix) }
        return others + (days.isEmpty ? [] : ["the mosaics of \(dayRanges(days))"])
    }
}
