public import Forests
public import Tiling

/// Features that stand beside the soil moisture in the stations' own tables, instead of grids.
public struct TableFeatures: Sendable {
    /// The predictors, in order: a row without one of them is left out.
    public let features: [TableFeature]
    /// Values to hold predictions against, which a row may lack: columns behind those of the features.
    public var others: [TableFeature] = []
    /// Columns of words: folds, classes.
    public var labels: [String] = []

    /// Throws one line for a name that is there twice.
    public init(_ features: [TableFeature], source: String) throws {
        var names: Set<String> = []
        if let twice = features.first(where: { !names.insert($0.name).inserted }) {
            throw StationError(source: source, problem: "'\(twice.name)' is there twice: keep one")
        }
        self.features = features
    }

    /// Reads `dem, ndvi=ndvi_500m, api=antecedent-index(rain;34;0.91)`, with commas or lines between.
    public init(text: String, source: String) throws {
        let parts = text.split(whereSeparator: { $0 == "," || $0.isNewline }).filter { !$0.trimmed.isEmpty }
        try self.init(
            parts.map { part in
                if let feature = TableFeature(part) { return feature }
                throw StationError(
                    source: source,
                    problem: "'\(part.trimmed)' is not NAME, NAME=COLUMN, NAME=running-sum(COLUMN;DAYS) or "
                        + "NAME=antecedent-index(COLUMN;TERMS;DECAY)")
            }, source: source)
    }

    /// The features of a layer in model order, with the units of the product. A feature whose covariate has a
    /// rule in time (`derive`) is made by that rule from the column; other rules of the product are for its
    /// files, not for these columns.
    public func of(_ names: [String], in product: Product) throws -> TableFeatures {
        try TableFeatures(
            names.map { name in
                guard let found = features.first(where: { $0.name == name }) else {
                    throw StationError(
                        source: "features from tables",
                        problem: "'\(name)' has no column: add \(name)=COLUMN to --table-features")
                }
                let covariate = product.covariate(named: name)
                return TableFeature(
                    name: name, column: found.column, unit: covariate?.unit ?? "",
                    derivation: found.derivation ?? covariate?.derivation)
            }, source: "features from tables")
    }

    /// Makes the rows: days of the targets on which every feature has a value. A target that is the mean of
    /// several stations gets the mean of their features.
    public func table(
        of targets: [StationTarget], days: DayRange, paths: [String], mapping: ColumnMapping,
        target: Forest.Feature
    ) throws -> (table: SampleTable, counts: SampleCounts) {
        let wanted = features + others
        var columns = TableColumns(
            numbers: Set(wanted.map(\.column)), words: Set(labels), mapping: mapping)
        for path in paths { try columns.read(path) }
        func plain(_ features: [TableFeature]) -> [Forest.Feature] {
            features.map { Forest.Feature(name: $0.name, unit: $0.unit) }
        }
        var rows = SampleRows(features: plain(features), others: plain(others), labels: labels)
        for target in targets {
            let inside = target.validDays(within: days)
            rows.drop(target, days: target.daily.validCount - inside.count, "outside \(days)")
            let series = wanted.map { feature in
                target.stations.map { columns.numbers(of: feature.column, at: $0.id) }
            }
            for day in inside {
                let values = zip(wanted, series).map { feature, stations in
                    let known = stations.map { feature.value(on: day, in: $0) }.filter { !$0.isNaN }
                    return known.isEmpty ? .nan : Float(known.reduce(0, +) / Double(known.count))
                }
                let words = labels.map { label in
                    target.stations.lazy.map { columns.word(of: label, at: $0.id, on: day) }
                        .first { !$0.isEmpty } ?? ""
                }
                try rows.add(target, day: day, values: values, words: words)
            }
        }
        return try rows.table(target: target)
    }
}
