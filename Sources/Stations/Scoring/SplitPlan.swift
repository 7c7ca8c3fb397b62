/// Which samples train and which test, and what to beware of.
public struct SplitPlan: Sendable {
    /// One training with its test; sample numbers in ascending order.
    public struct Split: Hashable, Sendable {
        public let name: String
        public let training: [Int]
        public let test: [Int]
    }

    public let splits: [Split]
    /// Where training knows too much about the test: one line per kind of leak.
    public let warnings: [String]

    /// Folds that are tested in turn, while all others train.
    init(folds: [[Int]], of samples: [Sample]) {
        let splits = folds.enumerated().map { number, fold in
            Split(
                name: "fold \(number + 1)",
                training: folds.enumerated().filter { $0.offset != number }.flatMap(\.element).sorted(),
                test: fold.sorted())
        }
        self.init(splits: splits, of: samples)
    }

    init(splits: [Split], of samples: [Sample]) {
        self.splits = splits
        warnings = Self.leaks(splits, of: samples)
    }

    /// A test is told off when training has days of the same station around its days, or another station in
    /// the same pixel. A test of later days is not: its stations are meant to be known.
    private static func leaks(_ splits: [Split], of samples: [Sample]) -> [String] {
        var sameStation: Set<Station.ID> = []
        var samePixel: Set<Station.ID> = []
        for split in splits {
            let trained = split.training.map { samples[$0] }
            let isForecast = (trained.map(\.day).max()).map { last in
                split.test.allSatisfy { samples[$0].day > last }
            }
            if isForecast == true { continue }
            let stations = Set(trained.map(\.station))
            let pixels = Dictionary(grouping: trained, by: \.pixel).mapValues { Set($0.map(\.station)) }
            for sample in split.test.map({ samples[$0] }) {
                if stations.contains(sample.station) {
                    sameStation.insert(sample.station)
                } else if pixels[sample.pixel] != nil {
                    samePixel.insert(sample.station)
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
