import Forests

extension SampleTable {
    /// The same rows with some of the columns as features, in the order given. Throws one line for a name
    /// that is not there.
    public func choosing(_ names: [String]) throws -> SampleTable {
        let numbers = try names.map(column)
        return try SampleTable(
            features: numbers.map { features[$0] }, columns: numbers.map { columns[$0] }, target: target,
            targetValues: targetValues, samples: samples, labels: labels)
    }

    /// The values of a column by its name.
    public func values(of name: String) throws -> [Float] { try columns[try column(name)].values() }

    /// The words of each row in a column of words, such as folds or classes.
    public func words(of name: String) throws -> RepeatedValues<String> {
        guard let words = labels[name] else {
            let has = labels.isEmpty ? "none" : labels.keys.sorted().joined(separator: ", ")
            throw StationError(
                source: "table of samples", problem: "has no column of words '\(name)'; it has \(has)")
        }
        return words
    }

    /// With words that are known by station, such as the folds of a table of sites.
    public func adding(labels added: [String: [Station.ID: String]]) throws -> SampleTable {
        let words = added.mapValues { known in
            RepeatedValues(samples.indices.lazy.map { known[samples.station(of: $0)] ?? "" })
        }
        return try SampleTable(
            features: features, columns: columns, target: target, targetValues: targetValues,
            samples: samples, labels: labels.merging(words) { _, new in new })
    }

    private func column(_ name: String) throws -> Int {
        guard let number = features.firstIndex(where: { $0.name == name }) else {
            throw StationError(
                source: "table of samples",
                problem: "has no column '\(name)'; it has \(features.map(\.name).joined(separator: ", "))")
        }
        return number
    }
}
