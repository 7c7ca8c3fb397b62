import Foundation
import Stations
import Tiling

/// An experiment as people name it on the command line.
struct ExperimentText {
    let text: String
    let experiment: Experiment
    /// What it does, in a sentence.
    let description: String

    static let spelling = """
        year-to-year[:2019 or :2018..2020], station-to-station[:SHARE], cv[:K] (rows), station-folds[:K], \
        folds:COLUMN, blocks:DEGREES[:K]
        """

    /// Reads the text; ranges of years and folds of columns need the table.
    init(_ text: String, table: SampleTable, seed: UInt64) throws {
        self.text = text
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let argument = parts.count == 2 ? parts[1] : nil
        switch parts.first {
        case "cv", "station-folds":
            let count = try Self.count(argument, default: 10, text: text)
            let isRows = parts[0] == "cv"
            experiment = isRows ? .randomFolds(count, seed: seed) : .stationFolds(count, seed: seed)
            description =
                isRows
                ? "\(count)-fold cross-validation over rows, at random"
                : "\(count)-fold cross-validation over stations: each is predicted by forests that know "
                    + "none of its rows"
        case "station-to-station":
            let share = try argument.map { try Self.share($0, text: text) } ?? 1.0 / 3
            experiment = .stationToStation(testShare: share, seed: seed)
            description = String(
                format: "station to station: a random %.0f %% of the stations are tested, the others train",
                share * 100)
        case "year-to-year":
            let days = try argument.map { try Self.days($0, text: text) } ?? Self.lastYears(of: table)
            experiment = .yearToYear(testDays: days)
            description = "year to year: \(days) is tested, the days before it train, all stations"
        case "folds":
            guard let column = argument else { throw Self.refusal(text) }
            experiment = .rowFolds(try table.words(of: column))
            description = "the folds of column \(column): each is predicted by a forest of the others"
        case "blocks":
            let ends = (argument ?? "").split(separator: ":").map(String.init)
            guard let degrees = ends.first.flatMap({ Double($0) }) else { throw Self.refusal(text) }
            let count = try Self.count(ends.count > 1 ? ends[1] : nil, default: 5, text: text)
            experiment = .spatialBlocks(degrees: degrees, folds: count, seed: seed)
            description =
                "\(count) folds of squares of \(ends[0])°: stations far from those that train"
        default: throw Self.refusal(text)
        }
    }

    private static func refusal(_ text: String) -> Failure {
        .wrongUse("--experiment \(text): \(spelling)")
    }

    private static func count(_ text: String?, default usual: Int, text whole: String) throws -> Int {
        guard let text else { return usual }
        guard let count = Int(text), count >= 2 else {
            throw Failure.wrongUse("--experiment \(whole): \(text) is not a number of folds, 2 or more")
        }
        return count
    }

    /// `0.3` or `1/3`.
    private static func share(_ text: String, text whole: String) throws -> Double {
        let ends = text.split(separator: "/").compactMap { Double($0) }
        let share = ends.count == 2 ? ends[0] / ends[1] : ends.first ?? .nan
        guard share > 0, share < 1 else {
            throw Failure.wrongUse("--experiment \(whole): \(text) is not a share between 0 and 1")
        }
        return share
    }

    private static func days(_ text: String, text whole: String) throws -> DayRange {
        if let days = DayRange(text) { return days }
        let years = text.components(separatedBy: "..").map { Int($0) }
        guard let first = years.first ?? nil, let last = years.last ?? nil, years.count <= 2, first <= last,
            let from = Day(year: first, month: 1, day: 1), let to = Day(year: last, month: 12, day: 31)
        else {
            throw Failure.wrongUse(
                "--experiment \(whole): give a year, years or days: 2019, 2018..2020, 2018-07-01..2019-06-30")
        }
        return DayRange(from, through: to)
    }

    /// The last third of the years, as SMCI1.0 tests three of eleven.
    private static func lastYears(of table: SampleTable) throws -> DayRange {
        let years = Set(table.samples.lazy.map(\.day.year)).sorted()
        guard years.count >= 2, let last = years.last else {
            throw Failure.wrongUse(
                "--experiment year-to-year: the samples are of one year: say which days to test")
        }
        let first = years[years.count - max(years.count / 3, 1)]
        return try days("\(first)..\(last)", text: "year-to-year")
    }
}

/// Whole numbers as people list them: `1..25`, `5..30:5`, `1,2,4`.
struct NumberList {
    let numbers: [Int]

    init?(_ text: String) {
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false)
            let ends = String(halves[0]).components(separatedBy: "..").map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
                halves.count <= 2, let step = halves.count == 2 ? Int(halves[1]) : 1, step > 0
            else { return nil }
            numbers += stride(from: first, through: last, by: step)
        }
        self.numbers = numbers
    }
}
