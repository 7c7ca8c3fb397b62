/// Walks trees with sets of rows: depth first, one tree at a time, over a superblock.
///
/// A set is a list of blocks and masks on a stack. A split divides the list on top: the true side is
/// compacted in place, the false side is appended behind it and walked first, so that the stack stays
/// short.
struct SetWalk {
    private let forest: Forest
    private let nodes: UnsafePointer<ForestNode>?
    private let leaves: UnsafePointer<Int32>?
    private var sets: RowSets
    /// True sides that wait until the false sides are done.
    private var waiting: [Waiting] = []

    private struct Waiting {
        let child: Int32
        let start: Int
        let end: Int
    }

    init(_ forest: Forest) {
        self.forest = forest
        nodes = forest.nodes.baseAddress
        leaves = forest.leaves.baseAddress
        sets = RowSets(capacity: 1 << 14)
        waiting.reserveCapacity(forest.maximumDepth + 1)
    }

    func deallocate() { sets.deallocate() }

    /// Adds the leaf of every tree to the sum of every row.
    mutating func addAllTrees(to superblock: Superblock) {
        superblock.tables.withUnsafeBufferPointer { tables in
            for tree in 0..<forest.treeCount {
                sets.reserve(superblock.blockCount)
                sets.blocks.update(from: superblock.blocks, count: superblock.blockCount)
                sets.rows.update(from: superblock.rows, count: superblock.blockCount)
                walk(
                    from: forest.root(ofTree: tree), count: superblock.blockCount, tables,
                    superblock.sums)
            }
        }
    }

    private mutating func walk(
        from root: Int32, count: Int, _ tables: UnsafeBufferPointer<FeatureTable?>, _ sums: Sums
    ) {
        // A forest without any split has no nodes, and one without leaves was refused when it was loaded.
        guard let leaves else { return }
        waiting.append(Waiting(child: root, start: 0, end: count))
        while let next = waiting.popLast() {
            var child = next.child
            var (start, end) = (next.start, next.end)
            while child >= 0, let nodes {
                let node = nodes[Int(child)]
                guard let table = tables[Int(node.feature)] else { break }
                let isPlain =
                    node.flags & ForestNode.missingKindBits == 0
                    || (node.missing.kind == .nan && !table.hasMissing)
                if isPlain, !table.hasMissing {
                    // The whole superblock lies on one side: nothing to do for any row.
                    if table.highest <= node.threshold {
                        child = node.trueChild
                        continue
                    }
                    if table.lowest > node.threshold {
                        child = node.falseChild
                        continue
                    }
                }
                if node.trueChild < 0, node.falseChild < 0 {
                    let pair = (leaves[Int(~node.trueChild)], leaves[Int(~node.falseChild)])
                    if isPlain {
                        sets.addLeaves(pair, IsAtMost(threshold: node.threshold), table, start, end, sums)
                    } else {
                        sets.addLeaves(pair, GoesToTrueChild(node), table, start, end, sums)
                    }
                    start = end
                    break
                }
                sets.reserve(end + (end - start))
                let division =
                    isPlain
                    ? sets.divide(IsAtMost(threshold: node.threshold), table, start, end)
                    : sets.divide(GoesToTrueChild(node), table, start, end)
                if division.falseCount == 0 {
                    child = node.trueChild
                } else {
                    if division.trueCount > 0 {
                        waiting.append(
                            Waiting(child: node.trueChild, start: start, end: start + division.trueCount))
                    }
                    child = node.falseChild
                    start = end
                    end += division.falseCount
                }
            }
            if child < 0, start < end { sets.addLeaf(leaves[Int(~child)], start, end, sums) }
        }
    }
}

/// The sums of a superblock's rows, by day group and pixel block.
struct Sums {
    let vectors: UnsafeMutablePointer<SIMD8<Int32>>
    let pixelBlockCount: Int

    @inline(__always)
    func of(_ block: BlockID) -> BlockSums {
        BlockSums(
            vectors: vectors + (block.dayGroup &* pixelBlockCount &+ block.pixelBlock)
                &* BlockSums.vectorCount)
    }
}
