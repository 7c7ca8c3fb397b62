internal import Foundation

/// XGBoost's JSON models (`Learner::SaveModel`, since 1.0): the base score plus the sum of the trees of a
/// `gbtree` or, each tree times its weight, a `dart` booster.
///
/// A split sends `x < condition`, in float32, left, and a missing value where `default_left` says.
struct XGBoostModel {
    private let file: ModelFile
    private let options: ImportOptions

    private var booster = ""
    private var objective = ""
    private var baseScore = ""
    private var featureCount = -1
    private var classCount = 0
    private var targetCount = 1
    private var treeCount: Int?
    private var treesPerRound = 1
    private var featureNames: [String] = []
    private var outputs: [Int] = []
    private var weights: [Float]?
    private var bestIteration: Int?
    private var hasEncodedCategories = false
    private var version = ""
    /// Where the list of trees begins.
    private var treesPlace: Int?

    private static let advice = "save the model again with booster.save_model('model.json')"

    /// Reads the whole model: once for what stands around the trees, which is what they need, then the trees.
    static func read(_ file: ModelFile, _ options: ImportOptions) throws -> ImportedModel {
        try file.data.withUnsafeBytes { bytes in
            var model = XGBoostModel(file: file, options: options)
            var tree: Int?
            do {
                var scanner = JSONScanner(bytes)
                try scanner.forEachKey { try model.takeTop(&$0, $1) }
                return try model.imported(bytes, &tree)
            } catch let wrong as JSONScanner.Wrong {
                let place = tree.map { "tree \($0): " } ?? ""
                throw file.refusal(
                    "\(place)not JSON as XGBoost writes it at byte \(wrong.place) (\(wrong.detail)): "
                        + "truncated or changed by hand, \(advice)")
            }
        }
    }

    private init(file: ModelFile, options: ImportOptions) {
        self.file = file
        self.options = options
    }

    private mutating func takeTop(_ scanner: inout JSONScanner, _ key: String) throws {
        switch key {
        case "learner": try scanner.forEachKey { try takeLearner(&$0, $1) }
        case "version":
            version = try scanner.list { try $0.integer() }.map(String.init).joined(separator: ".")
        default: try scanner.skip()
        }
    }

    private mutating func takeLearner(_ scanner: inout JSONScanner, _ key: String) throws {
        switch key {
        case "feature_names": featureNames = try scanner.list { try $0.string() }
        case "gradient_booster": try scanner.forEachKey { try takeBooster(&$0, $1) }
        case "objective":
            try scanner.forEachKey {
                if $1 == "name" { objective = try $0.string() } else { try $0.skip() }
            }
        case "attributes":
            try scanner.forEachKey {
                guard $1 == "best_iteration" else { return try $0.skip() }
                bestIteration = Int32(try $0.string()).map { max(0, Int($0)) }
            }
        case "learner_model_param":
            try scanner.forEachKey {
                switch $1 {
                case "base_score": baseScore = try $0.string()
                case "num_feature": featureCount = Int(try $0.string()) ?? -1
                case "num_class": classCount = Int(try $0.string()) ?? -1
                case "num_target": targetCount = Int(try $0.string()) ?? -1
                default: try $0.skip()
                }
            }
        default: try scanner.skip()
        }
    }

    private mutating func takeBooster(_ scanner: inout JSONScanner, _ key: String) throws {
        switch key {
        case "name": booster = try scanner.string()
        case "model": try scanner.forEachKey { try takeModel(&$0, $1) }
        // DART wraps a gbtree.
        case "gbtree": try scanner.forEachKey { try takeWrapped(&$0, $1) }
        case "weight_drop": weights = try scanner.list { try $0.float() }
        default: try scanner.skip()
        }
    }

    private mutating func takeWrapped(_ scanner: inout JSONScanner, _ key: String) throws {
        guard key == "model" else { return try scanner.skip() }
        try scanner.forEachKey { try takeModel(&$0, $1) }
    }

    private mutating func takeModel(_ scanner: inout JSONScanner, _ key: String) throws {
        switch key {
        case "gbtree_model_param":
            try scanner.forEachKey {
                switch $1 {
                case "num_trees": treeCount = Int(try $0.string())
                case "num_parallel_tree": treesPerRound = max(1, Int(Int32(try $0.string()) ?? 1))
                default: try $0.skip()
                }
            }
        case "tree_info": outputs = try scanner.list { try $0.integer() }
        case "trees":
            _ = try scanner.peek()
            treesPlace = scanner.place
            try scanner.skip()
        case "cats":
            try scanner.forEachKey {
                guard $1 == "enc" else { return try $0.skip() }
                try $0.forEachElement {
                    hasEncodedCategories = true
                    try $0.skip()
                }
            }
        default: try scanner.skip()
        }
    }

    private func imported(_ bytes: UnsafeRawBufferPointer, _ tree: inout Int?) throws -> ImportedModel {
        try refuseWhatIsNoRegression()
        guard let treesPlace, let treeCount else {
            throw file.refusal("no list of trees where XGBoost has it: \(Self.advice)")
        }
        guard (1...65_536).contains(featureCount) else {
            throw file.refusal("num_feature is missing or wrong: \(Self.advice)")
        }
        let features = try FeatureAgreement(
            path: file.path, namesInFile: featureNames.isEmpty ? nil : featureNames, count: featureCount
        ).features(named: options.features)
        var builder = ForestBuilder(
            features: features, target: options.target, aggregation: .sum, base: try base(),
            provenance: file.provenance(
                importer: "xgboost",
                [
                    "format": "XGBoost \(version) JSON, \(booster)", "objective": objective,
                    "score": options.takesRawScore ? "raw" : "final",
                ]))
        let wanted = try wantedTreeCount(treeCount)
        var copies = IntervalBudget()
        var scanner = JSONScanner(bytes, at: treesPlace)
        var number = 0
        var holdsCategories = false
        try scanner.forEachElement {
            tree = number
            if number < wanted {
                let read = try XGBoostTree(
                    &$0, number: number, file: file, weight: try weight(ofTree: number))
                holdsCategories = holdsCategories || read.holdsCategories
                try read.append(to: &builder, copies: &copies)
            } else {
                try $0.skip()
            }
            number += 1
        }
        tree = nil
        guard number == treeCount else {
            throw file.refusal("\(number) trees, but num_trees is \(treeCount): \(Self.advice)")
        }
        if holdsCategories, hasEncodedCategories {
            throw file.refusal(
                "categorical splits on a data frame's own codes (cats), which are not the covariate's "
                    + "values: train on whole numbers with feature_types 'c'")
        }
        return ImportedModel(builder: builder, notes: notes(builder, copies, wanted))
    }

    private func weight(ofTree number: Int) throws -> Float {
        guard booster == "dart" else { return 1 }
        guard let weights, number < weights.count else {
            throw file.refusal("tree \(number): weight_drop has no weight for it: \(Self.advice)")
        }
        return weights[number]
    }

    private func wantedTreeCount(_ count: Int) throws -> Int {
        guard let rounds = options.rounds else { return count }
        guard rounds >= 1, rounds <= count / treesPerRound else {
            throw file.refusal("\(rounds) rounds were asked for, the model has \(count / treesPerRound)")
        }
        return rounds * treesPerRound
    }

    private func refuseWhatIsNoRegression() throws {
        guard booster == "gbtree" || booster == "dart" else {
            throw file.refusal(
                booster.isEmpty
                    ? "no model as XGBoost writes it: \(Self.advice)"
                    : "booster '\(booster)' is no forest: train with gbtree or dart")
        }
        guard classCount == 0 || classCount == 1, targetCount == 1, outputs.allSatisfy({ $0 == 0 }) else {
            throw file.refusal(
                "the model has several outputs (num_class \(classCount), num_target \(targetCount)): train "
                    + "one model for each")
        }
        guard let objective = XGBoostObjective(name: objective) else {
            throw file.refusal("objective '\(objective)' is not known: train a regression (reg:squarederror)")
        }
        guard objective.isPlain || options.takesRawScore else {
            throw file.refusal(
                "objective '\(self.objective)' transforms the sum of the trees, or is no regression: train "
                    + "with reg:squarederror, or take the raw sum with --raw-score")
        }
    }

    /// What is added to the trees. Newer versions write a list in a text.
    private func base() throws -> Double {
        let text = baseScore.trimmingCharacters(in: CharacterSet(charactersIn: "[] "))
        guard let score = Float(text), score.isFinite, let objective = XGBoostObjective(name: objective),
            let base = objective.margin(ofScore: score)
        else {
            throw file.refusal(
                "base_score '\(baseScore.prefix(40))' is not one number that \(objective) allows: "
                    + Self.advice)
        }
        return base
    }

    private func notes(_ builder: ForestBuilder, _ copies: IntervalBudget, _ taken: Int) -> [String] {
        var notes = copies.notes(builder.features)
        if let bestRounds = bestIteration.map({ $0 + 1 }), options.rounds == nil,
            taken / treesPerRound > bestRounds
        {
            notes.append(
                "training stopped early: XGBRegressor predicts with the first \(bestRounds) rounds, "
                    + "all \(taken / treesPerRound) were taken (--rounds \(bestRounds) takes fewer)")
        }
        if featureNames.isEmpty {
            notes.append("the file names no features: check that --features is in the model's order")
        }
        if builder.hasMissingRules {
            notes.append("a missing predictor gives a prediction, as in XGBoost")
        }
        return notes
    }
}
