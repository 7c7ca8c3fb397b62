import Foundation
import Testing

@testable import Forests

/// What is exported, read by protobuf's own reader and by our importer; onnxruntime reads it in
/// `OnnxRuntimeTests`.
@Suite struct OnnxExportTests {
    private func exported(_ forest: Forest) throws -> [UInt8] {
        let export = try OnnxExport(forest, name: "a.forest")
        let bytes = Collected()
        try export.write { bytes.data.append($0) }
        #expect(bytes.data.count == export.byteCount)
        return Array(bytes.data)
    }

    private final class Collected {
        var data = Data()
    }

    private func back(_ bytes: [UInt8]) throws -> Forest {
        try SmallModels.withFile(bytes) { try ModelImport.model(fromFile: $0).builder.forest() }
    }

    @Test(arguments: 1...30) func comesBackTheSame(seed: UInt64) throws {
        var random = RandomForests(seed: seed)
        let rules: [MissingKind] = seed % 3 == 0 ? [.none] : seed % 3 == 1 ? [.nan] : MissingKind.allCases
        let forest = try random.forest(featureCount: 3, treeCount: 1 + Int(seed) % 5, rules: rules)
        let again = try back(try exported(forest))
        #expect(again.features == forest.features && again.treeCount == forest.treeCount)
        #expect(again.isMean == forest.isMean)
        let (one, other) = (ReferenceForest(forest), ReferenceForest(again))
        var wrong: [String] = []
        for _ in 0..<300 {
            let row = (0..<3).map { _ in random.value(missingOneIn: forest.handlesMissing ? 5 : nil) }
            let (decisions, others) = (one.explain(row: row), other.explain(row: row))
            // A forest none of whose splits sends a missing value to the true side comes back without rules.
            if others.isEmpty, row.contains(where: \.isNaN) { continue }
            let isSame = zip(decisions, others).allSatisfy { abs($0.value - $1.value) <= 1e-7 }
            let isSameLeaf = forest.takesZeroForMissing || decisions.map(\.leaf) == others.map(\.leaf)
            if !isSame || !isSameLeaf || abs(one.predict(row: row) - other.predict(row: row)) > 1e-6 {
                wrong.append("\(row): \(decisions.map(\.value)), then \(others.map(\.value))")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count), \(wrong.prefix(3))")
    }

    @Test func fieldsAreThoseOfONNX() throws {
        var builder = ForestBuilder(
            features: [.init(name: "ndvi", unit: "1"), .init(name: "lst day", unit: "K")],
            target: .init(name: "soil moisture", unit: "m3 m-3"), base: 0.5, provenance: ["importer": "test"])
        try builder.append(tree: [
            .split(feature: 1, threshold: 300, trueChild: 1, falseChild: 2), .leaf(0.25), .leaf(0.5),
        ])
        try builder.append(tree: [.leaf(0.125)])
        let bytes = try exported(builder.forest())
        let model = try OnnxImport.model(bytes, path: "a.onnx")
        #expect(model.irVersion == 8 && model.producerName == "tilth")
        #expect(model.opsetImport.map(\.domain) == ["ai.onnx.ml", ""])
        #expect(model.graph.input[0].type.tensorType.shape.dim[1].dimValue == 2)
        #expect(model.graph.node[0].domain == "ai.onnx.ml")
        let attributes = Dictionary(
            uniqueKeysWithValues: model.graph.node[0].attribute.map { ($0.name, $0) })
        #expect(attributes["nodes_truenodeids"]?.ints == [1, 0, 0, 0])
        #expect(attributes["nodes_falsenodeids"]?.ints == [2, 0, 0, 0])
        #expect(attributes["nodes_treeids"]?.ints == [0, 0, 0, 1])
        #expect(attributes["nodes_values"]?.floats == [300, 0, 0, 0])
        #expect(
            attributes["nodes_modes"]?.strings.map { String(decoding: $0, as: UTF8.self) }
                == ["BRANCH_LEQ", "LEAF", "LEAF", "LEAF"])
        #expect(attributes["target_nodeids"]?.ints == [1, 2, 0])
        #expect(attributes["base_values"]?.floats == [0.5])
        #expect(attributes["nodes_missing_value_tracks_true"] == nil)
        #expect(model.metadataProps.first { $0.key == "tilth.features" }?.value == "ndvi\t1\nlst day\tK")
        #expect(try OnnxExport(builder.forest(), name: "a").notes.count == 1)
        #expect(try back(bytes).features.map(\.unit) == ["1", "K"])
    }

    @Test func whatIsTooLargeIsRefusedBeforeItIsWritten() throws {
        var random = RandomForests(seed: 3)
        let forest = try random.forest(featureCount: 3, treeCount: 4)
        let size = try OnnxExport(forest, name: "a.forest").byteCount
        _ = try OnnxExport(forest, name: "a.forest", byteLimit: size, nodeLimit: 1 << 20)
        let error = #expect(throws: ForestError.self) {
            try OnnxExport(forest, name: "big.forest", byteLimit: size - 1, nodeLimit: 1 << 20)
        }
        let message = try #require(error).description
        #expect(
            message.hasPrefix("big.forest: ") && message.contains("\(size) bytes") && message.contains("2 GB")
        )
        let zeros = try random.forest(featureCount: 3, treeCount: 4, rules: [.zero])
        let other = #expect(throws: ForestError.self) {
            try OnnxExport(zeros, name: "zero.forest", byteLimit: .max, nodeLimit: 2)
        }
        #expect(try #require(other).description.contains("ONNX cannot say that zeros are missing"))
    }

    @Test func lengthsOfVarints() {
        for (value, count) in [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (.max, 10)]
            as [(UInt64, Int)]
        { #expect(WireMessage.byteCount(ofVarint: value) == count) }
    }
}
