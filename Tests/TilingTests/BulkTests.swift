import Testing
import Tiling

@Suite struct BulkTests {
    @Test func nineTenthsInTheMiddle() {
        let values = (0..<100).map(Float.init) + [.nan]
        #expect(Bulk(of: values.shuffled()) == Bulk(low: 5, high: 94))
        #expect(Bulk(of: (0..<49).map(Float.init)) == nil, "too few")
        #expect(Bulk(low: 1, high: 3).union(Bulk(low: 2, high: 5)) == Bulk(low: 1, high: 5))
    }

    /// What is known, what is found, and what is said of it.
    @Test(
        arguments: [
            // Clay in percent as a fraction, and in per mille; temperatures in kelvin a thousand times less.
            (Bulk(low: 8, high: 50), Bulk(low: 0.05, high: 0.45), "about 100 times smaller"),
            (Bulk(low: 8, high: 50), Bulk(low: 5000, high: 45_000), "about 1000 times larger"),
            (Bulk(low: 270, high: 310), Bulk(low: 0.27, high: 0.3), "about 1000 times smaller"),
            (Bulk(low: -310, high: -270), Bulk(low: -0.3, high: -0.27), "about 1000 times smaller"),
            // Ten times is nature's, too.
            (Bulk(low: 8, high: 50), Bulk(low: 0.8, high: 4), nil),
            // A desert, a flat coast, a frost: what reaches zero, or far, keeps to no magnitude.
            (Bulk(low: 0.02, high: 16), Bulk(low: 0, high: 0.0001), nil),
            (Bulk(low: 8, high: 50), Bulk(low: 0, high: 0), nil),
            (Bulk(low: 12, high: 2400), Bulk(low: 0.1, high: 1), nil),
            (Bulk(low: -5, high: 30), Bulk(low: -0.02, high: 0.01), nil),
            (Bulk(low: 8, high: 50), Bulk(low: -40, high: -2), nil),
        ] as [(Bulk, Bulk, String?)])
    func whatContradicts(known: Bulk, found: Bulk, words: String?) {
        #expect(known.contradiction(by: found, gap: Bulk.forestGap) == words)
    }
}
