import Testing
import Tiling

/// Days against dates that are known: Unix day numbers from `date -u`, and the rules of the Gregorian
/// calendar.
@Suite struct DayTests {
    @Test(arguments: [
        ("1970-01-01", 0, 1), ("1970-12-31", 364, 365), ("1969-12-31", -1, 365), ("2000-02-29", 11_016, 60),
        ("2000-03-01", 11_017, 61), ("1900-02-28", -25_509, 59), ("1900-03-01", -25_508, 60),
        ("2016-02-05", 16_836, 36), ("2016-12-31", 17_166, 366), ("2020-12-31", 18_627, 366),
        ("1600-01-01", -135_140, 1), ("0000-03-01", -719_468, 61), ("0001-01-01", -719_162, 1),
        ("2100-03-01", 47_541, 60), ("9999-12-31", 2_932_896, 365),
    ])
    func knownDates(_ iso: String, _ number: Int, _ dayOfYear: Int) throws {
        let day = try #require(Day(iso))
        #expect(day.number == number)
        #expect(day.dayOfYear == dayOfYear)
        #expect(Day(number: number).iso == iso)
        #expect(Day(year: day.year, dayOfYear: dayOfYear) == day)
        #expect(day.compact == iso.filter { $0 != "-" })
    }

    /// Every day of eight hundred years follows the one before it, and reads back.
    @Test func daysCountUpOneByOne() throws {
        let first = try #require(Day("1599-12-31"))
        var expected = (year: 1599, month: 12, day: 31)
        for number in first.number..<(first.number + 2 * 146_097) {
            let date = Day(number: number).date
            guard date == expected, Day(year: date.year, month: date.month, day: date.day)?.number == number
            else {
                Issue.record("day \(number) is \(date), expected \(expected)")
                return
            }
            expected.day += 1
            if expected.day > Day.dayCount(year: expected.year, month: expected.month) {
                expected =
                    expected.month == 12 ? (expected.year + 1, 1, 1) : (expected.year, expected.month + 1, 1)
            }
        }
    }

    @Test(arguments: [
        "2015-02-29", "1900-02-29", "2016-13-01", "2016-00-10", "2016-04-31", "2016-1-01", "16-01-01",
        "2016-01-00",
        "2016-01", "2016-01-01-01", "", "20160101", "-016-01-01", "2016-+1-01", "2016-01-+1", "+016-01-01",
    ])
    func whatIsNoDate(_ text: String) {
        #expect(Day(text) == nil)
    }

    @Test func leapYears() {
        #expect(
            [1896, 1900, 1904, 2000, 2015, 2016, 2100, 2400].filter(Day.isLeap) == [
                1896, 1904, 2000, 2016, 2400,
            ])
        #expect(Day(year: 2015, dayOfYear: 366) == nil)
        #expect(Day(year: 2016, dayOfYear: 366)?.iso == "2016-12-31")
        #expect(Day(year: 2016, dayOfYear: 0) == nil)
    }

    @Test(arguments: [
        ("2016-01-01..2016-12-31", 366, "2016-01-01..2016-12-31"), ("2016-02-05", 1, "2016-02-05"),
        ("2016-02-05..2016-02-05", 1, "2016-02-05"), ("1969-12-31..1970-01-01", 2, "1969-12-31..1970-01-01"),
    ])
    func ranges(_ text: String, _ count: Int, _ description: String) throws {
        let range = try #require(DayRange(text))
        #expect(range.count == count)
        #expect(range.description == description)
        #expect(range.map(\.number) == Array(range.first.number...range.last.number))
        #expect(try CanonicalJSON.value(DayRange.self, from: CanonicalJSON.bytes(range)) == range)
    }

    @Test(arguments: [
        "2016-01-02..2016-01-01", "2016-01-01..", "..2016-01-01", "a..b", "", "2016-01-01...2016-01-02",
    ])
    func whatIsNoRange(_ text: String) {
        #expect(DayRange(text) == nil)
    }

    @Test func rangesMeet() throws {
        let january = try #require(DayRange("2016-01-01..2016-01-31"))
        let winter = try #require(DayRange("2016-01-31..2016-02-29"))
        let spring = try #require(DayRange("2016-03-01..2016-05-31"))
        #expect(january.intersection(winter)?.description == "2016-01-31")
        #expect(january.intersection(spring) == nil)
        #expect(winter.overlaps(january) && !winter.overlaps(spring))
        #expect(spring.extended(before: 1, after: 30).description == "2016-02-29..2016-06-30")
        #expect(january.contains(january.last) && !january.contains(january.last + 1))
    }
}
