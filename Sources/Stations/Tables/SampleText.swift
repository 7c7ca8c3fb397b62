import Forests
import Foundation
import Tiling

/// Samples out of plain tables: stations, predictors and target side by side, a row per station and day.
public struct SampleText: Sendable {
    /// The rows that have the target and all predictors, by station and day. Predictors come first, then the
    /// columns to compare with, where NaN is no value.
    public let table: SampleTable
    /// What was left out, and what looks wrong.
    public let issues: [StationIssue]

    /// Reads tables. Throws one line when they give no row.
    public init(paths: [String], columns: SampleColumns) throws {
        var reading = Reading(columns: columns)
        for path in paths {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw StationError(
                    source: path, problem: "does not exist or cannot be read: check the path")
            }
            try reading.read([UInt8](data), source: path)
        }
        guard let source = paths.first else {
            throw StationError(source: "table", problem: "no file was named")
        }
        table = try reading.table(source: source)
        issues = reading.issues
    }

    /// The rows of some tables while they are read.
    private struct Reading {
        struct Row {
            let day: Day
            let latitude: Double
            let longitude: Double
            let target: Double
            /// By the number of the column in `inputs`.
            let values: [Double]
            let labels: [String]
        }

        let columns: SampleColumns
        /// The columns that features are made of, each once.
        let inputs: [String]
        var stations: [Station.ID: [Row]] = [:]
        var issues: [StationIssue] = []

        init(columns: SampleColumns) {
            self.columns = columns
            inputs = (columns.features + columns.others).map(\.column).reduce(into: []) {
                if !$0.contains($1) { $0.append($1) }
            }
        }

        mutating func read(_ bytes: [UInt8], source: String) throws {
            guard var text = DelimitedText(bytes) else {
                throw StationError(source: source, problem: "is empty")
            }
            let header = try SampleHeader(text.header, columns: columns, inputs: inputs, source: source)
            var (rowCount, badCount, firstBad) = (0, 0, "")
            while let (line, fields) = text.next() {
                rowCount += 1
                do {
                    let (station, row) = try header.row(fields, columns: columns)
                    stations[station, default: []].append(row)
                } catch let mistake as SampleHeader.Mistake {
                    if badCount == 0 { firstBad = "line \(line): \(mistake.problem)" }
                    badCount += 1
                }
            }
            guard rowCount > 0 else {
                throw StationError(source: source, problem: "has a header but no rows")
            }
            guard badCount > 0 else { return }
            let more = badCount > 1 ? " (and \(badCount - 1) more rows)" : ""
            guard badCount < rowCount else {
                throw StationError(source: source, problem: "no row can be read: \(firstBad)")
            }
            issues.append(
                StationIssue(source: source, problem: "\(firstBad): row left out\(more)", isSkipped: false))
        }

        mutating func table(source: String) throws -> SampleTable {
            let needed = columns.features.count
            let made = (columns.features + columns.others).map { feature in
                (input: inputs.firstIndex(of: feature.column) ?? 0, weights: feature.derivation.weights)
            }
            var samples: [Sample] = []
            var targets: [Float] = []
            var values = [[Float]](repeating: [], count: made.count)
            var labels = [[String]](repeating: [], count: columns.labels.count)
            var lacking = [Int](repeating: 0, count: needed)
            var (withoutTarget, repeats) = (0, 0)
            for (station, unordered) in stations.sorted(by: { $0.key < $1.key }) {
                var byDay: [Day: Row] = [:]
                for row in unordered where byDay.updateValue(byDay[row.day] ?? row, forKey: row.day) != nil {
                    repeats += 1
                }
                for (day, row) in byDay.sorted(by: { $0.key < $1.key }) {
                    guard !row.target.isNaN else {
                        withoutTarget += 1
                        continue
                    }
                    let features = made.map { input, weights in
                        weights.enumerated().reduce(0.0) {
                            $0 + $1.element * (byDay[day - $1.offset]?.values[input] ?? .nan)
                        }
                    }
                    if let absent = features[..<needed].firstIndex(where: { !$0.isFinite }) {
                        lacking[absent] += 1
                        continue
                    }
                    samples.append(sample(row, station: station))
                    targets.append(Float(columns.isPercent ? row.target / 100 : row.target))
                    for (number, value) in features.enumerated() { values[number].append(Float(value)) }
                    for (number, label) in row.labels.enumerated() { labels[number].append(label) }
                }
            }
            try note(source, rowCount: targets.count, withoutTarget, repeats, lacking)
            try checkUnit(targets, source: source)
            return try SampleTable(
                features: (columns.features + columns.others).map { Forest.Feature(name: $0.name, unit: "") },
                columns: values, target: Forest.Feature(name: columns.target, unit: columns.targetUnit),
                targetValues: targets, samples: samples,
                labels: Dictionary(zip(columns.labels, labels), uniquingKeysWith: { first, _ in first }))
        }

        private func sample(_ row: Row, station: Station.ID) -> Sample {
            Sample(
                station: station,
                pixel: Pixel(
                    column: Int(((row.longitude + 180) / columns.cellDegrees).rounded(.down)),
                    row: Int(((90 - row.latitude) / columns.cellDegrees).rounded(.down))),
                latitude: row.latitude, longitude: row.longitude, day: row.day)
        }

        private mutating func note(
            _ source: String, rowCount: Int, _ withoutTarget: Int, _ repeats: Int, _ lacking: [Int]
        ) throws {
            var problems: [String] = []
            if withoutTarget > 0 { problems.append("\(withoutTarget) rows have no \(columns.target)") }
            if repeats > 0 {
                problems.append("\(repeats) rows repeat a station and day: the first one is kept")
            }
            for (feature, count) in zip(columns.features, lacking) where count > 0 {
                problems.append("\(count) rows have no \(feature.name)")
            }
            guard rowCount > 0 else {
                throw StationError(
                    source: source,
                    problem: "no row has the target and all features: \(problems.joined(separator: ", "))")
            }
            issues += problems.map { StationIssue(source: "table", problem: $0, isSkipped: false) }
        }

        private func checkUnit(_ targets: [Float], source: String) throws {
            guard targets.count(where: { $0 > 1 }) * 2 > targets.count else { return }
            throw StationError(
                source: source,
                problem: "\(columns.target) up to \(targets.max() ?? .nan) is percent, not m3 m-3:"
                    + " say that its unit is percent, and it is divided by 100")
        }
    }

    /// Where the columns stand in one table.
    private struct SampleHeader {
        struct Mistake: Error { let problem: String }

        private let station: (column: Int?, text: String)
        private let network: (column: Int?, text: String)
        private let latitude, longitude, time, target: Int
        private let inputs: [Int]
        private let labels: [Int]
        private let count: Int

        init(_ header: [String], columns: SampleColumns, inputs: [String], source: String) throws {
            var wanted = [columns.latitude, columns.longitude, columns.time, columns.target]
            wanted += inputs + columns.labels
            for case .column(let name) in [columns.station, columns.network] { wanted.append(name) }
            let absent = wanted.filter { !header.contains($0) }
            guard absent.isEmpty else {
                throw StationError(
                    source: source,
                    problem: "has no column \(absent.map { "'\($0)'" }.joined(separator: ", "));"
                        + " it has \(header.joined(separator: ", "))")
            }
            func place(_ name: String) -> Int { header.firstIndex(of: name) ?? 0 }
            func cell(_ source: ColumnMapping.Source, file: String) throws -> (Int?, String) {
                if case .column(let name) = source { return (place(name), "") }
                return (nil, try source.constant(inFile: file))
            }
            station = try cell(columns.station, file: source)
            network = try cell(columns.network, file: source)
            (latitude, longitude) = (place(columns.latitude), place(columns.longitude))
            (time, target) = (place(columns.time), place(columns.target))
            self.inputs = inputs.map(place)
            labels = columns.labels.map(place)
            count = header.count
        }

        func row(_ fields: [String], columns: SampleColumns) throws -> (Station.ID, Reading.Row) {
            guard fields.count >= count else {
                throw Mistake(problem: "too few fields for \(count) columns")
            }
            func number(_ column: Int, _ name: String) throws -> Double {
                let text = fields[column].trimmed
                if text.isEmpty || columns.missing.contains(text) { return .nan }
                guard let number = Double(text), number.isFinite else {
                    throw Mistake(problem: "the \(name) is not a number: '\(text)'")
                }
                return number
            }
            let name = station.column.map { fields[$0].trimmed } ?? station.text
            guard !name.isEmpty else { throw Mistake(problem: "the station has no name") }
            let (north, east) = (
                try number(latitude, columns.latitude), try number(longitude, columns.longitude)
            )
            if let problem = Station.problem(latitude: north, longitude: east) {
                throw Mistake(problem: "station \(name): \(problem)")
            }
            guard let when = UTCMinute(fields[time].trimmed) else {
                throw Mistake(problem: "the time is not an ISO date: '\(fields[time].trimmed)'")
            }
            let id = Station.ID(
                network: network.column.map { fields[$0].trimmed } ?? network.text, name: name)
            let values = try inputs.map { try number($0, "value") }
            return (
                id,
                Reading.Row(
                    day: when.day, latitude: north, longitude: Station.wrapped(longitude: east),
                    target: try number(target, columns.target), values: values,
                    labels: labels.map { fields[$0].trimmed })
            )
        }
    }
}

extension ColumnMapping.Source {
    /// What a source that is no column says for a file.
    func constant(inFile path: String) throws -> String {
        switch self {
        case .column(let name), .constant(let name): return name
        case .fileName(let pattern):
            let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
            let ends = pattern.components(separatedBy: "{}")
            guard ends.count == 2, name.hasPrefix(ends[0]), name.hasSuffix(ends[1]),
                name.count > ends[0].count + ends[1].count
            else { throw StationError(source: path, problem: "its name is not like '\(pattern)'") }
            return String(name.dropFirst(ends[0].count).dropLast(ends[1].count))
        }
    }
}
