import Foundation

/// Rows of predictors with what another library predicted, from a `*_cases.csv`.
struct ForestCases {
    let rows: [[Float]]
    let kinds: [String]
    let expected: [[Double]]

    init(path: String, featureCount: Int, expectedColumns: [String]) throws {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
        let names = lines[0].split(separator: ",").map(String.init)
        let columns = expectedColumns.compactMap { names.firstIndex(of: $0) }
        guard columns.count == expectedColumns.count, names[featureCount] == "case" else {
            throw CocoaError(.fileReadCorruptFile)
        }
        let fields = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        // An empty field is a missing value. Text becomes float32 by way of float64, as the README of the
        // data says.
        rows = fields.map { line in
            line.prefix(featureCount).map { $0.isEmpty ? .nan : Float(Double($0) ?? .nan) }
        }
        kinds = fields.map { String($0[featureCount]) }
        expected = fields.map { line in columns.map { Double(line[$0]) ?? .nan } }
    }
}
