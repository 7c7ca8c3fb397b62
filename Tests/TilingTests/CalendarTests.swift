import Testing
import Tiling

/// How periods are cut into blocks, and what blocks are called.
@Suite struct CalendarTests {
    static let period = DayRange("1969-11-20..1972-03-02")!

    @Test(arguments: [
        (Calendar.whole, 1, "all", "all"), (.years, 4, "1969", "1972"), (.months, 29, "1969-11", "1972-03"),
        (.days(1), 834, "1969-11-20", "1972-03-02"), (.days(16), 53, "1969-11-14", "1972-02-24"),
    ])
    func blocksCoverAPeriodOnceAndReadBack(
        _ calendar: Calendar, _ count: Int, _ first: String, _ last: String
    ) throws {
        let blocks = calendar.blocks(of: Self.period)
        #expect(blocks.count == count)
        #expect(calendar.name(ofBlock: blocks.lowerBound) == first)
        #expect(calendar.name(ofBlock: blocks.upperBound) == last)
        var days: [Day] = []
        for block in blocks {
            let range = try #require(calendar.days(ofBlock: block, within: Self.period))
            days += range
            #expect(range.allSatisfy { calendar.block(of: $0) == block })
            #expect(calendar.block(named: calendar.name(ofBlock: block)) == block)
        }
        #expect(days == Array(Self.period))
        guard calendar != .whole else { return }
        #expect(calendar.days(ofBlock: blocks.upperBound + 1, within: Self.period) == nil)
        #expect(calendar.days(ofBlock: blocks.lowerBound - 1, within: Self.period) == nil)
    }

    @Test(arguments: [
        (Calendar.whole, "everything"), (.years, "2016-01"), (.years, "16"), (.months, "2016-13"),
        (.months, "2016"),
        (.months, "2016-01-01"), (.days(16), "2016-01"), (.days(16), "1970-01-02"),
    ])
    func whatIsNoBlock(_ calendar: Calendar, _ name: String) {
        #expect(calendar.block(named: name) == nil)
    }
}
