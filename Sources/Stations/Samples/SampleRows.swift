import Forests
import Foundation
import Storage
import Tiling

/// The rows of a table of samples while they are collected; their values go to a temporary file as soon as
/// they are many.
struct SampleRows {
    let features: [Forest.Feature]
    /// Columns that a row may lack, behind the features.
    private let others: [Forest.Feature]
    private let labels: [String]
    private var columns: ColumnSpool
    private var words: [RepeatedValues<String>]
    private var targetValues: [Float] = []
    private var samples = SampleList()
    private var climate = RepeatedValues<String>()
    private(set) var counts = SampleCounts()

    init(features: [Forest.Feature], others: [Forest.Feature] = [], labels: [String] = []) {
        self.features = features
        self.others = others
        self.labels = labels
        columns = ColumnSpool(
            columnCount: features.count + others.count,
            folder: FileManager.default.temporaryDirectory.path)
        words = Array(repeating: [], count: labels.count)
    }

    /// Days of a target that cannot become rows, all for one reason.
    mutating func drop(_ target: StationTarget, days: Int, _ reason: String) {
        counts.stationDays += days
        counts.drop(reason, count: days)
    }

    /// Takes one day of a target, unless a feature is not a number. Values are those of the features, then
    /// those of the others.
    mutating func add(_ target: StationTarget, day: Day, values: [Float], words: [String] = []) throws {
        counts.stationDays += 1
        let missing = zip(features, values).filter { $1.isNaN }.map(\.0.name)
        guard missing.isEmpty else {
            let more = missing.count > 3 ? " and \(missing.count - 3) more" : ""
            counts.drop(missing.prefix(3).joined(separator: ", ") + more + " missing")
            return
        }
        if let place = values.prefix(features.count).firstIndex(where: { !$0.isFinite }) {
            counts.drop("\(features[place].name) infinite")
            return
        }
        try columns.append(values)
        for (place, word) in words.enumerated() { self.words[place].append(word) }
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
        counts.stations = samples.stations.count
        let hasClimate = climate.distinct.contains { !$0.isEmpty }
        let known = hasClimate ? ["climate_class": climate] : [:]
        return (
            try SampleTable(
                features: features + others,
                columns: (features + others).indices.map { place in
                    SampleColumn { [columns] in try columns.column(place) }
                }, target: target, targetValues: targetValues,
                samples: samples,
                labels: known.merging(zip(labels, words), uniquingKeysWith: { $1 })), counts
        )
    }
}
