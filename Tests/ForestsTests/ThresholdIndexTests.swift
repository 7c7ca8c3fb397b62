import TestSupport
import Testing

@testable import Forests

/// Ranks found by buckets against those counted one by one, for lists that are even, crowded, or very short.
@Suite struct ThresholdIndexTests {
    enum Kind: CaseIterable {
        case even
        /// Most thresholds near the lowest one, as of rain.
        case crowded
        case infiniteEnds
    }

    private static func thresholds(_ kind: Kind, _ count: Int) -> [Float] {
        var random = SeededRandom(seed: UInt64(count))
        var list = (0..<count).map { _ in Float.random(in: 0..<1, using: &random) }
        if kind == .crowded { list = list.map { $0 * $0 * $0 * $0 * $0 * $0 } }
        if kind == .infiniteEnds { list += [-.infinity, .infinity] }
        return Set(list).sorted()
    }

    private static func values(_ thresholds: [Float]) -> [Float] {
        thresholds.flatMap { [$0.nextDown, $0, $0.nextUp, 0.7 * $0] }
            + [-.infinity, .infinity, -1, 0, 2, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    }

    @Test(arguments: Kind.allCases, [1, 2, 7, 8, 9, 16, 17, 300, 3000])
    func ranksAreCounts(_ kind: Kind, count: Int) {
        let thresholds = Self.thresholds(kind, count)
        thresholds.withUnsafeBufferPointer { list in
            let index = ThresholdIndex(list)
            #expect(index.rank(.nan) == ThresholdIndex.missing)
            for value in Self.values(thresholds) {
                let rank = UInt32(thresholds.count { $0 < value })
                #expect(index.rank(value) == rank, "\(value) among \(thresholds.count)")
            }
        }
    }

    @Test(arguments: Kind.allCases, [1, 8, 9, 300, 3000])
    func kernelsEncodeRanks(_ kind: Kind, count: Int) {
        let thresholds = Self.thresholds(kind, count)
        let values = Self.values(thresholds)
        thresholds.withUnsafeBufferPointer { list in
            let index = ThresholdIndex(list)
            guard let ranks = index.ranks(FeatureTable.valueCodeCount, around: values) else {
                Issue.record("all ranks have room")
                return
            }
            let expected = values.map { FeatureTable.lowestCode + Int16(index.rank($0)) }
            #expect(codes(values, ranks, by: PortableKernel.self) == expected)
            #expect(codes(values + [.nan], ranks, by: PortableKernel.self) == nil)
            #if arch(x86_64)
                if EngineProcessor.avx2.isAvailable {
                    #expect(codes(values, ranks, by: AVX2Kernel.self) == expected)
                    #expect(codes(values + [.nan], ranks, by: AVX2Kernel.self) == nil)
                }
                if EngineProcessor.avx512.isAvailable {
                    #expect(codes(values, ranks, by: AVX512Kernel.self) == expected)
                    #expect(codes(values + [.nan], ranks, by: AVX512Kernel.self) == nil)
                }
            #endif
        }
    }

    /// A window of fewer ranks than there are takes those values only that have one of them.
    @Test(arguments: [0.1, 0.5, 0.9] as [Float])
    func windowsRefuseOtherRanks(middle: Float) {
        let thresholds = Self.thresholds(.even, 3000)
        thresholds.withUnsafeBufferPointer { list in
            let index = ThresholdIndex(list)
            guard let ranks = index.ranks(500, around: [middle, .nan, middle.nextUp]) else {
                Issue.record("one rank has room")
                return
            }
            let window = ranks.lowestRank..<ranks.lowestRank + 500
            #expect(window.contains(index.rank(middle)))
            for value in Self.values(thresholds) {
                let isTaken = codes([value], ranks, by: PortableKernel.self) != nil
                #expect(isTaken == window.contains(index.rank(value)), "\(value)")
            }
            #expect(index.ranks(500, around: [0, 1]) == nil)
        }
    }

    /// Nil if the kernel refuses a value.
    private func codes<Kernel: SetKernel>(
        _ values: [Float], _ ranks: RankWindow, by kernel: Kernel.Type
    ) -> [Int16]? {
        var codes = [Int16](repeating: 0, count: values.count)
        // Each value goes to another place.
        let slots = values.indices.map { Int32(values.count - 1 - $0) }
        let isDone = codes.withUnsafeMutableBufferPointer { codes in
            values.withUnsafeBufferPointer { values in
                Kernel.encode(
                    values.baseAddress!, count: values.count, ahead: values.baseAddress!, ranks, slots: slots,
                    codes: codes.baseAddress!)
            }
        }
        return isDone ? codes.reversed() : nil
    }
}
