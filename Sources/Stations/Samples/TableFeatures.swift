import Foundation
public import Forests
public import Tiling

/// Features that stand beside the soil moisture in the stations' own tables, instead of grids: to compare
/// with studies that did so. A feature whose covariate has a rule in time (`derive`) is made by that rule
/// from the column, station by station; other rules of the product are for its files, not for these columns.
public struct TableFeatures: Sendable {
    /// Which column each feature comes from, in model order.
    public let columns: [(feature: String, column: String)]

    /// Reads `dem, ndvi=ndvi_500m, api=rain`, with commas or lines between; a name alone is its own column.
    public init(text: String, source: String) throws {
        var columns: [(feature: String, column: String)] = []
        for part in text.split(whereSeparator: { $0 == "," || $0.isNewline }) where !part.trimmed.isEmpty {
            let words = part.split(separator: "=", maxSplits: 1).map(\.trimmed)
            guard let feature = words.first, let column = words.last, !feature.isEmpty, !column.isEmpty else {
                throw StationError(source: source, problem: "'\(part.trimmed)' is not FEATURE=COLUMN")
            }
            guard !columns.contains(where: { $0.feature == feature }) else {
                throw StationError(source: source, problem: "'\(feature)' is there twice: keep one")
            }
            columns.append((feature, column))
        }
        self.columns = columns
    }

    /// Makes the rows: days of the targets on which every feature of the layer has a value.
    public func table(
        of targets: [StationTarget], features: [String], product: Product, days: DayRange, paths: [String],
        mapping: ColumnMapping, target: Forest.Feature
    ) throws -> (table: SampleTable, counts: SampleCounts) {
        let wanted = try features.map { name in
            guard let found = columns.first(where: { $0.feature == name }) else {
                throw StationError(
                    source: "features from tables",
                    problem: "'\(name)' has no column: add \(name)=COLUMN to --table-features")
            }
            return found.column
        }
        var values = TableColumns(names: Array(Set(wanted)).sorted(), mapping: mapping)
        for path in paths { try values.read(path) }
        var rows = SampleRows(
            features: features.map {
                Forest.Feature(name: $0, unit: product.covariate(named: $0)?.unit ?? "")
            })
        for target in targets {
            let inside = target.validDays(within: days)
            rows.drop(target, days: target.daily.validCount - inside.count, "outside \(days)")
            let series = zip(features, wanted).map { name, column in
                Derived(
                    column: target.stations.map { values.series(of: column, at: $0.id) },
                    derivation: product.covariate(named: name)?.derivation)
            }
            for day in inside { rows.add(target, day: day, values: series.map { $0[day] }) }
        }
        return try rows.table(target: target)
    }

    /// A column of a place, through a covariate's rule in time; the mean of its stations.
    private struct Derived {
        let column: [[Day: Double]]
        let derivation: Covariate.Derivation?

        subscript(day: Day) -> Float {
            let values = column.map { at(day, in: $0) }.filter { !$0.isNaN }
            return values.isEmpty ? .nan : Float(values.reduce(0, +) / Double(values.count))
        }

        private func at(_ day: Day, in column: [Day: Double]) -> Double {
            func value(_ lag: Int) -> Double { column[day - lag] ?? .nan }
            switch derivation {
            case nil: return value(0)
            case .runningSum(let days): return (0..<days).reduce(0) { $0 + value($1) }
            case .antecedentIndex(let terms, let decay, let scale):
                var (sum, weight) = (0.0, 1.0)
                for lag in 0..<terms {
                    sum += weight * value(lag)
                    weight *= decay
                }
                return scale * sum
            }
        }
    }
}

/// Columns of numbers in the stations' tables, by station and day.
private struct TableColumns {
    let names: [String]
    let mapping: ColumnMapping
    private var values: [String: [Station.ID: [Day: Double]]] = [:]

    init(names: [String], mapping: ColumnMapping) {
        self.names = names
        self.mapping = mapping
    }

    func series(of column: String, at station: Station.ID) -> [Day: Double] {
        values[column]?[station] ?? [:]
    }

    /// Takes the rows that are rows of a station; files that are none were named when the targets were read.
    mutating func read(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path),
            var table = DelimitedText([UInt8](data)),
            let reader = try? RowReader(mapping: mapping, header: table.header, source: path)
        else { return }
        let places = try names.map { name in
            guard let place = table.header.firstIndex(of: name) else {
                throw StationError(
                    source: path,
                    problem: "has no column '\(name)'; it has \(table.header.joined(separator: ", "))")
            }
            return place
        }
        while let (line, fields) = table.next() {
            guard case .success(let row) = reader.read(fields) else { continue }
            let day = row.observation.time.day
            for (name, place) in zip(names, places) {
                let text = place < fields.count ? fields[place].trimmed : ""
                if text.isEmpty || mapping.missing.contains(text) { continue }
                guard let value = Double(text), value.isFinite else {
                    throw StationError(
                        source: path,
                        problem: "line \(line): '\(text)' in column \(name) is not finite: correct it, or "
                            + "say that it means no value (missing=\(text) in --columns)")
                }
                // Of two rows of a day the first counts, as for soil moisture.
                if values[name]?[row.station.id]?[day] == nil {
                    values[name, default: [:]][row.station.id, default: [:]][day] = value
                }
            }
        }
    }
}
