import ArgumentParser
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

    func run() throws {
        try FrozenRun(product: product, run: runPath, data: data, range: range).estimate.print()
    }
}
