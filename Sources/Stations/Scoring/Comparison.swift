/// Another soil-moisture product, as covariates that hold it: one, or one for each of its layers.
public struct ComparedProduct: Hashable, Sendable {
    /// One layer of it.
    public struct Layer: Hashable, Sendable {
        public let covariate: String
        /// Metres below the surface; nil for a product of one layer.
        public let depth: ClosedRange<Double>?
    }

    public let name: String
    public let layers: [Layer]

    /// Reads `swvl1`, `ERA5-Land=swvl1` or `ERA5-Land=swvl1:0..0.07,swvl2:0.07..0.28`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
            String($0).trimmed
        }
        guard let name = sides.first, let parts = sides.last, !name.isEmpty else { return nil }
        var layers: [Layer] = []
        for part in parts.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: ":", omittingEmptySubsequences: false).map {
                String($0).trimmed
            }
            guard let covariate = halves.first, !covariate.isEmpty, halves.count <= 2 else { return nil }
            guard halves.count == 2 else {
                layers.append(Layer(covariate: covariate, depth: nil))
                continue
            }
            let ends = halves[1].split(separator: ".", omittingEmptySubsequences: false)
            // `0..0.07` has an empty piece where the two dots meet.
            guard let gap = ends.firstIndex(of: ""), gap > 0, gap < ends.count - 1,
                let from = Double(ends[..<gap].joined(separator: ".")),
                let to = Double(ends[(gap + 1)...].joined(separator: ".")), from >= 0, to > from
            else { return nil }
            layers.append(Layer(covariate: covariate, depth: from...to))
        }
        guard layers.count == 1 || layers.allSatisfy({ $0.depth != nil }) else { return nil }
        self.name = name
        self.layers = layers
    }

    /// The layer that holds a depth in metres, the upper one at a border; the nearest for depths that none
    /// holds, so that everything below the deepest layer is held against it.
    public func covariate(atDepth depth: Double) -> String {
        func distance(_ layer: Layer) -> Double {
            guard let range = layer.depth else { return 0 }
            return max(range.lowerBound - depth, depth - range.upperBound, 0)
        }
        let ordered = layers.sorted { ($0.depth?.lowerBound ?? 0) < ($1.depth?.lowerBound ?? 0) }
        return ordered.min { distance($0) < distance($1) }?.covariate ?? ""
    }
}

/// A forest and other products at the same stations on the same days.
public struct Comparison: Sendable {
    public struct Entry: Sendable {
        public let name: String
        /// The column that it was taken from; empty for the forest.
        public let covariate: String
        public let scores: ScoreSheet
    }

    /// The forest first, then the products as they were named.
    public let entries: [Entry]
    /// Rows on which all of them have a value, and those that are compared.
    public let rowCount: Int
    /// Held-out rows that some product lacks.
    public let droppedCount: Int

    /// `table` holds the products' columns. Throws one line for an unknown column, another unit, or when no
    /// row has all.
    public init(
        _ evaluation: Evaluation, table: SampleTable, products: [ComparedProduct], depth: Double,
        groups: RepeatedValues<String>? = nil
    ) throws {
        let names = products.map { $0.covariate(atDepth: depth) }
        let columns = try names.map { try table.values(of: $0) }
        for (name, column) in zip(names, columns) { try Self.checkUnit(name, column, table: table) }
        let pairs = evaluation.pairs(of: table, groups: groups)
        let common = evaluation.held.indices.filter { number in
            columns.allSatisfy { $0[evaluation.held[number].row].isFinite }
        }
        guard !common.isEmpty else {
            throw StationError(
                source: "comparison",
                problem: "no held-out row has a value of \(names.joined(separator: ", "))")
        }
        let forest = Entry(name: "forest", covariate: "", scores: ScoreSheet(common.lazy.map { pairs[$0] }))
        entries =
            [forest]
            + zip(products, zip(names, columns)).map { product, source in
                Entry(
                    name: product.name, covariate: source.0,
                    scores: ScoreSheet(
                        common.lazy.map { number in
                            let pair = pairs[number]
                            return ScoreSheet.Pair(
                                station: pair.station, group: pair.group,
                                predicted: Double(source.1[evaluation.held[number].row]),
                                observed: pair.observed)
                        }))
            }
        rowCount = common.count
        droppedCount = evaluation.held.count - common.count
    }

    private static func checkUnit(_ name: String, _ values: [Float], table: SampleTable) throws {
        let valid = values.filter(\.isFinite)
        guard valid.count(where: { $0 > 1 }) * 2 > valid.count else { return }
        throw StationError(
            source: name,
            problem: "values up to \(valid.max() ?? .nan) are no m3 m-3: give the covariate a scale,"
                + " 0.01 for percent")
    }
}
