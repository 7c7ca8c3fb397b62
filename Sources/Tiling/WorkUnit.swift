/// One unit of work: stage × place × block of days. Plain arithmetic, so ten million of them need no table.
/// The folder `Stages` says what each stage makes of it.
///
/// | stage | place | block |
/// |---|---|---|
/// | prepare | number of the source in the plan | number of the source's file period |
/// | climatology | index of the tile in the tile scheme | number of the climatology in the plan |
/// | terrain | index of the tile of the DEM, 0 for a join | number of the pass |
/// | predict | index of the tile in the tile scheme | number of the run of days (`Calendar`) |
/// | merge | 0 | the day's number |
///
/// Blocks are counted from a fixed date, never from the period's start, so days can be added to a running
/// production.
public struct UnitID: Hashable, Comparable, Sendable {
    public let stage: Stage
    public let place: Int32
    public let block: Int32

    public init(stage: Stage, place: Int, block: Int) {
        self.stage = stage
        self.place = Int32(place)
        self.block = Int32(block)
    }

    public static func < (a: UnitID, b: UnitID) -> Bool {
        (a.stage.rawValue, a.block, a.place) < (b.stage.rawValue, b.block, b.place)
    }
}

/// The n-th time that a unit is handed out, in its current generation. A late answer from an older attempt
/// never overwrites a newer one, and attempts of an older generation are ignored.
public struct Attempt: Hashable, Sendable {
    public let unit: UnitID
    /// Rises when the unit's days, recipe or inputs change, or when a user puts the unit back.
    public let generation: UInt32
    /// 1 for the first time the unit is handed out in this generation.
    public let number: UInt32

    public init(unit: UnitID, generation: UInt32, number: UInt32) {
        self.unit = unit
        self.generation = generation
        self.number = number
    }
}

/// How the calendar is cut into runs of days. Blocks are numbered from 1970-01-01 on, whatever the period.
public enum Calendar: Hashable, Codable, Sendable {
    /// One block holds everything.
    case whole
    case years
    case months
    /// Blocks of so many days, the first of which starts on 1970-01-01.
    case days(Int)

    /// The number of the block that holds a day.
    public func block(of day: Day) -> Int {
        switch self {
        case .whole: return 0
        case .years: return day.year
        case .months: return day.year * 12 + day.month - 1
        case .days(let count):
            return day.number >= 0 ? day.number / count : (day.number - count + 1) / count
        }
    }

    /// The days of a block, cut to a period; nil when they do not meet it.
    public func days(ofBlock block: Int, within period: DayRange) -> DayRange? {
        let first: Day
        let count: Int
        switch self {
        case .whole: return block == 0 ? period : nil
        case .years:
            guard let start = Day(year: block, month: 1, day: 1) else { return nil }
            first = start
            count = Day.dayCount(year: block)
        case .months:
            guard let start = Day(year: block / 12, month: block % 12 + 1, day: 1) else { return nil }
            first = start
            count = Day.dayCount(year: block / 12, month: block % 12 + 1)
        case .days(let length):
            first = Day(number: block * length)
            count = length
        }
        return DayRange(first, through: first + (count - 1)).intersection(period)
    }

    /// The numbers of all blocks that meet a period.
    public func blocks(of period: DayRange) -> ClosedRange<Int> {
        block(of: period.first)...block(of: period.last)
    }

    /// How people and paths call a block: `2016-01`, `2016`, or the first day of a run of days.
    public func name(ofBlock block: Int) -> String {
        switch self {
        case .whole: return "all"
        case .years: return zeroPadded(block, 4)
        case .months: return "\(zeroPadded(block / 12, 4))-\(zeroPadded(block % 12 + 1, 2))"
        case .days(let count): return Day(number: block * count).iso
        }
    }

    /// The block of a name, nil when the name is not one of this calendar.
    public func block(named name: some StringProtocol) -> Int? {
        let found: Int? =
            switch self {
            case .whole: 0
            case .years: Day("\(name)-01-01").map(block(of:))
            case .months: Day("\(name)-01").map(block(of:))
            case .days: Day(name).map(block(of:))
            }
        // A block has one name: a day in the middle of a run of days is none.
        guard let found, self.name(ofBlock: found) == name else { return nil }
        return found
    }
}
