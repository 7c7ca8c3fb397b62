extension ForestBuilder {
    /// The forest as a file of version 2; the caller writes it durably. The same trees always give the same
    /// bytes.
    public func serialized() throws -> [UInt8] {
        guard treeCount > 0 else { throw ForestError.invalid(detail: "there are no trees") }
        guard !features.isEmpty, features.count <= ForestNode.featureLimit else {
            throw ForestError.invalid(
                detail: "\(features.count) features, expected 1 to \(ForestNode.featureLimit)")
        }
        guard base.isFinite else { throw ForestError.invalid(detail: "the base value is \(base)") }
        let metadata = try ForestMetadata(
            features: features, target: target, provenance: provenance, derivations: derivations
        ).encoded()
        let scale = try leafScale()
        let divisor = aggregation == .mean ? treeCount : 1
        let thresholds = try distinctThresholds()
        let header = ForestHeader(
            featureCount: features.count, treeCount: treeCount, splitCount: splits.count,
            thresholdCount: thresholds.reduce(0) { $0 + $1.count }, base: base,
            quantum: scale / Double(divisor), divisor: divisor, metadataByteCount: metadata.count)

        var bytes = [UInt8](repeating: 0, count: header.fileByteCount)
        bytes.withUnsafeMutableBytes { file in
            func put<Number>(_ numbers: some Sequence<Number>, at offset: Int) where Number: BitwiseCopyable {
                var place = offset
                for number in numbers {
                    file.storeBytes(of: number, toByteOffset: place, as: Number.self)
                    place += MemoryLayout<Number>.size
                }
            }
            file.copyBytes(from: header.encoded())
            put(splits.lazy.map { $0.node(thresholds) }, at: header.splitsOffset)
            let steps = leaves.lazy.map { Int32(($0 / scale).rounded(.toNearestOrEven)).littleEndian }
            put(steps, at: header.leavesOffset)
            put(firstSplits.lazy.map(\.littleEndian), at: header.firstSplitsOffset)
            put(thresholds.joined().lazy.map(\.bitPattern.littleEndian), at: header.thresholdsOffset)
            var firstThresholds: [UInt32] = [0]
            for list in thresholds { firstThresholds.append(firstThresholds.last! + UInt32(list.count)) }
            put(firstThresholds.lazy.map(\.littleEndian), at: header.firstThresholdsOffset)
            put(metadata, at: header.metadataOffset)
        }

        let digest = bytes[ForestHeader.firstHashedByte...].withUnsafeBytes { digestBytes(of: $0) }
        bytes.replaceSubrange(
            ForestHeader.digestOffset..<ForestHeader.digestOffset + ForestHeader.digestByteCount, with: digest
        )
        return bytes
    }

    /// The forest itself, in memory.
    public func forest() throws -> Forest { try Forest(bytes: serialized()) }

    /// The thresholds of each feature, ascending, each once.
    private func distinctThresholds() throws -> [[Float]] {
        var thresholds = [[Float]](repeating: [], count: features.count)
        for split in splits { thresholds[Int(split.feature)].append(split.threshold) }
        for feature in thresholds.indices {
            thresholds[feature].sort()
            var distinct: [Float] = []
            for threshold in thresholds[feature] where distinct.last != threshold {
                distinct.append(threshold)
            }
            guard distinct.count <= ForestNode.largestCount else {
                throw ForestError.invalid(
                    detail: "feature \(features[feature].name) has \(distinct.count) distinct thresholds, "
                        + "more than \(ForestNode.largestCount)")
            }
            thresholds[feature] = distinct
        }
        return thresholds
    }

    /// The value of one step of a leaf: as fine as possible while the largest leaf of every tree together
    /// fits an Int32.
    private func leafScale() throws -> Double {
        var sumOfLargest = 0.0
        for tree in 0..<treeCount {
            // Every tree before this one has one leaf more than splits.
            let ownLeaves = leaves[Int(firstSplits[tree]) + tree..<Int(firstSplits[tree + 1]) + tree + 1]
            sumOfLargest += ownLeaves.reduce(0) { max($0, abs($1)) }
        }
        guard sumOfLargest.isFinite else {
            throw ForestError.invalid(detail: "the leaves are too large to add")
        }
        // Rounding may add half a step in each tree.
        let steps = Double(Int(Int32.max) - treeCount)
        guard steps > 0 else { throw ForestError.invalid(detail: "too many trees") }
        let scale = sumOfLargest / steps
        // Leaves that are all zero, or not distinguishable from zero, need some scale too.
        return max(scale, .leastNormalMagnitude * Double(treeCount))
    }
}

extension ForestBuilder.Split {
    /// The split as the file has it, its threshold replaced by its place in the list of its feature.
    fileprivate func node(_ thresholds: [[Float]]) -> ForestNode {
        let list = thresholds[Int(feature)]
        var rank = 0
        var rest = list.count
        while rest > 0 {
            let half = rest / 2
            if list[rank + half] < threshold {
                rank += half + 1
                rest -= half + 1
            } else {
                rest = half
            }
        }
        return ForestNode(
            feature: Int(feature), rank: rank, trueSplitCount: Int(trueSplitCount), missing: missing)
    }
}
