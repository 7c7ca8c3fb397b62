/// The ranks of a plane's values in a superblock, list by list, where codes cannot be had at once. One buffer
/// serves all features in turn.
struct RankBuffer {
    let values: UnsafeMutablePointer<UInt32>
    private(set) var count = 0
    /// Of ranks that are not missing.
    private(set) var lowest: UInt32 = 0
    private(set) var highest: UInt32 = 0
    private(set) var hasMissing = false

    init(capacity: Int) { values = .allocateLines(capacity: capacity) }

    func deallocate() { values.deallocate() }

    mutating func rank(_ lists: PlaneLists, _ index: ThresholdIndex) {
        count = 0
        for list in 0..<lists.count {
            for place in lists.numbers.indices {
                values[count] = index.rank(lists.value(list, place))
                count &+= 1
            }
        }
        noteRange()
    }

    private mutating func noteRange() {
        // Missing is the largest number: one more is zero, and the order of the others stays.
        var (lowest, highest) = (UInt32.max, UInt32.min)
        for number in 0..<count {
            lowest = min(lowest, values[number])
            highest = max(highest, values[number] &+ 1)
        }
        let isAllMissing = lowest == ThresholdIndex.missing
        self.lowest = isAllMissing ? 0 : lowest
        self.highest = isAllMissing ? 0 : highest &- 1
        hasMissing = (0..<count).contains { values[$0] == ThresholdIndex.missing }
    }

    /// The rows of each block whose value is missing.
    func missingRows(_ lists: PlaneLists, in layout: BlockLayout) -> [RowMask] {
        var rows = [RowMask](repeating: .none, count: layout.blockCount)
        func note(place: Int, day: Int, _ pixels: UInt16? = nil) {
            let (block, line, pixel) = layout.row(place: place, dayNumber: day)
            rows[block][line] |= pixels ?? 1 << UInt16(pixel)
        }
        func isMissing(_ list: Int, _ place: Int) -> Bool {
            values[list * lists.numbers.count + place] == ThresholdIndex.missing
        }
        for day in layout.days.indices.map({ $0 - layout.days.lowerBound }) {
            let list = lists.shape == .pixels ? 0 : day
            switch (lists.shape, lists.cells) {
            case (.lines, let cells?):
                for (group, cell) in cells.cellOfPart.enumerated() where isMissing(list, Int(cell)) {
                    note(place: group * Block.pixelCount, day: day, .max)
                }
            case (_, let cells):
                for number in 0..<layout.groups.pixelCount
                where isMissing(list, cells.map { Int($0.cellOfPart[number]) } ?? number) {
                    note(place: Int(layout.groups.places[number]), day: day)
                }
            }
        }
        return rows
    }
}
