import ArgumentParser
import Forests
import Foundation
import Products
import Storage
import Tiling

struct ForestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forest", abstract: "Import, grow, inspect, try, time and export forests.",
        subcommands: [
            ForestImport.self, ForestExport.self, ForestGrow.self, ForestInspect.self, ForestPredict.self,
            ForestTime.self,
        ])
}

struct ForestInspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what is in a forest file: trees, features, units, provenance.")

    @Argument(help: "A forest file.") var forest: String

    func run() throws {
        print(ForestSummary(try Forest(contentsOf: forest)))
    }
}

struct ForestPredict: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict the rows of a table: one prediction a line, nothing else on standard output.",
        discussion:
            "Columns are found by name, in any order; others are ignored. An empty cell or NaN is missing.")

    @Argument(help: "A forest file.") var forest: String
    @Option(name: .long, help: "A CSV file with a header line.") var rows: String

    func run() throws {
        let forest = try Forest(contentsOf: forest)
        let table = try RowTable(path: rows, columns: forest.features.map(\.name))
        let reference = ReferenceForest(forest)
        var lines = ""
        try table.forEachRow { row in
            lines += "\(reference.predict(row: row))\n"
            if lines.utf8.count > 1 << 16 {
                print(lines, terminator: "")
                lines = ""
            }
        }
        print(lines, terminator: "")
    }
}

/// The names and units of a model's inputs.
enum FeatureList {
    static func load(_ path: String) throws -> [Forest.Feature] {
        if path.hasSuffix(".yaml") || path.hasSuffix(".yml") { return try fromProduct(path) }
        let text = try TextFile.read(path)
        let features = text.split(whereSeparator: \.isNewline).compactMap { line -> Forest.Feature? in
            let parts = line.split(separator: "\t", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard let name = parts.first, !name.isEmpty else { return nil }
            return Forest.Feature(name: name, unit: parts.count > 1 ? parts[1] : "")
        }
        guard !features.isEmpty else { throw Failure.wrongUse("\(path): no feature names: write one a line") }
        return features
    }

    private static func fromProduct(_ path: String) throws -> [Forest.Feature] {
        let product = try ProductFile.load(path: path).product
        let layer = product.layers[0]
        return layer.features.map { Forest.Feature(name: $0, unit: product.covariate(named: $0)?.unit ?? "") }
    }
}

/// A table of numbers in a CSV file, its columns found by name.
struct RowTable {
    private let path: String
    private let lines: [Substring]
    private let positions: [Int]

    init(path: String, columns: [String]) throws {
        self.path = path
        lines = try TextFile.read(path).split(whereSeparator: \.isNewline)
        guard let header = lines.first else {
            throw Failure.wrongUse("\(path): empty: a header line is needed")
        }
        let names = Self.cells(of: header)
        positions = try columns.map { column in
            guard let position = names.firstIndex(of: column) else {
                throw Failure.wrongUse(
                    "\(path): no column '\(column)'; the forest takes \(columns.joined(separator: ", "))")
            }
            return position
        }
    }

    /// Missing cells become NaN.
    func forEachRow(_ body: ([Float]) throws -> Void) throws {
        for (number, line) in lines.enumerated().dropFirst() {
            let cells = Self.cells(of: line)
            try body(
                positions.map { position in
                    guard position < cells.count else {
                        throw Failure.wrongUse("\(path):\(number + 1): \(cells.count) cells, too few")
                    }
                    let cell = cells[position]
                    if cell.isEmpty { return .nan }
                    guard let value = Float(cell) else {
                        throw Failure.wrongUse("\(path):\(number + 1): '\(cell)' is not a number")
                    }
                    return value
                })
        }
    }

    private static func cells(of line: Substring) -> [String] {
        line.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"\r"))
        }
    }
}

enum TextFile {
    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(data: data, encoding: .utf8)
        else { throw Failure.wrongUse("\(path): cannot be read as text: check the path") }
        return text
    }
}
