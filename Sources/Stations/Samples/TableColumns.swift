import Foundation
import Tiling

/// Columns of numbers and of words in the stations' tables, by station and day.
struct TableColumns {
    private let mapping: ColumnMapping
    private var stations: [Station.ID: StationRows] = [:]
    /// The columns, each once.
    private let numberNames, wordNames: [String]

    /// The days of a station in the order in which they came, and beside them a value a column, NaN where
    /// there is none.
    private struct StationRows {
        var places: [Day: Int] = [:]
        var days: [Day] = []
        var numbers: [[Double]]
        var words: [RepeatedValues<String>]

        /// Of several rows of a day the first value of each column counts.
        mutating func take(_ values: [Double], _ texts: [String], on day: Day) {
            if let place = places[day] {
                for column in numbers.indices where numbers[column][place].isNaN {
                    numbers[column][place] = values[column]
                }
                return
            }
            places[day] = days.count
            days.append(day)
            for column in numbers.indices { numbers[column].append(values[column]) }
            for column in words.indices { words[column].append(texts[column]) }
        }
    }

    init(numbers: Set<String>, words: Set<String>, mapping: ColumnMapping) {
        numberNames = numbers.sorted()
        wordNames = words.sorted()
        self.mapping = mapping
    }

    func numbers(of column: String, at station: Station.ID) -> [Day: Double] {
        guard let rows = stations[station], let number = numberNames.firstIndex(of: column) else {
            return [:]
        }
        return Dictionary(
            zip(rows.days, rows.numbers[number]).filter { !$1.isNaN }, uniquingKeysWith: { first, _ in first }
        )
    }

    /// Empty where there is none.
    func word(of column: String, at station: Station.ID, on day: Day) -> String {
        guard let rows = stations[station], let place = rows.places[day],
            let number = wordNames.firstIndex(of: column)
        else { return "" }
        return rows.words[number][place]
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
            let empty = StationRows(
                numbers: Array(repeating: [], count: numberPlaces.count),
                words: Array(repeating: [], count: wordPlaces.count))
            let values = try numberPlaces.map { try number(fields[$0.1].trimmed, $0.0, line, path) ?? .nan }
            let texts = wordPlaces.map { fields[$0.1].trimmed }
            stations[row.station.id, default: empty].take(values, texts, on: row.observation.time.day)
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
