/// A tree in which some splits ask for intervals; it becomes one of plain thresholds by copying what lies
/// below such splits, once for each interval.
///
/// What a split has found out about its feature is remembered below it, so that further splits on the same
/// feature copy no more than they need.
struct IntervalTree {
    enum Node {
        case plain(ForestBuilder.Node)
        case intervals(IntervalSplit)
    }

    /// The tree would have more nodes than allowed.
    struct TooLarge: Error {
        /// A split of intervals that takes part in it.
        let feature: Int
    }

    /// What the way to a node says about a feature.
    fileprivate struct Known {
        /// Values are above this; nil for all, -inf included.
        var lower: Float?
        var upper = Float.infinity
        var canBeMissing = true
    }

    fileprivate enum Source {
        case node(Int)
        /// Some regions of a split, and which of them a missing value takes.
        case regions(split: IntervalSplit, list: ArraySlice<IntervalSplit.Region>, missing: Int?)
    }

    fileprivate struct Waiting {
        let source: Source
        /// The node that was placed above, and its side; the root waits for nobody.
        let parent: Int
        let isTrueSide: Bool
        var known: [Int: Known]
    }

    let nodes: [Node]

    /// Plain nodes, the root first. The tree must be a tree: `isTree` says whether it is.
    func expanded(limit: Int) throws(TooLarge) -> [ForestBuilder.Node] {
        var placed: [ForestBuilder.Node] = []
        var waiting = [Waiting(source: .node(0), parent: -1, isTrueSide: true, known: [:])]
        var lastFeature = 0
        func put(_ node: ForestBuilder.Node, below next: Waiting) -> Int {
            if next.parent >= 0 {
                placed[next.parent].setChild(placed.count, isTrueSide: next.isTrueSide)
            }
            placed.append(node)
            return placed.count - 1
        }
        while let next = waiting.popLast() {
            guard placed.count < limit else { throw TooLarge(feature: lastFeature) }
            switch next.source {
            case .node(let number):
                switch nodes[number] {
                case .plain(.leaf(let value)): _ = put(.leaf(value), below: next)
                case .plain(
                    .split(
                        let feature, let threshold, let comparison, let trueChild, let falseChild, let rule)):
                    let place = put(
                        .split(
                            feature: feature, threshold: threshold, comparison: comparison, trueChild: 0,
                            falseChild: 0, missing: rule), below: next)
                    waiting.append(next.child(.node(falseChild), of: place, isTrueSide: false))
                    waiting.append(next.child(.node(trueChild), of: place, isTrueSide: true))
                case .intervals(let split):
                    lastFeature = split.feature
                    enter(split, next, &waiting, put)
                }
            case .regions(let split, let list, let missing):
                divide(split, list, missing, next, &waiting, put)
            }
        }
        return placed
    }

    private typealias Put = (ForestBuilder.Node, Waiting) -> Int

    /// Chooses among the regions that can still occur.
    private func enter(
        _ split: IntervalSplit, _ next: Waiting, _ waiting: inout [Waiting], _ put: Put
    ) {
        let known = next.known[split.feature] ?? Known()
        let list = split.regions(above: known.lower, upTo: known.upper)
        let sides = Set(list.map(\.goesToTrueChild))
        let missingSide = split.missingGoesToTrueChild
        if sides.isEmpty || (sides.count == 1 && (!known.canBeMissing || sides.contains(missingSide))) {
            let side = sides.first ?? missingSide
            waiting.append(next.instead(.node(side ? split.trueChild : split.falseChild)))
        } else if sides.count == 1 {
            // All values that can occur go one way, and only missing ones the other.
            let place = put(split.plain(at: known.upper, missingIsTrue: false), next)
            var values = known
            values.canBeMissing = false
            let nothing = Known(lower: known.upper, upper: known.upper)
            for (side, known) in [(missingSide, nothing), (!missingSide, values)] {
                var child = next.child(
                    .node(side ? split.trueChild : split.falseChild), of: place,
                    isTrueSide: side != missingSide)
                child.known[split.feature] = known
                waiting.append(child)
            }
        } else {
            let missing = list.firstIndex { $0.goesToTrueChild == missingSide }
            waiting.append(
                next.instead(
                    .regions(split: split, list: list[...], missing: known.canBeMissing ? missing : nil)))
        }
    }

    /// Halves a list of regions until one is left.
    private func divide(
        _ split: IntervalSplit, _ list: ArraySlice<IntervalSplit.Region>, _ missing: Int?, _ next: Waiting,
        _ waiting: inout [Waiting], _ put: Put
    ) {
        if list.count == 1, let region = list.first {
            waiting.append(next.instead(.node(region.goesToTrueChild ? split.trueChild : split.falseChild)))
            return
        }
        let middle = list.startIndex + list.count / 2
        let threshold = list[middle - 1].upper
        let missingIsTrue = missing.map { $0 < middle } ?? false
        let place = put(split.plain(at: threshold, missingIsTrue: missingIsTrue), next)
        var known = next.known[split.feature] ?? Known()
        let whole = known
        for (half, isTrueSide) in [(list[middle...], false), (list[..<middle], true)] {
            let hasMissing = missing.map { half.indices.contains($0) } ?? false
            known.lower = isTrueSide ? whole.lower : threshold
            known.upper = isTrueSide ? threshold : whole.upper
            known.canBeMissing = hasMissing
            var child = next.child(
                .regions(split: split, list: half, missing: hasMissing ? missing : nil), of: place,
                isTrueSide: isTrueSide)
            child.known[split.feature] = known
            waiting.append(child)
        }
    }

    /// Whether every node has one parent, and the first none.
    var isTree: Bool {
        var isSeen = [Bool](repeating: false, count: nodes.count)
        var waiting = [0]
        while let next = waiting.popLast() {
            guard nodes.indices.contains(next), !isSeen[next] else { return false }
            isSeen[next] = true
            switch nodes[next] {
            case .plain(.leaf): break
            case .plain(.split(_, _, _, let trueChild, let falseChild, _)):
                waiting += [trueChild, falseChild]
            case .intervals(let split): waiting += [split.trueChild, split.falseChild]
            }
        }
        return !isSeen.contains(false)
    }
}

extension IntervalTree.Waiting {
    fileprivate func child(_ source: IntervalTree.Source, of parent: Int, isTrueSide: Bool) -> Self {
        Self(source: source, parent: parent, isTrueSide: isTrueSide, known: known)
    }

    /// The same place for something else.
    fileprivate func instead(_ source: IntervalTree.Source) -> Self {
        Self(source: source, parent: parent, isTrueSide: isTrueSide, known: known)
    }
}

extension IntervalSplit {
    fileprivate func plain(at threshold: Float, missingIsTrue: Bool) -> ForestBuilder.Node {
        .split(
            feature: feature, threshold: Double(threshold), trueChild: 0, falseChild: 0,
            missing: MissingRule(.nan, goesToTrueChild: missingIsTrue))
    }
}

extension ForestBuilder.Node {
    fileprivate mutating func setChild(_ child: Int, isTrueSide: Bool) {
        guard
            case .split(
                let feature, let threshold, let comparison, let trueChild, let falseChild, let missing) = self
        else { return }
        self = .split(
            feature: feature, threshold: threshold, comparison: comparison,
            trueChild: isTrueSide ? child : trueChild, falseChild: isTrueSide ? falseChild : child,
            missing: missing)
    }
}
