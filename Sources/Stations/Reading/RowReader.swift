import Foundation

/// Reads the rows of one table.
struct RowReader {
    /// What a row says.
    struct Row {
        let station: Station
        let depth: DepthRange
        let observation: Observation
    }

    /// Why a row cannot be read.
    struct Mistake: Error {
        let problem: String
    }

    /// A value of each row: a column's number, or the same for all rows.
    private enum Cell {
        case column(Int)
        case constant(String)

        func text(_ fields: [String]) -> String? {
            switch self {
            case .column(let number): number < fields.count ? fields[number].trimmed : nil
            case .constant(let text): text
            }
        }
    }

    private let mapping: ColumnMapping
    private let columnCount: Int
    private let station, network, latitude, longitude, time, value, depthFrom: Cell
    private let elevation, climateClass, flags, depthTo: Cell?

    init(mapping: ColumnMapping, header: [String], source: String) throws {
        let absent = mapping.columns.filter { !header.contains($0.name) }
        guard absent.isEmpty else {
            let names = absent.map { "'\($0.name)' (\($0.key))" }.joined(separator: ", ")
            throw StationError(
                source: source, problem: "has no column \(names); it has \(header.joined(separator: ", "))")
        }
        func cell(_ wanted: ColumnMapping.Source) throws -> Cell {
            switch wanted {
            case .column(let name): return .column(header.firstIndex(of: name) ?? 0)
            case .constant(let text): return .constant(text)
            case .fileName(let pattern):
                let name = source[
                    (source.lastIndex(of: "/").map(source.index(after:)) ?? source.startIndex)...]
                let ends = pattern.components(separatedBy: "{}")
                guard ends.count == 2, name.hasPrefix(ends[0]), name.hasSuffix(ends[1]),
                    name.count > ends[0].count + ends[1].count
                else { throw StationError(source: source, problem: "its name is not like '\(pattern)'") }
                return .constant(String(name.dropFirst(ends[0].count).dropLast(ends[1].count)))
            }
        }
        self.mapping = mapping
        columnCount = header.count
        station = try cell(mapping.station)
        network = try cell(mapping.network)
        latitude = try cell(mapping.latitude)
        longitude = try cell(mapping.longitude)
        time = try cell(mapping.time)
        value = try cell(mapping.value)
        depthFrom = try cell(mapping.depthFrom)
        elevation = try mapping.elevation.map(cell)
        climateClass = try mapping.climateClass.map(cell)
        flags = try mapping.flags.map(cell)
        depthTo = try mapping.depthTo.map(cell)
    }

    func read(_ fields: [String]) -> Result<Row, Mistake> {
        guard fields.count >= columnCount else {
            return .failure(Mistake(problem: "too few fields for \(columnCount) columns"))
        }
        do {
            let name = station.text(fields) ?? ""
            guard !name.isEmpty else { throw Mistake(problem: "the station has no name") }
            let latitude = try number(latitude, "latitude", fields)
            let longitude = try number(longitude, "longitude", fields)
            if let problem = Station.problem(latitude: latitude, longitude: longitude) {
                throw Mistake(problem: "station \(name): \(problem)")
            }
            let when = time.text(fields) ?? ""
            guard let time = UTCMinute(when, hoursFromUTC: mapping.hoursFromUTC) else {
                throw Mistake(problem: "the time is not an ISO date or time: '\(when)'")
            }
            let from = try number(depthFrom, "depth", fields) * mapping.depthUnit.rawValue
            let to = try depthTo.map { try number($0, "depth", fields) * mapping.depthUnit.rawValue } ?? from
            guard from.isFinite, to.isFinite, from >= 0, to >= from, to <= 20 else {
                throw Mistake(problem: "the depths are not depths in metres: '\(from)' to '\(to)'")
            }
            let moisture = try number(value, "value", fields)
            let given = flags?.text(fields).map { QualityFlags(text: $0) } ?? .unchecked
            let place = Station(
                id: .init(network: network.text(fields) ?? "", name: name), latitude: latitude,
                longitude: Station.wrapped(longitude: longitude),
                elevation: elevation?.text(fields).flatMap(Double.init),
                climateClass: climateClass?.text(fields))
            let isPercent = mapping.quantity == .soilMoisture && mapping.unit == .percent
            let observation = Observation(
                time: time, value: isPercent ? moisture / 100 : moisture,
                flags: moisture.isNaN ? given.union(.missing) : given)
            return .success(
                Row(station: place, depth: DepthRange(from: from, to: to), observation: observation))
        } catch {
            return .failure(error as? Mistake ?? Mistake(problem: "cannot be read"))
        }
    }

    /// NaN where the table says that there is none.
    private func number(_ cell: Cell, _ name: String, _ fields: [String]) throws -> Double {
        guard let text = cell.text(fields), !text.isEmpty, !mapping.missing.contains(text) else {
            return .nan
        }
        guard let number = Double(text), number.isFinite else {
            throw Mistake(problem: "the \(name) is not a number: '\(text)'")
        }
        return number <= -9999 ? .nan : number
    }
}
