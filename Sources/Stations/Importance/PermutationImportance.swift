import Forests

/// Permutation importance on held-out rows: the score of the rows less their score with one column shuffled
/// (SMCI1.0; Breiman 2001). A feature that no tree looks at has exactly 0.
///
/// Columns are shuffled among the held-out rows of one split; errors are pooled over all splits, as the
/// scores of the experiment are.
struct PermutationImportance {
    private let table: SampleTable
    private let repeats: Int
    private var random: SplitMix64
    private var baseSquares = 0.0
    /// [feature][repeat]
    private var squares: [[Double]]
    private var observed: [Double] = []

    init(table: SampleTable, repeats: Int, seed: UInt64) {
        self.table = table
        self.repeats = repeats
        random = SplitMix64(seed: seed ^ 0x7065_726d)
        squares = Array(
            repeating: Array(repeating: 0, count: repeats), count: repeats > 0 ? table.features.count : 0)
    }

    /// Adds the held-out rows of one split and the forest that did not see them.
    mutating func add(_ forest: Forest, rows: [Int], threads: Int) throws {
        let engine = ForestEngine(forest)
        let targets = rows.map { Double(table.targetValues[$0]) }
        let land = [Bool](repeating: true, count: rows.count)
        var planes = try table.columns.map { column in
            let values = try column.values()
            return FeaturePlane.fixed(rows.map { values[$0] })
        }
        func squareSum() -> Double {
            let predicted = engine.predict(
                planes: planes, columns: rows.count, rows: 1, days: 1, land: land, threads: threads)
            return zip(predicted, targets).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        }
        let base = squareSum()
        baseSquares += base
        observed += targets
        for feature in squares.indices {
            let isUsed = forest.usedFeatures.contains(feature)
            let column = isUsed ? try table.columns[feature].values() : []
            let plane = planes[feature]
            for number in 0..<repeats {
                guard isUsed else {
                    squares[feature][number] += base
                    continue
                }
                var shuffler = SeededShuffle(seed: random.next())
                planes[feature] = .fixed(shuffler.shuffled(rows).map { column[$0] })
                squares[feature][number] += squareSum()
            }
            planes[feature] = plane
        }
    }

    /// Of all splits; `impurity` is a list for each of them.
    func importance(impurity: [[Double]]) -> [FeatureImportance] {
        let moments = Moments(observed)
        let total = moments.populationVariance * Double(observed.count)
        return table.features.enumerated().map { number, feature in
            let rises = squares.isEmpty ? [] : squares[number].map { $0 - baseSquares }
            return FeatureImportance(
                feature: feature.name,
                impurity: impurity.reduce(0) { $0 + $1[number] } / Double(max(impurity.count, 1)),
                r2Decrease: rises.isEmpty || total <= 0 ? nil : .init(rises.map { $0 / total }),
                squareErrorIncrease: rises.isEmpty
                    ? nil : .init(rises.map { $0 / Double(observed.count) }))
        }
    }
}
