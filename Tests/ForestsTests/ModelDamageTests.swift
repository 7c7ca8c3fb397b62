import Foundation
import TestSupport
import Testing

@testable import Forests

/// Models that are cut short or changed: a forest or one clear line, never a crash.
@Suite struct ModelDamageTests {
    /// Whether the bytes are taken; a refusal must be one line that begins with the file.
    private func isTaken(_ bytes: [UInt8], _ format: ModelFormat, _ what: String) throws -> Bool {
        try SmallModels.withFile(bytes) { path in
            do {
                let options = ImportOptions(
                    features: format == .onnx
                        ? (0..<7).map { Forest.Feature(name: "x\($0)", unit: "") } : [])
                let builder = try ModelImport.model(fromFile: path, format: format, options: options).builder
                _ = try builder.forest()
                return true
            } catch let error as ForestError {
                if case .invalid = error { return false }
                let message = "\(error)"
                #expect(message.hasPrefix(path) && !message.contains("\n"), "\(what): \(message.prefix(300))")
                return false
            }
        }
    }

    private static let models: [(name: String, format: ModelFormat, bytes: [UInt8])] = [
        ("lightgbm", .lightgbm, Array(SmallModels.lightGBM.utf8)),
        ("xgboost", .xgboost, Array(SmallModels.xgboost.utf8)),
        ("dump", .lightgbm, Array(SmallModels.lightGBMDump.utf8)),
        ("rpart", .treeStrings, Array(SmallModels.rpart.utf8)),
        ("earth engine", .treeStrings, Array(SmallModels.earthEngine.utf8)),
    ]

    @Test(arguments: 0..<5) func smallModels(number: Int) throws {
        let (name, format, bytes) = Self.models[number]
        #expect(try isTaken(bytes, format, name))
        var taken = 0
        for count in 0..<bytes.count where try isTaken(Array(bytes.prefix(count)), format, "\(name) \(count)")
        {
            taken += 1
        }
        // Only what follows the trees may be missing; rpart's text does not say how many trees there are.
        let allowed = ["lightgbm": 32, "rpart": 120][name] ?? 2
        #expect(taken <= allowed, "\(name): \(taken) short files were taken")
        for place in bytes.indices {
            for mask in [0x01, 0x10, 0x80] as [UInt8] {
                var changed = bytes
                changed[place] ^= mask
                _ = try isTaken(changed, format, "\(name), byte \(place) ^ \(mask)")
            }
        }
    }

    /// Real files, cut and changed at many places; numbers that do not fit are the worst of it.
    @Test(arguments: [
        ("lgb_gbdt.txt", ModelFormat.lightgbm), ("xgb_gbtree_base0.json", .xgboost),
        ("skl_rf_trees.csv", .treeStrings), ("xgb_gbtree_base0.onnx", .onnx),
    ]) func realModels(file: String, format: ModelFormat) throws {
        guard let path = SharedData.path("forests/abalone/\(file)") else { return }
        let bytes = Array(try Data(contentsOf: URL(filePath: path)).prefix(60_000))
        var random = SplitMix64(seed: 5)
        for _ in 0..<60 {
            let count = random.next(below: bytes.count)
            _ = try isTaken(Array(bytes.prefix(count)), format, "\(file) \(count)")
            var changed = bytes
            for _ in 0..<1 + random.next(below: 3) {
                changed[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
            }
            let place = random.next(below: bytes.count)
            changed.replaceSubrange(place..<place, with: Array("9223372036854775807".utf8))
            _ = try isTaken(changed, format, "\(file) at \(place)")
        }
    }

    @Test func numbersAtTheirLimits() throws {
        let numbers = [
            "-1", "-2147483648", "2147483647", "4294967295", "9223372036854775807", "-9223372036854775808",
            "99999999999999999999", "1e308", "1e999", "-0", "1.5", "inf", "", "0x10", "+1",
        ]
        let lists = [
            (
                SmallModels.lightGBM, ModelFormat.lightgbm,
                [
                    "num_leaves=3", "split_feature=1", "threshold=0.5", "decision_type=8", "left_child=1",
                    "right_child=-3", "leaf_value=1", "cat_boundaries=0", "cat_boundaries=0 1",
                    "cat_threshold=10",
                    "max_feature_idx=2", "num_class=1", "Tree=0", "threshold=0.5 0",
                ]
            ),
            (
                SmallModels.xgboost, .xgboost,
                [
                    "\"left_children\":[1", "\"right_children\":[2", "\"split_indices\":[0",
                    "\"default_left\":[1",
                    "\"split_conditions\":[5E-1", "\"categories\":[1", "\"categories_nodes\":[0",
                    "\"categories_segments\":[0", "\"categories_sizes\":[2", "\"split_type\":[1",
                    "\"num_trees\":\"2", "\"num_nodes\":\"3", "\"num_feature\":\"2",
                    "\"num_parallel_tree\":\"1",
                    "\"tree_info\":[0", "\"base_score\":\"[1E2", "\"num_target\":\"1",
                ]
            ),
            (SmallModels.rpart, .treeStrings, ["3", "250.5", "0.35", "100"]),
        ]
        for (model, format, places) in lists {
            for place in places {
                #expect(model.contains(place), "\(place)")
                let digits = place.reversed().prefix { $0.isNumber || "-.E".contains($0) }.count
                for number in numbers {
                    let changed = model.replacing(place, with: place.dropLast(digits) + number)
                    _ = try isTaken(Array(changed.utf8), format, "\(place) -> \(number)")
                }
            }
        }
    }
}
