/// One thread's superblock: the features of its blocks, the rows to predict, and their sums. It is filled
/// again and again.
struct Superblock {
    /// By feature; nil for features that no tree looks at.
    private(set) var tables: [FeatureTable?]
    /// Blocks with at least one row to predict.
    let blocks: UnsafeMutablePointer<BlockID>
    /// The rows to predict of each of them.
    let rows: UnsafeMutablePointer<UInt64>
    private(set) var blockCount = 0
    /// The sums of all blocks of this superblock.
    var sums: Sums { Sums(vectors: sumVectors, pixelBlockCount: sources.pixelBlockCount) }

    private let sumVectors: UnsafeMutablePointer<SIMD8<Int32>>
    private let tile: TileInput
    private let handlesMissing: Bool
    private var sources: RowSources
    /// Which of the 16 pixels of a pixel block are land.
    private let landPixels: UnsafeMutablePointer<UInt16>
    private var days: Range<Int> = 0..<0

    var hasRows: Bool { blockCount > 0 }

    init(_ tile: TileInput, plan: SuperblockPlan, forest: Forest) {
        self.tile = tile
        handlesMissing = forest.handlesMissing
        let (pixelBlocks, dayGroups) = plan.largestBlockCounts
        let capacity = pixelBlocks * dayGroups
        tables = Array(repeating: nil, count: tile.planes.count)
        for feature in forest.usedFeatures {
            tables[feature] = FeatureTable(
                tile.planes[feature], pixelBlocks: pixelBlocks, dayGroups: dayGroups)
        }
        blocks = .allocate(capacity: capacity)
        rows = .allocate(capacity: capacity)
        sumVectors = UnsafeMutableRawPointer.allocate(byteCount: capacity * Block.rowCount * 4, alignment: 64)
            .bindMemory(to: SIMD8<Int32>.self, capacity: capacity * 8)
        sources = RowSources(
            pixels: .allocate(capacity: pixelBlocks * Block.pixelCount),
            days: .allocate(capacity: dayGroups * Block.dayCount))
        landPixels = .allocate(capacity: pixelBlocks)
    }

    func deallocate() {
        for table in tables { table?.deallocate() }
        blocks.deallocate()
        rows.deallocate()
        sumVectors.deallocate()
        sources.pixels.deallocate()
        sources.days.deallocate()
        landPixels.deallocate()
    }

    /// Takes the values of a window of the tile, and clears the sums.
    mutating func load(_ window: SuperblockPlan.Window) {
        days = window.days
        findSources(window)
        blockCount = 0
        guard sources.pixelBlockCount > 0 else { return }
        for feature in tables.indices {
            tables[feature]?.gather(tile.planes[feature], sources, pixelCount: tile.pixelCount)
        }
        // Without rules for missing values a row with a missing one is not predicted at all.
        let incomplete = handlesMissing ? [] : tables.compactMap { $0 }.filter(\.hasMissing)
        for group in 0..<sources.dayGroupCount {
            let dayCount = min(Block.dayCount, days.count - group * Block.dayCount)
            let daysOfGroup = Block.everyPixel((1 << UInt32(dayCount)) - 1)
            for pixelBlock in 0..<sources.pixelBlockCount {
                let block = BlockID(pixelBlock: pixelBlock, dayGroup: group)
                var mask = Block.everyDay(landPixels[pixelBlock]) & daysOfGroup
                for table in incomplete { mask &= ~table.mask(IsMissing(), block) }
                blocks[blockCount] = block
                rows[blockCount] = mask
                if mask != 0 { blockCount += 1 }
            }
        }
        // Their rows are gone, so nothing is missing any more, and ranges say all there is to say.
        if !handlesMissing { for feature in tables.indices { tables[feature]?.hasMissing = false } }
        let vectorCount = sources.dayGroupCount * sources.pixelBlockCount * 8
        sumVectors.update(repeating: SIMD8(repeating: 0), count: vectorCount)
    }

    /// Lists the pixel blocks that have land; blocks without any do not exist for the engine.
    private mutating func findSources(_ window: SuperblockPlan.Window) {
        sources.pixelBlockCount = 0
        for top in stride(from: window.rows.lowerBound, to: window.rows.upperBound, by: Block.side) {
            for left in stride(from: window.columns.lowerBound, to: window.columns.upperBound, by: Block.side)
            {
                let pixels = sources.pixels + sources.pixelBlockCount * Block.pixelCount
                var land: UInt16 = 0
                var someLandPixel: Int32 = 0
                for pixel in 0..<Block.pixelCount {
                    let (row, column) = (top + pixel / Block.side, left + pixel % Block.side)
                    guard row < window.rows.upperBound, column < window.columns.upperBound,
                        tile.land[row * tile.columns + column]
                    else { continue }
                    land |= 1 << UInt16(pixel)
                    someLandPixel = Int32(row * tile.columns + column)
                    pixels[pixel] = someLandPixel
                }
                guard land != 0 else { continue }
                for pixel in 0..<Block.pixelCount where land & (1 << UInt16(pixel)) == 0 {
                    pixels[pixel] = someLandPixel
                }
                landPixels[sources.pixelBlockCount] = land
                sources.pixelBlockCount += 1
            }
        }
        sources.dayGroupCount = (window.days.count + Block.dayCount - 1) / Block.dayCount
        for number in 0..<sources.dayGroupCount * Block.dayCount {
            sources.days[number] = Int32(min(window.days.lowerBound + number, window.days.upperBound - 1))
        }
    }

    /// Turns sums into predictions; rows that were not predicted keep what the result holds, NaN.
    func writePredictions(to output: PredictionBuffer, header: ForestHeader) {
        for number in 0..<blockCount {
            let block = blocks[number]
            let sums = UnsafeRawPointer(self.sums.of(block).vectors).assumingMemoryBound(to: Int32.self)
            let pixels = sources.pixels + block.pixelBlock * Block.pixelCount
            let mask = rows[number]
            for day in 0..<Block.dayCount {
                let sourceDay = Int(sources.days[block.dayGroup * Block.dayCount + day])
                let values = output.values + sourceDay * tile.pixelCount
                for pixel in 0..<Block.pixelCount
                where mask & (1 << UInt64(day * Block.pixelCount + pixel)) != 0 {
                    values[Int(pixels[pixel])] =
                        header.prediction(ofSum: sums[Block.slot(pixel: pixel, day: day)])
                }
            }
        }
    }
}
