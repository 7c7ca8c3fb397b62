/// The values of one feature in a superblock, block by block, each block in the smallest of three shapes:
/// 16 pixels, 4 days, or 64 rows.
struct FeatureTable {
    /// Which of the shapes the blocks have.
    enum Shape {
        /// All blocks: a value per pixel.
        case pixels
        /// All blocks: a value per day.
        case days
        /// All blocks: a value per row.
        case rows
        /// A value per day where all pixels lie in one coarse cell, a value per row in blocks that straddle
        /// cells.
        case cells
    }

    let shape: Shape
    /// Pixels, days, or rows; for `cells` the days, of every block.
    let values: UnsafeMutablePointer<Float>
    /// For `cells`: the rows of the blocks that straddle.
    let straddling: UnsafeMutablePointer<Float>
    /// For `cells`: per pixel block its number among those that straddle, or -1.
    let straddlers: UnsafeMutablePointer<Int32>
    var straddlerCount = 0
    var pixelBlockCount = 0

    /// Smallest and largest value, missing ones left out.
    var lowest = Float.infinity
    var highest = -Float.infinity
    var hasMissing = false

    init(_ plane: FeaturePlane, pixelBlocks: Int, dayGroups: Int) {
        func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
            UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
                .bindMemory(to: Float.self, capacity: max(count, 1))
        }
        let blocks = pixelBlocks * dayGroups
        switch plane {
        case .fixed:
            shape = .pixels
            values = floats(pixelBlocks * Block.pixelCount)
        case .date:
            shape = .days
            values = floats(dayGroups * Block.dayCount)
        case .daily:
            shape = .rows
            values = floats(blocks * Block.rowCount)
        case .coarse:
            shape = .cells
            values = floats(blocks * Block.dayCount)
        }
        let isCells = shape == .cells
        straddling = floats(isCells ? blocks * Block.rowCount : 0)
        straddlers = .allocate(capacity: isCells ? pixelBlocks : 1)
    }

    func deallocate() {
        values.deallocate()
        straddling.deallocate()
        straddlers.deallocate()
    }

    @inline(__always)
    func pixelMask(_ test: some BlockTest, _ block: BlockID) -> UInt64 {
        test.maskOfPixels(values + block.pixelBlock * Block.pixelCount)
    }

    @inline(__always)
    func dayMask(_ test: some BlockTest, _ block: BlockID) -> UInt64 {
        test.maskOfDays(values + block.dayGroup * Block.dayCount)
    }

    @inline(__always)
    func rowMask(_ test: some BlockTest, _ block: BlockID) -> UInt64 {
        test.maskOfRows(values + (block.dayGroup * pixelBlockCount + block.pixelBlock) * Block.rowCount)
    }

    @inline(__always)
    func cellMask(_ test: some BlockTest, _ block: BlockID) -> UInt64 {
        let straddler = Int(straddlers[block.pixelBlock])
        return straddler < 0
            ? test.maskOfDays(
                values + (block.dayGroup * pixelBlockCount + block.pixelBlock) * Block.dayCount)
            : test.maskOfRows(straddling + (block.dayGroup * straddlerCount + straddler) * Block.rowCount)
    }

    /// The rows of one block for which the test holds.
    func mask(_ test: some BlockTest, _ block: BlockID) -> UInt64 {
        switch shape {
        case .pixels: pixelMask(test, block)
        case .days: dayMask(test, block)
        case .rows: rowMask(test, block)
        case .cells: cellMask(test, block)
        }
    }
}
