/// The best split of one node so far.
///
/// scikit-learn maximises `sl^2 / wl + sr^2 / wr` of the sums s and weights w on both sides. That is, up to
/// what is the same for all splits of the node, `(sl w - s wl)^2 / (wl wr)`: one fraction, which is compared
/// with another by multiplying crosswise, so that nothing is divided. The first of equal splits stays.
struct SplitSearch {
    let sum: NodeSum
    let minimumLeafRows: Int
    let steps: Double
    let draws: Double
    var numerator = -1.0
    var denominator = 1.0
    private(set) var split: Split?

    /// Parts codes up to `code` from those from `next` on; no row in the node has a code between them.
    struct Split {
        let feature: Int
        let code: UInt32
        let next: UInt32
        /// The sum of the true side.
        let trueSum: NodeSum
    }

    @inline(__always)
    init(_ sum: NodeSum, minimumLeafRows: Int) {
        self.sum = sum
        self.minimumLeafRows = minimumLeafRows
        steps = Double(sum.steps)
        draws = Double(sum.draws)
    }

    /// The gain of a true side, as a fraction.
    @inline(__always)
    func gain(_ trueSum: NodeSum) -> (numerator: Double, denominator: Double) {
        let trueDraws = Double(trueSum.draws)
        let difference = Double(trueSum.steps) * draws - steps * trueDraws
        return (difference * difference, trueDraws * (draws - trueDraws))
    }

    @inline(__always)
    mutating func accept(_ split: Split, numerator: Double, denominator: Double) {
        self.split = split
        self.numerator = numerator
        self.denominator = denominator
    }
}
