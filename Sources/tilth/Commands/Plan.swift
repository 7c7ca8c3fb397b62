import ArgumentParser
import Coordinator
import Products
import Storage
import Tiling

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Freeze a product into a run directory, and print what it will take.",
        discussion: """
            Prints units, files, inodes, bytes, peak memory and core-hours; computes nothing. Planning again \
            with other --tiles or --days adds them to the run; a product that would change values is \
            refused.
            """)

    @Argument(help: "The product file (YAML).") var product: String
    @Option(name: .customLong("run"), help: "The run directory; made when it is not there.")
    var runPath: String
    @OptionGroup var data: DataOption
    @OptionGroup var range: RangeOptions

    @Flag(
        name: .long,
        help: """
            Prepare covariates and predict nothing, for `tilth train RUN`: needs no forest. Start a \
            coordinator and workers as for maps.
            """)
    var covariatesOnly = false

    func run() throws {
        guard !covariatesOnly else {
            let file = try ProductFile.load(path: product)
            let planner = Planner(
                file: file, dataRoot: data.root(product: product), tiles: nil, days: range.days)
            let directory = RunDirectory(absolutePath(runPath))
            let days = try planner.selectedDays
            let plan = try planner.freeze(try planner.planCovariates(of: days), in: directory)
            print("\(plan.unitCount(of: .prepare)) prepare units over \(plan.days) in \(directory.path)")
            return
        }
        try FrozenRun(product: product, run: runPath, data: data, range: range).estimate.print()
    }
}
