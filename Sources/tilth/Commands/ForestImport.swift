import ArgumentParser
import Forests
import Foundation
import Storage
import Tiling

struct ForestImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turn a foreign model into a Tilth forest file.",
        discussion: """
            Takes LightGBM's text, XGBoost's JSON, ONNX files with a TreeEnsembleRegressor, the tree strings \
            of Earth Engine and rpart (JSON list, table with a tree a line, or plain text), and forests of \
            any size as netCDF arrays, as scripts/scikit-learn-to-netcdf writes them. What a file holds says \
            which it is. docs/forests.md tells what each of them means, and what is refused.

            --features names the model's inputs in order: a text file with 'name' or 'name<TAB>unit' a line, \
            or a product, whose first layer's features and units are taken. Names in the model must agree.
            """)

    @Argument(help: "The model.") var file: String
    @Option(
        name: .long, help: "Take the file for this format: \(Self.formats). Otherwise its content says.",
        transform: Self.format)
    var format: ModelFormat?
    @Option(name: .long, help: "Feature names in model order: a text file or a product.")
    var features: String?
    @Option(name: .long, help: "Boosted models: take the first rounds only, as early stopping chose them.")
    var rounds: Int?
    @Flag(
        name: .long,
        help: "Boosted models: take the sum of the trees although the objective would transform it.")
    var rawScore = false
    @Option(name: .shortAndLong, help: "The forest file to write.") var output: String

    private static let formats = ModelFormat.allCases.map(\.rawValue).joined(separator: ", ")

    private static func format(_ name: String) throws -> ModelFormat {
        guard let format = ModelFormat(rawValue: name) else {
            throw ValidationError("'\(name)' is none of \(formats)")
        }
        return format
    }

    func run() throws {
        let named = try features.map { try FeatureList.load($0) }
        let model = try imported(named)
        try DurableFile.write(model.builder.serialized(), to: output)
        let forest = try Forest(contentsOf: output)
        for note in model.notes { print("note: \(note)") }
        print(
            "\(output): \(forest.treeCount) trees, \(grouped(forest.leafCount)) leaves, digest "
                + "\(forest.digest.prefix(12))"
        )
    }

    private func imported(_ named: [Forest.Feature]?) throws -> ImportedModel {
        let format = try format ?? ModelImport.format(ofFile: file)
        if format == .netcdf {
            guard rounds == nil, !rawScore else {
                throw Failure.wrongUse(
                    "\(file): --rounds and --raw-score are for LightGBM and XGBoost models")
            }
            return ImportedModel(builder: try ForestExchange(path: file).builder(features: named))
        }
        return try ModelImport.model(
            fromFile: file, format: format,
            options: ImportOptions(features: named ?? [], rounds: rounds, takesRawScore: rawScore))
    }
}
