import Forests
import Tiling

/// The rows of a table of samples while they are collected.
struct SampleRows {
    let features: [Forest.Feature]
    private var columns: [[Float]]
    private var targetValues: [Float] = []
    private var samples: [Sample] = []
    private var climate: [String] = []
    private(set) var counts = SampleCounts()

    init(features: [Forest.Feature]) {
        self.features = features
        columns = Array(repeating: [], count: features.count)
    }

    /// Days of a target that cannot become rows, all for one reason.
    mutating func drop(_ target: StationTarget, days: Int, _ reason: String) {
        counts.stationDays += days
        counts.drop(reason, count: days)
    }

    /// Takes one day of a target, unless a feature is not a number.
    mutating func add(_ target: StationTarget, day: Day, values: [Float]) {
        counts.stationDays += 1
        let missing = zip(features, values).filter { $1.isNaN }.map(\.0.name)
        guard missing.isEmpty else {
            let more = missing.count > 3 ? " and \(missing.count - 3) more" : ""
            counts.drop(missing.prefix(3).joined(separator: ", ") + more + " missing")
            return
        }
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            counts.drop("\(features[place].name) infinite")
            return
        }
        for (place, value) in values.enumerated() { columns[place].append(value) }
        targetValues.append(Float(target.daily[day]))
        climate.append(target.climateClass ?? "")
        samples.append(
            Sample(
                station: target.id, pixel: target.pixel, latitude: target.latitude,
                longitude: target.longitude, day: day))
        counts.rows += 1
    }

    /// The table, and what became of all days.
    func table(target: Forest.Feature) throws -> (table: SampleTable, counts: SampleCounts) {
        var counts = counts
        counts.stations = Set(samples.map(\.station)).count
        let hasClimate = climate.contains { !$0.isEmpty }
        return (
            try SampleTable(
                features: features, columns: columns, target: target, targetValues: targetValues,
                samples: samples, labels: hasClimate ? ["climate_class": climate] : [:]), counts
        )
    }
}
