internal import CForestKernel

#if arch(x86_64)

    /// A kernel in C, for processors with vectors that Swift does not use unasked.
    protocol VectorKernel: SetKernel {
        static var functions: ForestKernel { get }
    }

    enum AVX2Kernel: VectorKernel {
        static var functions: ForestKernel { forestKernelAVX2 }
    }

    enum AVX512Kernel: VectorKernel {
        static var functions: ForestKernel { forestKernelAVX512 }
    }

    extension VectorKernel {
        static var slotsOfPixels: [Int] { Array(0..<Block.pixelCodeCount) }

        static func divide(_ split: SetSplit) -> SetDivision {
            let division = withUnsafePointer(to: split.order) { functions.divide($0) }
            return SetDivision(
                trueCount: Int(division.trueCount), falseCount: Int(division.falseCount),
                freeSlot: Int(division.freeSlot))
        }

        static func add(
            _ leaves: (ifTrue: Int32, ifFalse: Int32), _ split: SetSplit, to sums: UnsafeMutablePointer<Int32>
        ) {
            withUnsafePointer(to: split.order) {
                functions.addLeaves($0, sums, leaves.ifTrue, leaves.ifFalse)
            }
        }

        static func encode(
            _ values: UnsafePointer<Float>, count: Int, ahead: UnsafePointer<Float>, _ ranks: RankWindow,
            slots: UnsafePointer<Int32>, codes: UnsafeMutablePointer<Int16>
        ) -> Bool {
            withUnsafePointer(to: ranks.ranking) {
                functions.encode($0, values, Int64(count), ahead, slots, codes)
            }
        }

        static func add(
            _ leaf: Int32, to sets: RowSets, _ range: Range<Int>, sums: UnsafeMutablePointer<Int32>
        ) {
            functions.addLeaf(
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
                pixelsShift: Int32(pixelsShift),
                shape: ForestShape(UInt32(shape.rawValue)), code: code)
        }
    }

    extension RankWindow {
        @inline(__always)
        fileprivate var ranking: ForestRanking {
            ForestRanking(
                thresholds: index.thresholds, count: UInt32(index.count), starts: UnsafePointer(index.starts),
                lowest: index.lowest,
                scale: index.scale, lastBucket: index.lastBucket, lowestRank: lowestRank,
                lowestValue: lowestValue, highestValue: highestValue)
        }
    }
#endif

extension EngineProcessor {
    /// Whether this machine has it.
    public var isAvailable: Bool {
        switch self {
        case .portable: true
        case .avx2, .avx512: isAvailableVectorProcessor
        }
    }

    private var isAvailableVectorProcessor: Bool {
        #if arch(x86_64)
            self == .avx2 ? forestHasAVX2() : forestHasAVX512()
        #else
            false
        #endif
    }
}
