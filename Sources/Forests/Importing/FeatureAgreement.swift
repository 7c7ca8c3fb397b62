/// The names of a model's inputs: those in its file against those that the user gives.
struct FeatureAgreement {
    /// The model's file, for errors.
    let path: String
    /// In model order; nil where the format leaves them out.
    let namesInFile: [String]?
    let count: Int

    /// The features in model order: the user's, if they are the same in the same order, else the file's.
    func features(named: [Forest.Feature]) throws -> [Forest.Feature] {
        let own = namesInFile ?? (0..<count).map { "f\($0)" }
        guard own.count == count else {
            throw refusal("\(own.count) feature names for \(count) features: save the model again")
        }
        guard count <= ForestNode.featureLimit else {
            throw refusal("\(count) features: a forest has at most \(ForestNode.featureLimit)")
        }
        if let twice = Dictionary(grouping: own, by: \.self).first(where: { $0.value.count > 1 })?.key {
            throw refusal("two features are called '\(twice)': rename one and train again")
        }
        guard !named.isEmpty else { return own.map { Forest.Feature(name: $0, unit: "") } }
        guard named.count == count else {
            throw refusal("the model takes \(count) features, but \(named.count) were named")
        }
        guard let names = namesInFile, !arePlaceholders else { return named }
        for (place, (own, given)) in zip(names, named).enumerated() where !Self.agree(own, given.name) {
            let isElsewhere = names.contains { Self.agree($0, given.name) }
            throw refusal(
                "feature \(place + 1) is '\(own)' in the model, but '\(given.name)' was named"
                    + (isElsewhere ? ": keep the model's order" : ": name the model's own features"))
        }
        return named
    }

    private func refusal(_ detail: String) -> ForestError { .unsupported(path: path, detail: detail) }

    /// `Column_0`, `Column_1`, … or `f0`, `f1`, …: what libraries write when they were told no names.
    private var arePlaceholders: Bool {
        guard let names = namesInFile else { return true }
        return ["Column_", "f", "x", "feature_"].contains { prefix in
            names.enumerated().allSatisfy { $0.element == "\(prefix)\($0.offset)" }
        }
    }

    /// LightGBM writes spaces in names as underscores.
    private static func agree(_ own: String, _ given: String) -> Bool {
        own == given || own == String(given.map { $0.isWhitespace ? "_" : $0 })
    }
}
