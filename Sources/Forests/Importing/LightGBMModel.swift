internal import Foundation

/// LightGBM's text format, versions v2 to v4 (`GBDT::SaveModelToString`, `Tree::ToString`): lines
/// `key=value`, a header, then a section for each tree.
///
/// The prediction is the sum of the trees, their mean where the header says `average_output` (random
/// forests); shrinkage, DART's weights and the average of the training values are in the leaves.
struct LightGBMModel {
    private let file: ModelFile
    private let options: ImportOptions
    private var header: [String: String] = [:]

    /// Objectives whose prediction is what the trees make together.
    private static let plainObjectives: Set<String> = [
        "regression", "regression_l2", "regression_l1", "huber", "fair", "quantile", "mape", "custom", "none",
    ]
    private static let advice = "save the model again with booster.save_model"

    /// Reads the whole model.
    static func read(_ file: ModelFile, _ options: ImportOptions) throws -> ImportedModel {
        try file.data.withUnsafeBytes { bytes in
            var reader = LightGBMModel(file: file, options: options)
            return try reader.model(ModelText(bytes))
        }
    }

    /// - Parameter header: empty, or what another form of the model says in it.
    init(file: ModelFile, options: ImportOptions, header: [String: String] = [:]) {
        self.file = file
        self.options = options
        self.header = header
    }

    private mutating func model(_ lines: ModelText) throws -> ImportedModel {
        var lines = lines
        let isTree: (UnsafeRawBufferPointer) -> Bool = { $0.starts(with: "Tree=".utf8) }
        var line = lines.next()
        guard line?.text == "tree" else { throw file.refusal("LightGBM models begin with the line 'tree'") }
        line = lines.next()
        while let text = line, !isTree(text), !Self.isEnd(text) {
            let (key, value) = Self.entry(text)
            if !key.isEmpty { header[key] = value.text }
            line = lines.next()
        }
        var model = ImportedModel(builder: try builder())
        let count = try treeCount()
        var copies = IntervalBudget()
        var holdsCategories = false
        var number = 0
        while let text = line, isTree(text) {
            guard Self.entry(text).value.integer == number else {
                throw file.refusal("'\(text.text.prefix(20))' stands where tree \(number) should")
            }
            var section = LightGBMTree(number: number, file: file)
            line = lines.next()
            while let text = line, !isTree(text), !Self.isEnd(text) {
                let (key, value) = Self.entry(text)
                if !key.isEmpty { try section.take(key, value) }
                line = lines.next()
            }
            holdsCategories = holdsCategories || section.holdsCategories
            if number < count.taken {
                try section.append(to: &model.builder, copies: &copies)
            }
            number += 1
        }
        guard line != nil else {
            throw file.refusal(
                "truncated in or after tree \(number - 1), 'end of trees' is missing: copy it again")
        }
        guard number == count.inFile else {
            throw file.refusal("\(number) trees, but tree_sizes names \(count.inFile): \(Self.advice)")
        }
        while let text = lines.next() {
            if holdsCategories { try refuseCodes(text) }
        }
        model.notes = notes(model.builder, copies)
        return model
    }

    private static func isEnd(_ line: UnsafeRawBufferPointer) -> Bool {
        line.starts(with: "end of trees".utf8) || line.starts(with: "feature importances".utf8)
    }

    static func entry(_ line: UnsafeRawBufferPointer) -> (key: String, value: UnsafeRawBufferPointer) {
        guard let sign = line.firstIndex(of: UInt8(ascii: "=")) else {
            return (line.text, UnsafeRawBufferPointer(rebasing: line[line.count...]))
        }
        return (
            UnsafeRawBufferPointer(rebasing: line[..<sign]).text,
            UnsafeRawBufferPointer(rebasing: line[(sign + 1)...])
        )
    }

    /// A forest without trees yet, if the header is that of a regression.
    func builder() throws -> ForestBuilder {
        let version = header["version"] ?? "(none)"
        guard ["v2", "v3", "v4"].contains(version) else {
            throw file.refusal("LightGBM text of version \(version): versions v2, v3 and v4 are known")
        }
        for key in ["num_class", "num_tree_per_iteration"] {
            guard let count = Int(header[key] ?? "") else { throw file.refusal("the header has no \(key)") }
            guard count == 1 else {
                throw file.refusal(
                    "the model has several outputs (\(key) \(count)): train one model for each")
            }
        }
        try refuseTransformations()
        guard let last = Int(header["max_feature_idx"] ?? ""), (0...65_535).contains(last) else {
            throw file.refusal("the header has no max_feature_idx that makes sense: \(Self.advice)")
        }
        let names = header["feature_names"]?.split(separator: " ").map(String.init)
        let features = try FeatureAgreement(path: file.path, namesInFile: names, count: last + 1)
            .features(named: options.features)
        let isMean = header.keys.contains("average_output")
        return ForestBuilder(
            features: features, target: options.target, aggregation: isMean ? .mean : .sum,
            provenance: file.provenance(
                importer: "lightgbm",
                [
                    "format": "LightGBM text \(version)", "objective": objective,
                    "score": options.takesRawScore ? "raw" : "final",
                ]))
    }

    private var objective: String { header["objective"] ?? "custom" }

    private func refuseTransformations() throws {
        guard !options.takesRawScore else { return }
        let words = objective.split(separator: " ").map(String.init)
        guard let name = words.first, Self.plainObjectives.contains(name), !words.contains("sqrt") else {
            throw file.refusal(
                "objective '\(objective)' transforms the sum of the trees, or is no regression: train a "
                    + "regression, or take the raw sum with --raw-score")
        }
    }

    /// Trees in the file, and those that are wanted.
    private func treeCount() throws -> (inFile: Int, taken: Int) {
        guard let sizes = header["tree_sizes"] else {
            throw file.refusal("the header has no tree_sizes: \(Self.advice)")
        }
        let count = sizes.split(separator: " ").count
        return (count, try taken(of: count))
    }

    /// How many of the trees are wanted.
    func taken(of count: Int) throws -> Int {
        guard let rounds = options.rounds else { return count }
        guard rounds >= 1, rounds <= count else {
            throw file.refusal("\(rounds) rounds were asked for, the model has \(count)")
        }
        return rounds
    }

    /// pandas gives categories numbers of its own, which are not the values of a covariate.
    private func refuseCodes(_ line: UnsafeRawBufferPointer) throws {
        let key = "pandas_categorical:"
        guard line.starts(with: key.utf8) else { return }
        try refuseCodes(String(line.text.dropFirst(key.count)))
    }

    func refuseCodes(_ list: String) throws {
        guard ["null", "[]"].contains(list.trimmingCharacters(in: .whitespaces)) else {
            throw file.refusal(
                "categorical splits on pandas' own codes (pandas_categorical \(list.prefix(60))), which are "
                    + "not the covariate's values: train on whole numbers with categorical_feature=")
        }
    }

    func notes(_ builder: ForestBuilder, _ copies: IntervalBudget) -> [String] {
        var notes = copies.notes(builder.features)
        if header["objective"] == nil {
            notes.append("no objective is named: the prediction is taken to be what the trees make together")
        }
        if builder.hasMissingRules {
            notes.append(
                "a missing predictor gives a prediction, as in LightGBM (where none was missing in training, "
                    + "it counts as 0)")
        }
        return notes
    }
}
