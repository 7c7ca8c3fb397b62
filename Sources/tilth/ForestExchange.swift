import Forests
import Foundation
import Rasters

/// Trees as plain arrays in a netCDF file: the way in for forests of any size from libraries that keep
/// them so. `scripts/scikit-learn-to-netcdf` writes such files.
///
/// | array | meaning |
/// |---|---|
/// | `first_node(tree_bound)` | where each tree begins among the nodes, and one past the last |
/// | `feature_index(node)` | the feature of a split, negative for a leaf |
/// | `threshold(node)` | float64; `float32(x) <= threshold` goes left |
/// | `left(node)`, `right(node)` | children, counted within the tree; its root is node 0 |
/// | `value(node)` | what a leaf predicts |
/// | `missing_go_to_left(node)` | optional: 1 where missing values go left, 0 where right |
/// | `feature_name(feature)`, `feature_unit(feature)` | texts |
///
/// Attributes: `target`, `target_unit`, `aggregation` (`mean` or `sum`), `source`.
struct ForestExchange {
    private let arrays: NetCDFArrays
    private let path: String

    init(path: String) throws {
        self.path = path
        arrays = try NetCDFArrays(path: path)
    }

    /// Reads tree by tree, so that memory holds the forest once.
    func builder(features named: [Forest.Feature]?) throws -> ForestBuilder {
        let features = try named ?? ownFeatures()
        guard let stored = arrays.dimensions(of: "feature_name")?.first?.length, stored == features.count
        else {
            throw Failure.wrongUse(
                "\(path): \(features.count) feature names for a model that does not have as many inputs")
        }
        let aggregation: ForestBuilder.Aggregation
        switch arrays.attribute("aggregation") {
        case "mean": aggregation = .mean
        case "sum": aggregation = .sum
        default:
            throw Failure.wrongUse("\(path): attribute 'aggregation' must be 'mean' or 'sum'")
        }
        var builder = ForestBuilder(
            features: features,
            target: Forest.Feature(
                name: arrays.attribute("target") ?? "target", unit: arrays.attribute("target_unit") ?? ""),
            aggregation: aggregation,
            provenance: [
                "importer": "arrays", "file": URL(filePath: path).lastPathComponent,
                "source": arrays.attribute("source") ?? "unknown",
            ])
        let bounds = try arrays.longIntegers("first_node").map { Int($0) }
        for (number, range) in zip(bounds, bounds.dropFirst()).enumerated() {
            guard range.0 < range.1, range.0 >= 0 else {
                throw Failure.wrongUse("\(path): tree \(number) has no nodes: first_node must ascend")
            }
            do {
                try builder.append(tree: nodes(range.0..<range.1))
            } catch let error as ForestError {
                throw Failure.wrongUse("\(path): \(error): write the file again from the model")
            }
        }
        return builder
    }

    private func ownFeatures() throws -> [Forest.Feature] {
        let units = try arrays.texts("feature_unit")
        return try zip(arrays.texts("feature_name"), units).map { Forest.Feature(name: $0, unit: $1) }
    }

    private func nodes(_ range: Range<Int>) throws -> [ForestBuilder.Node] {
        let features = try arrays.integers("feature_index", range)
        let thresholds = try arrays.doubles("threshold", range)
        let lefts = try arrays.integers("left", range)
        let rights = try arrays.integers("right", range)
        let values = try arrays.doubles("value", range)
        let missing =
            arrays.dimensions(of: "missing_go_to_left") == nil
            ? nil : try arrays.integers("missing_go_to_left", range)
        return features.indices.map { node in
            guard features[node] >= 0 else { return .leaf(values[node]) }
            return .split(
                feature: Int(features[node]), threshold: thresholds[node], trueChild: Int(lefts[node]),
                falseChild: Int(rights[node]),
                missing: missing.map { MissingRule(.nan, goesToTrueChild: $0[node] != 0) } ?? .none)
        }
    }
}
