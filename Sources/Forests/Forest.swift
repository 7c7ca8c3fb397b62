internal import Synchronization

/// A regression forest that was validated when it was loaded, and never changes.
///
/// It lies in memory as in its file (see `ForestHeader`), so that loading creates no objects. Leaves are
/// fixed-point integers whose scale is chosen per forest so that no sum over trees can overflow: sums do
/// not depend on the order of trees, and every engine, thread count and machine gives the same bits.
public struct Forest: Sendable {
    /// A predictor, or the target: a name and a unit.
    public struct Feature: Hashable, Codable, Sendable {
        /// The name, as a product file writes it.
        public let name: String
        /// The unit, `1` for a pure number, empty when unknown.
        public let unit: String

        public init(name: String, unit: String) {
            self.name = name
            self.unit = unit
        }
    }

    /// The predictors, in the order of a row.
    public let features: [Feature]
    /// What is predicted.
    public let target: Feature
    /// Where the forest comes from: training, source file, importer.
    public let provenance: [String: String]
    /// How predictors were derived when the forest was trained; they must be derived alike when it
    /// predicts.
    public let derivations: [String: String]
    /// SHA-256 of the forest, 64 hexadecimal digits: of all that the file holds behind this digest.
    public let digest: String
    /// Splits from the root to the deepest leaf.
    public let maximumDepth: Int
    /// All predictions lie in this range.
    public let valueRange: ClosedRange<Float>
    /// Whether any split says what to do with a missing value. If none does, a missing predictor gives a
    /// missing prediction.
    public let handlesMissing: Bool
    /// The features that at least one split looks at, ascending.
    public let usedFeatures: [Int]

    /// Whether any split takes zeros for missing.
    let takesZeroForMissing: Bool
    let image: ForestImage
    let header: ForestHeader

    /// The number of trees.
    public var treeCount: Int { header.treeCount }
    /// Splits and leaves of all trees together.
    public var nodeCount: Int { header.splitCount + header.leafCount }
    /// Leaves of all trees together.
    public var leafCount: Int { header.leafCount }
    /// Bytes in the file.
    public var byteCount: Int { image.bytes.count }
    /// Whether a prediction is the mean of the trees, not their sum.
    public var isMean: Bool { header.divisor > 1 }

    /// Maps a forest file and validates all of it.
    public init(contentsOf path: String) throws {
        try self.init(image: ForestImage(mapping: path), path: path)
    }

    /// Takes a forest file that is already in memory; `name` stands for the path in errors.
    public init(bytes: [UInt8], name: String = "forest in memory") throws {
        try self.init(image: ForestImage(copying: bytes), path: name)
    }

    private init(image: ForestImage, path: String) throws {
        let header = try ForestHeader(reading: image.bytes, path: path)
        let (metadata, facts) = try Self.contents(of: image, header, path)
        self.image = image
        self.header = header
        features = metadata.features
        target = metadata.target
        provenance = metadata.provenance
        derivations = metadata.derivations
        digest = header.digest.hexadecimal
        maximumDepth = facts.maximumDepth
        handlesMissing = facts.handlesMissing
        takesZeroForMissing = facts.takesZeroForMissing
        usedFeatures = facts.usedFeatures
        valueRange =
            header.prediction(ofSum: facts.smallestSum)...header.prediction(ofSum: facts.largestSum)
    }
}

extension Forest {
    /// The digest and the numbers are checked side by side: each takes a pass over the whole file.
    private static func contents(
        of image: ForestImage, _ header: ForestHeader, _ path: String
    ) throws -> (ForestMetadata, ForestFacts) {
        let counter = WorkCounter()
        let outcome = Outcome()
        ThreadTeam.run(count: 2) {
            while let job = counter.next(below: 2) {
                switch job {
                case 0:
                    let isRight = header.digestIsRight(for: image.bytes)
                    outcome.digestIsRight.withLock { $0 = isRight }
                default:
                    let facts = Result { try ForestFacts(validating: image, header: header, path: path) }
                    outcome.facts.withLock { $0 = facts }
                }
            }
        }
        guard outcome.digestIsRight.withLock({ $0 }), let facts = outcome.facts.withLock({ $0 }) else {
            throw ForestError.damaged(path: path, detail: "wrong checksum")
        }
        let metadataEnd = header.metadataOffset + header.metadataByteCount
        let metadata: ForestMetadata
        do {
            metadata = try ForestMetadata(
                decoding: UnsafeRawBufferPointer(rebasing: image.bytes[header.metadataOffset..<metadataEnd]))
        } catch {
            throw ForestError.damaged(path: path, detail: "metadata are not as expected")
        }
        guard metadata.features.count == header.featureCount else {
            throw ForestError.damaged(path: path, detail: "feature names do not match the feature count")
        }
        return (metadata, try facts.get())
    }

    private final class Outcome: Sendable {
        let digestIsRight = Mutex(false)
        let facts = Mutex<Result<ForestFacts, any Error>?>(nil)
    }

    /// A subtree: where its splits and leaves begin, and how many splits it has. One without splits is its
    /// first leaf.
    struct Subtree {
        var split: Int
        var leaf: Int
        var splitCount: Int

        /// The subtree below a split's true child.
        @inline(__always)
        func trueSide(_ node: ForestNode) -> Subtree {
            Subtree(split: split &+ 1, leaf: leaf, splitCount: node.trueSplitCount)
        }

        /// The subtree below a split's false child.
        @inline(__always)
        func falseSide(_ node: ForestNode) -> Subtree {
            let skipped = node.trueSplitCount &+ 1
            return Subtree(
                split: split &+ skipped, leaf: leaf &+ skipped, splitCount: splitCount &- skipped)
        }
    }

    var nodes: UnsafeBufferPointer<ForestNode> { image.nodes(header) }
    var leaves: UnsafeBufferPointer<Int32> { image.leaves(header) }

    /// A whole tree.
    func tree(_ number: Int) -> Subtree {
        let firstSplits = image.firstSplits(header)
        let first = Int(firstSplits[number])
        return Subtree(split: first, leaf: first + number, splitCount: Int(firstSplits[number + 1]) - first)
    }

    /// The distinct thresholds of a feature, ascending.
    func thresholds(ofFeature feature: Int) -> UnsafeBufferPointer<Float> {
        let first = image.firstThresholds(header)
        return UnsafeBufferPointer(
            rebasing: image.thresholds(header)[Int(first[feature])..<Int(first[feature + 1])])
    }
}

extension ForestHeader {
    /// What a sum of leaves means. The only place where a sum becomes a value.
    @inline(__always)
    func prediction(ofSum sum: Int32) -> Float { Float(base + Double(sum) * quantum) }
}

extension Forest {
    /// The standard deviation of the trees' values. Exact up to the last division: sums are integers.
    @inline(__always)
    func spread(sum: Int32, sumOfSquares: Int64) -> Float {
        let count = Double(treeCount)
        // No more than 2^62: the bound on sums holds for their squares, too.
        let scaled = Int64(treeCount) * sumOfSquares - Int64(sum) * Int64(sum)
        let step = header.quantum * Double(header.divisor)
        return Float((Double(scaled).squareRoot() / count) * step)
    }
}

extension ForestImage {
    func nodes(_ header: ForestHeader) -> UnsafeBufferPointer<ForestNode> {
        section(ForestNode.self, at: header.splitsOffset, count: header.splitCount)
    }
    func leaves(_ header: ForestHeader) -> UnsafeBufferPointer<Int32> {
        section(Int32.self, at: header.leavesOffset, count: header.leafCount)
    }
    func firstSplits(_ header: ForestHeader) -> UnsafeBufferPointer<UInt32> {
        section(UInt32.self, at: header.firstSplitsOffset, count: header.treeCount + 1)
    }
    func thresholds(_ header: ForestHeader) -> UnsafeBufferPointer<Float> {
        section(Float.self, at: header.thresholdsOffset, count: header.thresholdCount)
    }
    func firstThresholds(_ header: ForestHeader) -> UnsafeBufferPointer<UInt32> {
        section(UInt32.self, at: header.firstThresholdsOffset, count: header.featureCount + 1)
    }
}

extension [UInt8] {
    var hexadecimal: String {
        let digits = Array<UInt8>("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
