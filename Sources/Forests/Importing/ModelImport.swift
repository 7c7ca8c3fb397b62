internal import Foundation

/// What the user adds to a model that comes from elsewhere.
public struct ImportOptions: Sendable {
    /// The inputs in model order with their units; where the file has names, they must agree. Empty: the
    /// file's own names.
    public var features: [Forest.Feature]
    /// What is predicted.
    public var target: Forest.Feature
    /// Only the first rounds of boosting, as early stopping chose them; nil takes all.
    public var rounds: Int?
    /// Take the sum of the trees although the model's objective would transform it.
    public var takesRawScore: Bool

    public init(
        features: [Forest.Feature] = [],
        target: Forest.Feature = Forest.Feature(name: "prediction", unit: ""),
        rounds: Int? = nil, takesRawScore: Bool = false
    ) {
        self.features = features
        self.target = target
        self.rounds = rounds
        self.takesRawScore = takesRawScore
    }
}

/// A model that was read: the trees, and what the user should know about them.
public struct ImportedModel: Sendable {
    /// The trees; `serialized()` gives the bytes of a forest file.
    public var builder: ForestBuilder
    /// Sentences for the user, each with the reason: what was assumed, what differs from elsewhere.
    public var notes: [String]

    public init(builder: ForestBuilder, notes: [String] = []) {
        self.builder = builder
        self.notes = notes
    }
}

/// Reads forests from where scientists have them.
public enum ModelImport {
    /// The format of a file, by its content.
    public static func format(ofFile path: String) throws -> ModelFormat {
        try ModelFile(path).data.withUnsafeBytes { try ModelFormat.detected(in: $0, path: path) }
    }

    /// Reads a model of any format but netCDF; without `format`, the content says which.
    public static func model(
        fromFile path: String, format: ModelFormat? = nil, options: ImportOptions = ImportOptions()
    ) throws -> ImportedModel {
        let file = try ModelFile(path)
        let format = try format ?? file.data.withUnsafeBytes { try ModelFormat.detected(in: $0, path: path) }
        let isBoosted = format == .lightgbm || format == .xgboost
        if !isBoosted, options.rounds != nil || options.takesRawScore {
            throw file.refusal("rounds and raw scores are choices for LightGBM and XGBoost models only")
        }
        let model: ImportedModel =
            switch format {
            case .onnx:
                ImportedModel(
                    builder: try OnnxImport.builder(
                        fromFile: path, features: options.features, target: options.target,
                        needsNames: true))
            case .lightgbm:
                try LightGBMDump.isOne(file)
                    ? LightGBMDump.read(file, options) : LightGBMModel.read(file, options)
            case .xgboost: try XGBoostModel.read(file, options)
            case .treeStrings: try TreeTexts.read(file, options)
            case .netcdf:
                throw file.refusal("a netCDF file: only 'tilth forest import' reads it")
            }
        guard model.builder.treeCount > 0 else { throw file.refusal("the model has no trees") }
        guard format == .onnx, !model.builder.hasMissingRules else { return model }
        var noted = model
        noted.notes.append(
            "no split says where missing values go: where a predictor is missing, so is the prediction")
        return noted
    }
}
