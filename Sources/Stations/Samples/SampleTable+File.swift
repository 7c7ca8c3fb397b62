internal import Foundation
internal import Forests
internal import Rasters
internal import Storage
internal import Tiling

/// A table of samples in a netCDF file, which xarray opens as well.
///
/// | array | meaning |
/// |---|---|
/// | a feature's name, `(sample)` | float32, with `units` |
/// | the target's name, `(sample)` | float32, with `units` |
/// | `sample_day(sample)` | days since 1970-01-01 |
/// | `sample_latitude`, `sample_longitude(sample)` | degrees, WGS 84 |
/// | `sample_column`, `sample_row(sample)` | the pixel of the product's grid |
/// | `sample_station(sample)` | a position in `station_name(station)` and `station_network(station)` |
/// | `label_X(sample)` | a position in `label_X_word(word_X)`: what else is known of each row |
///
/// Attributes: `tilth_features` (names in order, one a line), `tilth_target`.
extension SampleTable {
    /// The attribute that lists the features, one a line.
    public static let featuresAttribute = "tilth_features"
    /// The attribute that names the target.
    public static let targetAttribute = "tilth_target"

    /// Writes the table; the file is there as a whole or not at all. `attributes` say where it comes from.
    public func write(to path: String, attributes: [String: String] = [:]) throws {
        try checkNames(path)
        let stations = samples.stations
        let place = Dictionary(uniqueKeysWithValues: zip(stations, stations.indices))
        var found: [NetCDFColumns.Column] = zip(features, columns).map { feature, values in
            .init(
                name: feature.name, dimension: "sample",
                values: .laterFloats(count: rowCount) { try values.values() },
                attributes: ["units": feature.unit])
        }
        func add(
            _ name: String, _ values: NetCDFColumns.Column.Values, of dimension: String = "sample",
            unit: String? = nil
        ) {
            found.append(
                .init(
                    name: name, dimension: dimension, values: values,
                    attributes: unit.map { ["units": $0] } ?? [:]))
        }
        add(target.name, .floats(targetValues), unit: target.unit)
        add("sample_day", .integers(samples.map { Int32($0.day.number) }), unit: "days since 1970-01-01")
        add("sample_latitude", .doubles(samples.map(\.latitude)), unit: "degrees_north")
        add("sample_longitude", .doubles(samples.map(\.longitude)), unit: "degrees_east")
        add("sample_column", .integers(samples.map { Int32($0.pixel.column) }))
        add("sample_row", .integers(samples.map { Int32($0.pixel.row) }))
        add("sample_station", .integers(samples.map { Int32(place[$0.station] ?? 0) }))
        add("station_name", .texts(stations.map(\.name)), of: "station")
        add("station_network", .texts(stations.map(\.network)), of: "station")
        for (name, texts) in labels.sorted(by: { $0.key < $1.key }) {
            let words = Set(texts.distinct).sorted()
            let number = Dictionary(uniqueKeysWithValues: zip(words, words.indices))
            add("label_\(name)", .integers(texts.map { Int32(number[$0] ?? 0) }))
            add("label_\(name)_word", .texts(words), of: "word_\(name)")
        }
        let known = [
            Self.featuresAttribute: features.map(\.name).joined(separator: "\n"),
            Self.targetAttribute: target.name,
        ]
        let folder = URL(filePath: path).deletingLastPathComponent().path
        try DurableFile.makeFolder(folder)
        let temporary = DurableFile.temporaryName(for: path)
        do {
            try NetCDFColumns.write(found, attributes: attributes.merging(known) { $1 }, to: temporary)
            try DurableFile.adopt(temporary: temporary, as: path)
        } catch {
            DurableFile.remove(temporary)
            throw error
        }
    }

    /// Opens a table that `write` wrote; features are read from the file when they are asked for. Throws one
    /// line that says what is not as expected.
    public init(contentsOf path: String) throws {
        let file = try NetCDFArrays(path: path)
        func refusal(_ problem: String) -> StationError { StationError(source: path, problem: problem) }
        guard let list = file.attribute(Self.featuresAttribute),
            let target = file.attribute(Self.targetAttribute)
        else {
            throw refusal(
                "is not a table of samples (it has no \(Self.featuresAttribute)): `tilth train` writes them"
            )
        }
        func unit(_ name: String) -> String { file.attribute("units", of: name) ?? "" }
        let features = list.split(separator: "\n").map(String.init).map {
            Forest.Feature(name: $0, unit: unit($0))
        }
        let (names, networks) = (try file.texts("station_name"), try file.texts("station_network"))
        guard names.count == networks.count else { throw refusal("station_network is not as station_name") }
        let stations = zip(networks, names).map { Station.ID(network: $0, name: $1) }
        let targetValues = try file.floats(target)
        let days = try file.integers("sample_day")
        let station = try file.integers("sample_station").map { Int($0) }
        let (latitudes, longitudes) = (
            try file.doubles("sample_latitude"), try file.doubles("sample_longitude")
        )
        let (columns, rows) = (try file.integers("sample_column"), try file.integers("sample_row"))
        guard
            [days.count, station.count, latitudes.count, longitudes.count, columns.count, rows.count]
                .allSatisfy({ $0 == targetValues.count })
        else { throw refusal("its columns have different lengths: write it again") }
        guard station.allSatisfy(stations.indices.contains) else {
            throw refusal("sample_station names stations that are not there: write it again")
        }
        let samples = SampleList(
            targetValues.indices.lazy.map { row in
                Sample(
                    station: stations[station[row]],
                    pixel: Pixel(column: Int(columns[row]), row: Int(rows[row])), latitude: latitudes[row],
                    longitude: longitudes[row], day: Day(number: Int(days[row])))
            })
        var labels: [String: RepeatedValues<String>] = [:]
        for array in file.names where array.hasPrefix("label_") && file.names.contains(array + "_word") {
            let words = try file.texts(array + "_word")
            let numbers = try file.integers(array).map { Int($0) }
            guard numbers.allSatisfy(words.indices.contains) else {
                throw refusal("\(array) names words that are not there: write it again")
            }
            labels[String(array.dropFirst("label_".count))] = RepeatedValues(numbers.lazy.map { words[$0] })
        }
        let lengths = features.map { file.dimensions(of: $0.name)?.first?.length ?? 0 }
        if let wrong = lengths.firstIndex(where: { $0 != targetValues.count }) {
            throw refusal(
                "\(features[wrong].name) has \(lengths[wrong]) rows, the target \(targetValues.count)")
        }
        try self.init(
            features: features,
            columns: features.map { feature in
                // Opened anew: netCDF keeps what it has read of each array while a file is open.
                SampleColumn { try NetCDFArrays(path: path).floats(feature.name) }
            },
            target: Forest.Feature(name: target, unit: unit(target)), targetValues: targetValues,
            samples: samples, labels: labels)
    }

    /// Arrays of a file have different names.
    private func checkNames(_ path: String) throws {
        var seen: Set<String> = []
        for name in features.map(\.name) + [target.name] {
            let isTaken = ["sample_", "station_", "label_"].contains { name.hasPrefix($0) }
            guard !isTaken, seen.insert(name).inserted, !name.contains("/"), !name.contains("\n") else {
                throw StationError(
                    source: path, problem: "'\(name)' cannot be the name of a column: give it another")
            }
        }
    }
}
