import ArgumentParser
import Forests
import Foundation
import Rasters
import Storage

struct ForestGrow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grow",
        abstract: "Grow a random forest of regression trees, as scikit-learn defines it.",
        discussion: """
            The table is a netCDF file with a one-dimensional array for each feature and for the target, all \
            of the same length. Features are read one at a time, so that the table may be larger than \
            memory. Prints one line of JSON: the out-of-bag score, and the error on tables that were held \
            back (--test). The forest depends on the rows and the settings, never on --threads.
            """)

    @Argument(help: "The rows: TABLE.nc.") var table: String
    @Option(name: .shortAndLong, help: "The forest file to write.") var output: String
    @Option(name: .long, help: "The array to predict.") var target: String
    @Option(name: .long, help: "The unit of the target.") var targetUnit = ""
    @Option(
        name: .long,
        help: "Feature names in order: a text file or a product. Without it, all other arrays of the table.")
    var features: String?
    @Flag(
        name: .long,
        help: """
            Grow as GSSM1km does: 20 trees, leaves of 1 row, 4 features a split, half of the rows without \
            replacement, constant features drawn past. Other options change it.
            """)
    var gssm1km = false
    @Option(name: .long, help: "Trees (100).") var trees: Int?
    @Option(name: .long, help: "Features per split: a count, a fraction such as 0.33, or all (all).")
    var featuresPerSplit: String?
    @Option(name: .long, help: "Different rows in each leaf, at least (1).") var leafRows: Int?
    @Option(name: .long, help: "Share of the rows to draw for a tree (1).") var rowShare: Double?
    @Flag(name: .long, help: "Draw each row at most once.") var withoutReplacement = false
    @Option(name: .long, help: "Cut features into so many classes, 2 to 256, instead of exact splits.")
    var histogram: Int?
    @Option(name: .long, help: "What all randomness comes from (0).") var seed: UInt64?
    @Option(name: .long, help: "Threads that grow trees.") var threads = 1
    @Flag(name: .long, help: "Leave the out-of-bag score out.") var noScore = false
    @Option(name: .long, help: "Rows that were held back: TABLE.nc; may be given more than once.")
    var test: [String] = []

    func validate() throws {
        guard threads >= 1 else { throw ValidationError("--threads \(threads): at least 1") }
        _ = try chosenSettings()
    }

    func run() throws {
        let settings = try chosenSettings()
        let start = ContinuousClock.now
        let rows = try TableFile(path: table, target: target, targetUnit: targetUnit, features: features)
        let tests = try test.map {
            try TableFile(path: $0, target: target, targetUnit: targetUnit, features: rows.features)
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

    private func chosenSettings() throws -> GrowingSettings {
        var settings = gssm1km ? GrowingSettings.gssm1km : GrowingSettings()
        settings.treeCount = trees ?? settings.treeCount
        settings.minimumLeafRows = leafRows ?? settings.minimumLeafRows
        settings.seed = seed ?? settings.seed
        settings.threadCount = threads
        settings.scoresOutOfBag = !noScore
        if let featuresPerSplit { settings.featuresPerSplit = try Self.share(featuresPerSplit) }
        if let histogram { settings.splits = .histogram(bins: histogram) }
        if rowShare != nil || withoutReplacement {
            let share = rowShare ?? (gssm1km ? 0.5 : 1)
            settings.sampling =
                withoutReplacement || gssm1km
                ? .withoutReplacement(share: share) : .bootstrap(share: share)
        }
        return settings
    }

    private static func share(_ text: String) throws -> GrowingSettings.FeatureShare {
        if text == "all" { return .all }
        if let count = Int(text) { return .count(count) }
        if let fraction = Double(text) { return .fraction(fraction) }
        throw ValidationError("--features-per-split \(text): a count, a fraction such as 0.33, or all")
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
    private let path: String
    private let target: Forest.Feature

    init(path: String, target: String, targetUnit: String, features: String?) throws {
        let arrays = try NetCDFArrays(path: path)
        let named: [Forest.Feature]
        if let features {
            named = try FeatureList.load(features)
        } else {
            let shape = arrays.dimensions(of: target)
            named = arrays.names.filter { $0 != target && arrays.dimensions(of: $0) == shape }.map {
                Forest.Feature(name: $0, unit: "")
            }
        }
        try self.init(path: path, target: target, targetUnit: targetUnit, features: named)
    }

    init(path: String, target: String, targetUnit: String, features: [Forest.Feature]) throws {
        let arrays = try NetCDFArrays(path: path)
        for name in features.map(\.name) + [target] where arrays.dimensions(of: name)?.count != 1 {
            throw Failure.wrongUse("\(path): no one-dimensional array '\(name)': write one a feature")
        }
        self.path = path
        self.features = features
        self.target = Forest.Feature(name: target, unit: targetUnit)
        targetValues = try arrays.floats(target)
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
