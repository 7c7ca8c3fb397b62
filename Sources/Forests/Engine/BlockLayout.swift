/// Where the blocks of a superblock lie in the tile and its days.
struct BlockLayout {
    /// The groups of 16 pixels.
    var groups: PixelGroups
    /// The days of the superblock.
    private(set) var days: Range<Int> = 0..<0
    /// Days of a block, and so lines of each of its groups: 1, 2 or 4.
    private(set) var daysPerBlock = 1
    /// Pixels of the whole tile.
    let pixelCount: Int
    /// Where codes lie: of the pixels of the groups in order, of the groups on the days, and of the pixels
    /// in order on the days.
    var pixelSlots = CodeSlots()
    var lineSlots = CodeSlots()
    var rowSlots = CodeSlots()

    init(groups: PixelGroups, pixelCount: Int) {
        self.groups = groups
        self.pixelCount = pixelCount
    }

    mutating func take(_ days: Range<Int>) {
        self.days = days
        daysPerBlock = Self.daysPerBlock(dayCount: days.count)
    }

    static func daysPerBlock(dayCount: Int) -> Int { dayCount > 2 ? Block.dayCount : max(dayCount, 1) }

    /// The most blocks that so many groups and days can have.
    static func blockCount(groupCount: Int, dayCount: Int) -> Int {
        let daysPerBlock = daysPerBlock(dayCount: dayCount)
        let groupsPerBlock = Block.lineCount / daysPerBlock
        return (groupCount + groupsPerBlock - 1) / groupsPerBlock
            * chunkCount(dayCount: dayCount, daysPerBlock: daysPerBlock)
    }

    var groupsPerBlock: Int { Block.lineCount / daysPerBlock }
    /// Blocks that differ in their days only: a power of two, some of which may have no days.
    var chunkCount: Int { Self.chunkCount(dayCount: days.count, daysPerBlock: daysPerBlock) }

    private static func chunkCount(dayCount: Int, daysPerBlock: Int) -> Int {
        var count = 1
        while count * daysPerBlock < dayCount { count *= 2 }
        return count
    }

    /// The exponent of `chunkCount`.
    var pixelsShift: Int { chunkCount.trailingZeroBitCount }
    /// Blocks that differ in their pixels.
    var pixelsCount: Int { (groups.count + groupsPerBlock - 1) / groupsPerBlock }
    var blockCount: Int { pixelsCount * chunkCount }

    func slots(_ shape: BlockShape) -> CodeSlots {
        switch shape {
        case .pixels: pixelSlots
        case .lines: lineSlots
        case .rows: rowSlots
        }
    }

    func block(_ number: Int) -> BlockID { BlockID(number: number, pixels: number >> pixelsShift) }

    /// The day of a line, and its group of pixels; lines past the last repeat it.
    @inline(__always)
    func line(_ line: Int, of block: BlockID) -> (pixels: UnsafePointer<Int32>, day: Int) {
        let (group, day) = position(line, of: block)
        return (
            UnsafePointer(groups.pixels + min(group, groups.count &- 1) &* Block.pixelCount),
            min(day, days.upperBound &- 1)
        )
    }

    /// The group and the day of a line, which may be past the last.
    @inline(__always)
    func position(_ line: Int, of block: BlockID) -> (group: Int, day: Int) {
        let chunk = block.number &- block.pixels &* chunkCount
        return (
            block.pixels &* groupsPerBlock &+ line / daysPerBlock,
            days.lowerBound &+ chunk &* daysPerBlock &+ line % daysPerBlock
        )
    }

    /// Where the row of a pixel, by its place in the groups, lies on a day of the superblock.
    @inline(__always)
    func row(place: Int, dayNumber: Int) -> (block: Int, line: Int, pixel: Int) {
        let (group, pixel) = (place / Block.pixelCount, place % Block.pixelCount)
        let (pixels, groupInBlock) = (group / groupsPerBlock, group % groupsPerBlock)
        return (
            pixels &* chunkCount &+ dayNumber / daysPerBlock,
            groupInBlock &* daysPerBlock &+ dayNumber % daysPerBlock, pixel
        )
    }

    /// The rows of a block that are land on a day of the superblock.
    func rows(of block: BlockID) -> RowMask {
        var rows = RowMask.none
        for line in 0..<Block.lineCount {
            let (group, day) = position(line, of: block)
            if group < groups.count, day < days.upperBound { rows[line] = groups.land[group] }
        }
        return rows
    }
}
