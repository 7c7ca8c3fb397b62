public import Foundation

/// Writes a forest as an ONNX model: one `TreeEnsembleRegressor` of `ai.onnx.ml` 1, float32 rows in, one
/// float32 a row out. Thresholds are float32 in both, so every row takes the same leaf of every tree; values
/// agree within the rounding of float32 sums.
///
/// | forest | ONNX |
/// |---|---|
/// | sum, mean | `aggregate_function` SUM, AVERAGE; the base is added after it |
/// | NaN takes a side (`MissingKind.nan`) | `nodes_missing_value_tracks_true` |
/// | zero takes a side (`MissingKind.zero`) | splits at the smallest zeros; trees are copied below them |
/// | no rule: a missing predictor gives a missing prediction | cannot be said: NaN goes to the false side |
public struct OnnxExport {
    /// Bytes that the file will have.
    public var byteCount: Int { model.byteCount }
    /// Sentences for the user: what ONNX says differently.
    public let notes: [String]

    private let model: WireMessage

    /// What protobuf allows a message to have.
    public static let largestByteCount = Int(Int32.max)

    /// Prepares the file, and refuses one that no reader could take.
    /// - Parameter name: stands for the forest in errors: its path.
    public init(_ forest: Forest, name: String) throws {
        try self.init(forest, name: name, byteLimit: Self.largestByteCount, nodeLimit: 1 << 24)
    }

    init(_ forest: Forest, name: String, byteLimit: Int, nodeLimit: Int) throws {
        let trees = OnnxTrees(forest, nodeLimit: nodeLimit)
        let sizes: OnnxTrees.Sizes
        do {
            sizes = try trees.sizes()
        } catch let error as IntervalTree.TooLarge {
            throw ForestError.unsupported(
                path: name,
                detail: "ONNX cannot say that zeros are missing, and saying it with thresholds on "
                    + "'\(forest.features[error.feature].name)' takes more than \(nodeLimit) nodes a tree: "
                    + "train with NaN for missing values")
        }
        model = Self.model(forest, trees, sizes)
        guard model.byteCount <= byteLimit else {
            throw ForestError.unsupported(
                path: name,
                detail: "as ONNX it would have \(model.byteCount) bytes, more than protobuf's limit of 2 GB "
                    + "(\(byteLimit)): export a forest of fewer or smaller trees, or keep Tilth's file")
        }
        var notes: [String] = []
        if !forest.handlesMissing {
            notes.append(
                "a missing predictor gives no prediction here, but a number in ONNX (NaN goes to the false "
                    + "side): mask such rows")
        }
        if sizes.nodeCount > forest.nodeCount {
            notes.append(
                "zeros that count as missing became thresholds: \(forest.nodeCount) nodes became "
                    + "\(sizes.nodeCount), predictions are the same")
        }
        self.notes = notes
    }

    /// Writes the file in pieces, front to back.
    public func write(_ consume: @escaping (Data) throws -> Void) throws { try model.write(consume) }

    // Field numbers are those of onnx.proto; `onnx-subset.proto` names them.
    private static func model(
        _ forest: Forest, _ trees: OnnxTrees, _ sizes: OnnxTrees.Sizes
    ) -> WireMessage {
        var model = WireMessage()
        model.number(1, 8)
        model.text(2, "tilth")
        model.message(7, graph(forest, trees, sizes))
        for (domain, version) in [("ai.onnx.ml", 1), ("", 15)] as [(String, UInt64)] {
            var operators = WireMessage()
            if !domain.isEmpty { operators.text(1, domain) }
            operators.number(2, version)
            model.message(8, operators)
        }
        for (key, value) in metadata(forest) {
            var property = WireMessage()
            property.text(1, key)
            property.text(2, value)
            model.message(14, property)
        }
        return model
    }

    private static func graph(
        _ forest: Forest, _ trees: OnnxTrees, _ sizes: OnnxTrees.Sizes
    ) -> WireMessage {
        var node = WireMessage()
        node.text(1, "features")
        node.text(2, "prediction")
        node.text(3, "forest")
        node.text(4, OnnxTreeEnsemble.operatorName)
        for attribute in trees.attributes(sizes) { node.message(5, attribute) }
        node.text(7, "ai.onnx.ml")
        var graph = WireMessage()
        graph.message(1, node)
        graph.text(2, "tilth forest")
        graph.message(11, matrix("features", columns: forest.features.count))
        graph.message(12, matrix("prediction", columns: 1))
        return graph
    }

    /// A float32 matrix of any number of rows.
    private static func matrix(_ name: String, columns: Int) -> WireMessage {
        var rowDimension = WireMessage()
        rowDimension.text(2, "rows")
        var columnDimension = WireMessage()
        columnDimension.number(1, UInt64(columns))
        var shape = WireMessage()
        shape.message(1, rowDimension)
        shape.message(1, columnDimension)
        var tensor = WireMessage()
        tensor.number(1, 1)
        tensor.message(2, shape)
        var type = WireMessage()
        type.message(1, tensor)
        var value = WireMessage()
        value.text(1, name)
        value.message(2, type)
        return value
    }

    /// Names and units in the form that `--features` reads, and where the forest comes from.
    private static func metadata(_ forest: Forest) -> [(String, String)] {
        func line(_ feature: Forest.Feature) -> String {
            feature.unit.isEmpty ? feature.name : "\(feature.name)\t\(feature.unit)"
        }
        let own = [
            (OnnxImport.featuresKey, forest.features.map(line).joined(separator: "\n")),
            ("tilth.target", line(forest.target)), ("tilth.forest", forest.digest),
        ]
        return own + forest.provenance.sorted { $0.key < $1.key }.map { ("provenance.\($0.key)", $0.value) }
            + forest.derivations.sorted { $0.key < $1.key }.map { ("derivation.\($0.key)", $0.value) }
    }
}
