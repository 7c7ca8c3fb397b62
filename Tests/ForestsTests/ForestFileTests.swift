import Foundation
import Testing

@testable import Forests

@Suite struct ForestFileTests {
    private func sample() throws -> ForestBuilder {
        var builder = ForestBuilder(
            features: [Forest.Feature(name: "ndvi", unit: "1"), Forest.Feature(name: "apei", unit: "mm")],
            target: Forest.Feature(name: "soil moisture", unit: "m3 m-3"), base: 0.5,
            provenance: ["importer": "test"], derivations: ["apei.terms": "34"])
        // Not in depth-first order, with the root last.
        try builder.append(
            tree: [
                .leaf(0.1), .leaf(0.2), .leaf(-0.3),
                .split(feature: 1, threshold: 2, trueChild: 0, falseChild: 1),
                .split(feature: 0, threshold: 0.25, comparison: .less, trueChild: 3, falseChild: 2),
            ], root: 4)
        try builder.append(tree: [.leaf(0.7)])
        return builder
    }

    @Test func roundTripThroughAFile() throws {
        let bytes = try sample().serialized()
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).forest").path
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let forest = try Forest(contentsOf: path)
        #expect(forest.features == [.init(name: "ndvi", unit: "1"), .init(name: "apei", unit: "mm")])
        #expect(forest.target == .init(name: "soil moisture", unit: "m3 m-3"))
        #expect(forest.provenance == ["importer": "test"])
        #expect(forest.derivations == ["apei.terms": "34"])
        #expect((forest.treeCount, forest.nodeCount, forest.leafCount) == (2, 6, 4))
        #expect(forest.maximumDepth == 2)
        #expect(forest.isMean)
        #expect(!forest.handlesMissing)
        #expect(try forest.digest == Forest(bytes: bytes).digest)
        #expect(try sample().serialized() == bytes)

        let reference = ReferenceForest(forest)
        #expect(abs(reference.predict(row: [0.2, 2]) - Float(0.5 + (0.1 + 0.7) / 2)) < 1e-7)
        #expect(abs(reference.predict(row: [0.2, 2.1]) - Float(0.5 + (0.2 + 0.7) / 2)) < 1e-7)
        #expect(abs(reference.predict(row: [0.25, 0]) - Float(0.5 + (-0.3 + 0.7) / 2)) < 1e-7)
        #expect(
            abs(forest.valueRange.lowerBound - 0.7) < 1e-6 && abs(forest.valueRange.upperBound - 0.95) < 1e-6)
        #expect(reference.leaves(row: [0.2, 2.1]) == [1, 0])
        let decision = try #require(reference.explain(row: [0.2, 2.1]).first)
        #expect(abs(decision.value - 0.2) < 1e-8)
        #expect(decision.steps.map(\.feature) == [0, 1])
        #expect(decision.steps.map(\.wentToTrueChild) == [true, false])
        #expect(ForestSummary(forest).description.contains("ndvi [1]: 1 splits"))
    }

    @Test func everyFlippedByteAndEveryShortFileIsRefused() throws {
        let bytes = try sample().serialized()
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x40
            #expect(throws: ForestError.self, "byte \(place)") { try Forest(bytes: damaged) }
        }
        for count in 0..<bytes.count {
            #expect(throws: ForestError.self, "\(count) bytes") {
                try Forest(bytes: Array(bytes.prefix(count)))
            }
        }
        #expect(throws: ForestError.self) { try Forest(bytes: bytes + [0]) }
    }

    @Test func errorsSayWhatToDo() throws {
        func message(_ bytes: [UInt8]) -> String {
            do {
                _ = try Forest(bytes: bytes, name: "a.forest")
                return "accepted"
            } catch { return "\(error)" }
        }
        let bytes = try sample().serialized()
        var newer = bytes
        newer[8] = 3
        var damaged = bytes
        damaged[200] ^= 1
        #expect(message(Array("PK not a forest".utf8)).hasPrefix("a.forest: not a Tilth forest file"))
        #expect(message(Array(bytes.dropLast(9))).hasPrefix("a.forest: truncated"))
        #expect(message(newer).hasPrefix("a.forest: forest file version 3 is newer"))
        #expect(message(damaged).hasPrefix("a.forest: damaged"))
        #expect(throws: ForestError.self) { try Forest(contentsOf: "/nonexistent/a.forest") }
        #expect(throws: ForestError.self) { try Forest(contentsOf: "/") }
    }

    /// A file whose checksum is right, but which some other program wrote wrongly.
    @Test func numbersThatLeadAstrayAreRefused() throws {
        let bytes = try sample().serialized()
        let forest = try Forest(bytes: bytes)
        let header = forest.header
        func resealed<Number: FixedWidthInteger>(_ offset: Int, _ value: Number) -> [UInt8] {
            var changed = bytes
            withUnsafeBytes(of: value.littleEndian) {
                changed.replaceSubrange(offset..<offset + MemoryLayout<Number>.size, with: $0)
            }
            return reseal(changed)
        }
        func split(feature: Int = 0, rank: Int = 0, trueSplitCount: Int = 1) -> UInt64 {
            unsafeBitCast(
                ForestNode(feature: feature, rank: rank, trueSplitCount: trueSplitCount, missing: .none),
                to: UInt64.self)
        }
        #expect(throws: Never.self) { try Forest(bytes: reseal(bytes)) }
        #expect(throws: Never.self) { try Forest(bytes: resealed(header.splitsOffset, split())) }
        // More splits on the true side than the tree has, a feature and a threshold that do not exist, a
        // kind of missing value that does not.
        let wrong = [
            split(trueSplitCount: 2), split(trueSplitCount: ForestNode.largestCount), split(feature: 2),
            split(feature: 511), split(rank: 1), split(rank: ForestNode.largestCount), split() | 3 << 61,
        ]
        for node in wrong {
            #expect(throws: ForestError.self, "\(node)") {
                try Forest(bytes: resealed(header.splitsOffset, node))
            }
        }
        let places: [(Int, Int32)] = [
            (header.thresholdsOffset, Float.nan.bits), (header.leavesOffset, .max),
            (header.leavesOffset, .min),
            (header.firstSplitsOffset + 4, 3), (header.firstSplitsOffset + 4, -1),
            (header.firstThresholdsOffset + 4, 3), (header.firstThresholdsOffset + 4, -1),
        ]
        for (offset, value) in places {
            #expect(throws: ForestError.self, "\(offset): \(value)") {
                try Forest(bytes: resealed(offset, value))
            }
        }
    }

    @Test func thresholdsMustAscend() throws {
        var builder = ForestBuilder(
            features: [Forest.Feature(name: "x", unit: "1")], target: .init(name: "y", unit: "1"))
        try builder.append(tree: [
            .split(feature: 0, threshold: 1, trueChild: 1, falseChild: 2), .leaf(0),
            .split(feature: 0, threshold: 2, trueChild: 3, falseChild: 4), .leaf(1), .leaf(2),
        ])
        let bytes = try builder.serialized()
        let offset = try Forest(bytes: bytes).header.thresholdsOffset
        for second in [1, 0.5, Float.nan] {
            var changed = bytes
            withUnsafeBytes(of: second.bits.littleEndian) {
                changed.replaceSubrange(offset + 4..<offset + 8, with: $0)
            }
            #expect(throws: ForestError.self, "\(second)") { try Forest(bytes: reseal(changed)) }
        }
    }

    private func reseal(_ bytes: [UInt8]) -> [UInt8] {
        var sealed = bytes
        let digest = sealed[ForestHeader.firstHashedByte...].withUnsafeBytes { digestBytes(of: $0) }
        sealed.replaceSubrange(ForestHeader.digestOffset..<ForestHeader.firstHashedByte, with: digest)
        return sealed
    }
}

extension Float {
    fileprivate var bits: Int32 { Int32(bitPattern: bitPattern) }
}
