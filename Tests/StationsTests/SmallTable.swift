import Foundation
import Testing

@testable import Stations

/// The text tables beside the tests: `#` begins a comment, an empty line ends a case.
enum SmallTable {
    /// A case: what stands behind each key, in words.
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let line: Int
        let entries: [String: [String]]

        var testDescription: String { name }
        func numbers(_ key: String) -> [Double]? { entries[key].map { $0.flatMap(SmallTable.expand) } }
        func number(_ key: String) -> Double? { numbers(key)?.first }
    }

    /// The cases of a table of keys, each of which begins with `case`.
    static func cases(_ file: String) -> [Case] {
        var found: [(name: String, line: Int, entries: [String: [String]])] = []
        for (number, line) in lines(file) {
            let words = line.split(separator: " ").map(String.init)
            if words[0] == "case" {
                found.append((words.dropFirst().joined(separator: " "), number, [:]))
            } else if !found.isEmpty {
                found[found.count - 1].entries[words[0], default: []] += words.dropFirst()
            }
        }
        return found.map { Case(name: $0.name, line: $0.line, entries: $0.entries) }
    }

    /// The rows of a table of columns, by the names in its first line.
    static func rows(_ file: String) -> [Case] {
        let lines = lines(file)
        guard let header = lines.first?.text.split(separator: " ").map(String.init) else { return [] }
        return lines.dropFirst().map { number, text in
            let words = text.split(separator: " ").map(String.init)
            return Case(
                name: "line \(number)", line: number,
                entries: Dictionary(uniqueKeysWithValues: zip(header, words.map { [$0] })))
        }
    }

    private static func lines(_ file: String) -> [(number: Int, text: String)] {
        let url = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "Tables/\(file)")
        let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n").enumerated().compactMap { number, line in
            let kept = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
                .trimmingCharacters(in: .whitespaces)
            return kept.isEmpty ? nil : (number + 1, kept)
        }
    }

    /// `20*3`, `20..24*5`, `-`, `7`.
    static func expand(_ word: String) -> [Double] {
        func number(_ text: some StringProtocol) -> Double { text == "-" ? .nan : Double(text) ?? .infinity }
        let parts = word.components(separatedBy: "*")
        let count = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
        let ends = parts[0].components(separatedBy: "..").map { number($0) }
        guard ends.count == 2, count > 1 else { return [Double](repeating: ends[0], count: count) }
        return (0..<count).map { ends[0] + (ends[1] - ends[0]) * Double($0) / Double(count - 1) }
    }
}
