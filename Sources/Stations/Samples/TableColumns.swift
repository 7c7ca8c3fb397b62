import Foundation
import Tiling

/// Columns of numbers and of words in the stations' tables, by station and day.
struct TableColumns {
    private let mapping: ColumnMapping
    private var numbers: [String: [Station.ID: [Day: Double]]] = [:]
    private var words: [String: [Station.ID: [Day: String]]] = [:]
    /// The columns, each once.
    private let numberNames, wordNames: [String]

    init(numbers: Set<String>, words: Set<String>, mapping: ColumnMapping) {
        numberNames = numbers.sorted()
        wordNames = words.sorted()
        self.mapping = mapping
    }

    func numbers(of column: String, at station: Station.ID) -> [Day: Double] {
        numbers[column]?[station] ?? [:]
    }

    /// Empty where there is none.
    func word(of column: String, at station: Station.ID, on day: Day) -> String {
        words[column]?[station]?[day] ?? ""
    }

    /// Takes the rows that are rows of a station; files that are none were named when the targets were read.
    mutating func read(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path),
            var table = DelimitedText([UInt8](data)),
            let reader = try? RowReader(mapping: mapping, header: table.header, source: path)
        else { return }
        func place(_ name: String) throws -> Int {
            guard let place = table.header.firstIndex(of: name) else {
                throw StationError(
                    source: path,
                    problem: "has no column '\(name)'; it has \(table.header.joined(separator: ", "))")
            }
            return place
        }
        let numberPlaces = try numberNames.map { ($0, try place($0)) }
        let wordPlaces = try wordNames.map { ($0, try place($0)) }
        while let (line, fields) = table.next() {
            guard case .success(let row) = reader.read(fields) else { continue }
            let (station, day) = (row.station.id, row.observation.time.day)
            // Of several rows of a day the first value counts.
            for (name, place) in numberPlaces where numbers[name]?[station]?[day] == nil {
                guard let value = try number(fields[place].trimmed, name, line, path) else { continue }
                numbers[name, default: [:]][station, default: [:]][day] = value
            }
            for (name, place) in wordPlaces where words[name]?[station]?[day] == nil {
                words[name, default: [:]][station, default: [:]][day] = fields[place].trimmed
            }
        }
    }

    private func number(_ text: String, _ name: String, _ line: Int, _ path: String) throws -> Double? {
        guard !text.isEmpty, !mapping.missing.contains(text) else { return nil }
        // What does not fit float32 is infinite for a forest.
        guard let value = Double(text), Float(value).isFinite else {
            throw StationError(
                source: path,
                problem: "line \(line): '\(text)' in column \(name) is no finite number: correct it, or say "
                    + "that it means no value (missing=\(text) in --columns)")
        }
        return value
    }
}
