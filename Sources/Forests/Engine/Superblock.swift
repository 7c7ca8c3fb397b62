/// One thread's superblock: the features of its blocks, the rows to predict, and their sums. It is filled
/// again and again.
struct Superblock {
    /// By feature; unused for features that no tree looks at.
    let splitTables: UnsafeMutablePointer<SplitTable>
    private(set) var tables: [FeatureTable?]
    /// The blocks with at least one row to predict, and these rows.
    let start: RowSets
    private(set) var startCount = 0
    /// The sums of all blocks, by row.
    let sums: UnsafeMutablePointer<Int32>
    /// The sums of squares, if the spread of the trees is asked for.
    let squares: UnsafeMutablePointer<Int64>?

    private let tile: TileInput
    private let forest: Forest
    private let indices: [ThresholdIndex?]
    private var ranks: RankBuffer
    private var layout: BlockLayout
    /// The pixels whose fixed features are there.
    private var prepared: Place?
    /// The cells of each grid of the tile, and the one that a plane has which is the same everywhere.
    private var cells: [GridCells] = []
    private var everywhere = GridCells(groupCount: 0)
    /// Then rows fall away again on other days, and fixed features are taken anew.
    private var fixedValuesAreMissing = false

    init(_ tile: TileInput, plan: SuperblockPlan, engine: ForestEngine, spread: Bool) {
        self.tile = tile
        forest = engine.forest
        indices = engine.indices
        let rowCapacity = plan.largestBlockCount * Block.rowCount
        precondition(
            plan.largestBlockCount <= SetItem.blockLimit && rowCapacity <= SetItem.slotLimit,
            "items of sets have room for all blocks and rows")
        tables = zip(tile.planes, engine.indices).map { plane, index in
            index.map { _ in
                FeatureTable(
                    capacity: plan.largestCodeCount(plane), blockCount: plan.largestBlockCount)
            }
        }
        splitTables = .allocate(capacity: max(tables.count, 1))
        start = RowSets(itemCapacity: plan.largestBlockCount, slotCapacity: plan.largestBlockCount)
        sums = .allocateLines(capacity: rowCapacity)
        squares = spread ? .allocateLines(capacity: rowCapacity) : nil
        ranks = RankBuffer(capacity: rowCapacity)
        layout = BlockLayout(
            groups: PixelGroups(pixelCount: plan.largestPixelCount), pixelCount: tile.pixelCount)
    }

    func deallocate() {
        splitTables.deallocate()
        start.deallocate()
        sums.deallocate()
        squares?.deallocate()
        ranks.deallocate()
        layout.groups.deallocate()
    }

    /// Pixels, and how their blocks have days.
    private struct Place: Equatable {
        let columns: Range<Int>
        let rows: Range<Int>
        let daysPerBlock: Int
        let pixelsShift: Int

        init(_ window: SuperblockPlan.Window, _ layout: BlockLayout) {
            (columns, rows) = (window.columns, window.rows)
            (daysPerBlock, pixelsShift) = (layout.daysPerBlock, layout.pixelsShift)
        }
    }

    /// What came of taking a window.
    enum Content {
        case rows
        case nothing
        /// A feature has more different values than codes: take the window in parts.
        case tooMuch
    }

    /// Takes the values of a window of the tile, and clears the sums.
    mutating func load<Kernel: SetKernel>(_ window: SuperblockPlan.Window, by kernel: Kernel.Type) -> Content
    {
        let hasFixedFeatures = takePlace(window, by: kernel)
        findRows()
        guard startCount > 0 else { return .nothing }
        for (feature, index) in indices.enumerated() {
            guard let index, let table = tables[feature] else { continue }
            if hasFixedFeatures, tile.planes[feature].isFixed { continue }
            guard take(feature, index, table, by: kernel) else {
                prepared = nil
                return .tooMuch
            }
            splitTables[feature] = table.split
        }
        removeEmptyBlocks()
        sums.update(repeating: 0, count: layout.blockCount * Block.rowCount)
        squares?.update(repeating: 0, count: layout.blockCount * Block.rowCount)
        return startCount > 0 ? .rows : .nothing
    }

    /// Says whether fixed features are there already, from other days of the same pixels.
    private mutating func takePlace<Kernel: SetKernel>(
        _ window: SuperblockPlan.Window, by kernel: Kernel.Type
    ) -> Bool {
        layout.take(window.days)
        let next = Place(window, layout)
        defer { prepared = next }
        guard next != prepared else {
            if layout.rowSlots.dayOffsets.count != window.days.count { layout.findDaySlots() }
            return !fixedValuesAreMissing
        }
        if prepared?.columns != next.columns || prepared?.rows != next.rows {
            layout.groups.cut(window, of: tile, along: tile.cellOfPixel)
            cells = tile.grids.map { GridCells($0, layout.groups) }
            everywhere = GridCells(groupCount: layout.groups.count)
        }
        layout.findPixelSlots(Kernel.slotsOfPixels)
        layout.findDaySlots()
        fixedValuesAreMissing = false
        return false
    }

    /// Gives the rows of a feature their codes. False if there are more different values than codes.
    private mutating func take<Kernel: SetKernel>(
        _ feature: Int, _ index: ThresholdIndex, _ table: FeatureTable, by kernel: Kernel.Type
    ) -> Bool {
        let plane = tile.planes[feature]
        let cells: GridCells? =
            switch plane {
            case .fixed, .daily: nil
            case .coarse: tile.gridOfFeature[feature].map { self.cells[$0] }
            case .date: everywhere
            }
        return plane.withLists(in: layout, cells: cells) { lists in
            if !forest.takesZeroForMissing, table.encode(lists, index, in: layout, by: kernel) { return true }
            ranks.rank(lists, index)
            guard table.encode(ranks, of: lists, in: layout) else { return false }
            treatMissing(feature, table, lists)
            return true
        }
    }

    private mutating func treatMissing(_ feature: Int, _ table: FeatureTable, _ lists: PlaneLists) {
        if forest.handlesMissing {
            let nanRows = ranks.hasMissing ? ranks.missingRows(lists, in: layout) : []
            table.keepMissing(
                nanRows: nanRows,
                nanOrZeroRows: forest.takesZeroForMissing ? nanOrZeroRows(feature) : nanRows)
            // Rows of these days: the next ones may be more, in as many blocks.
            if table.split.hasMissing, tile.planes[feature].isFixed { fixedValuesAreMissing = true }
        } else if ranks.hasMissing {
            // Without rules for missing values a row with a missing one is not predicted at all.
            for (block, missing) in ranks.missingRows(lists, in: layout).enumerated() {
                start.rows[block] &= ~missing
            }
            if tile.planes[feature].isFixed { fixedValuesAreMissing = true }
        }
    }

    func numberedCode(_ feature: Int, _ rank: Int) -> Int16 {
        tables[feature]?.numberedCode(ofRank: rank) ?? 0
    }

    var pixelsShift: Int { layout.pixelsShift }

    private mutating func findRows() {
        startCount = layout.blockCount
        for block in 0..<startCount {
            start.items[block] = SetItem(block: block, slot: block)
            start.rows[block] = layout.rows(of: layout.block(block))
        }
    }

    private mutating func removeEmptyBlocks() {
        var kept = 0
        for block in 0..<startCount where start.rows[block] != .none {
            start.items[kept] = SetItem(block: block, slot: kept)
            start.rows[kept] = start.rows[block]
            kept += 1
        }
        startCount = kept
    }

    private func nanOrZeroRows(_ feature: Int) -> [RowMask] {
        let rule = MissingRule(.zero)
        return (0..<layout.blockCount).map { block in
            (0..<Block.lineCount).reduce(into: RowMask.none) { rows, line in
                let (pixels, day) = layout.line(line, of: layout.block(block))
                for pixel in 0..<Block.pixelCount {
                    let value = tile.planes[feature].value(
                        pixel: Int(pixels[pixel]), day: day, pixelCount: tile.pixelCount)
                    if rule.isMissing(value) { rows[line] |= 1 << UInt16(pixel) }
                }
            }
        }
    }

    /// Turns sums into predictions; rows that were not predicted keep what the result holds.
    func writePredictions(to output: PredictionBuffer) {
        for number in 0..<startCount {
            let block = layout.block(start.items[number].block)
            for line in 0..<Block.lineCount {
                let rows = start.rows[number][line]
                let (pixels, day) = layout.line(line, of: block)
                let values = output.values + day * tile.pixelCount
                let first = block.number * Block.rowCount + line * Block.pixelCount
                for pixel in 0..<Block.pixelCount where rows & (1 << UInt16(pixel)) != 0 {
                    values[Int(pixels[pixel])] = forest.header.prediction(ofSum: sums[first + pixel])
                }
                guard let squares, let spread = output.spread else { continue }
                for pixel in 0..<Block.pixelCount where rows & (1 << UInt16(pixel)) != 0 {
                    spread[day * tile.pixelCount + Int(pixels[pixel])] = forest.spread(
                        sum: sums[first + pixel], sumOfSquares: squares[first + pixel])
                }
            }
        }
    }
}
