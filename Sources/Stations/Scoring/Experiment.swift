public import Tiling

/// A way to divide samples into training and test, so that a score means something. The same samples, in the
/// same order, with the same seed always give the same division.
public enum Experiment: Hashable, Sendable {
    /// Rows at random into k folds: optimistic, because the test days lie between training days of the same
    /// station. `SplitPlan.warnings` says so.
    case randomFolds(Int, seed: UInt64)
    /// Trains on days before, tests on the days of a range: SMCI's year-to-year experiment.
    case yearToYear(testDays: DayRange)
    /// Trains on a random part of the stations, tests on the others: SMCI's station-to-station experiment has
    /// a share of 1/3.
    case stationToStation(testShare: Double, seed: UInt64)
    /// Stations at random into k folds.
    case stationFolds(Int, seed: UInt64)
    /// Folds that somebody fixed: that of each row, as a column of words gives it.
    case rowFolds(RepeatedValues<String>)
    /// Square blocks of so many degrees at random into k folds: what a map is worth away from stations.
    case spatialBlocks(degrees: Double, folds: Int, seed: UInt64)

    /// Divides samples. Throws one line where the samples do not allow it.
    public func split(_ samples: [Sample]) throws -> SplitPlan { try split(SampleList(samples)) }

    /// Divides the samples of a table. Throws one line where they do not allow it.
    public func split(_ samples: SampleList) throws -> SplitPlan {
        guard !samples.isEmpty else { throw Self.refusal("there are no samples") }
        switch self {
        case .randomFolds(let count, let seed):
            guard count >= 2, samples.count >= count else {
                throw Self.refusal("\(samples.count) samples cannot be divided into \(count) folds")
            }
            return SplitPlan(folds: Self.dealt(Array(samples.indices), into: count, seed: seed), of: samples)
        case .yearToYear(let testDays):
            let test = samples.indices.filter { testDays.contains(samples.day(of: $0)) }
            let training = samples.indices.filter { samples.day(of: $0) < testDays.first }
            guard !test.isEmpty, !training.isEmpty else {
                throw Self.refusal(
                    "\(training.count) samples before and \(test.count) within \(testDays): both are needed")
            }
            return SplitPlan(
                splits: [.init(name: "\(testDays)", training: training, test: test)], of: samples)
        case .stationToStation(let share, let seed):
            return try Self.stationToStation(samples, testShare: share, seed: seed)
        case .stationFolds(let count, let seed):
            let stations = try Self.stations(of: samples, atLeast: count)
            let dealt = Self.dealt(stations, into: count, seed: seed)
            let fold = Self.foldByKey(dealt)
            return Self.plan(samples, foldCount: count) { fold[$0.station] }
        case .rowFolds(let folds):
            return try Self.rowFolds(samples, folds)
        case .spatialBlocks(let degrees, let count, let seed):
            return try Self.spatialBlocks(samples, degrees: degrees, count: count, seed: seed)
        }
    }

    private static func stationToStation(_ samples: SampleList, testShare: Double, seed: UInt64) throws
        -> SplitPlan
    {
        guard testShare > 0, testShare < 1 else {
            throw refusal("a test share of \(testShare) is not between 0 and 1")
        }
        var random = SeededShuffle(seed: seed)
        let stations = random.shuffled(try stations(of: samples, atLeast: 2))
        let testCount = min(max(1, Int((Double(stations.count) * testShare).rounded())), stations.count - 1)
        let tested = Set(stations.prefix(testCount))
        let isTested = samples.places.distinct.map { tested.contains($0.station) }
        let test = samples.indices.filter { isTested[Int(samples.places.numbers[$0])] }
        return SplitPlan(splits: [.init(name: "stations", test: test, of: samples.count)], of: samples)
    }

    private static func rowFolds(_ samples: SampleList, _ folds: RepeatedValues<String>) throws -> SplitPlan {
        guard folds.count == samples.count else {
            throw refusal("\(folds.count) folds for \(samples.count) samples")
        }
        let without = Set(samples.indices.filter { folds[$0].isEmpty }.map { samples[$0].station }).sorted()
        guard without.isEmpty else {
            let names = without.prefix(5).map(\.description).joined(separator: ", ")
            throw refusal(
                "\(without.count) stations have rows without fold: \(names)"
                    + "\(without.count > 5 ? ", ..." : "")")
        }
        let names = folds.distinct.sorted()
        guard names.count >= 2 else { throw refusal("all stations are in one fold: at least 2 are needed") }
        let splits = names.map { name in
            SplitPlan.Split(
                name: "fold \(name)", test: samples.indices.filter { folds[$0] == name }, of: samples.count)
        }
        return SplitPlan(splits: splits, of: samples)
    }

    private static func spatialBlocks(_ samples: SampleList, degrees: Double, count: Int, seed: UInt64) throws
        -> SplitPlan
    {
        guard degrees > 0, degrees <= 180, count >= 2 else {
            throw refusal("\(count) folds of blocks of \(degrees) degrees are not possible")
        }
        func block(_ sample: SampleList.Place) -> Pixel {
            Pixel(
                column: Int((sample.longitude / degrees).rounded(.down)),
                row: Int((sample.latitude / degrees).rounded(.down)))
        }
        let blocks = Set(samples.places.distinct.map(block)).sorted {
            ($0.row, $0.column) < ($1.row, $1.column)
        }
        guard blocks.count >= count else {
            throw refusal(
                "the stations lie in \(blocks.count) blocks of \(degrees) degrees, too few for \(count)"
                    + " folds: take smaller blocks")
        }
        let fold = foldByKey(dealt(blocks, into: count, seed: seed))
        return plan(samples, foldCount: count) { fold[block($0)] }
    }

    /// The stations in the order of their names, so that shuffling does not depend on the order of rows.
    private static func stations(of samples: SampleList, atLeast count: Int) throws -> [Station.ID] {
        let stations = samples.stations
        guard count >= 2, stations.count >= count else {
            throw refusal("\(stations.count) stations cannot be divided into \(count) parts")
        }
        return stations
    }

    /// Shuffled, then dealt out like cards, so that folds differ by one at most.
    private static func dealt<Item>(_ items: [Item], into count: Int, seed: UInt64) -> [[Item]] {
        var random = SeededShuffle(seed: seed)
        let shuffled = random.shuffled(items)
        return (0..<count).map { fold in
            stride(from: fold, to: shuffled.count, by: count).map { shuffled[$0] }
        }
    }

    private static func foldByKey<Key: Hashable>(_ dealt: [[Key]]) -> [Key: Int] {
        var fold: [Key: Int] = [:]
        for (number, keys) in dealt.enumerated() { for key in keys { fold[key] = number } }
        return fold
    }

    private static func plan(_ samples: SampleList, foldCount: Int, fold: (SampleList.Place) -> Int?)
        -> SplitPlan
    {
        var folds = [[Int]](repeating: [], count: foldCount)
        let ofPlace = samples.places.distinct.map(fold)
        for row in samples.indices {
            if let fold = ofPlace[Int(samples.places.numbers[row])] { folds[fold].append(row) }
        }
        return SplitPlan(folds: folds, of: samples)
    }

    private static func refusal(_ problem: String) -> StationError {
        StationError(source: "experiment", problem: problem)
    }
}
