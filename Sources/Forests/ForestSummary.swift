internal import Foundation

/// What `tilth forest inspect` prints about a forest.
public struct ForestSummary: CustomStringConvertible, Sendable {
    private let forest: Forest

    public init(_ forest: Forest) { self.forest = forest }

    public var description: String {
        var lines = [
            "target        \(named(forest.target))",
            "trees         \(forest.treeCount), \(forest.isMean ? "averaged" : "added")",
            "nodes         \(forest.nodeCount), of which \(forest.leafCount) leaves",
            "depth         \(forest.maximumDepth) splits at most",
            "predictions   \(forest.valueRange.lowerBound) to \(forest.valueRange.upperBound)",
            "resolution    \(String(format: "%.1e", forest.header.quantum)) (one step of a leaf)",
            "missing       \(missing)",
            "file          \(forest.byteCount) bytes, version \(ForestHeader.version)",
            "digest        \(forest.digest)",
            "features      \(forest.features.count)",
        ]
        let splitCounts = splitCountOfFeature
        for (number, feature) in forest.features.enumerated() {
            let use = splitCounts[number] == 0 ? "not used" : "\(splitCounts[number]) splits"
            lines.append("  \(number + 1). \(named(feature)): \(use)")
        }
        lines += section("provenance", forest.provenance) + section("derivations", forest.derivations)
        return lines.joined(separator: "\n")
    }

    private var missing: String {
        forest.handlesMissing
            ? "splits say where missing values go" + (forest.takesZeroForMissing ? ", zeros among them" : "")
            : "a missing predictor gives a missing prediction"
    }

    /// How many splits look at each feature.
    public var splitCountOfFeature: [Int] {
        var counts = [Int](repeating: 0, count: forest.features.count)
        for node in forest.nodes { counts[node.feature] += 1 }
        return counts
    }

    private func named(_ feature: Forest.Feature) -> String {
        feature.unit.isEmpty ? feature.name : "\(feature.name) [\(feature.unit)]"
    }

    private func section(_ title: String, _ entries: [String: String]) -> [String] {
        entries.isEmpty ? [] : [title] + entries.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    }
}

extension Forest {
    /// The values at which splits look at a feature, each once, ascending: what the forest can tell apart.
    /// Empty for a feature that it does not have.
    public func splitThresholds(of name: String) -> [Float] {
        features.firstIndex { $0.name == name }.map { Array(thresholds(ofFeature: $0)) } ?? []
    }
}
