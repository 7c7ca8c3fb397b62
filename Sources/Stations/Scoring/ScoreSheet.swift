/// Scores of a map against stations, in the two ways that papers mix up, and by class.
public struct ScoreSheet: Sendable {
    /// A prediction beside what a station measured.
    public struct Pair: Sendable {
        public let station: Station.ID
        /// A climate class, a land cover, anything that scores are wanted by; nil where unknown.
        public let group: String?
        public let predicted: Double
        public let observed: Double

        public init(station: Station.ID, group: String? = nil, predicted: Double, observed: Double) {
            self.station = station
            self.group = group
            self.predicted = predicted
            self.observed = observed
        }
    }

    /// All pairs in one heap: stations with more days weigh more, and differences between stations count.
    public let pooled: Scores
    /// In the order of their names.
    public let stations: [(station: Station.ID, scores: Scores)]
    /// The median of the stations' scores: how well the course of time is met at a typical station.
    public let stationMedian: Scores
    /// Pooled within each class, in the order of their names; pairs without class are left out.
    public let groups: [(group: String, scores: Scores)]

    public init(_ pairs: some Collection<Pair>) {
        var (predicted, observed): ([Double], [Double]) = ([], [])
        var ofStation = RepeatedValues<Station.ID>()
        var ofGroup = RepeatedValues<String?>()
        for pair in pairs {
            predicted.append(pair.predicted)
            observed.append(pair.observed)
            ofStation.append(pair.station)
            ofGroup.append(pair.group)
        }
        /// Scores of the pairs of each value, in the order in which values came first.
        func scores<Value>(by values: RepeatedValues<Value>) -> [Scores] {
            var rows = [[Int]](repeating: [], count: values.distinct.count)
            for (row, number) in values.numbers.enumerated() { rows[Int(number)].append(row) }
            return rows.map { rows in
                Scores(predicted: rows.map { predicted[$0] }, observed: rows.map { observed[$0] })
            }
        }
        pooled = Scores(predicted: predicted, observed: observed)
        stations = zip(ofStation.distinct, scores(by: ofStation)).sorted { $0.0 < $1.0 }
            .map { (station: $0, scores: $1) }
        stationMedian = Scores(medianOf: stations.map(\.scores))
        let hasGroups = ofGroup.distinct.contains { $0 != nil }
        groups =
            hasGroups
            ? zip(ofGroup.distinct, scores(by: ofGroup)).compactMap { group, scores in
                group.map { (group: $0, scores: scores) }
            }.sorted { $0.group < $1.group } : []
    }
}
