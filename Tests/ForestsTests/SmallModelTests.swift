import Foundation
import Testing

@testable import Forests

/// Small models: what each field means, and what is refused, by name and in one line.
@Suite struct SmallModelTests {
    private func prediction(_ text: String, _ row: [Float], _ options: ImportOptions = .init()) throws
        -> Float
    {
        ReferenceForest(try SmallModels.model(text, options: options).builder.forest()).predict(row: row)
    }

    @Test func lightGBMSplits() throws {
        let forest = ReferenceForest(try SmallModels.model(SmallModels.lightGBM).builder.forest())
        #expect(forest.forest.features.map(\.name) == ["dem", "ndvi", "land_cover"])
        // ndvi <= 0.5 goes to the set {1, 3}; above it, or missing (default right), to leaf 2.
        for (row, expected) in [
            ([0, 0.5, 1], 1.25), ([0, 0.5, 3.9], 1.25), ([0, 0.5, 2], 2.25), ([0, 0.5, .nan], 2.25),
            ([0, 0.6, 1], 4.25), ([0, .nan, 1], 4.25),
        ] as [([Float], Float)] {
            #expect(abs(forest.predict(row: row) - expected) < 1e-6, "\(row)")
        }
        // Missing type none takes NaN for 0.
        let none = SmallModels.lightGBM.replacing("decision_type=8 1", with: "decision_type=2 1")
        #expect(abs(try prediction(none, [0, .nan, 1]) - 1.25) < 1e-6)
        let below = none.replacing("threshold=0.5 0", with: "threshold=-0.5 0")
        #expect(abs(try prediction(below, [0, .nan, 1]) - 4.25) < 1e-6)
        // Missing type zero, default left.
        let zero = SmallModels.lightGBM.replacing("decision_type=8 1", with: "decision_type=6 1")
            .replacing("threshold=0.5 0", with: "threshold=-0.5 0")
        for value in [Float.nan, 0, 1e-36, -0.7] {
            #expect(abs(try prediction(zero, [0, value, 1]) - 1.25) < 1e-6, "\(value)")
        }
        #expect(abs(try prediction(zero, [0, 1e-30, 1]) - 4.25) < 1e-6)
        // LightGBM hands values up to 1e-35 beside zero to its trees as zero.
        let negative = none.replacing("threshold=0.5 0", with: "threshold=-1.0000000180025095e-35 0")
        for (value, expected) in [
            (-1e-35, 4.25), (Float(-1e-35).nextDown, 1.25), (0, 4.25), (1e-36, 4.25),
        ] as [(Float, Float)] {
            #expect(abs(try prediction(negative, [0, value, 1]) - expected) < 1e-6, "\(value)")
        }
        let positive = negative.replacing("threshold=-1.0", with: "threshold=1.0")
        for (value, expected) in [
            (1e-35, 1.25), (Float(1e-35).nextUp, 4.25), (0, 1.25), (-1e-36, 1.25),
        ] as [(Float, Float)] {
            #expect(abs(try prediction(positive, [0, value, 1]) - expected) < 1e-6, "\(value)")
        }
        let mean = SmallModels.lightGBM.replacing("objective=", with: "average_output\nobjective=")
        #expect(abs(try prediction(mean, [0, 0.6, 1]) - 2.125) < 1e-6)
        let first = ImportOptions(rounds: 1)
        #expect(abs(try prediction(SmallModels.lightGBM, [0, 0.6, 1], first) - 4) < 1e-6)
        // Windows' line ends.
        let returns = SmallModels.lightGBM.replacing("\n", with: "\r\n")
        #expect(abs(try prediction(returns, [0, 0.6, 1]) - 4.25) < 1e-6)
    }

    @Test func lightGBMDump() throws {
        let model = SmallModels.lightGBMDump
        for (row, expected) in [
            ([1, 0.5], 1.25), ([3.5, 0.5], 1.25), ([2, 0.5], 2.25), ([.nan, 0.5], 2.25), ([1, .nan], 4.25),
        ] as [([Float], Float)] {
            #expect(abs(try prediction(model, row) - expected) < 1e-6, "\(row)")
        }
        // JSON has no infinity: the dump writes 1e300.
        let endless = model.replacing("\"threshold\":0.5", with: "\"threshold\":1e+300")
        #expect(endless != model)
        #expect(abs(try prediction(endless, [1, .infinity]) - 1.25) < 1e-6)
        let mean = model.replacing("average_output\":false", with: "average_output\":true")
        #expect(abs(try prediction(mean, [1, 0.6]) - 2.125) < 1e-6)
        for (old, new, word) in [
            ("\"regression\"", "\"gamma\"", "'gamma'"),
            ("categorical\":null", "categorical\":[[7]]", "[[7]]"),
            ("\"NaN\"", "\"Inf\"", "tree 0: missing_type 'Inf'"), ("1||3", "a||3", "no set of categories"),
            (
                "\"right_child\":{\"leaf_index\":1,\"leaf_value\":2}", "\"x\":1",
                "tree 0: a node has one child"
            ),
            ("split_feature\":0", "split_feature\":9", "tree 0: a split uses feature 9 of 2"),
            ("leaf_value\":4", "leaf_value\":4,\"leaf_const\":1", "linear_tree"),
        ] {
            let message = SmallModels.refusal(of: model.replacing(old, with: new))
            #expect(message.contains(word), "\(message)")
        }
        // Objects within objects, deeper than any tree.
        let deep = String(repeating: "{\"left_child\":", count: 20_000)
        for (end, word) in [("", "ends too early"), ("1" + String(repeating: "}", count: 20_000), "levels")] {
            let message = SmallModels.refusal(of: model.replacing("{\"leaf_value\":0.25}", with: deep + end))
            #expect(message.contains(word), "\(message)")
        }
    }

    @Test func xgboostSplits() throws {
        let forest = ReferenceForest(try SmallModels.model(SmallModels.xgboost).builder.forest())
        // dem < 0.5, missing left; the set {1, 3} goes right, missing right.
        for (row, expected) in [
            ([0.4, 0], 111), ([0.5, 1], 122), ([.nan, 2], 111), ([.nan, .nan], 121), ([9, 3], 122),
            ([9, -0.5], 112), ([9, 1.5], 122),
        ] as [([Float], Float)] {
            #expect(abs(forest.predict(row: row) - expected) < 1e-4, "\(row)")
        }
        for (old, new, expected) in [
            // Older versions: true and false, a bare number, no num_target.
            ("\"default_left\":[1,0,0]", "\"default_left\":[true,false,false]", 111),
            ("\"[1E2]\"", "\"5E-1\"", 11.5),
            ("\"name\":\"gbtree\"", "\"name\":\"gbtree\",\"more\":[{\"a\":[]},null]", 111),
        ] as [(String, String, Float)] {
            let found = try prediction(SmallModels.xgboost.replacing(old, with: new), [.nan, 0])
            #expect(abs(found - expected) < 1e-4, "\(new)")
        }
        let raw = SmallModels.xgboost.replacing("reg:squarederror", with: "binary:logistic")
            .replacing("[1E2]", with: "[2E-1]")
        let sum = try prediction(raw, [.nan, 0], ImportOptions(takesRawScore: true))
        #expect(abs(sum - (11 + Float(log(0.25)))) < 1e-5)
        // DART multiplies trees with weights; its trees lie one level deeper.
        let dart = SmallModels.xgboost
            .replacing("\"gradient_booster\":{\"model\"", with: "\"gradient_booster\":{\"gbtree\":{\"model\"")
            .replacing(
                "\"name\":\"gbtree\"}",
                with: "\"name\":\"gbtree\"},\"name\":\"dart\",\"weight_drop\":[5E-1,2E0]}")
        #expect(abs(try prediction(dart, [.nan, 0]) - 120.5) < 1e-4)
        #expect(abs(try prediction(SmallModels.xgboost, [.nan, 0], ImportOptions(rounds: 1)) - 101) < 1e-4)
        let early = SmallModels.xgboost
            .replacing("\"attributes\":{}", with: "\"attributes\":{\"best_iteration\":\"0\"}")
        #expect(try SmallModels.model(early).notes.contains { $0.contains("--rounds 1") })
    }

    @Test func treeStringsOfRAndEarthEngine() throws {
        let model = try SmallModels.model(SmallModels.rpart)
        #expect(model.builder.features.map(\.name) == ["elevation", "LST Day"])
        let forest = ReferenceForest(try model.builder.forest())
        for (row, expected) in [
            ([250.5, 0], 0.35), ([250, 300], 0.425), ([250, 301], 0.475),
        ] as [([Float], Float)] {
            #expect(abs(forest.predict(row: row) - expected) < 1e-6, "\(row)")
        }
        #expect(forest.predict(row: [.nan, 0]).isNaN)
        let explained = try SmallModels.model(SmallModels.earthEngine).builder.forest()
        #expect(ReferenceForest(explained).predict(row: [-1.5]) == 0.25)
        let table =
            "system:index,tree,.geo\n0,\"1) root 9 9999 9999 (0.5)#  2) dem <= -1.5 9 1 0.25 *#"
            + "  3) dem > -1.5 9 1 0.75 *\",{}\n"
        #expect(ReferenceForest(try SmallModels.model(table).builder.forest()).predict(row: [0]) == 0.75)
    }

    /// What is changed in a model, and words that the refusal must contain.
    private static let refusals: [(model: String, old: String, new: String, words: [String])] = [
        (SmallModels.lightGBM, "objective=regression", "objective=poisson", ["'poisson'", "--raw-score"]),
        (SmallModels.lightGBM, "objective=regression", "objective=regression sqrt", ["regression sqrt"]),
        (SmallModels.lightGBM, "num_class=1", "num_class=3", ["several outputs (num_class 3)"]),
        (SmallModels.lightGBM, "version=v4", "version=v9", ["version v9"]),
        (SmallModels.lightGBM, "is_linear=0", "is_linear=1", ["tree 0", "linear_tree"]),
        (SmallModels.lightGBM, "left_child=1 -1", "left_child=1", ["tree 0", "left_child has 1 entries"]),
        (SmallModels.lightGBM, "left_child=1 -1", "left_child=7 -1", ["tree 0: split 0", "does not exist"]),
        (SmallModels.lightGBM, "left_child=1 -1", "left_child=0 -1", ["tree 0", "two parents"]),
        (
            SmallModels.lightGBM, "leaf_value=1 2 4", "leaf_value=1 2 x",
            ["tree 0", "leaf_value", "no number"]
        ),
        (SmallModels.lightGBM, "leaf_value=0.25", "leaf_value=nan", ["tree 1", "leaf_value"]),
        (SmallModels.lightGBM, "decision_type=8 1", "decision_type=12 1", ["decision_type 12"]),
        (
            SmallModels.lightGBM, "cat_threshold=10", "cat_threshold=",
            ["tree 0: split 1", "set of categories"]
        ),
        (SmallModels.lightGBM, "end of trees", "", ["truncated", "tree 1", "end of trees"]),
        (SmallModels.lightGBM, "Tree=1", "Tree=2", ["'Tree=2'", "tree 1"]),
        (SmallModels.lightGBM, "tree_sizes=300 200", "tree_sizes=300 200 5", ["2 trees", "names 3"]),
        (SmallModels.lightGBM, "feature_names=dem ndvi", "feature_names=dem dem", ["two features", "'dem'"]),
        (SmallModels.lightGBM, "feature_names=dem ndvi", "feature_names=ndvi", ["2 feature names for 3"]),
        (SmallModels.lightGBM, "split_feature=1 2", "split_feature=1 9", ["feature 9 of 3"]),
        (SmallModels.lightGBM, "categorical:null", "categorical:[[10, 20]]", ["pandas", "[[10, 20]]"]),
        (SmallModels.xgboost, "reg:squarederror", "count:poisson", ["'count:poisson'", "--raw-score"]),
        (SmallModels.xgboost, "reg:squarederror", "my:own", ["'my:own' is not known"]),
        (
            SmallModels.xgboost, "\"num_class\":\"0\"", "\"num_class\":\"3\"",
            ["several outputs", "num_class 3"]
        ),
        (SmallModels.xgboost, "\"tree_info\":[0,0]", "\"tree_info\":[0,1]", ["several outputs"]),
        (SmallModels.xgboost, "\"name\":\"gbtree\"", "\"name\":\"gblinear\"", ["'gblinear' is no forest"]),
        (SmallModels.xgboost, "size_leaf_vector\":\"1", "size_leaf_vector\":\"2", ["tree 0", "2 values"]),
        (SmallModels.xgboost, "[1,-1,-1]", "[9,-1,-1]", ["tree 0: node 0", "does not exist (9)"]),
        (SmallModels.xgboost, "[2,-1,-1]", "[1,-1,-1]", ["tree 0: node 1 has two parents"]),
        (SmallModels.xgboost, "[5E-1,1E0,2E0]", "[5E-1,1E0]", ["tree 0", "split_conditions has 2 entries"]),
        (SmallModels.xgboost, "[5E-1,1E0,2E0]", "[5E-1,\"a\",2E0]", ["tree 0", "not JSON", "byte"]),
        (SmallModels.xgboost, "\"num_trees\":\"2\"", "\"num_trees\":\"3\"", ["2 trees", "num_trees is 3"]),
        (SmallModels.xgboost, "[1E2]", "[1E2,3E0]", ["base_score '[1E2,3E0]'"]),
        (SmallModels.xgboost, "\"categories_sizes\":[2]", "\"categories_sizes\":[5]", ["tree 1: node 0"]),
        (SmallModels.rpart, "elevation< 250.5", "elevation< 250.6", ["tree 0", "2 and 3", "complete"]),
        (SmallModels.rpart, "elevation>=250.5", "cover=ab", ["tree 0", "categorical"]),
        (SmallModels.rpart, "0.35 *", "0.35 (0.2 0.8) *", ["tree 0", "classifier"]),
        (SmallModels.rpart, "     6)", "     8)", ["node 3 is neither divided into 6 and 7 nor a leaf"]),
        (SmallModels.rpart, "0.45 *", "0.45 *\n20) dem<=1 1 1 1 *", ["tree 0: node 20 has no parent"]),
        (SmallModels.rpart, "0.45 *", "0.45", ["node 7 is neither divided into 14 and 15 nor a leaf"]),
        (SmallModels.rpart, "60 2.5 0.4", "60 many 0.4", ["tree 0", "is no number"]),
        (SmallModels.earthEngine, "\"]}", "\"", ["not a JSON list of trees at byte"]),
    ]

    @Test(arguments: 0..<40) func refused(number: Int) throws {
        #expect(Self.refusals.count == 40)
        let (model, old, new, words) = Self.refusals[number]
        #expect(model.contains(old), "\(old)")
        let message = SmallModels.refusal(of: model.replacing(old, with: new, maxReplacements: 1))
        for word in words { #expect(message.contains(word), "\(new): \(message)") }
        #expect(message.contains(".model: ") && !message.contains("\n"), "\(message)")
    }

    /// A table of tree strings whose only column is called `tree` begins as LightGBM's texts do.
    @Test func aTableOfTreesIsNoLightGBMModel() throws {
        let text = "tree\n\"1) root 9 9 0.3#2) dem<=2 5 4 0.2 *#3) dem>2 4 3 0.4 *\"\n"
        #expect(abs(try prediction(text, [2]) - 0.2) < 1e-6)
        #expect(abs(try prediction(text, [3]) - 0.4) < 1e-6)
    }

    @Test func otherFilesAreNamed() throws {
        for (bytes, word) in [
            ([], "empty"), (Array("TILTHFST".utf8), "Tilth forest"), ([0x1f, 0x8b, 8], "compressed"),
            (Array("{L\0\0".utf8), "UBJSON"), (Array("binf".utf8), "old binary"),
            (Array("[{\"nodeid\": 0}]".utf8), "dump"), (Array("booster[0]:\n0:[f0<1]".utf8), "dump"),
            (Array("['1) root 9 9 0.3 *']".utf8), "Python prints"),
            (Array("soil moisture".utf8), "no model that Tilth knows"), ([0x80, 0x04, 0x95], "Python"),
        ] as [([UInt8], String)] {
            let message = try SmallModels.withFile(bytes) { path in
                do {
                    _ = try ModelImport.model(fromFile: path)
                    return "taken"
                } catch { return "\(error)" }
            }
            #expect(message.contains(word), "\(message)")
        }
        #expect(throws: ForestError.self) { try ModelImport.model(fromFile: "/nonexistent/model") }
        #expect(throws: ForestError.self) { try ModelImport.model(fromFile: "/") }
        #expect(throws: ForestError.self) { try SmallModels.model("tree\n", format: .xgboost) }
        #expect(throws: ForestError.self) { try SmallModels.model(SmallModels.xgboost, format: .lightgbm) }
        #expect(throws: ForestError.self) { try SmallModels.model(SmallModels.xgboost, format: .treeStrings) }
        #expect(throws: ForestError.self) { try SmallModels.model(SmallModels.rpart, format: .onnx) }
    }

    @Test func namesMustAgree() throws {
        func named(_ model: String, _ names: [String]) -> String {
            SmallModels.refusal(
                of: model,
                options: ImportOptions(features: names.map { Forest.Feature(name: $0, unit: "m") }))
        }
        #expect(named(SmallModels.xgboost, ["dem", "ndvi"]) == "taken")
        #expect(
            named(SmallModels.xgboost, ["ndvi", "dem"]).contains(
                "feature 1 is 'dem' in the model, but 'ndvi'"))
        #expect(named(SmallModels.xgboost, ["ndvi", "dem"]).contains("keep the model's order"))
        #expect(named(SmallModels.xgboost, ["dem"]).contains("takes 2 features, but 1 were named"))
        // LightGBM writes spaces as underscores.
        #expect(named(SmallModels.lightGBM, ["dem", "ndvi", "land cover"]) == "taken")
        #expect(named(SmallModels.lightGBM, ["dem", "ndvi", "cover"]).contains("feature 3 is 'land_cover'"))
        let placeholders = SmallModels.lightGBM.replacing(
            "dem ndvi land_cover", with: "Column_0 Column_1 Column_2")
        #expect(named(placeholders, ["a", "b", "c"]) == "taken")
        // Tree strings find their features by name.
        #expect(named(SmallModels.rpart, ["LST Day", "slope", "elevation"]) == "taken")
        #expect(named(SmallModels.rpart, ["LST Day"]).contains("'elevation', which is not among"))
        let options = ImportOptions(rounds: 3)
        #expect(SmallModels.refusal(of: SmallModels.xgboost, options: options).contains("the model has 2"))
        #expect(SmallModels.refusal(of: SmallModels.rpart, options: options).contains("LightGBM and XGBoost"))
    }
}
