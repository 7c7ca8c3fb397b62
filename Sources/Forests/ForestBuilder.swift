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

    private(set) var splits: [ForestNode] = []
    private(set) var leaves: [Double] = []
    private(set) var firstSplits: [UInt32] = [0]
    private(set) var firstLeaves: [UInt32] = [0]

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
        /// A place that waits for its child: which split, and which side. The root waits for nobody.
        struct Waiting {
            let node: Int
            let parent: Int
            let isTrueSide: Bool
        }
        var isPlaced = [Bool](repeating: false, count: nodes.count)
        var newSplits: [(node: ForestNode, trueChild: Int32, falseChild: Int32)] = []
        var newLeaves: [Double] = []
        var waiting = [Waiting(node: root, parent: -1, isTrueSide: true)]
        while let next = waiting.popLast() {
            guard nodes.indices.contains(next.node) else { throw failure("node \(next.node) does not exist") }
            guard !isPlaced[next.node] else { throw failure("node \(next.node) has two parents") }
            isPlaced[next.node] = true
            let place: Int32
            switch nodes[next.node] {
            case .leaf(let value):
                guard value.isFinite else { throw failure("node \(next.node) has the value \(value)") }
                place = ~Int32(leaves.count + newLeaves.count)
                newLeaves.append(value)
            case .split(
                let feature, let threshold, let comparison, let trueChild, let falseChild, let missing):
                guard features.indices.contains(feature), feature <= UInt16.max else {
                    throw failure("node \(next.node) uses feature \(feature) of \(features.count)")
                }
                guard let deciding = Self.deciding(threshold, comparison) else {
                    throw failure("node \(next.node) has the threshold \(threshold), which no value can meet")
                }
                place = Int32(splits.count + newSplits.count)
                let node = ForestNode(
                    threshold: deciding, trueChild: 0, falseChild: 0, feature: UInt16(feature),
                    flags: missing.flags)
                let parent = newSplits.count
                newSplits.append((node, 0, 0))
                waiting.append(Waiting(node: falseChild, parent: parent, isTrueSide: false))
                waiting.append(Waiting(node: trueChild, parent: parent, isTrueSide: true))
            }
            guard next.parent >= 0 else { continue }
            if next.isTrueSide {
                newSplits[next.parent].trueChild = place
            } else {
                newSplits[next.parent].falseChild = place
            }
        }
        if let lost = isPlaced.firstIndex(of: false) { throw failure("node \(lost) has no parent") }
        splits += newSplits.map { new in
            ForestNode(
                threshold: new.node.threshold, trueChild: new.trueChild, falseChild: new.falseChild,
                feature: new.node.feature, flags: new.node.flags)
        }
        leaves += newLeaves
        firstSplits.append(UInt32(splits.count))
        firstLeaves.append(UInt32(leaves.count))
    }

    /// The float32 threshold of `<=` that decides every float32 as the given comparison does; nil if there
    /// is none.
    static func deciding(_ threshold: Double, _ comparison: Comparison) -> Float? {
        guard !threshold.isNaN else { return nil }
        let nearest = Float(threshold)
        let below = Double(nearest) > threshold ? nearest.nextDown : nearest
        guard comparison == .less, Double(below) == threshold else { return below }
        // x < -inf is never true, and no float32 threshold says so.
        return below == -.infinity ? nil : below.nextDown
    }
}
