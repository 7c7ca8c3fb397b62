/// What one sensor measured, in the order of time, each time once.
public struct Series: Sendable {
    public let station: Station
    public let quantity: Quantity
    public let depth: DepthRange
    public let sensor: String
    /// The file that it comes from.
    public let source: String
    public let observations: [Observation]
    /// What had to be put right, and what looks wrong.
    public let issues: [StationIssue]

    /// Takes observations in any order and puts them in the order of time. Of two values at one time the
    /// first is kept. Both are said in `issues`, and so are values that look like percent.
    public init(
        station: Station, quantity: Quantity, depth: DepthRange, sensor: String, source: String,
        observations: [Observation], issues: [StationIssue] = []
    ) {
        var issues = issues
        func say(_ problem: String) {
            issues.append(StationIssue(source: source, problem: problem, isSkipped: false))
        }
        var ordered = observations
        let isOrdered = zip(observations, observations.dropFirst()).allSatisfy { $0.time <= $1.time }
        if !isOrdered {
            say("\(station.id): times are not in order: sorted")
            // Stable: of two values at one time the first one in the file stays first.
            ordered = observations.enumerated().sorted {
                ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
            }.map(\.element)
        }
        var kept: [Observation] = []
        kept.reserveCapacity(ordered.count)
        var (repeats, contradictions) = (0, 0)
        var firstContradiction: Observation?
        for observation in ordered {
            guard let last = kept.last, last.time == observation.time else {
                kept.append(observation)
                continue
            }
            if last.value == observation.value || observation.value.isNaN {
                repeats += 1
            } else if last.value.isNaN {
                kept[kept.count - 1] = observation
                repeats += 1
            } else {
                contradictions += 1
                firstContradiction = firstContradiction ?? observation
            }
        }
        if repeats > 0 { say("\(station.id): \(repeats) rows repeat the time of another: dropped") }
        if let firstContradiction {
            say(
                "\(station.id): \(contradictions) times come again with another value,"
                    + " the first is \(firstContradiction.time): the first value is kept")
        }
        self.station = station
        self.quantity = quantity
        self.depth = depth
        self.sensor = sensor
        self.source = source
        self.observations = kept
        self.issues = issues
    }
}

extension Series {
    /// How the values of a soil-moisture series relate to m3 m-3.
    enum Scale: Equatable {
        case fraction
        /// More than half of the values are above 1.
        case percent
        /// A few values are above 1: errors rather than another unit.
        case fractionWithOutliers(count: Int)

        init(of observations: [Observation]) {
            let valid = observations.lazy.filter { !$0.value.isNaN }
            let over = valid.filter { $0.value > 1 }.count
            self =
                over == 0
                ? .fraction : over * 2 > valid.count ? .percent : .fractionWithOutliers(count: over)
        }
    }

    /// Says what is wrong with the unit of soil moisture; throws when all of it is percent.
    static func checkUnit(of observations: [Observation], source: String, station: Station.ID) throws
        -> StationIssue?
    {
        switch Scale(of: observations) {
        case .fraction: return nil
        case .percent:
            let largest = observations.lazy.map(\.value).filter { !$0.isNaN }.max() ?? .nan
            throw StationError(
                source: source,
                problem: "\(station): soil moisture up to \(largest) is percent, not m3 m-3:"
                    + " say so (--percent, or unit=percent in --columns), and it is divided by 100")
        case .fractionWithOutliers(let count):
            return StationIssue(
                source: source,
                problem: "\(station): \(count) of \(observations.count) values are above 1 m3 m-3:"
                    + " kept for quality control (C02)", isSkipped: false)
        }
    }
}
