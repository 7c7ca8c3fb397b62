internal import Foundation

/// A mapping as people write it: `key=value`, one a line in a file, or with commas between them.
///
///     station = file:OzNet_{}_cleaned_data.csv     # a column, or a part of the file's name
///     latitude = lat
///     longitude = lon
///     time = time
///     value = insitu_sm
///     depth-from = 0                               # a number is the same for all rows
///     depth-to = 0.05
///     depth-unit = m                               # or cm
///     unit = fraction                              # or percent
///
/// More keys: `network`, `elevation`, `climate-class`, `flags`, `hours-from-utc`, `missing` (words, with
/// blanks between). `const:TEXT` is a text that is the same for all rows, `column:7` a column that has a
/// number as its name.
extension ColumnMapping {
    private static let required = ["station", "latitude", "longitude", "time", "value", "depth-from"]
    private static let optional = [
        "network", "elevation", "climate-class", "flags", "depth-to", "depth-unit", "unit", "hours-from-utc",
        "missing",
    ]

    /// Reads a mapping from its text; `source` names it in errors.
    public init(text: String, source: String) throws {
        let values = try Self.entries(text, source: source)
        func refusal(_ problem: String) -> StationError { StationError(source: source, problem: problem) }
        let absent = Self.required.filter { values[$0] == nil }
        guard absent.isEmpty else {
            throw refusal("does not say \(absent.joined(separator: ", ")): add KEY=COLUMN for each")
        }
        func cell(_ key: String) -> Source? { values[key].map(Self.source) }
        guard let station = cell("station"), let latitude = cell("latitude"),
            let longitude = cell("longitude"), let time = cell("time"), let value = cell("value"),
            let depthFrom = cell("depth-from")
        else { throw refusal("is not complete") }
        self.init(
            station: station, latitude: latitude, longitude: longitude, time: time, value: value,
            depthFrom: depthFrom, depthTo: cell("depth-to"))
        network = cell("network") ?? network
        elevation = cell("elevation")
        climateClass = cell("climate-class")
        flags = cell("flags")
        switch values["depth-unit"] {
        case nil, "m": depthUnit = .metre
        case "cm": depthUnit = .centimetre
        case let other?: throw refusal("depth-unit is '\(other)': m or cm")
        }
        switch values["unit"] {
        case nil, "fraction": unit = .fraction
        case "percent": unit = .percent
        case let other?: throw refusal("unit is '\(other)': fraction (m3 m-3) or percent")
        }
        if let text = values["hours-from-utc"] {
            guard let hours = Double(text), abs(hours) <= 14 else {
                throw refusal("hours-from-utc is '\(text)': a number from -14 to 14")
            }
            hoursFromUTC = hours
        }
        if let words = values["missing"] { missing.formUnion(words.split(separator: " ").map(String.init)) }
    }

    private static func entries(_ text: String, source: String) throws -> [String: String] {
        var values: [String: String] = [:]
        let lines = text.split(whereSeparator: \.isNewline).flatMap { line in
            line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0].split(
                separator: ",")
        }
        for line in lines where !line.trimmed.isEmpty {
            let parts = line.split(separator: "=", maxSplits: 1).map(\.trimmed)
            guard parts.count == 2, !parts[1].isEmpty else {
                throw StationError(source: source, problem: "'\(line.trimmed)' is not KEY=VALUE")
            }
            guard (required + optional).contains(parts[0]) else {
                throw StationError(
                    source: source,
                    problem: "'\(parts[0])' is not a key: "
                        + (required + optional).joined(separator: ", "))
            }
            guard values.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw StationError(source: source, problem: "'\(parts[0])' is there twice: keep one")
            }
        }
        return values
    }

    private static func source(_ text: String) -> Source {
        for (prefix, make) in [
            ("file:", Source.fileName), ("const:", Source.constant), ("column:", Source.column),
        ] where text.hasPrefix(prefix) {
            return make(String(text.dropFirst(prefix.count)))
        }
        return Double(text) != nil ? .constant(text) : .column(text)
    }
}
