import ArgumentParser
import Foundation
import Storage
import Tiling

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hold every file of a run against the digest in its receipt.",
        discussion: "Believes digests, never existence, size or names. Exit code 1 when something is broken.")

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
    @OptionGroup var range: RangeOptions

    func run() throws {
        let run = target.directory
        let audit = Audit(run: run, plan: try run.loadPlan(), range: range)
        let broken = try audit.brokenUnits()
        for unit in broken { print("\(unit.unit): \(unit.what)") }
        guard broken.isEmpty else {
            throw Failure.incomplete(
                "\(counted(broken.count, "broken unit")): `tilth resume \(run.path)` puts them back")
        }
        let count = try audit.fileCount
        print(
            count == 0
                ? "no files yet"
                : "all \(counted(count, "file")) of finished units are what their receipts say")
    }
}
