/// How much the splits on each feature reduce the variance of the target: scikit-learn's
/// `feature_importances_`.
///
/// A split of weight w into wl and wr reduces the sum of squares by w v - wl vl - wr vr; a tree sums that by
/// feature and divides by its total; the forest takes the mean of the trees that have a split. It favours
/// features with many values and says nothing about unseen rows: permutation importance does.
struct ImpurityImportance {
    private var sums: [Double]
    private var treeCount = 0

    init(featureCount: Int) { sums = Array(repeating: 0, count: featureCount) }

    /// Adds a tree by what its splits reduce. Trees come in the order of their numbers, so that rounding
    /// does not depend on threads.
    mutating func add(_ reductions: [Double]) {
        let total = reductions.reduce(0, +)
        guard total > 0 else { return }
        treeCount += 1
        for feature in sums.indices { sums[feature] += reductions[feature] / total }
    }

    /// Sums to 1; all 0 when no tree has a split.
    var shares: [Double] {
        let total = sums.reduce(0, +)
        return total > 0 ? sums.map { $0 / total } : sums
    }
}
