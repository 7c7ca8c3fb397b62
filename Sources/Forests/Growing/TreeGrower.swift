/// Grows one tree from binned features.
struct TreeGrower {
    let features: [BinnedFeature]
    let targets: [Double]
    let featuresPerSplit: Int
    let minimumLeafRowCount: Int
    var random: SplitMix64

    /// The rows of the tree, a row as often as it was drawn; each node owns a range.
    private var rows: [Int32] = []
    private var nodes: [ForestBuilder.Node] = []
    private var histogram: [Bin]
    private var candidates: [Int]

    private struct Bin {
        var count = 0
        var sum = 0.0
    }

    private struct Split {
        let feature: Int
        let bin: Int
        let gain: Double
    }

    init(
        features: [BinnedFeature], targets: [Double], featuresPerSplit: Int, minimumLeafRowCount: Int,
        random: SplitMix64
    ) {
        self.features = features
        self.targets = targets
        self.featuresPerSplit = featuresPerSplit
        self.minimumLeafRowCount = minimumLeafRowCount
        self.random = random
        histogram = Array(repeating: Bin(), count: 256)
        candidates = Array(features.indices)
    }

    /// Draws rows and grows until no split helps; node 0 is the root.
    mutating func grow(rowShare: Double, withReplacement: Bool) -> [ForestBuilder.Node] {
        draw(max(Int((Double(targets.count) * rowShare).rounded()), 1), withReplacement: withReplacement)
        nodes = [.leaf(0)]
        var waiting = [(node: 0, range: 0..<rows.count)]
        while let (node, range) = waiting.popLast() {
            let sum = rows[range].reduce(0.0) { $0 + targets[Int($1)] }
            guard let split = bestSplit(range, sum: sum) else {
                nodes[node] = .leaf(sum / Double(range.count))
                continue
            }
            let middle = partition(range, split)
            let trueChild = nodes.count
            nodes[node] = .split(
                feature: split.feature, threshold: Double(features[split.feature].edges[split.bin]),
                trueChild: trueChild, falseChild: trueChild + 1)
            nodes += [.leaf(0), .leaf(0)]
            waiting.append((trueChild + 1, middle..<range.upperBound))
            waiting.append((trueChild, range.lowerBound..<middle))
        }
        return nodes
    }

    private mutating func draw(_ count: Int, withReplacement: Bool) {
        if withReplacement {
            rows = (0..<count).map { _ in Int32(random.next(below: targets.count)) }
        } else {
            var all = (0..<Int32(targets.count)).map { $0 }
            for place in 0..<count { all.swapAt(place, place + random.next(below: all.count - place)) }
            rows = Array(all.prefix(count))
        }
        // Ascending rows read the columns forward.
        rows.sort()
    }

    /// The split that reduces the variance most, among a few features drawn at random. Features with a
    /// single value in this node are drawn past, as long as others are left.
    private mutating func bestSplit(_ range: Range<Int>, sum: Double) -> Split? {
        guard range.count >= 2 * minimumLeafRowCount else { return nil }
        var best: Split?
        var examined = 0
        for place in candidates.indices where examined < featuresPerSplit {
            candidates.swapAt(place, place + random.next(below: candidates.count - place))
            let feature = candidates[place]
            guard fillHistogram(feature, range) else { continue }
            examined += 1
            if let split = bestSplit(of: feature, range, sum: sum), split.gain > best?.gain ?? 0 {
                best = split
            }
        }
        return best
    }

    /// Counts and sums per bin; false if all rows lie in one bin.
    private mutating func fillHistogram(_ feature: Int, _ range: Range<Int>) -> Bool {
        let binCount = features[feature].binCount
        for bin in 0..<binCount { histogram[bin] = Bin() }
        features[feature].bins.withUnsafeBufferPointer { bins in
            targets.withUnsafeBufferPointer { targets in
                histogram.withUnsafeMutableBufferPointer { histogram in
                    rows.withUnsafeBufferPointer { rows in
                        for place in range {
                            let row = Int(rows[place])
                            let bin = Int(bins[row])
                            histogram[bin].count += 1
                            histogram[bin].sum += targets[row]
                        }
                    }
                }
            }
        }
        let first = Int(features[feature].bins[Int(rows[range.lowerBound])])
        return histogram[first].count < range.count
    }

    private func bestSplit(of feature: Int, _ range: Range<Int>, sum: Double) -> Split? {
        let whole = sum * sum / Double(range.count)
        // Below this a gain is rounding, and a node of equal targets would be split for nothing.
        var bestGain = 1e-12 * abs(whole)
        var bestBin: Int?
        var left = Bin()
        for bin in 0..<features[feature].edges.count {
            guard histogram[bin].count > 0 else { continue }
            left.count += histogram[bin].count
            left.sum += histogram[bin].sum
            let rightCount = range.count - left.count
            guard rightCount >= minimumLeafRowCount else { break }
            guard left.count >= minimumLeafRowCount else { continue }
            let rightSum = sum - left.sum
            let gain =
                left.sum * left.sum / Double(left.count) + rightSum * rightSum / Double(rightCount) - whole
            if gain > bestGain {
                bestGain = gain
                bestBin = bin
            }
        }
        return bestBin.map { Split(feature: feature, bin: $0, gain: bestGain) }
    }

    /// Moves the rows of the true side to the front, both sides in their order, and says where the false
    /// side begins.
    private mutating func partition(_ range: Range<Int>, _ split: Split) -> Int {
        let bins = features[split.feature].bins
        var falseRows: [Int32] = []
        var place = range.lowerBound
        for number in range {
            let row = rows[number]
            if Int(bins[Int(row)]) <= split.bin {
                rows[place] = row
                place += 1
            } else {
                falseRows.append(row)
            }
        }
        rows.replaceSubrange(place..<range.upperBound, with: falseRows)
        return place
    }
}
