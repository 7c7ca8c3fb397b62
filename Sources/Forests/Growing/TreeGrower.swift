/// Grows one tree after another on one thread: draws rows, splits nodes, and has the rows that were not
/// drawn predicted as they come along.
///
/// Nodes of many rows are lists of rows (`NodeRows`), nodes of few rows are sorted by every feature
/// (`NodePatch`). Both find the same splits.
final class TreeGrower {
    private let table: CodedTable
    private let settings: GrowingSettings
    private let featuresPerSplit: Int
    private let patchCapacity: Int
    private let list: NodeRows
    private let patch: NodePatch
    private let draws: ScratchBuffer<UInt8>
    /// Whether rows that the tree did not learn from go along.
    private let hasSpares: Bool
    /// Rows that were not drawn, a range for each node, as `list` keeps the drawn ones.
    private let spares: ScratchBuffer<UInt32>
    private var features: FeatureDraw
    private var nodes: [ForestBuilder.Node] = []
    private var waiting: [Branch] = []
    private(set) var outOfBag: OutOfBag
    /// By feature, how much the splits of the last tree reduce the sum of squares, in steps of the target.
    private(set) var reductions: [Double] = []

    /// A node that has yet to be split or to become a leaf.
    private struct Branch {
        let node: Int
        /// In the list, or in the patch.
        var rows: Range<Int>
        let spares: Range<Int>
        let sum: NodeSum
        let seed: UInt64
        var isInPatch = false
        /// A feature whose order in the patch was kept.
        var feature = 0
    }

    init(_ table: CodedTable, settings: GrowingSettings, patchCapacity: Int) {
        self.table = table
        self.settings = settings
        self.patchCapacity = patchCapacity
        featuresPerSplit = settings.featuresPerSplit.count(of: table.features.count)
        list = NodeRows(table, minimumLeafRows: settings.minimumLeafRows)
        patch = NodePatch(table, minimumLeafRows: settings.minimumLeafRows, capacity: patchCapacity)
        draws = ScratchBuffer(count: table.learnedCount)
        hasSpares = settings.scoresOutOfBag || !table.held.isEmpty
        spares = ScratchBuffer(count: hasSpares ? table.rowCount : 0)
        features = FeatureDraw(featureCount: table.features.count)
        outOfBag = OutOfBag(rowCount: hasSpares ? table.rowCount : 0)
    }

    /// The tree of a number: its nodes, the root first. Its randomness comes from the seed and its number.
    func grow(_ number: Int) -> [ForestBuilder.Node] {
        var random = Self.random(seed: settings.seed, tree: number)
        nodes = [.leaf(0)]
        reductions = Array(repeating: 0, count: table.features.count)
        waiting = [drawRoot(&random)]
        while let branch = waiting.popLast() {
            var branch = branch
            if !branch.isInPatch, branch.rows.count <= patchCapacity {
                patch.load(
                    list.rows.base + branch.rows.lowerBound, count: branch.rows.count,
                    shares: list.shares.base)
                branch.rows = 0..<branch.rows.count
                branch.isInPatch = true
            }
            if let split = bestSplit(branch) { divide(branch, split) } else { settle(branch) }
        }
        return nodes
    }

    /// What draws the rows of a tree, and then the seed of its root.
    static func random(seed: UInt64, tree: Int) -> SplitMix64 {
        var random = SplitMix64(seed: seed &+ UInt64(tree) &* 0x632B_E59B_D9B4_E019)
        return SplitMix64(seed: random.next())
    }

    private func drawRoot(_ random: inout SplitMix64) -> Branch {
        RowDraw.draw(
            settings.sampling, rowCount: table.learnedCount, random: &random, into: draws.base)
        var (drawn, spare, sum) = (0, 0, NodeSum())
        for number in 0..<table.learnedCount {
            let row = table.learnedRow(number)
            let count = Int(draws.base[number])
            if count > 0 {
                let share = RowShare(steps: table.targetSteps[row], draws: count)
                list.shares.base[row] = share
                list.rows.base[drawn] = UInt32(row)
                drawn += 1
                sum &+= NodeSum(share)
            } else if settings.scoresOutOfBag {
                spares.base[spare] = UInt32(row)
                spare += 1
            }
        }
        for row in table.held {
            spares.base[spare] = row
            spare += 1
        }
        return Branch(node: 0, rows: 0..<drawn, spares: 0..<spare, sum: sum, seed: random.next())
    }

    private func bestSplit(_ branch: Branch) -> SplitSearch.Split? {
        guard branch.rows.count >= 2 * settings.minimumLeafRows, branch.rows.count > 1 else { return nil }
        let isPure =
            branch.isInPatch
            ? patch.isPure(branch.rows, feature: branch.feature) : list.isPure(branch.rows)
        guard !isPure else { return nil }
        var search = SplitSearch(branch.sum, minimumLeafRows: settings.minimumLeafRows)
        features.begin(seed: branch.seed)
        var (drawn, varying) = (0, 0)
        while drawn < featuresPerSplit || varying == 0, let feature = features.next() {
            let varies =
                branch.isInPatch
                ? patch.examine(feature, branch.rows, &search) : list.examine(feature, branch.rows, &search)
            if varies { varying += 1 }
            if varies || settings.constantFeatures == .count { drawn += 1 }
        }
        return search.split
    }

    private func divide(_ branch: Branch, _ split: SplitSearch.Split) {
        let cut = table.features[split.feature].cut(split.code, split.next, splits: settings.splits)
        let gain = SplitSearch(branch.sum, minimumLeafRows: 1).gain(split.trueSum)
        reductions[split.feature] += gain.numerator / gain.denominator / Double(branch.sum.draws)
        let middle = branch.rows.lowerBound + split.trueSum.rows
        if branch.isInPatch {
            let most = max(split.trueSum.rows, branch.rows.count - split.trueSum.rows)
            // Two leaves need no order.
            if most >= 2 * settings.minimumLeafRows {
                patch.divide(branch.rows, feature: split.feature, trueCount: split.trueSum.rows)
            }
        } else {
            let trueCount = list.divide(branch.rows, feature: split.feature, last: cut.last)
            precondition(trueCount == split.trueSum.rows)
        }
        var spareMiddle = branch.spares.lowerBound
        if !branch.spares.isEmpty {
            spareMiddle += table.features[split.feature].codes.divide(
                spares.base + spareMiddle, count: branch.spares.count, last: cut.last,
                spill: list.spill.base)
        }
        let trueChild = nodes.count
        nodes[branch.node] = .split(
            feature: split.feature, threshold: cut.threshold, trueChild: trueChild, falseChild: trueChild + 1)
        nodes.append(.leaf(0))
        nodes.append(.leaf(0))
        let falseSide = Branch(
            node: trueChild + 1, rows: middle..<branch.rows.upperBound,
            spares: spareMiddle..<branch.spares.upperBound, sum: branch.sum &- split.trueSum,
            seed: FeatureDraw.childSeed(branch.seed, isTrue: false), isInPatch: branch.isInPatch,
            feature: split.feature)
        let trueSide = Branch(
            node: trueChild, rows: branch.rows.lowerBound..<middle,
            spares: branch.spares.lowerBound..<spareMiddle, sum: split.trueSum,
            seed: FeatureDraw.childSeed(branch.seed, isTrue: true), isInPatch: branch.isInPatch,
            feature: split.feature)
        waiting.append(falseSide)
        waiting.append(trueSide)
    }

    private func settle(_ branch: Branch) {
        let mean = table.scale.mean(branch.sum)
        nodes[branch.node] = .leaf(mean)
        for place in branch.spares { outOfBag.add(mean, row: Int(spares.base[place]), scale: table.scale) }
    }
}
