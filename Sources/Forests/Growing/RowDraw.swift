/// How often each row was drawn for a tree.
struct RowDraw {
    /// Fills `draws`, one count a row.
    static func draw(
        _ sampling: GrowingSettings.Sampling, rowCount: Int, random: inout SplitMix64,
        into draws: UnsafeMutablePointer<UInt8>
    ) {
        let wanted = max(Int((sampling.share * Double(rowCount)).rounded()), 1)
        draws.update(repeating: 0, count: rowCount)
        switch sampling {
        case .bootstrap:
            for _ in 0..<wanted {
                let row = random.next(below: rowCount)
                draws[row] = min(draws[row] + 1, NodeSum.largestDrawCount)
            }
        case .withoutReplacement:
            // A row is taken with the probability that the rest is needed for (Knuth, algorithm S).
            var missing = wanted
            for row in 0..<rowCount where random.next(below: rowCount - row) < missing {
                draws[row] = 1
                missing -= 1
            }
        }
    }
}

/// Draws the features of one node, each at most once.
struct FeatureDraw {
    private var features: [Int]
    private var drawn = 0
    private var random = SplitMix64(seed: 0)

    init(featureCount: Int) { features = Array(0..<featureCount) }

    /// Begins anew for a node. The seed of a node comes from its place in the tree, not from nodes before.
    mutating func begin(seed: UInt64) {
        for feature in features.indices { features[feature] = feature }
        drawn = 0
        random = SplitMix64(seed: seed)
    }

    /// The next feature; nil when all are drawn.
    mutating func next() -> Int? {
        guard drawn < features.count else { return nil }
        features.swapAt(drawn, drawn + random.next(below: features.count - drawn))
        drawn += 1
        return features[drawn - 1]
    }

    static func childSeed(_ seed: UInt64, isTrue: Bool) -> UInt64 {
        var random = SplitMix64(seed: seed ^ (isTrue ? 0x5851_F42D_4C95_7F2D : 0x1405_7B7E_F767_814F))
        return random.next()
    }
}
