import Foundation

@testable import Forests

/// Models of a few nodes in the formats of other libraries, to change and to damage.
enum SmallModels {
    static let lightGBM = """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        label_index=0
        max_feature_idx=2
        objective=regression
        feature_names=dem ndvi land_cover
        feature_infos=[0:1] [0:1] 0:1:2:3
        tree_sizes=300 200

        Tree=0
        num_leaves=3
        num_cat=1
        split_feature=1 2
        split_gain=5 4
        threshold=0.5 0
        decision_type=8 1
        left_child=1 -1
        right_child=-3 -2
        leaf_value=1 2 4
        cat_boundaries=0 1
        cat_threshold=10
        is_linear=0
        shrinkage=1

        Tree=1
        num_leaves=1
        num_cat=0
        split_feature=
        threshold=
        decision_type=
        left_child=
        right_child=
        leaf_value=0.25
        shrinkage=1


        end of trees

        pandas_categorical:null

        """

    static let xgboost = #"""
        {"learner":{"attributes":{},"feature_names":["dem","ndvi"],"feature_types":["float","c"],
        "gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"2"},
        "iteration_indptr":[0,1,2],"tree_info":[0,0],"trees":[
        {"base_weights":[0,1,2],"categories":[],"categories_nodes":[],"categories_segments":[],
        "categories_sizes":[],"default_left":[1,0,0],"id":0,"left_children":[1,-1,-1],"loss_changes":[1,0,0],
        "parents":[2147483647,0,0],"right_children":[2,-1,-1],"split_conditions":[5E-1,1E0,2E0],
        "split_indices":[0,0,0],"split_type":[0,0,0],"sum_hessian":[1,1,1],
        "tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"3","size_leaf_vector":"1"}},
        {"base_weights":[0,1,2],"categories":[1,3],"categories_nodes":[0],"categories_segments":[0],
        "categories_sizes":[2],"default_left":[0,0,0],"id":1,"left_children":[1,-1,-1],"loss_changes":[1,0,0],
        "parents":[2147483647,0,0],"right_children":[2,-1,-1],"split_conditions":[3.5E0,1E1,2E1],
        "split_indices":[1,0,0],"split_type":[1,0,0],"sum_hessian":[1,1,1],
        "tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"3","size_leaf_vector":"1"}}]},
        "name":"gbtree"},"learner_model_param":{"base_score":"[1E2]","num_class":"0","num_feature":"2",
        "num_target":"1"},"objective":{"name":"reg:squarederror"}},"version":[3,2,0]}
        """#

    /// LightGBM 4's dump: the sum of two trees, cut short in what does not matter.
    static let lightGBMDump = #"""
        {"name":"tree","version":"v4","num_class":1,"num_tree_per_iteration":1,"label_index":0,
        "max_feature_idx":1,"objective":"regression","average_output":false,"feature_names":["dem","ndvi"],
        "feature_infos":{},"tree_info":[{"tree_index":0,"num_leaves":3,"num_cat":0,"shrinkage":1,
        "tree_structure":{"split_index":0,"split_feature":1,"split_gain":2.5,"threshold":0.5,
        "decision_type":"<=","default_left":false,"missing_type":"NaN","left_child":{"split_index":1,
        "split_feature":0,"threshold":"1||3","decision_type":"==","default_left":false,"missing_type":"None",
        "left_child":{"leaf_index":0,"leaf_value":1},"right_child":{"leaf_index":1,"leaf_value":2}},
        "right_child":{"leaf_index":2,"leaf_value":4}}},{"tree_index":1,"num_leaves":1,"num_cat":0,
        "tree_structure":{"leaf_value":0.25}}],"feature_importances":{},"pandas_categorical":null}
        """#

    /// As R prints it: the second child of the root is the one below, and another tree follows.
    static let rpart = """
        n= 100

        node), split, n, deviance, yval
              * denotes terminal node

         1) root 100 5.5 0.3
           2) elevation>=250.5 40 1.5 0.2 *
           3) elevation< 250.5 60 2.5 0.4
             6) LST Day<=300 30 1 0.35 *
             7) LST Day>300 30 1 0.45 *
        n= 90

        node), split, n, deviance, yval
              * denotes terminal node

        1) root 90 5.5 0.5 *

        """

    static let earthEngine =
        #"{"trees": ["1) root 9 9999 9999 (0.5)\n  2) dem <= -1.5e0 9 1 0.25 *\n"#
        + #"  3) dem > -1.5e0 9 1 0.75 *\n"]}"#

    /// Writes a model for the time of a call.
    static func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).model").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    static func model(
        _ text: String, format: ModelFormat? = nil, options: ImportOptions = ImportOptions()
    ) throws -> ImportedModel {
        try withFile(Array(text.utf8)) {
            try ModelImport.model(fromFile: $0, format: format, options: options)
        }
    }

    /// What is said when a model is refused, without the path.
    static func refusal(of text: String, options: ImportOptions = ImportOptions()) -> String {
        do {
            _ = try model(text, options: options).builder.serialized()
            return "taken"
        } catch { return "\(error)" }
    }
}
