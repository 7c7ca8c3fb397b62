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
    /// Rows that stand for nothing, and a row of the same block that does: by the slots of their codes.
    private(set) var padding: [(slot: Int32, source: Int32)] = []
    /// Where the codes of rows lie on the first day, by pixel in the order of the tile, and how much further
    /// on the other days: the same for all pixels.
    private(set) var rowSlots: [Int32] = []
    private(set) var dayOffsets: [Int] = []

    init(groups: PixelGroups, pixelCount: Int) {
        self.groups = groups
        self.pixelCount = pixelCount
    }

    mutating func take(_ days: Range<Int>) {
        self.days = days
        daysPerBlock = Self.daysPerBlock(dayCount: days.count)
    }

    static func daysPerBlock(dayCount: Int) -> Int { dayCount > 2 ? 4 : max(dayCount, 1) }

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

    @inline(__always)
    private func position(_ line: Int, of block: BlockID) -> (group: Int, day: Int) {
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

    private func slot(place: Int, dayNumber: Int) -> Int32 {
        let row = row(place: place, dayNumber: dayNumber)
        return Int32(row.block * Block.rowCount + BlockShape.slotOfRow(line: row.line, pixel: row.pixel))
    }

    /// To be called when days and groups are known.
    mutating func findSlots() {
        rowSlots.removeAll(keepingCapacity: true)
        rowSlots.append(
            contentsOf: (0..<groups.pixelCount).lazy.map { [self] in
                slot(place: Int(groups.inOrder[$0].place), dayNumber: 0)
            })
        dayOffsets = (0..<days.count).map {
            Int(slot(place: 0, dayNumber: $0) - slot(place: 0, dayNumber: 0))
        }
        padding.removeAll(keepingCapacity: true)
        for number in 0..<blockCount {
            let first = number * Block.rowCount
            for line in 0..<Block.lineCount {
                let (group, day) = position(line, of: block(number))
                let isReal = group < groups.count && day < days.upperBound
                // The first row of a block always stands for something.
                let source = first + BlockShape.slotOfRow(line: isReal ? line : 0, pixel: 0)
                for pixel in (isReal ? groups.land[group].nonzeroBitCount : 0)..<Block.pixelCount {
                    let slot = first + BlockShape.slotOfRow(line: line, pixel: pixel)
                    padding.append((Int32(slot), Int32(source)))
                }
            }
        }
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

extension BlockLayout {
    /// The values of a run of neighbours on a day.
    @inline(__always)
    func values(_ run: Range<Int>, ofDaily source: UnsafePointer<Float>, on day: Int) -> UnsafeBufferPointer<
        Float
    > {
        UnsafeBufferPointer(
            start: source + (day &* pixelCount &+ Int(groups.inOrder[run.lowerBound].pixel)), count: run.count
        )
    }

    /// The lowest and the highest value of all rows; nil if one may be missing.
    func range<Kernel: SetKernel>(
        ofDaily source: UnsafePointer<Float>, by kernel: Kernel.Type
    ) -> ClosedRange<Float>? {
        var range = ValueRange()
        for day in days {
            for run in groups.runs {
                Kernel.widen(&range, by: values(run, ofDaily: source, on: day))
            }
        }
        return range.ifAllAreNumbers
    }
}
