/// The kernel for every processor, in Swift's vectors.
enum PortableKernel: SetKernel {
    static func divide(_ split: SetSplit) -> SetDivision {
        switch split.shape {
        case .pixels where split.groupsPerBlock == 8: divide(split) { aboveInEightGroups(split, $0) }
        case .pixels: divide(split) { aboveInGroups(split, $0) }
        case .lines: divide(split) { aboveInLines(split, $0) }
        case .rows: divide(split) { aboveInRows(split, $0) }
        }
    }

    /// The rows of a block, eight lines each. Swift keeps vectors of 16 bytes in registers, and larger ones
    /// not.
    typealias Quarters = (SIMD8<UInt16>, SIMD8<UInt16>, SIMD8<UInt16>, SIMD8<UInt16>)

    /// `above` gives the rows of a block that go to the false side.
    @inline(__always)
    static func divide(_ split: SetSplit, above: (BlockID) -> Quarters) -> SetDivision {
        let blocks = split.blocks
        let rows = UnsafeMutableRawPointer(split.rows).assumingMemoryBound(to: SIMD8<UInt16>.self)
        var trueEnd = split.start
        var falseEnd = split.falseStart
        for place in split.start..<split.end {
            let block = blocks[place]
            let (a, b, c, d) = (
                rows[4 &* place], rows[4 &* place &+ 1], rows[4 &* place &+ 2], rows[4 &* place &+ 3]
            )
            let above = above(block)
            // Both sides are always written and counted only if they are not empty: no branch to
            // mispredict.
            blocks[trueEnd] = block
            blocks[falseEnd] = block
            let trueRows = (a & ~above.0, b & ~above.1, c & ~above.2, d & ~above.3)
            let falseRows = (a & above.0, b & above.1, c & above.2, d & above.3)
            store(trueRows, rows + 4 &* trueEnd)
            store(falseRows, rows + 4 &* falseEnd)
            trueEnd &+= hasRows(trueRows)
            falseEnd &+= hasRows(falseRows)
        }
        return SetDivision(trueCount: trueEnd - split.start, falseCount: falseEnd - split.falseStart)
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
        switch split.shape {
        case .pixels where split.groupsPerBlock == 8:
            add(leaves, split, to: sums) { aboveInEightGroups(split, $0) }
        case .pixels: add(leaves, split, to: sums) { aboveInGroups(split, $0) }
        case .lines: add(leaves, split, to: sums) { aboveInLines(split, $0) }
        case .rows: add(leaves, split, to: sums) { aboveInRows(split, $0) }
        }
    }

    @inline(__always)
    private static func add(
        _ leaves: (ifTrue: Int32, ifFalse: Int32), _ split: SetSplit, to sums: UnsafeMutablePointer<Int32>,
        above: (BlockID) -> Quarters
    ) {
        let rows = UnsafeMutableRawPointer(split.rows).assumingMemoryBound(to: SIMD8<UInt16>.self)
        // The two sides of one block at a time, where the false side would go.
        let (trueSide, falseSide) = (split.rows + split.falseStart, split.rows + split.falseStart + 1)
        for place in split.start..<split.end {
            let block = split.blocks[place]
            let above = above(block)
            let (a, b, c, d) = (
                rows[4 &* place], rows[4 &* place &+ 1], rows[4 &* place &+ 2], rows[4 &* place &+ 3]
            )
            store((a & ~above.0, b & ~above.1, c & ~above.2, d & ~above.3), rows + 4 &* split.falseStart)
            store((a & above.0, b & above.1, c & above.2, d & above.3), rows + (4 &* split.falseStart &+ 4))
            let own = BlockSums(sums, block)
            own.add(leaves.ifTrue, to: trueSide)
            own.add(leaves.ifFalse, to: falseSide)
        }
    }

    static func add(_ leaf: Int32, to sets: RowSets, _ range: Range<Int>, sums: UnsafeMutablePointer<Int32>) {
        for place in range { BlockSums(sums, sets.blocks[place]).add(leaf, to: sets.rows + place) }
    }

    @inline(__always)
    private static func vectors(_ codes: UnsafePointer<Int16>) -> UnsafePointer<SIMD8<Int16>> {
        UnsafeRawPointer(codes).assumingMemoryBound(to: SIMD8<Int16>.self)
    }

    /// Shifts a bit into every lane: 1 where the value is above the code, whose comparison gives -1.
    @inline(__always)
    private static func shift(
        _ bits: SIMD8<Int16>, _ values: SIMD8<Int16>, _ code: SIMD8<Int16>
    ) -> SIMD8<Int16> {
        bits &+ bits &- unsafeBitCast(values .> code, to: SIMD8<Int16>.self)
    }

    @inline(__always)
    private static func lanes(_ bits: SIMD8<Int16>) -> SIMD8<UInt16> {
        unsafeBitCast(bits, to: SIMD8<UInt16>.self)
    }

    @inline(__always)
    private static func aboveInRows(_ split: SetSplit, _ block: BlockID) -> Quarters {
        let values = vectors(split.codes + block.number &* Block.rowCount)
        let code = SIMD8<Int16>(repeating: split.code)
        let none = SIMD8<Int16>(repeating: 0)
        var (a, b, c, d) = (none, none, none, none)
        var pixel = Block.pixelCount
        while pixel > 0 {
            pixel &-= 1
            a = shift(a, values[4 &* pixel], code)
            b = shift(b, values[4 &* pixel &+ 1], code)
            c = shift(c, values[4 &* pixel &+ 2], code)
            d = shift(d, values[4 &* pixel &+ 3], code)
        }
        return (lanes(a), lanes(b), lanes(c), lanes(d))
    }

    /// A line's 16 rows are just the width of its code.
    @inline(__always)
    private static func aboveInLines(_ split: SetSplit, _ block: BlockID) -> Quarters {
        let values = vectors(split.codes + block.number &* Block.lineCount)
        let code = SIMD8<Int16>(repeating: split.code)
        @inline(__always) func above(_ quarter: Int) -> SIMD8<UInt16> {
            unsafeBitCast(values[quarter] .> code, to: SIMD8<UInt16>.self)
        }
        return (above(0), above(1), above(2), above(3))
    }

    /// Eight groups, four lines each.
    @inline(__always)
    private static func aboveInEightGroups(_ split: SetSplit, _ block: BlockID) -> Quarters {
        let values = vectors(split.codes + block.pixels &* 8 &* Block.pixelCount)
        let code = SIMD8<Int16>(repeating: split.code)
        var (low, high) = (SIMD8<Int16>(repeating: 0), SIMD8<Int16>(repeating: 0))
        var pixel = 8
        while pixel > 0 {
            pixel &-= 1
            low = shift(low, values[2 &* pixel], code)
            high = shift(high, values[2 &* pixel &+ 1], code)
        }
        let g = lanes(low | high &<< 8)
        return (
            SIMD8(g[0], g[0], g[0], g[0], g[1], g[1], g[1], g[1]),
            SIMD8(g[2], g[2], g[2], g[2], g[3], g[3], g[3], g[3]),
            SIMD8(g[4], g[4], g[4], g[4], g[5], g[5], g[5], g[5]),
            SIMD8(g[6], g[6], g[6], g[6], g[7], g[7], g[7], g[7])
        )
    }

    /// More groups, in their own order.
    @inline(never)
    private static func aboveInGroups(_ split: SetSplit, _ block: BlockID) -> Quarters {
        var above = RowMask.none
        for line in 0..<Block.lineCount {
            let group = block.pixels * split.groupsPerBlock + line / (Block.lineCount / split.groupsPerBlock)
            for pixel in 0..<Block.pixelCount
            where split.codes[group * Block.pixelCount + pixel] > split.code {
                above[line] |= 1 << UInt16(pixel)
            }
        }
        return unsafeBitCast(above, to: Quarters.self)
    }
}
