/// Collects trees of any origin and packs them into a forest file.
///
/// Thresholds come as float64 with `<=` or `<`; they become the float32 threshold of `<=` that decides
/// every float32 alike.
public struct ForestBuilder: Sendable {
    /// How a split compares a value with its threshold to choose the true child.
    public enum Comparison: Sendable {
        /// `x <= threshold`
        case lessOrEqual
        /// `x < threshold`
        case less
    }

    /// A node of a tree; children are positions in the tree's list of nodes.
    public enum Node: Sendable {
        case split(
            feature: Int, threshold: Double, comparison: Comparison = .lessOrEqual, trueChild: Int,
            falseChild: Int,
            missing: MissingRule = .none)
        case leaf(Double)
    }

    /// What the trees make together.
    public enum Aggregation: Sendable {
        /// The sum of the trees.
        case sum
        /// The mean of the trees.
        case mean
    }

    /// The predictors, in the order of a row.
    public let features: [Forest.Feature]
    /// What is predicted.
    public var target: Forest.Feature
    /// What the trees make together.
    public var aggregation: Aggregation
    /// Added to the sum or mean.
    public var base: Double
    /// Where the forest comes from: training, source file, importer.
    public var provenance: [String: String]
    /// How predictors were derived when the forest was trained.
    public var derivations: [String: String]

    /// A split whose rank is not known before all trees are.
    struct Split {
        let threshold: Float
        let feature: UInt16
        let missing: MissingRule
        var trueSplitCount: UInt32
    }

    private(set) var splits: [Split] = []
    private(set) var leaves: [Double] = []
    private(set) var firstSplits: [UInt32] = [0]

    /// The number of trees so far.
    public var treeCount: Int { firstSplits.count - 1 }

    public init(
        features: [Forest.Feature], target: Forest.Feature, aggregation: Aggregation = .mean,
        base: Double = 0,
        provenance: [String: String] = [:], derivations: [String: String] = [:]
    ) {
        self.features = features
        self.target = target
        self.aggregation = aggregation
        self.base = base
        self.provenance = provenance
        self.derivations = derivations
    }

    /// Appends a tree. Its nodes are laid out depth first, the true child next to its parent, whatever
    /// order they come in.
    public mutating func append(tree nodes: [Node], root: Int = 0) throws {
        let tree = treeCount
        func failure(_ detail: String) -> ForestError { .invalid(detail: "tree \(tree): \(detail)") }
        guard splits.count + leaves.count + nodes.count < Int(Int32.max) else {
            throw failure("more nodes than a forest file can hold")
        }
        guard nodes.count / 2 <= ForestNode.largestCount else {
            throw failure("more splits than a tree may have")
        }
        /// A place that waits for its child: which split, and which side. The root waits for nobody.
        struct Waiting {
            let node: Int
            let parent: Int
            let isTrueSide: Bool
        }
        var isPlaced = [Bool](repeating: false, count: nodes.count)
        var newSplits: [Split] = []
        /// The child that is a split, of each new split and side; zero for a leaf.
        var children: [(trueSplit: Int, falseSplit: Int)] = []
        var newLeaves: [Double] = []
        var waiting = [Waiting(node: root, parent: -1, isTrueSide: true)]
        while let next = waiting.popLast() {
            guard nodes.indices.contains(next.node) else { throw failure("node \(next.node) does not exist") }
            guard !isPlaced[next.node] else { throw failure("node \(next.node) has two parents") }
            isPlaced[next.node] = true
            switch nodes[next.node] {
            case .leaf(let value):
                guard value.isFinite else { throw failure("node \(next.node) has the value \(value)") }
                newLeaves.append(value)
            case .split(
                let feature, let threshold, let comparison, let trueChild, let falseChild, let missing):
                guard features.indices.contains(feature), feature < ForestNode.featureLimit else {
                    throw failure("node \(next.node) uses feature \(feature) of \(features.count)")
                }
                guard let deciding = Self.deciding(threshold, comparison) else {
                    throw failure("node \(next.node) has the threshold \(threshold), which no value can meet")
                }
                let place = newSplits.count
                newSplits.append(
                    Split(
                        threshold: deciding, feature: UInt16(feature), missing: missing, trueSplitCount: 0))
                children.append((0, 0))
                // The last in is the first out: the true child comes next to its parent.
                waiting.append(Waiting(node: falseChild, parent: place, isTrueSide: false))
                waiting.append(Waiting(node: trueChild, parent: place, isTrueSide: true))
                guard next.parent >= 0 else { continue }
                if next.isTrueSide {
                    children[next.parent].trueSplit = place
                } else {
                    children[next.parent].falseSplit = place
                }
            }
        }
        if let lost = isPlaced.firstIndex(of: false) { throw failure("node \(lost) has no parent") }
        Self.countTrueSplits(&newSplits, children)
        splits += newSplits
        leaves += newLeaves
        firstSplits.append(UInt32(splits.count))
    }

    /// Children lie behind their parents, so that one pass from the back knows the size of every subtree.
    private static func countTrueSplits(
        _ splits: inout [Split], _ children: [(trueSplit: Int, falseSplit: Int)]
    ) {
        var sizes = [Int](repeating: 1, count: splits.count)
        for number in splits.indices.reversed() {
            let (trueSplit, falseSplit) = children[number]
            let trueSize = trueSplit == 0 ? 0 : sizes[trueSplit]
            sizes[number] += trueSize + (falseSplit == 0 ? 0 : sizes[falseSplit])
            splits[number].trueSplitCount = UInt32(trueSize)
        }
    }

    /// The float32 threshold of `<=` that decides every float32 as the given comparison does; nil if there
    /// is none.
    static func deciding(_ threshold: Double, _ comparison: Comparison) -> Float? {
        guard !threshold.isNaN else { return nil }
        let nearest = Float(threshold)
        let below = Double(nearest) > threshold ? nearest.nextDown : nearest
        // Adding zero turns -0 into 0, which decides alike: equal thresholds have equal bits.
        guard comparison == .less, Double(below) == threshold else { return below + 0 }
        // x < -inf is never true, and no float32 threshold says so.
        return below == -.infinity ? nil : below.nextDown
    }
}

extension ForestBuilder {
    /// Whether any split says where missing values go.
    var hasMissingRules: Bool { splits.contains { $0.missing.kind != .none } }
}
