import ArgumentParser
import Covariates
import Products
import Tiling

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open every source of a product and say what is there, before a core-hour is spent.",
        discussion: """
            Reports all mistakes of the product file at once, with line numbers; then, per covariate, the \
            grid, the time span, missing days, and the range of a sample against 'valid'. Exit code 2 when \
            something is wrong.
            """)

    @Argument(help: "The product file (YAML).") var product: String
    @OptionGroup var data: DataOption
    @Option(
        name: .long, help: "Write the report as a page, too, with a calendar for each covariate: FILE.html.")
    var html: String?

    func run() throws {
        let file = try ProductFile.load(path: product)
        try CheckReport(
            product: file.product, dataRoot: data.root(product: product), productPath: product,
            pagePath: html
        ).print()
    }
}
