import Foundation
import TestSupport
import Testing

@testable import Forests

/// Models of LightGBM, XGBoost and tree strings against what their own libraries predict.
@Suite struct ModelImportTests {
    static let abalone = [
        "LongestShell", "Diameter", "Height", "WholeWeight", "ShuckedWeight", "VisceraWeight", "ShellWeight",
    ]

    /// Where rows differ from what is expected, on both engines; and how many were compared per kind.
    private func compare(
        _ forest: Forest, _ cases: ForestCases, column: Int = 0, tolerance: Double
    ) -> (wrong: [String], compared: [String: Int]) {
        let reference = ReferenceForest(forest)
        let planes = forest.features.indices.map { feature in
            FeaturePlane.fixed(cases.rows.map { $0[feature] })
        }
        let fast = ForestEngine(forest).predict(
            planes: planes, columns: cases.rows.count, rows: 1, days: 1,
            land: Array(repeating: true, count: cases.rows.count))
        var (wrong, compared): ([String], [String: Int]) = ([], [:])
        for (number, row) in cases.rows.enumerated() {
            let slow = reference.predict(row: row)
            if slow.isNaN ? !fast[number].isNaN : slow.bitPattern != fast[number].bitPattern {
                wrong.append("line \(number + 2): fast \(fast[number]), slow \(slow)")
            }
            let expected = cases.expected[number][column]
            compared[cases.kinds[number], default: 0] += 1
            if !(abs(Double(slow) - expected) <= tolerance) {
                wrong.append("line \(number + 2) (\(cases.kinds[number])): \(slow), expected \(expected)")
            }
        }
        return (wrong, compared)
    }

    private func check(
        _ file: String, cases: String, column: String, tolerance: Double, format: ModelFormat
    ) throws -> Forest? {
        guard let path = SharedData.path("forests/abalone/\(file)"),
            let casesPath = SharedData.path("forests/abalone/\(cases)_cases.csv")
        else { return nil }
        #expect(try ModelImport.format(ofFile: path) == format)
        // Tree strings name what they use in the order of use; the others bring all names along.
        let features = Self.abalone.map { Forest.Feature(name: $0, unit: "1") }
        let model = try ModelImport.model(fromFile: path, options: ImportOptions(features: features))
        let forest = try model.builder.forest()
        let cases = try ForestCases(path: casesPath, featureCount: 7, expectedColumns: [column])
        let (wrong, compared) = compare(forest, cases, tolerance: tolerance)
        #expect(wrong.isEmpty, "\(file): \(wrong.count) of \(cases.rows.count), \(wrong.prefix(5))")
        #expect(compared.values.reduce(0, +) == 500 && compared["at_threshold"] == 60)
        #expect(forest.provenance["source"] == file && forest.provenance["source-sha256"]?.count == 64)
        if format != .treeStrings {
            let unnamed = try ModelImport.model(fromFile: path).builder
            #expect(unnamed.features.map(\.name) == Self.abalone)
            #expect(compared["nan", default: 0] >= 40)
        }
        return forest
    }

    /// Missing as NaN with default sides; never missing, so that NaN is 0, and a mean; zero as missing.
    @Test(arguments: [("lgb_gbdt", 30, false), ("lgb_rf", 20, true), ("lgb_gbdt_zero_as_missing", 15, false)])
    func lightGBM(name: String, trees: Int, isMean: Bool) throws {
        let found = try check(
            "\(name).txt", cases: name, column: "native_float64", tolerance: 2e-6, format: .lightgbm)
        guard let forest = found else { return }
        #expect(forest.treeCount == trees && forest.isMean == isMean)
        #expect(forest.takesZeroForMissing == name.hasSuffix("zero_as_missing"))
    }

    @Test(arguments: [("xgb_gbtree", 30), ("xgb_rf", 20), ("xgb_gbtree_base0", 10)])
    func xgboost(name: String, trees: Int) throws {
        let found = try check(
            "\(name).json", cases: name, column: "native_float32", tolerance: 1e-5, format: .xgboost)
        guard let forest = found else { return }
        #expect(forest.treeCount == trees && !forest.isMean && forest.handlesMissing)
        #expect(forest.provenance["objective"] == "reg:squarederror")
    }

    @Test(arguments: [
        ("skl_rf_trees.csv", "tree_text_float64"),
        ("skl_rf_trees_6decimals.json", "tree_text_6decimals_float64"),
    ]) func treeStrings(file: String, column: String) throws {
        let found = try check(file, cases: "skl_rf", column: column, tolerance: 1e-6, format: .treeStrings)
        guard let forest = found else { return }
        #expect(forest.treeCount == 10 && forest.isMean && !forest.handlesMissing)
        #expect(forest.nodeCount == 6226 && forest.maximumDepth == 20)
    }

    /// Leaves, tree by tree, of a model of another kind; its sum is taken raw.
    @Test func leavesOfLightGBM() throws {
        guard let path = SharedData.path("forests/leaves/lg_breast_cancer.txt"),
            let rows = SharedData.path("forests/leaves/lg_breast_cancer_data.txt"),
            let leaves = SharedData.path("forests/leaves/lg_breast_cancer_data_pred_leaves.txt")
        else { return }
        let refused = #expect(throws: ForestError.self) { try ModelImport.model(fromFile: path) }
        #expect(try #require(refused).description.contains("binary sigmoid:1"))
        let forest = try ModelImport.model(fromFile: path, options: ImportOptions(takesRawScore: true))
            .builder.forest()
        let values = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("leaf_value=") }
            .map { $0.dropFirst(11).split(separator: " ").map { Double($0) ?? .nan } }
        let expected = try table(leaves)
        let reference = ReferenceForest(forest)
        var compared = 0
        for (row, leaves) in zip(try table(rows), expected) {
            let decisions = reference.explain(row: row.map { Float($0) })
            #expect(decisions.count == leaves.count && decisions.count == values.count)
            for (decision, leaf) in zip(decisions, leaves) {
                compared += 1
                let value = values[decision.tree][Int(leaf)]
                #expect(abs(decision.value - value) <= 1e-8, "tree \(decision.tree), leaf \(leaf)")
            }
        }
        #expect(compared > 1000)
    }

    @Test func weightsOfDARTAndTheOldTextVersion() throws {
        guard let path = SharedData.path("forests/leaves/lg_dart_breast_cancer.model"),
            let rows = SharedData.path("forests/leaves/breast_cancer_test.tsv"),
            let truth = SharedData.path("forests/leaves/lg_dart_breast_cancer_true_predictions.txt")
        else { return }
        let forest = try ModelImport.model(fromFile: path, options: ImportOptions(takesRawScore: true))
            .builder.forest()
        let reference = ReferenceForest(forest)
        let expected = try table(truth).map { $0[0] }
        let found = try table(rows).map { row in
            1 / (1 + exp(-Double(reference.predict(row: row.prefix(30).map { Float($0) }))))
        }
        #expect(found.count == expected.count && found.count > 50)
        // The rows are float64 there; a threshold between two float32 neighbours could decide differently.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func categoriesOfLightGBM() throws {
        let folder = "forests/treelite/toy_categorical/toy_categorical"
        guard let path = SharedData.path("\(folder)_model.txt"), let rows = SharedData.path("\(folder).test"),
            let truth = SharedData.path("\(folder).test.pred")
        else { return }
        let model = try ModelImport.model(fromFile: path)
        #expect(model.notes.contains { $0.hasPrefix("categorical splits on 'Column_0', 'Column_1' became") })
        let reference = ReferenceForest(try model.builder.forest())
        let lines = try String(contentsOfFile: rows, encoding: .utf8).split(separator: "\n")
        let expected = try table(truth).map { $0[0] }
        #expect(lines.count == 180 && expected.count == 180)
        for (line, expected) in zip(lines, expected) {
            var row: [Float] = [0, 0]
            for entry in line.split(separator: " ").dropFirst() {
                let parts = entry.split(separator: ":")
                row[try #require(Int(parts[0]))] = try #require(Float(parts[1]))
            }
            #expect(abs(Double(reference.predict(row: row)) - expected) <= 3e-6 * max(1, abs(expected)))
        }
        if let simple = SharedData.path("forests/leaves/model_simple.txt") {
            let forest = try ModelImport.model(
                fromFile: simple, options: ImportOptions(takesRawScore: true)
            ).builder.forest()
            let reference = ReferenceForest(forest)
            // Category 100 goes left, in both trees.
            let left = 0.56697266424823339 + 0.12883103567558912
            for value in [100, 100.9] as [Float] {
                #expect(abs(Double(reference.predict(row: [0, value])) - left) < 1e-6)
            }
            let right = 0.3584987837673016 - 0.063872842243335157
            for value in [99.9, 101, -1, .nan, .infinity, 0] as [Float] {
                #expect(abs(Double(reference.predict(row: [0, value])) - right) < 1e-6, "\(value)")
            }
        }
    }

    /// LightGBM's dumps in JSON: a set of categories, and a tree of one leaf.
    @Test func dumpsOfLightGBM() throws {
        guard let one = SharedData.path("forests/leaves/lg_1tree.json"),
            let leaf = SharedData.path("forests/leaves/lg_1tree_1leaf.json")
        else { return }
        #expect(try ModelImport.format(ofFile: one) == .lightgbm)
        let forest = ReferenceForest(try ModelImport.model(fromFile: one).builder.forest())
        for (row, expected) in [
            ([0.13, 10], 0.4703), ([0.1, 100.5], 0.4703), ([0.1, 11], 0.4242), ([.nan, 1], 0.4703),
            ([0.1, .nan], 0.4242), ([0.2, 10], 1.1111),
        ] as [([Float], Float)] {
            #expect(abs(forest.predict(row: row) - expected) < 1e-6, "\(row)")
        }
        // One name for 41 features.
        let refused = #expect(throws: ForestError.self) { try ModelImport.model(fromFile: leaf) }
        #expect(try #require(refused).description.contains("1 feature names for 41 features"))
        let names = (0..<41).map { "\"Column_\($0)\"" }.joined(separator: ",")
        let mended = try String(contentsOfFile: leaf, encoding: .utf8).replacing("\"Column_0\"", with: names)
        let single = ReferenceForest(try SmallModels.model(mended).builder.forest())
        #expect(single.predict(row: Array(repeating: 1, count: 41)) == 0.42)
    }

    @Test func severalOutputsAreRefused() throws {
        guard let path = SharedData.path("forests/leaves/lgmulticlass.model") else { return }
        let refused = #expect(throws: ForestError.self) { try ModelImport.model(fromFile: path) }
        let message = try #require(refused).description
        #expect(message.contains("lgmulticlass.model") && message.contains("several outputs (num_class 5)"))
    }

    private func table(_ path: String) throws -> [[Double]] {
        try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).map {
            $0.split(whereSeparator: \.isWhitespace).map { Double($0) ?? .nan }
        }
    }
}
