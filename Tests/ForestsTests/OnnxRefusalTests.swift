import Foundation
import Testing

@testable import Forests

/// Small models made here: what is read in other spellings, and what is refused, by name.
@Suite struct OnnxRefusalTests {
    /// `x < 2 ? 10 : 20` plus 1, in one tree of one feature.
    private static let model: OnnxModelProto = {
        var model = OnnxModelProto()
        var node = OnnxNodeProto()
        node.opType = "TreeEnsembleRegressor"
        node.domain = "ai.onnx.ml"
        node.attribute = [
            ints("nodes_treeids", [0, 0, 0]), ints("nodes_nodeids", [0, 1, 2]),
            ints("nodes_featureids", [0, 0, 0]),
            floats("nodes_values", [2, 0, 0]), strings("nodes_modes", ["BRANCH_LT", "LEAF", "LEAF"]),
            ints("nodes_truenodeids", [1, 0, 0]), ints("nodes_falsenodeids", [2, 0, 0]),
            ints("target_treeids", [0, 0]), ints("target_nodeids", [1, 2]), ints("target_ids", [0, 0]),
            floats("target_weights", [10, 20]), floats("base_values", [1]),
        ]
        model.graph.node = [node]
        return model
    }()

    private static func attribute(_ name: String, _ fill: (inout OnnxAttributeProto) -> Void)
        -> OnnxAttributeProto
    {
        var attribute = OnnxAttributeProto()
        attribute.name = name
        fill(&attribute)
        return attribute
    }
    private static func ints(_ name: String, _ values: [Int64]) -> OnnxAttributeProto {
        attribute(name) { $0.ints = values }
    }
    private static func floats(_ name: String, _ values: [Float]) -> OnnxAttributeProto {
        attribute(name) { $0.floats = values }
    }
    private static func strings(_ name: String, _ values: [String]) -> OnnxAttributeProto {
        attribute(name) { $0.strings = values.map { Data($0.utf8) } }
    }
    private static func string(_ name: String, _ value: String) -> OnnxAttributeProto {
        attribute(name) { $0.s = Data(value.utf8) }
    }

    private static func imported(_ change: (inout OnnxModelProto) -> Void) throws -> Forest {
        var model = model
        change(&model)
        return try OnnxImport.builder(
            of: model, path: "small.onnx", features: [], target: Forest.Feature(name: "y", unit: "1")
        ).forest()
    }

    private static func replace(_ attribute: OnnxAttributeProto, in model: inout OnnxModelProto) {
        model.graph.node[0].attribute.removeAll { $0.name == attribute.name }
        model.graph.node[0].attribute.append(attribute)
    }

    @Test func strictComparisonBaseAndIdentity() throws {
        let forest = ReferenceForest(
            try Self.imported { model in
                var identity = OnnxNodeProto()
                identity.opType = "Identity"
                model.graph.node.append(identity)
            })
        #expect(abs(forest.predict(row: [2]) - 21) < 1e-5)
        #expect(abs(forest.predict(row: [Float(2).nextDown]) - 11) < 1e-5)
        #expect(forest.predict(row: [.nan]).isNaN)
    }

    @Test(arguments: [("BRANCH_GT", Float(2).nextUp), ("BRANCH_GTE", 2)])
    func greaterThan(mode: String, first: Float) throws {
        for tracks in [[], [1, 0, 0], [0, 1, 0]] as [[Int64]] {
            let forest = ReferenceForest(
                try Self.imported {
                    Self.replace(Self.strings("nodes_modes", [mode, "LEAF", "LEAF"]), in: &$0)
                    guard !tracks.isEmpty else { return }
                    Self.replace(Self.ints("nodes_missing_value_tracks_true", tracks), in: &$0)
                })
            #expect(abs(forest.predict(row: [first]) - 11) < 1e-5)
            #expect(abs(forest.predict(row: [first.nextDown]) - 21) < 1e-5)
            let missing = forest.predict(row: [.nan])
            #expect(tracks.isEmpty ? missing.isNaN : abs(missing - (tracks[0] == 1 ? 11 : 21)) < 1e-5)
        }
    }

    @Test func missingValuesFollowTheirSide() throws {
        let forest = ReferenceForest(
            try Self.imported {
                Self.replace(Self.ints("nodes_missing_value_tracks_true", [1, 0, 0]), in: &$0)
            })
        #expect(forest.forest.handlesMissing)
        #expect(abs(forest.predict(row: [.nan]) - 11) < 1e-5)
    }

    @Test func doublesComeAsTensors() throws {
        let threshold = 2.000000001
        let forest = ReferenceForest(
            try Self.imported { model in
                var values = OnnxTensorProto()
                values.dataType = 11
                values.doubleData = [threshold, 0, 0]
                model.graph.node[0].attribute.removeAll {
                    ["nodes_values", "target_weights"].contains($0.name)
                }
                model.graph.node[0].attribute.append(
                    Self.attribute("nodes_values_as_tensor") { $0.t = values })
                var weights = OnnxTensorProto()
                weights.dataType = 11
                weights.rawData = [10.5, 20.5].reduce(into: Data()) { data, value in
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
                }
                model.graph.node[0].attribute.append(
                    Self.attribute("target_weights_as_tensor") { $0.t = weights })
            })
        #expect(abs(forest.predict(row: [2]) - 11.5) < 1e-5)
        #expect(abs(forest.predict(row: [Float(2).nextUp]) - 21.5) < 1e-5)
    }

    @Test func averageDividesByTheTrees() throws {
        let forest = ReferenceForest(
            try Self.imported { model in
                Self.replace(Self.string("aggregate_function", "AVERAGE"), in: &model)
                Self.replace(Self.ints("nodes_treeids", [4, 4, 4, 7]), in: &model)
                Self.replace(Self.ints("nodes_nodeids", [0, 1, 2, 0]), in: &model)
                Self.replace(Self.ints("nodes_featureids", [0, 0, 0, 0]), in: &model)
                Self.replace(Self.floats("nodes_values", [2, 0, 0, 0]), in: &model)
                Self.replace(Self.strings("nodes_modes", ["BRANCH_LEQ", "LEAF", "LEAF", "LEAF"]), in: &model)
                Self.replace(Self.ints("nodes_truenodeids", [1, 0, 0, 0]), in: &model)
                Self.replace(Self.ints("nodes_falsenodeids", [2, 0, 0, 0]), in: &model)
                Self.replace(Self.ints("target_treeids", [4, 4, 7]), in: &model)
                Self.replace(Self.ints("target_nodeids", [1, 2, 0]), in: &model)
                Self.replace(Self.ints("target_ids", [0, 0, 0]), in: &model)
                Self.replace(Self.floats("target_weights", [10, 20, 40]), in: &model)
            })
        #expect(forest.forest.treeCount == 2 && forest.forest.isMean)
        #expect(abs(forest.predict(row: [2]) - 26) < 1e-5)
    }

    /// What is changed, and the word that the refusal must contain.
    private static let refusals: [(change: OnnxAttributeProto, word: String)] = [
        (strings("nodes_modes", ["BRANCH_EQ", "LEAF", "LEAF"]), "BRANCH_EQ (a category)"),
        (string("post_transform", "LOGISTIC"), "LOGISTIC"),
        (string("aggregate_function", "MAX"), "MAX"),
        (attribute("n_targets") { $0.i = 3 }, "several targets"),
        (ints("target_ids", [0, 1]), "several targets"),
        (floats("base_values", [1, 2]), "base_values"),
        (floats("nodes_values", [2]), "nodes_values"),
        (ints("nodes_featureids", [-1, 0, 0]), "feature -1"),
        (ints("nodes_truenodeids", [9, 0, 0]), "does not exist"),
        (ints("nodes_nodeids", [0, 1, 1]), "two nodes"),
        (ints("nodes_truenodeids", [0, 0, 0]), "tree 0"),
        (ints("nodes_missing_value_tracks_true", [1]), "different lengths"),
    ]

    @Test(arguments: 0..<12) func refused(number: Int) throws {
        #expect(Self.refusals.count == 12)
        let (change, word) = Self.refusals[number]
        let error = #expect(throws: ForestError.self, "\(word)") {
            try Self.imported { Self.replace(change, in: &$0) }
        }
        let message = try #require(error).description
        #expect(message.contains(word), "\(message)")
    }

    @Test func otherOperatorsAndOtherFilesAreRefused() throws {
        let error = #expect(throws: ForestError.self) {
            try Self.imported { $0.graph.node[0].opType = "TreeEnsemble" }
        }
        #expect(try #require(error).description.contains("operator TreeEnsemble is"))
        #expect(throws: ForestError.self) { try Self.imported { $0.graph.node.append($0.graph.node[0]) } }
        #expect(throws: ForestError.self) { try Self.imported { $0.clearGraph() } }
        #expect(throws: ForestError.self) { try OnnxImport.forest(fromFile: "/nonexistent.onnx") }
    }
}
