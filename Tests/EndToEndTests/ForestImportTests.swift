import Forests
import Foundation
import TestSupport
import Testing

/// `tilth forest import` as a person runs it: content decides, options choose, refusals are one line.
@Suite struct ForestImportTests {
    @Test func choicesAndRefusals() throws {
        guard let data = SharedData.path("forests") else { return }
        let folder = try TemporaryFolder()
        let output = folder.file("a.forest")
        func run(_ file: String, _ options: String...) throws -> Program.Result {
            try Program.run(["forest", "import", "\(data)/\(file)", "-o", output] + options)
        }
        for (file, options, words) in [
            ("leaves/lgmulticlass.model", [], ["several outputs"]),
            ("leaves/lg_breast_cancer.txt", [], ["binary sigmoid:1", "--raw-score"]),
            ("onnx/treecl.onnx", [], ["--features"]),
            ("abalone/skl_rf.onnx", [], ["--features"]),
            ("abalone/lgb_gbdt.txt", ["--format", "xgboost"], ["not JSON"]),
            ("abalone/lgb_gbdt.txt", ["--rounds", "31"], ["31 rounds", "the model has 30"]),
            ("abalone/skl_rf_trees.csv", ["--raw-score"], ["LightGBM and XGBoost"]),
            ("abalone/abalone.csv", [], ["no model that Tilth knows"]),
        ] as [(String, [String], [String])] {
            let refused = try Program.run(["forest", "import", "\(data)/\(file)", "-o", output] + options)
            #expect(refused.code == 2 && refused.output.isEmpty, "\(file): \(refused.all)")
            #expect(refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
            for word in words + [file] { #expect(refused.errors.contains(word), "\(refused.errors)") }
        }
        #expect(!FileManager.default.fileExists(atPath: output), "a refusal leaves nothing behind")
        #expect(try run("abalone/lgb_gbdt.txt", "--format", "csv").code == 2)

        let raw = try run("leaves/lg_dart_breast_cancer.model", "--raw-score")
        #expect(raw.code == 0, "\(raw.all)")
        #expect(try Forest(contentsOf: output).provenance["score"] == "raw")
        let first = try run("abalone/xgb_gbtree.json", "--rounds", "7", "--format", "xgboost")
        #expect(first.code == 0 && first.output.contains("7 trees"), "\(first.all)")
        let inspected = try Program.run("forest", "inspect", output)
        for word in [
            "splits say where missing values go", "importer: xgboost", "reg:squarederror", "ShellWeight",
        ] {
            #expect(inspected.output.contains(word), "\(inspected.output)")
        }
        let names = try folder.write("Diameter\nLongestShell\nHeight\n", to: "names.txt")
        let other = try run("abalone/xgb_gbtree.json", "--features", names)
        #expect(
            other.code == 2 && other.errors.contains("takes 7 features, but 3 were named"), "\(other.all)")
    }
}
