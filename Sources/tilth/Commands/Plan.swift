import ArgumentParser
import Products
import Storage
import Tiling

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Freeze a product into a run directory, and print what it will take.",
        discussion: """
            Prints units, files, inodes, bytes, peak memory and core-hours; computes nothing. Planning again with other \
            --tiles or --days adds them to the run; a product that would change values is refused.
            """)

    @Argument(help: "The product file (YAML).") var product: String
    @Option(name: .customLong("run"), help: "The run directory; made when it is not there.")
    var runPath: String
    @OptionGroup var data: DataOption
    @OptionGroup var range: RangeOptions

    func run() throws {
        _ = try freeze()
    }

    /// Plans, prints, and returns the run.
    func freeze(quietly: Bool = false) throws -> (RunDirectory, RunPlan) {
        let file = try ProductFile.load(path: product)
        let planner = Planner(
            file: file, dataRoot: data.root(product: product), tiles: range.tiles, days: range.days)
        let planned = try planner.plan()
        let directory = RunDirectory(absolutePath(runPath))
        let plan = try planner.freeze(planned, in: directory)
        if !quietly {
            PlanEstimate(plan: plan, treeCount: planned.treeCount, seaTileCount: planned.seaTileCount).print()
        }
        return (directory, plan)
    }
}
