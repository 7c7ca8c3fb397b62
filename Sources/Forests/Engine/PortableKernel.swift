internal import CForestKernel

/// The kernel for every processor, in Swift's vectors.
enum PortableKernel: SetKernel {
    /// Pixels 0 and 8 of all groups, then 1 and 9: like `rows`, vector after vector.
    static let slotsOfPixels = (0..<Block.pixelCodeCount).map { place in
        let (group, pixel) = place.quotientAndRemainder(dividingBy: Block.pixelCount)
        return pixel % 8 * 16 + pixel / 8 * 8 + group
    }

    static func divide(_ split: SetSplit) -> SetDivision {
        let sorting = sort(split)
        return switch split.shape {
        case .pixels: divide(split, sorting) { aboveInPixels(split, $0) }
        case .lines: divide(split, sorting) { aboveInLines(split, $0) }
        case .rows: divide(split, sorting) { aboveInRows(split, $0) }
        }
    }

    /// The rows of a block, eight lines each. Swift keeps vectors of 16 bytes in registers, and larger ones
    /// not.
    typealias Quarters = (SIMD8<UInt16>, SIMD8<UInt16>, SIMD8<UInt16>, SIMD8<UInt16>)

    /// The items of a set by the bounds of their blocks: how many lie whole on the true side, now at the
    /// start of the set, how many on the false side, and how many may have rows on both.
    private struct Sorting {
        let trueCount: Int
        let falseCount: Int
        let mixedCount: Int
    }

    @inline(__always)
    private static func sort(_ split: SetSplit) -> Sorting {
        let (items, mixed, bounds, code) = (split.items, split.mixed, split.bounds, split.code)
        var (trueEnd, falseEnd, mixedCount) = (split.start, split.falseStart, 0)
        for place in split.start..<split.end {
            let item = items[place]
            let block = bounds[item.block]
            let isTrue = block.highest <= code ? 1 : 0
            let isFalse = block.lowest > code ? 1 : 0
            // Written to all three and counted in one: no branch to mispredict.
            items[trueEnd] = item
            items[falseEnd] = item
            mixed[mixedCount] = item
            trueEnd &+= isTrue
            falseEnd &+= isFalse
            mixedCount &+= 1 &- isTrue &- isFalse
        }
        return Sorting(
            trueCount: trueEnd &- split.start, falseCount: falseEnd &- split.falseStart,
            mixedCount: mixedCount)
    }

    /// Divides a set without a look at the bounds of blocks.
    @inline(__always)
    static func divideUnsorted(_ split: SetSplit, above: (Int) -> Quarters) -> SetDivision {
        let count = split.end - split.start
        split.mixed.update(from: split.items + split.start, count: count)
        return divide(split, Sorting(trueCount: 0, falseCount: 0, mixedCount: count), above: above)
    }

    /// Divides the mixed items. `above` gives the rows of a block that go to the false side.
    @inline(__always)
    private static func divide(
        _ split: SetSplit, _ sorting: Sorting, above: (Int) -> Quarters
    ) -> SetDivision {
        let items = split.items
        let rows = UnsafeMutableRawPointer(split.rows).assumingMemoryBound(to: SIMD8<UInt16>.self)
        var trueEnd = split.start &+ sorting.trueCount
        var falseEnd = split.falseStart &+ sorting.falseCount
        var freeSlot = split.freeSlot
        for place in 0..<sorting.mixedCount {
            let item = split.mixed[place]
            let own = rows + 4 &* item.slot
            let (a, b, c, d) = (own[0], own[1], own[2], own[3])
            let above = above(item.block)
            let trueRows = (a & ~above.0, b & ~above.1, c & ~above.2, d & ~above.3)
            let falseRows = (a & above.0, b & above.1, c & above.2, d & above.3)
            let (hasTrue, hasFalse) = (hasRows(trueRows), hasRows(falseRows))
            // Only a cut takes a slot, so that every slot in use has a row of its own.
            let falseSlot = hasTrue == 0 ? item.slot : freeSlot
            store(trueRows, own)
            store(falseRows, rows + 4 &* falseSlot)
            items[trueEnd] = item
            items[falseEnd] = SetItem(block: item.block, slot: falseSlot)
            trueEnd &+= hasTrue
            falseEnd &+= hasFalse
            freeSlot &+= hasTrue & hasFalse
        }
        return SetDivision(
            trueCount: trueEnd &- split.start, falseCount: falseEnd &- split.falseStart, freeSlot: freeSlot)
    }

    @inline(__always)
    private static func store(_ rows: Quarters, _ place: UnsafeMutablePointer<SIMD8<UInt16>>) {
        (place[0], place[1], place[2], place[3]) = rows
    }

    /// 1 if there are any, else 0.
    @inline(__always)
    private static func hasRows(_ rows: Quarters) -> Int {
        let words = unsafeBitCast(rows.0 | rows.1 | rows.2 | rows.3, to: SIMD2<UInt64>.self)
        return (words[0] | words[1]) == 0 ? 0 : 1
    }

    static func add(
        _ leaves: (ifTrue: Int32, ifFalse: Int32), _ split: SetSplit, to sums: UnsafeMutablePointer<Int32>
    ) {
        let sorting = sort(split)
        for place in 0..<sorting.trueCount {
            add(leaves.ifTrue, split.items[split.start &+ place], split, sums)
        }
        for place in 0..<sorting.falseCount {
            add(leaves.ifFalse, split.items[split.falseStart &+ place], split, sums)
        }
        let count = sorting.mixedCount
        switch split.shape {
        case .pixels: add(leaves, split, count, sums) { aboveInPixels(split, $0) }
        case .lines: add(leaves, split, count, sums) { aboveInLines(split, $0) }
        case .rows: add(leaves, split, count, sums) { aboveInRows(split, $0) }
        }
    }

    @inline(__always)
    private static func add(
        _ leaf: Int32, _ item: SetItem, _ split: SetSplit, _ sums: UnsafeMutablePointer<Int32>
    ) {
        BlockSums(sums, block: item.block).add(leaf, to: split.rows + item.slot)
    }

    @inline(__always)
    private static func add(
        _ leaves: (ifTrue: Int32, ifFalse: Int32), _ split: SetSplit, _ mixedCount: Int,
        _ sums: UnsafeMutablePointer<Int32>, above: (Int) -> Quarters
    ) {
        for place in 0..<mixedCount {
            let item = split.mixed[place]
            var above = above(item.block)
            withUnsafePointer(to: &above) { above in
                BlockSums(sums, block: item.block).add(
                    leaves, to: split.rows + item.slot,
                    above: UnsafeRawPointer(above).assumingMemoryBound(to: RowMask.self))
            }
        }
    }

    static func add(_ leaf: Int32, to sets: RowSets, _ range: Range<Int>, sums: UnsafeMutablePointer<Int32>) {
        for place in range {
            let item = sets.items[place]
            BlockSums(sums, block: item.block).add(leaf, to: sets.rows + item.slot)
        }
    }

    static func encode(
        _ values: UnsafePointer<Float>, count: Int, ahead: UnsafePointer<Float>, _ ranks: RankWindow,
        slots: UnsafePointer<Int32>, codes: UnsafeMutablePointer<Int16>
    ) -> Bool {
        let valuesPerLine = 16
        let bias = Int(ranks.lowestRank) &- Int(FeatureTable.lowestCode)
        for first in stride(from: 0, to: count, by: valuesPerLine) {
            forestPrefetch(ahead + first)
            for number in first..<min(first &+ valuesPerLine, count) {
                let value = values[number]
                // What is not a number is in no range.
                guard value >= ranks.lowestValue, value <= ranks.highestValue else { return false }
                codes[Int(slots[number])] = Int16(truncatingIfNeeded: Int(ranks.index.rank(value)) &- bias)
            }
        }
        return true
    }

    @inline(__always)
    private static func vectors(_ codes: UnsafePointer<Int16>) -> UnsafePointer<SIMD8<Int16>> {
        UnsafeRawPointer(codes).assumingMemoryBound(to: SIMD8<Int16>.self)
    }

    /// Shifts a bit into every byte: 1 where a value is above the code, whose comparison gives -1. The bytes
    /// are packed: of the first values, then of the next.
    @inline(__always)
    private static func shift(
        _ bits: inout SIMD16<Int8>, _ first: SIMD8<Int16>, _ next: SIMD8<Int16>, _ code: SIMD8<Int16>
    ) {
        // Either byte of a comparison says it; the compiler makes one instruction of this.
        let above = SIMD16<Int8>(
            lowHalf: unsafeBitCast(first .> code, to: SIMD16<Int8>.self).evenHalf,
            highHalf: unsafeBitCast(next .> code, to: SIMD16<Int8>.self).evenHalf)
        bits = bits &+ bits &- above
    }

    /// The low and the high byte of each lane.
    @inline(__always)
    private static func lanes(_ low: SIMD8<Int8>, _ high: SIMD8<Int8>) -> SIMD8<UInt16> {
        var bytes = SIMD16<Int8>()
        bytes.evenHalf = low
        bytes.oddHalf = high
        return unsafeBitCast(bytes, to: SIMD8<UInt16>.self)
    }

    @inline(__always)
    private static func aboveInRows(_ split: SetSplit, _ block: Int) -> Quarters {
        let values = vectors(split.codes + block &* Block.rowCount)
        let code = SIMD8<Int16>(repeating: split.code)
        let none = SIMD16<Int8>(repeating: 0)
        // Half the lines each, and half the pixels.
        var (a, b, highA, highB) = (none, none, none, none)
        var pixel = 8
        while pixel > 0 {
            pixel &-= 1
            let (low, high) = (values + 4 &* pixel, values + 4 &* (pixel &+ 8))
            shift(&a, low[0], low[1], code)
            shift(&b, low[2], low[3], code)
            shift(&highA, high[0], high[1], code)
            shift(&highB, high[2], high[3], code)
        }
        return (
            lanes(a.lowHalf, highA.lowHalf), lanes(a.highHalf, highA.highHalf),
            lanes(b.lowHalf, highB.lowHalf), lanes(b.highHalf, highB.highHalf)
        )
    }

    /// A line's 16 rows are just the width of its code.
    @inline(__always)
    private static func aboveInLines(_ split: SetSplit, _ block: Int) -> Quarters {
        let values = vectors(split.codes + block &* Block.lineCount)
        let code = SIMD8<Int16>(repeating: split.code)
        @inline(__always) func above(_ quarter: Int) -> SIMD8<UInt16> {
            unsafeBitCast(values[quarter] .> code, to: SIMD8<UInt16>.self)
        }
        return (above(0), above(1), above(2), above(3))
    }

    /// Eight groups, four lines each.
    @inline(__always)
    private static func aboveInPixels(_ split: SetSplit, _ block: Int) -> Quarters {
        let values = vectors(split.codes + (block &>> split.pixelsShift) &* Block.pixelCodeCount)
        let code = SIMD8<Int16>(repeating: split.code)
        var bits = SIMD16<Int8>(repeating: 0)
        var pixel = 8
        while pixel > 0 {
            pixel &-= 1
            shift(&bits, values[2 &* pixel], values[2 &* pixel &+ 1], code)
        }
        let g = lanes(bits.lowHalf, bits.highHalf)
        return (
            SIMD8(g[0], g[0], g[0], g[0], g[1], g[1], g[1], g[1]),
            SIMD8(g[2], g[2], g[2], g[2], g[3], g[3], g[3], g[3]),
            SIMD8(g[4], g[4], g[4], g[4], g[5], g[5], g[5], g[5]),
            SIMD8(g[6], g[6], g[6], g[6], g[7], g[7], g[7], g[7])
        )
    }
}
