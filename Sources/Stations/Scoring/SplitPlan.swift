/// Which samples train and which test, and what to beware of.
public struct SplitPlan: Sendable {
    /// One training with its test; sample numbers in ascending order.
    public struct Split: Hashable, Sendable {
        public let name: String
        public let test: [Int]
        /// Nil where all rows but those of the test train: folds would hold every row many times.
        private let trainingRows: [Int]?
        private let rowCount: Int

        init(name: String, training: [Int], test: [Int]) {
            self.name = name
            self.test = test
            trainingRows = training
            rowCount = training.count
        }

        /// All rows but those of the test train.
        init(name: String, test: [Int], of rowCount: Int) {
            self.name = name
            self.test = test
            trainingRows = nil
            self.rowCount = rowCount
        }

        /// The rows that train; made anew at each call.
        public var training: [Int] {
            if let trainingRows { return trainingRows }
            var rows: [Int] = []
            rows.reserveCapacity(trainingCount)
            var start = 0
            for row in test {
                rows += start..<row
                start = row + 1
            }
            return rows + (start..<rowCount)
        }

        public var trainingCount: Int { trainingRows?.count ?? rowCount - test.count }
    }

    public let splits: [Split]
    /// Where training knows too much about the test: one line per kind of leak.
    public let warnings: [String]

    /// Folds that are tested in turn, while all others train.
    init(folds: [[Int]], of samples: SampleList) {
        let splits = folds.enumerated().map { number, fold in
            Split(name: "fold \(number + 1)", test: fold.sorted(), of: samples.count)
        }
        self.init(splits: splits, of: samples)
    }

    init(splits: [Split], of samples: SampleList) {
        self.splits = splits
        warnings = Self.leaks(splits, of: samples)
    }

    /// A test is told off when training has days of the same station around its days, or another station in
    /// the same pixel. A test of later days is not: its stations are meant to be known.
    private static func leaks(_ splits: [Split], of samples: SampleList) -> [String] {
        var sameStation: Set<Station.ID> = []
        var samePixel: Set<Station.ID> = []
        let places = samples.places
        for split in splits {
            let training = split.training
            let lastDay = training.lazy.map { samples.day(of: $0) }.max()
            if let lastDay, split.test.allSatisfy({ samples.day(of: $0) > lastDay }) { continue }
            func visited(_ rows: [Int]) -> [SampleList.Place] {
                var isVisited = [Bool](repeating: false, count: places.distinct.count)
                for row in rows { isVisited[Int(places.numbers[row])] = true }
                return zip(places.distinct, isVisited).filter(\.1).map(\.0)
            }
            let trained = visited(training)
            let (stations, pixels) = (Set(trained.map(\.station)), Set(trained.map(\.pixel)))
            for place in visited(split.test) {
                if stations.contains(place.station) {
                    sameStation.insert(place.station)
                } else if pixels.contains(place.pixel) {
                    samePixel.insert(place.station)
                }
            }
        }
        var warnings: [String] = []
        if !sameStation.isEmpty {
            warnings.append(
                "\(sameStation.count) stations are in training and in test at once: scores are too good, "
                    + "because neighbouring days are alike; divide by station")
        }
        if !samePixel.isEmpty {
            let names = samePixel.sorted().prefix(5).map(\.description).joined(separator: ", ")
            warnings.append(
                "\(samePixel.count) test stations share their pixel with a training station (\(names)"
                    + "\(samePixel.count > 5 ? ", ..." : "")): they see the same covariates;"
                    + " use spatial blocks"
            )
        }
        return warnings
    }
}
