/// What a feature is worth, in two ways that answer different questions.
public struct FeatureImportance: Hashable, Sendable {
    /// A mean over repeats and its standard deviation (divided by n - 1).
    public struct Figure: Hashable, Sendable {
        public let mean: Double
        public let deviation: Double

        init(_ values: [Double]) {
            let moments = Moments(values)
            mean = moments.mean
            deviation = values.count > 1 ? moments.sampleVariance.squareRoot() : 0
        }
    }

    public let feature: String
    /// Share of the variance that splits on it explain in training, mean of the splits of the experiment;
    /// all features sum to 1.
    public let impurity: Double
    /// How much R2 of the held-out rows falls when its column is shuffled; nil when not asked for.
    public let r2Decrease: Figure?
    /// How much their mean square error rises.
    public let squareErrorIncrease: Figure?
}
