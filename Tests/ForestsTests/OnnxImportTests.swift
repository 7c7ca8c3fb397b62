import Foundation
import TestSupport
import Testing

@testable import Forests

/// Models of other libraries against what these libraries predict.
@Suite struct OnnxImportTests {
    private static let abalone = [
        "LongestShell", "Diameter", "Height", "WholeWeight", "ShuckedWeight", "VisceraWeight", "ShellWeight",
    ].map { Forest.Feature(name: $0, unit: "1") }

    /// Compares both engines with the cases, and says how many rows were compared per kind.
    private func check(
        model: String, cases: String, features: [Forest.Feature], columns: [String], tolerance: Double
    ) throws -> [String: Int] {
        guard let path = SharedData.path(model), let casesPath = SharedData.path(cases) else { return [:] }
        let forest = try OnnxImport.forest(fromFile: path, features: features)
        let table = try ForestCases(path: casesPath, featureCount: features.count, expectedColumns: columns)
        let reference = ReferenceForest(forest)
        let planes = features.indices.map { feature in FeaturePlane.fixed(table.rows.map { $0[feature] }) }
        let fast = ForestEngine(forest).predict(
            planes: planes, columns: table.rows.count, rows: 1, days: 1,
            land: Array(repeating: true, count: table.rows.count), threads: 1)
        var compared: [String: Int] = [:]
        var wrong: [String] = []
        for (number, row) in table.rows.enumerated() {
            let slow = reference.predict(row: row)
            // A missing prediction has a NaN of any kind; everything else has one bit pattern.
            if slow.isNaN ? !fast[number].isNaN : slow.bitPattern != fast[number].bitPattern {
                wrong.append("line \(number + 2): fast \(fast[number]), slow \(slow)")
            }
            let hasMissing = row.contains(where: \.isNaN)
            if hasMissing, !forest.handlesMissing {
                if !slow.isNaN { wrong.append("line \(number + 2): \(slow) in spite of a missing value") }
                continue
            }
            compared[table.kinds[number], default: 0] += 1
            for expected in table.expected[number] where !(abs(Double(slow) - expected) <= tolerance) {
                wrong.append("line \(number + 2) (\(table.kinds[number])): \(slow), expected \(expected)")
            }
        }
        #expect(wrong.isEmpty, "\(model): \(wrong.count) of \(table.rows.count), \(wrong.prefix(5))")
        return compared
    }

    @Test(arguments: [
        "skl_rf", "skl_extratrees", "lgb_gbdt", "xgb_gbtree", "xgb_rf", "xgb_gbtree_base0",
    ]) func abaloneModels(name: String) throws {
        let folder = "forests/abalone"
        let compared = try check(
            model: "\(folder)/\(name).onnx", cases: "\(folder)/\(name)_cases.csv", features: Self.abalone,
            columns: ["onnxruntime_float32"], tolerance: 1e-5)
        guard !compared.isEmpty else { return }
        let knowsMissing = !name.hasPrefix("skl")
        #expect(compared.values.reduce(0, +) == 500)
        #expect(compared["at_threshold"] == 60)
        #expect((compared["nan"] ?? 0) == (knowsMissing ? 60 : 0))
    }

    @Test func yancoForest() throws {
        guard let path = SharedData.path("yanco/forest/yanco_rf100.json") else { return }
        let features = try #require(try Self.features(describedIn: path))
        let compared = try check(
            model: "yanco/forest/yanco_rf100.onnx", cases: "yanco/forest/yanco_rf100_cases.csv",
            features: features,
            columns: ["onnxruntime_float32", "sklearn_float64"], tolerance: 1e-6)
        #expect(compared.values.reduce(0, +) == 2000)
        #expect(compared["at_threshold"] == 250)
    }

    @Test func namesAndProvenanceComeAlong() throws {
        guard let model = SharedData.path("yanco/forest/yanco_rf9.onnx"),
            let description = SharedData.path("yanco/forest/yanco_rf9.json")
        else { return }
        let forest = try OnnxImport.forest(
            fromFile: model, features: Self.features(describedIn: description) ?? [])
        #expect(forest.features.map(\.name).prefix(3) == ["dem", "silt", "awc"])
        #expect(forest.treeCount == 6)
        #expect(!forest.handlesMissing)
        #expect(forest.provenance["source"] == "yanco_rf9.onnx")
        #expect(forest.provenance["source-sha256"]?.count == 64)
        #expect(ReferenceForest(forest).predict(row: Array(repeating: .nan, count: 9)).isNaN)
        let unnamed = try OnnxImport.forest(fromFile: model)
        #expect(unnamed.features.map(\.name) == (0..<9).map { "f\($0)" })
        #expect(unnamed.leafCount == forest.leafCount)
        #expect(throws: ForestError.self) { try OnnxImport.forest(fromFile: model, features: Self.abalone) }
    }

    @Test func classifierIsRefusedByName() throws {
        guard let path = SharedData.path("forests/onnx/treecl.onnx") else { return }
        let error = #expect(throws: ForestError.self) { try OnnxImport.forest(fromFile: path) }
        let message = try #require(error).description
        #expect(message.contains("treecl.onnx") && message.contains("TreeEnsembleClassifier"))
    }

    private static func features(describedIn path: String) throws -> [Forest.Feature]? {
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
        let features = (json as? [String: Any])?["features"] as? [[String: Any]]
        return features?.map {
            Forest.Feature(name: $0["name"] as? String ?? "", unit: $0["units"] as? String ?? "")
        }
    }
}
