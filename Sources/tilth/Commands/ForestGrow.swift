import ArgumentParser
import Forests
import Foundation
import Rasters
import Stations
import Storage

struct ForestGrow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grow",
        abstract: "Grow a random forest of regression trees, as scikit-learn defines it.",
        discussion: """
            The table is a netCDF file with a one-dimensional array for each feature and for the target, all \
            of the same length, such as `tilth train` writes; such a table knows its features and target. \
            Features are read one at a time, so that the table may be larger than memory. Prints one line \
            of JSON: the out-of-bag score, and the error on tables that were held back (--test). \
            The forest depends on the rows and the settings, never on --threads.
            """)

    @Argument(help: "The rows: TABLE.nc.") var table: String
    @Option(name: .shortAndLong, help: "The forest file to write.") var output: String
    @Option(name: .long, help: "The array to predict. Default: what the table says.") var target: String?
    @Option(name: .long, help: "The unit of the target. Default: what the table says.")
    var targetUnit: String?
    @Option(
        name: .long,
        help: """
            Feature names in order: a text file or a product. Without it, those that the table names, or all \
            its other arrays.
            """)
    var features: String?
    @OptionGroup var growing: GrowingOptions
    @Option(name: .long, help: "Rows that were held back: TABLE.nc; may be given more than once.")
    var test: [String] = []

    func run() throws {
        let settings = try growing.settings
        let start = ContinuousClock.now
        let rows = try TableFile(path: table, target: target, targetUnit: targetUnit, features: features)
        let tests = try test.map {
            try TableFile(path: $0, target: rows.target, features: rows.features)
        }
        let read = ContinuousClock.now
        let grown: GrownForest
        do {
            grown = try ForestGrower(settings).grow(rows.trainingTable)
        } catch let error as GrowingError {
            throw Failure.wrongUse("\(table): \(error)")
        }
        let seconds = read.duration(to: .now) / .seconds(1)
        var builder = grown.builder
        builder.provenance["table"] = URL(filePath: table).lastPathComponent
        try DurableFile.write(builder.serialized(), to: output)
        let peak = ProcessMemory.peakByteCount
        let forest = try Forest(contentsOf: output)
        let reference = ReferenceForest(forest)
        let report = Report(
            rows: rows.targetValues.count, features: rows.features.count, trees: forest.treeCount,
            leaves: forest.leafCount, growSeconds: seconds,
            wholeSeconds: start.duration(to: .now) / .seconds(1), peakResidentBytes: peak,
            outOfBagRows: grown.outOfBag?.rowCount, outOfBagRmse: grown.outOfBag?.rootMeanSquareError,
            outOfBagR2: grown.outOfBag.flatMap { $0.determination.isNaN ? nil : $0.determination },
            testRmse: try tests.map { try $0.rootMeanSquareError(of: reference) })
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }

    private struct Report: Encodable {
        let rows: Int
        let features: Int
        let trees: Int
        let leaves: Int
        let growSeconds: Double
        let wholeSeconds: Double
        let peakResidentBytes: Int
        let outOfBagRows: Int?
        let outOfBagRmse: Double?
        let outOfBagR2: Double?
        let testRmse: [Double]
    }
}

/// Rows in a netCDF file: a one-dimensional array for each feature, and one for the target.
struct TableFile {
    let features: [Forest.Feature]
    let targetValues: [Float]
    let target: Forest.Feature
    private let path: String

    init(path: String, target: String?, targetUnit: String?, features: String?) throws {
        let arrays = try NetCDFArrays(path: path)
        guard let target = target ?? arrays.attribute(SampleTable.targetAttribute) else {
            throw Failure.wrongUse("\(path): does not say what to predict: name the array with --target")
        }
        func unit(_ name: String) -> String { arrays.attribute("units", of: name) ?? "" }
        let named: [Forest.Feature]
        if let features {
            named = try FeatureList.load(features)
        } else if let own = arrays.attribute(SampleTable.featuresAttribute) {
            named = own.split(separator: "\n").map(String.init).map {
                Forest.Feature(name: $0, unit: unit($0))
            }
        } else {
            let shape = arrays.dimensions(of: target)
            named = arrays.names.filter { $0 != target && arrays.dimensions(of: $0) == shape }.map {
                Forest.Feature(name: $0, unit: unit($0))
            }
        }
        try self.init(
            path: path, target: Forest.Feature(name: target, unit: targetUnit ?? unit(target)),
            features: named)
    }

    init(path: String, target: Forest.Feature, features: [Forest.Feature]) throws {
        let arrays = try NetCDFArrays(path: path)
        for name in features.map(\.name) + [target.name] where arrays.dimensions(of: name)?.count != 1 {
            throw Failure.wrongUse("\(path): no one-dimensional array '\(name)': write one a feature")
        }
        self.path = path
        self.features = features
        self.target = target
        targetValues = try arrays.floats(target.name)
    }

    /// Reads a feature when it is asked for.
    var trainingTable: TrainingTable {
        let (path, features) = (path, features)
        return TrainingTable(features: features, target: target, targetValues: targetValues) {
            try NetCDFArrays(path: path).floats(features[$0].name)
        }
    }

    /// The error of a forest on these rows, in the unit of the target.
    func rootMeanSquareError(of forest: ReferenceForest) throws -> Double {
        let arrays = try NetCDFArrays(path: path)
        let columns = try features.map { feature in
            let values = try arrays.floats(feature.name)
            guard values.count == targetValues.count else {
                throw Failure.wrongUse(
                    "\(path): '\(feature.name)' has \(values.count) rows, the target \(targetValues.count)")
            }
            return values
        }
        var squares = 0.0
        for (row, target) in targetValues.enumerated() {
            let error = Double(forest.predict(row: columns.map { $0[row] })) - Double(target)
            squares += error * error
        }
        return (squares / Double(max(targetValues.count, 1))).squareRoot()
    }
}
