/// How a forest is grown. Products differ in little else.
public struct GrowingSettings: Hashable, Sendable {
    /// Features that a split chooses from.
    public enum FeatureShare: Hashable, Sendable {
        /// So many of them.
        case count(Int)
        /// This share of them, rounded down, at least one: scikit-learn's `max_features` below 1.
        case fraction(Double)

        /// Every feature.
        public static let all = FeatureShare.fraction(1)

        func count(of features: Int) -> Int {
            switch self {
            case .count(let count): min(count, features)
            case .fraction(let fraction): max(Int(fraction * Double(features)), 1)
            }
        }
    }

    /// Rows that a tree learns from.
    public enum Sampling: Hashable, Sendable {
        /// As many draws as this share of the rows; a row can be drawn more than once.
        case bootstrap(share: Double = 1)
        /// This share of the rows, each at most once.
        case withoutReplacement(share: Double)

        var share: Double {
            switch self {
            case .bootstrap(let share), .withoutReplacement(let share): share
            }
        }
    }

    /// Thresholds that a split may choose.
    public enum Splits: Hashable, Sendable {
        /// Halfway between any two neighbouring values of the rows in a node.
        case exact
        /// Edges of so many classes of about equally many rows, 2 to 256.
        case histogram(bins: Int = 256)
    }

    /// What a drawn feature with a single value in a node means.
    public enum ConstantFeatures: Hashable, Sendable {
        /// It was drawn, as scikit-learn counts: more are drawn only while all drawn ones were constant.
        case count
        /// It is drawn past, as Smile (and so Earth Engine) permutes only what varies.
        case drawPast
    }

    /// Trees in the forest.
    public var treeCount = 100
    /// Features that a split chooses from.
    public var featuresPerSplit = FeatureShare.all
    /// Different rows that each side of a split must keep: scikit-learn's `min_samples_leaf`.
    public var minimumLeafRows = 1
    /// Rows that a tree learns from.
    public var sampling = Sampling.bootstrap()
    /// Thresholds that a split may choose.
    public var splits = Splits.exact
    /// What a drawn feature with a single value in a node means.
    public var constantFeatures = ConstantFeatures.count
    /// What all randomness comes from.
    public var seed: UInt64 = 0
    /// Threads that grow trees, a tree each. They never change the forest.
    public var threadCount = 1
    /// Whether rows that a tree did not learn from test it.
    public var scoresOutOfBag = true

    public init() {}

    /// The GSSM1km forest as Earth Engine's Smile grows it: 20 trees, leaves of one row, four variables a
    /// split, half of the rows without replacement, seed 0.
    public static var gssm1km: GrowingSettings {
        var settings = GrowingSettings()
        settings.treeCount = 20
        settings.featuresPerSplit = .count(4)
        settings.sampling = .withoutReplacement(share: 0.5)
        settings.constantFeatures = .drawPast
        return settings
    }

    /// Refuses settings that no forest can have.
    func validate(featureCount: Int, rowCount: Int) throws {
        guard treeCount > 0 else { throw GrowingError.settings("\(treeCount) trees: at least 1") }
        switch featuresPerSplit {
        case .count(let count):
            guard (1...featureCount).contains(count) else {
                throw GrowingError.settings(
                    "\(count) features per split: 1 to \(featureCount), the number of features")
            }
        case .fraction(let fraction):
            guard fraction > 0, fraction <= 1 else {
                throw GrowingError.settings(
                    "\(fraction) of the features per split: above 0, at most 1")
            }
        }
        guard sampling.share > 0, sampling.share <= 1 else {
            throw GrowingError.settings("\(sampling.share) of the rows per tree: above 0, at most 1")
        }
        if case .histogram(let bins) = splits, !(2...256).contains(bins) {
            throw GrowingError.settings("\(bins) bins: 2 to 256")
        }
        guard minimumLeafRows > 0 else {
            throw GrowingError.settings("leaves of \(minimumLeafRows) rows: at least 1")
        }
        guard rowCount >= minimumLeafRows else {
            throw GrowingError.fewRows(count: rowCount, minimumLeafRows: minimumLeafRows)
        }
    }
}
