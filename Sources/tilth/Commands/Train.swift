import ArgumentParser
import Foundation
import Products
import Stations
import Storage
import Tiling

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Grow the forests of a product from station files, with a report.",
        discussion: """
            Reads stations, screens them, makes daily values, takes each covariate of the product at their \
            pixels through the very gather that prediction uses, and grows a forest for each layer. Beside \
            FOREST it leaves the rows (.samples.nc, for `tilth forest grow` and `tilth evaluate`), a report \
            (.train.json) and a page (.train.html).

            Covariates are prepared in a temporary folder; or with --run in a folder that stays, by workers \
            of the engine, who gather the rows there, too. Instead of a product a run may be given whose \
            covariates are prepared, as `tilth plan PRODUCT --run RUN --covariates-only` and its workers \
            leave it on a cluster. Rows in many tiles are gathered by workers in all three ways, once: the \
            same stations find them in RUN/samples.

              tilth train product.yaml --data DATA --stations ISMN.zip --smci --match swvl1 -o surface.forest
            """)

    @Argument(help: "The product file (YAML), or a run directory.") var product: String
    @Option(
        name: .shortAndLong,
        help: "The forest file to write; with several layers, {layer} stands for the layer's name.")
    var output: String
    @OptionGroup var samples: SampleOptions
    @OptionGroup var growing: GrowingOptions

    var stations: StationOptions { samples.stations }
    var tableFeatures: String? { samples.tableFeatures }

    func run() throws {
        let progress = ProgressLine(isShown: true)
        let training = try samples.training(product: product, progress: progress)
        try samples.checkOutput(output, layers: training.layers)
        let settings = try growing.settings
        let reports = try training.forEachLayer { made in
            let path = absolutePath(output.replacingOccurrences(of: "{layer}", with: made.layer.name))
            return try TrainedLayer(
                layer: made.layer, product: training.planner.file.product, settings: settings,
                made: made.targets, rows: made.rows, path: path, days: made.days, command: self
            ).grow(startedAt: made.startedAt, progress: progress)
        }
        for report in reports { print(report.summary) }
    }
}
