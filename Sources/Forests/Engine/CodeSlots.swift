/// Where the codes of a superblock's values lie: of a list of values, which every day has or, if they are
/// the same on all days, only the first.
struct CodeSlots {
    /// By value, on the first day.
    private(set) var first: [Int32] = []
    /// By day, how much further: the same for all values.
    private(set) var dayOffsets: [Int] = []
    /// Codes of rows that stand for nothing, and one of the same block that does: they must not widen its
    /// bounds.
    private(set) var padding: [(slot: Int32, source: Int32)] = []

    mutating func removeAll() {
        first.removeAll(keepingCapacity: true)
        dayOffsets.removeAll(keepingCapacity: true)
        padding.removeAll(keepingCapacity: true)
    }

    mutating func append(valueAt slot: Int) { first.append(Int32(slot)) }
    mutating func append(dayAt offset: Int) { dayOffsets.append(offset) }
    mutating func append(paddingAt slot: Int, like source: Int) {
        padding.append((Int32(slot), Int32(source)))
    }

    /// Fills what stands for nothing.
    func pad(_ codes: UnsafeMutablePointer<Int16>) {
        for row in padding { codes[Int(row.slot)] = codes[Int(row.source)] }
    }
}

extension BlockLayout {
    /// Finds where the codes of pixels lie, by group and pixel in a block, as the kernel likes them; blocks
    /// of fewer days have none.
    mutating func findPixelSlots(_ slotsOfPixels: [Int]) {
        pixelSlots.removeAll()
        guard daysPerBlock == Block.dayCount else { return }
        func slot(group: Int, pixel: Int) -> Int {
            let (block, inBlock) = group.quotientAndRemainder(dividingBy: groupsPerBlock)
            return block * Block.pixelCodeCount + slotsOfPixels[inBlock * Block.pixelCount + pixel]
        }
        for number in 0..<groups.pixelCount {
            let (group, pixel) = Int(groups.places[number]).quotientAndRemainder(dividingBy: Block.pixelCount)
            pixelSlots.append(valueAt: slot(group: group, pixel: pixel))
        }
        pixelSlots.append(dayAt: 0)
        for group in 0..<pixelsCount * groupsPerBlock {
            let isReal = group < groups.count
            // The first group of a block is always one.
            let source = slot(group: isReal ? group : group / groupsPerBlock * groupsPerBlock, pixel: 0)
            for pixel in (isReal ? groups.land[group].nonzeroBitCount : 0)..<Block.pixelCount {
                pixelSlots.append(paddingAt: slot(group: group, pixel: pixel), like: source)
            }
        }
    }

    /// Finds where the codes of lines and rows lie.
    mutating func findDaySlots() {
        findLineSlots()
        findRowSlots()
    }

    private mutating func findLineSlots() {
        lineSlots.removeAll()
        func slot(_ row: (block: Int, line: Int, pixel: Int)) -> Int {
            row.block * Block.lineCount + row.line
        }
        for group in 0..<groups.count {
            lineSlots.append(valueAt: slot(row(place: group * Block.pixelCount, dayNumber: 0)))
        }
        for day in 0..<days.count { lineSlots.append(dayAt: slot(row(place: 0, dayNumber: day))) }
        forEachLine { block, line, group, isReal in
            guard !isReal else { return }
            lineSlots.append(
                paddingAt: block * Block.lineCount + line, like: realBlock(block) * Block.lineCount)
        }
    }

    private mutating func findRowSlots() {
        rowSlots.removeAll()
        func slot(_ row: (block: Int, line: Int, pixel: Int)) -> Int {
            row.block * Block.rowCount + BlockShape.slotOfRow(line: row.line, pixel: row.pixel)
        }
        for number in 0..<groups.pixelCount {
            rowSlots.append(valueAt: slot(row(place: Int(groups.places[number]), dayNumber: 0)))
        }
        for day in 0..<days.count { rowSlots.append(dayAt: slot(row(place: 0, dayNumber: day))) }
        forEachLine { block, line, group, isReal in
            let source = slot((isReal ? block : realBlock(block), isReal ? line : 0, 0))
            for pixel in (isReal ? groups.land[group].nonzeroBitCount : 0)..<Block.pixelCount {
                rowSlots.append(paddingAt: slot((block, line, pixel)), like: source)
            }
        }
    }

    /// A block that has a day, whose first line so stands for something: itself if it can be.
    private func realBlock(_ block: Int) -> Int {
        position(0, of: self.block(block)).day < days.upperBound ? block : 0
    }

    /// All lines of all blocks, and whether they stand for a group on a day.
    private func forEachLine(_ body: (_ block: Int, _ line: Int, _ group: Int, _ isReal: Bool) -> Void) {
        for number in 0..<blockCount {
            let block = block(number)
            for line in 0..<Block.lineCount {
                let (group, day) = position(line, of: block)
                body(number, line, group, group < groups.count && day < days.upperBound)
            }
        }
    }
}
