/// A split that asks in which interval of the real line a value lies: a set of categories, or a zero that
/// counts as missing between values that do not.
struct IntervalSplit {
    /// The values above the region before, up to and including `upper`.
    struct Region: Equatable {
        let upper: Float
        let goesToTrueChild: Bool
    }

    let feature: Int
    /// Ascending; neighbours differ in their side, and the last one has no end.
    let regions: [Region]
    let trueChild: Int
    let falseChild: Int
    let missingGoesToTrueChild: Bool

    /// Empty regions are left out, and neighbours on one side become one.
    init(
        feature: Int, regions: [Region], trueChild: Int, falseChild: Int, missingGoesToTrueChild: Bool
    ) {
        self.feature = feature
        self.regions = Self.merged(regions)
        self.trueChild = trueChild
        self.falseChild = falseChild
        self.missingGoesToTrueChild = missingGoesToTrueChild
    }

    /// A set of categories: whole numbers, of which values are cut to.
    ///
    /// - Parameters:
    ///   - categories: ascending, not negative.
    ///   - zeroFromMinusOne: whether everything above -1 is category 0, as truncation has it (LightGBM), or
    ///     only what is not negative (XGBoost).
    ///   - areTrue: whether the set goes to the true child, or all the rest.
    init(
        feature: Int, categories: [Int], zeroFromMinusOne: Bool, areTrue: Bool, trueChild: Int,
        falseChild: Int, missingGoesToTrueChild: Bool
    ) {
        var regions: [Region] = []
        func below(_ category: Int) -> Float {
            category == 0 && zeroFromMinusOne
                ? -1 : ForestBuilder.deciding(Double(category), .less) ?? -.infinity
        }
        for category in categories {
            regions.append(Region(upper: below(category), goesToTrueChild: !areTrue))
            regions.append(Region(upper: below(category + 1), goesToTrueChild: areTrue))
        }
        regions.append(Region(upper: .infinity, goesToTrueChild: !areTrue))
        self.init(
            feature: feature, regions: regions, trueChild: trueChild, falseChild: falseChild,
            missingGoesToTrueChild: missingGoesToTrueChild)
    }

    /// A threshold beside which zeros and NaN take a side of their own (`MissingKind.zero`).
    init(
        feature: Int, threshold: Float, zeroGoesToTrueChild: Bool, trueChild: Int, falseChild: Int
    ) {
        let zero = MissingRule.zeroLimit
        let belowZero = (-zero).nextDown
        self.init(
            feature: feature,
            regions: [
                Region(upper: min(threshold, belowZero), goesToTrueChild: true),
                Region(upper: belowZero, goesToTrueChild: false),
                Region(upper: zero, goesToTrueChild: zeroGoesToTrueChild),
                Region(upper: threshold, goesToTrueChild: true),
                Region(upper: .infinity, goesToTrueChild: false),
            ], trueChild: trueChild, falseChild: falseChild, missingGoesToTrueChild: zeroGoesToTrueChild)
    }

    /// Those regions in which values above `lower` and up to `upper` can be.
    func regions(above lower: Float?, upTo upper: Float) -> [Region] {
        var kept: [Region] = []
        for region in regions {
            if let lower, region.upper <= lower { continue }
            let last = min(region.upper, upper)
            if let before = kept.last?.upper ?? lower, last <= before { break }
            kept.append(Region(upper: last, goesToTrueChild: region.goesToTrueChild))
        }
        return Self.merged(kept)
    }

    private static func merged(_ regions: [Region]) -> [Region] {
        var merged: [Region] = []
        for region in regions {
            // The first region reaches down to -inf, which is a value like others.
            if let last = merged.last, region.upper <= last.upper { continue }
            if merged.last?.goesToTrueChild == region.goesToTrueChild { merged.removeLast() }
            merged.append(region)
        }
        return merged
    }
}
