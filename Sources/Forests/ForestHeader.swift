internal import Crypto

/// The first 128 bytes of a forest file, version 2, and where its sections lie. All numbers are
/// little-endian.
///
/// | bytes | what |
/// |---|---|
/// | 0 | magic `TILTHFST` |
/// | 8 | version, UInt32 |
/// | 12 | bytes in this header, UInt32 |
/// | 16 | SHA-256 of everything from byte 48 on |
/// | 48 | bytes in the file, UInt64 |
/// | 56 | features, trees, splits, thresholds: four UInt32 |
/// | 72 | base and quantum: two Float64; a prediction is `Float(base + Double(sum of leaves) * quantum)` |
/// | 88 | what the sum is divided by (already folded into quantum), UInt32: 1, or the tree count |
/// | 92 | bytes of metadata, UInt32 |
/// | 96 | zeros |
///
/// Sections follow in this order, each begins at a multiple of 16: splits (8 bytes each, see `ForestNode`),
/// leaves (Int32, of all trees; a tree has one more than it has splits), the first split of each tree and
/// one past the last (UInt32), the distinct thresholds of each feature in ascending order (Float32), the
/// first threshold of each feature and one past the last (UInt32), metadata (JSON, see `ForestMetadata`).
struct ForestHeader: Equatable {
    var featureCount: Int
    var treeCount: Int
    var splitCount: Int
    var thresholdCount: Int
    var base: Double
    var quantum: Double
    var divisor: Int
    var metadataByteCount: Int
    /// SHA-256 of what follows it in the file; empty before the file is there.
    var digest: [UInt8] = []

    static let magic = Array("TILTHFST".utf8)
    static let version: UInt32 = 2
    static let byteCount = 128
    static let digestOffset = 16
    static let digestByteCount = 32
    static let firstHashedByte = 48

    /// A tree has one leaf more than splits.
    var leafCount: Int { splitCount + treeCount }

    var splitsOffset: Int { Self.byteCount }
    var leavesOffset: Int { Self.aligned(splitsOffset + splitCount * ForestNode.byteCount) }
    var firstSplitsOffset: Int { Self.aligned(leavesOffset + leafCount * 4) }
    var thresholdsOffset: Int { Self.aligned(firstSplitsOffset + (treeCount + 1) * 4) }
    var firstThresholdsOffset: Int { Self.aligned(thresholdsOffset + thresholdCount * 4) }
    var metadataOffset: Int { Self.aligned(firstThresholdsOffset + (featureCount + 1) * 4) }
    var fileByteCount: Int { metadataOffset + metadataByteCount }

    private static func aligned(_ offset: Int) -> Int { (offset + 15) & ~15 }

    /// The header as bytes, with room for the digest.
    func encoded() -> [UInt8] {
        var bytes = Self.magic
        bytes.appendLittleEndian(Self.version)
        bytes.appendLittleEndian(UInt32(Self.byteCount))
        bytes += [UInt8](repeating: 0, count: Self.digestByteCount)
        bytes.appendLittleEndian(UInt64(fileByteCount))
        for count in [featureCount, treeCount, splitCount, thresholdCount] {
            bytes.appendLittleEndian(UInt32(count))
        }
        bytes.appendLittleEndian(base.bitPattern)
        bytes.appendLittleEndian(quantum.bitPattern)
        bytes.appendLittleEndian(UInt32(divisor))
        bytes.appendLittleEndian(UInt32(metadataByteCount))
        bytes += [UInt8](repeating: 0, count: Self.byteCount - bytes.count)
        return bytes
    }

    /// Reads and believes nothing: magic, version and length come first. Whether the digest is that of the
    /// bytes is `digestIsRight`'s to say.
    init(reading bytes: UnsafeRawBufferPointer, path: String) throws(ForestError) {
        let known = min(bytes.count, Self.magic.count)
        guard known > 0, bytes.prefix(known).elementsEqual(Self.magic.prefix(known)) else {
            throw .notAForest(path: path)
        }
        guard bytes.count >= Self.byteCount else {
            throw .truncated(path: path, byteCount: bytes.count, expectedByteCount: Self.byteCount)
        }
        let version = bytes.littleEndian(UInt32.self, at: 8)
        guard version == Self.version else { throw .otherVersion(path: path, version: version) }
        let expectedByteCount = bytes.littleEndian(UInt64.self, at: 48)
        guard UInt64(bytes.count) >= expectedByteCount else {
            throw .truncated(
                path: path, byteCount: bytes.count, expectedByteCount: Int(clamping: expectedByteCount))
        }
        digest = Array(bytes[Self.digestOffset..<Self.digestOffset + Self.digestByteCount])

        func count(at offset: Int) -> Int { Int(bytes.littleEndian(UInt32.self, at: offset)) }
        featureCount = count(at: 56)
        treeCount = count(at: 60)
        splitCount = count(at: 64)
        thresholdCount = count(at: 68)
        base = Double(bitPattern: bytes.littleEndian(UInt64.self, at: 72))
        quantum = Double(bitPattern: bytes.littleEndian(UInt64.self, at: 80))
        divisor = count(at: 88)
        metadataByteCount = count(at: 92)
        guard count(at: 12) == Self.byteCount, fileByteCount == bytes.count else {
            throw .damaged(path: path, detail: "sections do not fill the file")
        }
        guard base.isFinite, quantum.isFinite, quantum > 0, divisor >= 1 else {
            throw .damaged(path: path, detail: "base or scale is not a number")
        }
    }

    init(
        featureCount: Int, treeCount: Int, splitCount: Int, thresholdCount: Int, base: Double,
        quantum: Double,
        divisor: Int, metadataByteCount: Int
    ) {
        self.featureCount = featureCount
        self.treeCount = treeCount
        self.splitCount = splitCount
        self.thresholdCount = thresholdCount
        self.base = base
        self.quantum = quantum
        self.divisor = divisor
        self.metadataByteCount = metadataByteCount
    }
}

extension ForestHeader {
    func digestIsRight(for bytes: UnsafeRawBufferPointer) -> Bool {
        digest == digestBytes(of: UnsafeRawBufferPointer(rebasing: bytes[Self.firstHashedByte...]))
    }
}

/// The 32 bytes of a SHA-256 digest.
func digestBytes(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var hash = SHA256()
    hash.update(bufferPointer: bytes)
    return Array(hash.finalize())
}

extension UnsafeRawBufferPointer {
    func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int)
        -> Number
    {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension [UInt8] {
    mutating func appendLittleEndian(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
