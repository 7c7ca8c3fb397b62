import ArgumentParser
import Foundation
import Products
import Stations
import Storage
import Tiling

/// How stations and a product's covariates become rows: the same for training and for evaluation.
struct SampleOptions: ParsableArguments {
    @Option(name: .long, help: "Layers, with commas. Default: all.") var layers: String?
    @Option(name: .long, help: "Days of the rows: 2016-01-01..2018-12-31. Default: the product's period.")
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
    @Option(
        name: .customLong("run"),
        help: "A run directory in which workers prepare the covariates and gather the rows.")
    var runPath: String?
    @Option(
        name: .long,
        help: "Worker processes on this machine. Default: 2 with --run; else as many as pay.")
    var workers: Int?

    func validate() throws {
        if let workers, workers < 1 { throw ValidationError("--workers \(workers): at least 1") }
    }

    /// Station files beside a product file, or beside a run whose covariates are prepared.
    func training(product: String, progress: ProgressLine) throws -> Training {
        guard !stations.stations.isEmpty else {
            throw Failure.wrongUse("--stations PATH...: name at least one archive or table")
        }
        let directory = RunDirectory(absolutePath(product))
        let isRun = directory.isPlanned
        let file = try ProductFile.load(path: isRun ? directory.productPath : product)
        let planner = Planner(
            file: file, dataRoot: data.root(product: product), tiles: nil, days: days)
        return Training(
            planner: planner, prepared: isRun ? directory : nil, layers: try chosenLayers(of: file.product),
            options: self, progress: progress)
    }

    private func chosenLayers(of product: Product) throws -> [Layer] {
        guard let layers else { return product.layers }
        return try layers.split(separator: ",").map { name in
            guard let layer = product.layers.first(where: { $0.name == name }) else {
                throw Failure.wrongUse(
                    "--layers \(name): the product has "
                        + product.layers.map(\.name).joined(separator: ", "))
            }
            return layer
        }
    }

    /// One output a layer: several need the layer's name in it.
    func checkOutput(_ output: String, layers: [Layer]) throws {
        guard layers.count == 1 || output.contains("{layer}") else {
            throw Failure.wrongUse(
                "--output \(output): there are \(layers.count) layers: write {layer} where their names go, "
                    + "or choose one with --layers")
        }
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
