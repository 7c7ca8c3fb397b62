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

            Covariates are prepared in a temporary folder, or with --run by workers of the engine in a \
            folder that stays. Instead of a product a run may be given whose covariates are prepared, such \
            as `tilth plan PRODUCT --run RUN --covariates-only` and its workers leave it on a cluster.

              tilth train product.yaml --data DATA --stations ISMN.zip --smci --match swvl1 -o surface.forest
            """)

    @Argument(help: "The product file (YAML), or a run directory.") var product: String
    @Option(
        name: .shortAndLong,
        help: "The forest file to write; with several layers, {layer} stands for the layer's name.")
    var output: String
    @Option(name: .long, help: "Layers to train, with commas. Default: all.") var layers: String?
    @Option(name: .long, help: "Days to learn from: 2016-01-01..2018-12-31. Default: the product's period.")
    var days: DayRange?
    @OptionGroup var data: DataOption
    @OptionGroup var stations: StationOptions
    @Option(
        name: .long,
        help: """
            Give stations the mean and standard deviation of a covariate at their pixel, such as the soil \
            water of ERA5-Land: COVARIATE, or LAYER=COVARIATE for each layer.
            """)
    var match: [String] = []
    @Option(name: .long, help: "The covariate of rain (mm, m) that flag D05 holds stations against.")
    var modelRain: String?
    @Option(
        name: .long, help: "The covariate of soil temperature (degC, K) that flag D03 holds them against.")
    var modelTemperature: String?
    @Option(
        name: .long,
        help: """
            Take features from columns of the stations' tables instead of grids: \
            dem,ndvi=ndvi_500m,api=rain. A rule in time (derive) of the covariate is applied to the column.
            """)
    var tableFeatures: String?
    @Option(name: .customLong("run"), help: "A folder in which the engine prepares the covariates.")
    var runPath: String?
    @Option(name: .long, help: "Worker processes that prepare covariates in --run.") var workers = 2
    @OptionGroup var growing: GrowingOptions

    func validate() throws {
        guard workers > 0 else { throw ValidationError("--workers \(workers): at least 1") }
    }

    func run() throws {
        var isFolder: ObjCBool = false
        let isRun =
            FileManager.default.fileExists(atPath: product, isDirectory: &isFolder) && isFolder.boolValue
        let directory = RunDirectory(absolutePath(product))
        let file = try ProductFile.load(path: isRun ? directory.productPath : product)
        let planner = Planner(
            file: file, dataRoot: data.root(product: product), tiles: nil, days: days)
        let training = Training(
            planner: planner, prepared: isRun ? directory : nil, layers: try chosenLayers(of: file.product),
            command: self, progress: ProgressLine(isShown: true))
        let reports = try training.execute()
        for report in reports { print(report.summary) }
    }

    private func chosenLayers(of product: Product) throws -> [Layer] {
        guard let layers else { return try several(product.layers) }
        return try several(
            layers.split(separator: ",").map { name in
                guard let layer = product.layers.first(where: { $0.name == name }) else {
                    throw Failure.wrongUse(
                        "--layers \(name): the product has "
                            + product.layers.map(\.name).joined(separator: ", "))
                }
                return layer
            })
    }

    private func several(_ layers: [Layer]) throws -> [Layer] {
        guard layers.count == 1 || output.contains("{layer}") else {
            throw Failure.wrongUse(
                "--output \(output): \(layers.count) layers are trained: write {layer} where their names go, "
                    + "or choose one with --layers")
        }
        return layers
    }

    /// The covariate that a layer's stations are matched to.
    func reference(of layer: Layer) throws -> ReferenceMatch? {
        for text in match {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 1 || parts[0] == layer.name {
                return ReferenceMatch(covariate: parts.last ?? "")
            }
        }
        return nil
    }
}
