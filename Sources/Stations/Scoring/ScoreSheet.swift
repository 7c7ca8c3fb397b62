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

    public init(_ pairs: [Pair]) {
        func scores(_ pairs: [Pair]) -> Scores {
            Scores(predicted: pairs.map(\.predicted), observed: pairs.map(\.observed))
        }
        pooled = scores(pairs)
        stations = Dictionary(grouping: pairs, by: \.station).sorted { $0.key < $1.key }
            .map { ($0.key, scores($0.value)) }
        stationMedian = Scores(medianOf: stations.map(\.scores))
        groups = Dictionary(grouping: pairs.filter { $0.group != nil }) { $0.group ?? "" }
            .sorted { $0.key < $1.key }.map { ($0.key, scores($0.value)) }
    }
}
