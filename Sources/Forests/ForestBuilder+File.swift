extension ForestBuilder {
    /// The forest as a file of version 1; the caller writes it durably. The same trees always give the same
    /// bytes.
    public func serialized() throws -> [UInt8] {
        guard treeCount > 0 else { throw ForestError.invalid(detail: "there are no trees") }
        guard !features.isEmpty, features.count <= Int(UInt16.max) + 1 else {
            throw ForestError.invalid(detail: "\(features.count) features, expected 1 to 65536")
        }
        guard base.isFinite else { throw ForestError.invalid(detail: "the base value is \(base)") }
        let metadata = try ForestMetadata(
            features: features, target: target, provenance: provenance, derivations: derivations
        ).encoded()
        let scale = try leafScale()
        let divisor = aggregation == .mean ? treeCount : 1
        let header = ForestHeader(
            featureCount: features.count, treeCount: treeCount, splitCount: splits.count,
            leafCount: leaves.count, base: base, quantum: scale / Double(divisor), divisor: divisor,
            metadataByteCount: metadata.count)

        var bytes = header.encoded()
        bytes.reserveCapacity(header.fileByteCount)
        func beginSection(at offset: Int) {
            precondition(offset - bytes.count < 16)
            bytes += [UInt8](repeating: 0, count: offset - bytes.count)
        }
        beginSection(at: header.splitsOffset)
        for split in splits {
            bytes.appendLittleEndian(split.threshold.bitPattern)
            bytes.appendLittleEndian(split.trueChild)
            bytes.appendLittleEndian(split.falseChild)
            bytes.appendLittleEndian(split.feature)
            bytes.appendLittleEndian(split.flags)
        }
        beginSection(at: header.leavesOffset)
        for leaf in leaves { bytes.appendLittleEndian(Int32((leaf / scale).rounded(.toNearestOrEven))) }
        beginSection(at: header.firstSplitsOffset)
        for first in firstSplits { bytes.appendLittleEndian(first) }
        beginSection(at: header.firstLeavesOffset)
        for first in firstLeaves { bytes.appendLittleEndian(first) }
        beginSection(at: header.metadataOffset)
        bytes += metadata
        precondition(bytes.count == header.fileByteCount)

        let digest = bytes[ForestHeader.firstHashedByte...].withUnsafeBytes { digestBytes(of: $0) }
        bytes.replaceSubrange(
            ForestHeader.digestOffset..<ForestHeader.digestOffset + ForestHeader.digestByteCount, with: digest
        )
        return bytes
    }

    /// The forest itself, in memory.
    public func forest() throws -> Forest { try Forest(bytes: serialized()) }

    /// The value of one step of a leaf: as fine as possible while the largest leaf of every tree together
    /// fits an Int32.
    private func leafScale() throws -> Double {
        var sumOfLargest = 0.0
        for tree in 0..<treeCount {
            let ownLeaves = leaves[Int(firstLeaves[tree])..<Int(firstLeaves[tree + 1])]
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
