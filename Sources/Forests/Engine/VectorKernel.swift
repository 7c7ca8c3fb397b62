internal import CForestKernel

#if arch(x86_64)

    /// The kernel for processors with AVX-512.
    enum VectorKernel: SetKernel {
        static func slotsOfPixels(groupsPerBlock: Int) -> [Int] {
            Array(0..<groupsPerBlock * Block.pixelCount)
        }

        static func divide(_ split: SetSplit) -> SetDivision {
            let division = withUnsafePointer(to: split.order) { order in
                switch split.shape {
                case .pixels: forestDividePixelsAVX512(order)
                case .lines: forestDivideLinesAVX512(order)
                case .rows: forestDivideRowsAVX512(order)
                }
            }
            return SetDivision(
                trueCount: Int(division.trueCount), falseCount: Int(division.falseCount),
                freeSlot: Int(division.freeSlot))
        }

        static func add(
            _ leaves: (ifTrue: Int32, ifFalse: Int32), _ split: SetSplit, to sums: UnsafeMutablePointer<Int32>
        ) {
            withUnsafePointer(to: split.order) { order in
                switch split.shape {
                case .pixels: forestAddLeavesPixelsAVX512(order, sums, leaves.ifTrue, leaves.ifFalse)
                case .lines: forestAddLeavesLinesAVX512(order, sums, leaves.ifTrue, leaves.ifFalse)
                case .rows: forestAddLeavesRowsAVX512(order, sums, leaves.ifTrue, leaves.ifFalse)
                }
            }
        }

        static func widen(_ range: inout ValueRange, by values: UnsafeBufferPointer<Float>) {
            var found = ForestRange(lowest: range.lowest, highest: range.highest, sum: range.sum)
            forestWidenAVX512(&found, values.baseAddress, Int64(values.count))
            range = ValueRange(lowest: found.lowest, highest: found.highest, sum: found.sum)
        }

        static func encode(
            _ values: UnsafeBufferPointer<Float>, _ index: ThresholdIndex, lowestRank: UInt32,
            slots: UnsafePointer<Int32>, codes: UnsafeMutablePointer<Int16>
        ) {
            var ranking = index.ranking
            ranking.lowestRank = lowestRank
            withUnsafePointer(to: ranking) {
                forestEncodeAVX512($0, values.baseAddress, Int64(values.count), slots, codes)
            }
        }

        static func add(
            _ leaf: Int32, to sets: RowSets, _ range: Range<Int>, sums: UnsafeMutablePointer<Int32>
        ) {
            forestAddLeafAVX512(
                UnsafeRawPointer(sets.items).assumingMemoryBound(to: UInt32.self),
                UnsafeRawPointer(sets.rows).assumingMemoryBound(to: UInt64.self),
                Int64(range.lowerBound), Int64(range.upperBound), sums, leaf)
        }
    }

    extension SetSplit {
        @inline(__always)
        fileprivate var order: ForestSplitOrder {
            ForestSplitOrder(
                items: UnsafeMutableRawPointer(items).assumingMemoryBound(to: UInt32.self),
                mixed: UnsafeMutableRawPointer(mixed).assumingMemoryBound(to: UInt32.self),
                rows: UnsafeMutableRawPointer(rows).assumingMemoryBound(to: UInt64.self),
                start: Int64(start), end: Int64(end), falseStart: Int64(falseStart),
                freeSlot: Int64(freeSlot), codes: codes,
                bounds: UnsafeRawPointer(bounds).assumingMemoryBound(to: Int32.self),
                pixelGroups: Int32(groupsPerBlock), pixelsShift: Int32(pixelsShift), code: code)
        }
    }

    extension ThresholdIndex {
        fileprivate var ranking: ForestRanking {
            ForestRanking(
                thresholds: thresholds, starts: UnsafePointer(starts), lowest: lowest, scale: scale,
                lastBucket: lastBucket, lowestRank: 0)
        }
    }
#endif

/// Whether this processor has what `VectorKernel` needs.
var hasAVX512: Bool {
    #if arch(x86_64)
        forestHasAVX512()
    #else
        false
    #endif
}
