internal import CForestKernel

/// Walks trees with sets of rows: depth first, one tree at a time, over a superblock.
///
/// A set is a list of blocks and of their rows on a stack. A split divides a set: the true side is compacted
/// in place and walked first, as its nodes come next in the file; the false side waits on top of the stack.
struct SetWalk<Kernel: SetKernel> {
    private let forest: Forest
    private let nodes: UnsafePointer<ForestNode>?
    private let leaves: UnsafePointer<Int32>
    private var sets: RowSets
    private let mixed: UnsafeMutablePointer<SetItem>
    /// False sides that wait until the true sides are done.
    private let waiting: UnsafeMutablePointer<Waiting>

    /// Eight lines of the cache: a hundred large trees come from memory.
    private static var splitsAhead: Int { 64 }

    private struct Waiting {
        let place: Forest.Subtree
        let start: Int
        let end: Int
        let freeSlot: Int
    }

    init(_ forest: Forest, blockCount: Int) {
        self.forest = forest
        nodes = forest.nodes.baseAddress
        // A forest without leaves was refused when it was loaded.
        leaves = forest.leaves.baseAddress!
        sets = RowSets(itemCapacity: 4 * blockCount, slotCapacity: 4 * blockCount)
        mixed = .allocateLines(capacity: blockCount + RowSets.slack)
        waiting = .allocate(capacity: forest.maximumDepth + 1)
    }

    func deallocate() {
        sets.deallocate()
        mixed.deallocate()
        waiting.deallocate()
    }

    /// Adds the leaves of the first trees to the sum of every row.
    mutating func addTrees(_ count: Int, to superblock: Superblock) {
        for tree in 0..<count {
            sets.reserve(items: superblock.startCount, slots: superblock.startCount)
            sets.items.update(from: superblock.start.items, count: superblock.startCount)
            sets.rows.update(from: superblock.start.rows, count: superblock.startCount)
            walk(forest.tree(tree), superblock)
        }
    }

    private mutating func walk(_ tree: Forest.Subtree, _ superblock: Superblock) {
        let pixelsShift = superblock.pixelsShift
        let (tables, sums, squares) = (superblock.splitTables, superblock.sums, superblock.squares)
        waiting[0] = Waiting(
            place: tree, start: 0, end: superblock.startCount, freeSlot: superblock.startCount)
        var waitingCount = 1
        while waitingCount > 0 {
            waitingCount &-= 1
            let next = waiting[waitingCount]
            var place = next.place
            let start = next.start
            var end = next.end
            var freeSlot = next.freeSlot
            // Sets that wait lie above this one, past what a kernel may write behind its end.
            var top = end &+ RowSets.slack
            while place.splitCount > 0, let nodes {
                let node = nodes[place.split]
                let falseSide = place.falseSide(node)
                // It is far away in the file, and its turn comes when the true side is done.
                forestPrefetch(nodes + falseSide.split)
                // Nearer ones are read in order, but with gaps that no processor guesses.
                forestPrefetch(nodes + (place.split &+ Self.splitsAhead))
                let table = tables + node.feature
                let rank = node.rank &- table.pointee.lowestRank
                let hasRule = node.hasMissingRule && table.pointee.hasMissing
                let code =
                    table.pointee.isNumbered || hasRule
                    ? superblock.numberedCode(node.feature, rank) : table.pointee.code(ofRank: rank)
                if !hasRule, let isTrue = side(of: start..<end, rank, code, table) {
                    place = isTrue ? place.trueSide(node) : falseSide
                    continue
                }
                sets.reserve(items: top &+ (end &- start), slots: freeSlot &+ (end &- start))
                let split = SetSplit(
                    items: sets.items, rows: sets.rows, start: start, end: end, falseStart: top,
                    freeSlot: freeSlot, mixed: mixed, codes: table.pointee.codes,
                    bounds: table.pointee.bounds, shape: table.pointee.shape,
                    pixelsShift: pixelsShift, code: code)
                if place.splitCount == 1, !hasRule, squares == nil {
                    Kernel.add((leaves[place.leaf], leaves[place.leaf &+ 1]), split, to: sums)
                    end = start
                    break
                }
                let division = hasRule ? divide(split, node, superblock) : Kernel.divide(split)
                freeSlot = division.freeSlot
                if division.falseCount > 0 {
                    // One for each level of the tree at most.
                    waiting[waitingCount] = Waiting(
                        place: falseSide, start: top, end: top &+ division.falseCount, freeSlot: freeSlot)
                    waitingCount &+= 1
                    forestPrefetch(leaves + falseSide.leaf)
                    top &+= division.falseCount
                }
                end = start &+ division.trueCount
                if start == end { break }
                place = place.trueSide(node)
            }
            guard start < end else { continue }
            Kernel.add(leaves[place.leaf], to: sets, start..<end, sums: sums)
            if let squares { addSquare(of: leaves[place.leaf], start..<end, squares) }
        }
    }

    /// Whether a whole set goes to the true side; nil if only its rows can tell.
    @inline(__always)
    private func side(
        of set: Range<Int>, _ rank: Int, _ code: Int16, _ table: UnsafePointer<SplitTable>
    ) -> Bool? {
        // The whole superblock lies on one side.
        if rank >= table.pointee.span { return true }
        if rank < 0 { return false }
        // Down deep, most sets are in one block, and most blocks lie on one side.
        guard set.count == 1 else { return nil }
        let bounds = table.pointee.bounds[sets.items[set.lowerBound].block]
        return bounds.highest <= code ? true : bounds.lowest > code ? false : nil
    }

    /// Divides a set by a split that says where missing values go, in a superblock that has some.
    @inline(never)
    private func divide(_ split: SetSplit, _ node: ForestNode, _ superblock: Superblock) -> SetDivision {
        let table = superblock.tables[node.feature]
        let rule = node.missingRule ?? .none
        let missing = (rule.kind == .nan ? table?.nanRows : table?.nanOrZeroRows) ?? []
        let slotsOfPixels = Kernel.slotsOfPixels
        return PortableKernel.divideUnsorted(split) { block in
            let holds = split.holds(block, slotsOfPixels)
            let others = missing.isEmpty ? .none : missing[block]
            let above = rule.goesToTrueChild ? ~(holds | others) : ~holds | others
            return unsafeBitCast(above, to: PortableKernel.Quarters.self)
        }
    }

    private func addSquare(of leaf: Int32, _ range: Range<Int>, _ squares: UnsafeMutablePointer<Int64>) {
        let square = Int64(leaf) * Int64(leaf)
        for place in range {
            let item = sets.items[place]
            let own = squares + item.block &* Block.rowCount
            for line in 0..<Block.lineCount {
                var rest = sets.rows[item.slot][line]
                while rest != 0 {
                    own[line &* Block.pixelCount &+ rest.trailingZeroBitCount] &+= square
                    rest &= rest &- 1
                }
            }
        }
    }
}

extension SetSplit {
    /// The rows of a block that go to the true side, one by one.
    func holds(_ block: Int, _ slotsOfPixels: [Int]) -> RowMask {
        var holds = RowMask.none
        for line in 0..<Block.lineCount {
            for pixel in 0..<Block.pixelCount {
                let place: Int
                switch shape {
                case .pixels:
                    let group = line / Block.dayCount
                    place =
                        (block >> pixelsShift) * Block.pixelCodeCount
                        + slotsOfPixels[group * Block.pixelCount + pixel]
                case .lines: place = block * Block.lineCount + line
                case .rows: place = block * Block.rowCount + BlockShape.slotOfRow(line: line, pixel: pixel)
                }
                if codes[place] <= code { holds[line] |= 1 << UInt16(pixel) }
            }
        }
        return holds
    }
}
