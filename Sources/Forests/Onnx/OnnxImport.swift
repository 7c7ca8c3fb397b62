internal import Foundation
internal import SwiftProtobuf

/// Reads a regression forest from an ONNX model: one `TreeEnsembleRegressor` of `ai.onnx.ml`, perhaps with
/// `Identity` nodes around it. Everything else is refused by name.
public enum OnnxImport {
    /// Where an exported forest keeps its features: a line each, name and unit with a tabulator between.
    static let featuresKey = "tilth.features"

    /// Imports a model. Without `features` they are called `f0`, `f1`, …; their number must be the model's.
    public static func forest(fromFile path: String, features: [Forest.Feature] = []) throws -> Forest {
        try builder(fromFile: path, features: features).forest()
    }

    /// Imports a model as a builder, whose `serialized()` gives the bytes of a forest file.
    ///
    /// ONNX has no place for names; what Tilth exported brings them. Without any, features are called `f0`,
    /// `f1`, … or, if the caller needs names, the model is refused.
    public static func builder(
        fromFile path: String, features: [Forest.Feature] = [],
        target: Forest.Feature = Forest.Feature(name: "prediction", unit: ""), needsNames: Bool = false
    ) throws -> ForestBuilder {
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw ForestError.unreadable(path: path, reason: error.localizedDescription)
        }
        let model = try model(bytes, path: path)
        guard !needsNames || !features.isEmpty || storedFeatures(model) != nil else {
            throw ForestError.unsupported(
                path: path, detail: "the file names no features: name the model's inputs with --features")
        }
        var builder = try builder(of: model, path: path, features: features, target: target)
        builder.provenance["source-sha256"] = bytes.withUnsafeBytes { digestBytes(of: $0) }.hexadecimal
        return builder
    }

    /// The model in a file's bytes.
    static func model(_ bytes: [UInt8], path: String) throws(ForestError) -> OnnxModelProto {
        do {
            return try OnnxModelProto(serializedBytes: bytes)
        } catch {
            throw .unsupported(
                path: path, detail: "not an ONNX model, or a truncated one: export the forest to ONNX again")
        }
    }

    /// Imports a model that has been read; `path` is where it came from.
    static func builder(
        of model: OnnxModelProto, path: String, features: [Forest.Feature], target: Forest.Feature
    ) throws -> ForestBuilder {
        guard model.hasGraph, !model.graph.node.isEmpty else {
            throw ForestError.unsupported(path: path, detail: "not an ONNX model, or one without operators")
        }
        let operators = model.graph.node.filter { $0.opType != "Identity" }
        if let other = operators.first(where: { $0.opType != OnnxTreeEnsemble.operatorName }) {
            throw ForestError.unsupported(
                path: path,
                detail: "operator \(other.opType) is not supported: export a single "
                    + "\(OnnxTreeEnsemble.operatorName) that takes the predictors as they are")
        }
        guard operators.count == 1, let node = operators.first else {
            throw ForestError.unsupported(
                path: path,
                detail: "\(operators.count) operators \(OnnxTreeEnsemble.operatorName), expected one")
        }
        let ensemble = try OnnxTreeEnsemble(node, path: path)
        let known = featureCount(of: model.graph)
        let count = known ?? max(features.count, ensemble.largestFeature + 1)
        guard ensemble.largestFeature < count else {
            throw ForestError.unsupported(
                path: path, detail: "a split uses feature \(ensemble.largestFeature) of \(count)")
        }
        let stored = storedFeatures(model)
        let agreed = try FeatureAgreement(path: path, namesInFile: stored?.map(\.name), count: count)
            .features(named: features)
        let names = features.isEmpty ? stored ?? agreed : agreed
        var builder = ForestBuilder(
            features: names, target: target, aggregation: ensemble.aggregation, base: ensemble.base,
            provenance: [
                "importer": "onnx", "source": URL(filePath: path).lastPathComponent,
                "producer": "\(model.producerName) \(model.producerVersion)",
            ])
        for tree in try ensemble.trees() { try builder.append(tree: tree.nodes, root: tree.root) }
        return builder
    }

    /// The last dimension of the model's first input, if the model says it.
    private static func featureCount(of graph: OnnxGraphProto) -> Int? {
        guard let input = graph.input.first, let last = input.type.tensorType.shape.dim.last,
            input.type.tensorType.shape.dim.count >= 2, last.dimValue > 0, last.dimValue <= 65_536
        else { return nil }
        return Int(last.dimValue)
    }

    /// The features that an exported forest brought along.
    private static func storedFeatures(_ model: OnnxModelProto) -> [Forest.Feature]? {
        model.metadataProps.first { $0.key == featuresKey }.map { property in
            property.value.split(separator: "\n").map { line in
                let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
                return Forest.Feature(name: parts.first ?? "", unit: parts.count > 1 ? parts[1] : "")
            }
        }
    }
}
