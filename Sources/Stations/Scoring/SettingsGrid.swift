public import Forests

/// Settings to choose among: so many features a split × so many rows a leaf, as SMCI1.0's Table 2 has them.
public struct SettingsGrid: Hashable, Sendable {
    public let featureCounts: [Int]
    public let leafRows: [Int]

    /// Throws one line where a table of so many features cannot be grown so.
    public init(featureCounts: [Int], leafRows: [Int], featureCount: Int) throws {
        func refusal(_ problem: String) -> StationError { StationError(source: "grid", problem: problem) }
        guard !featureCounts.isEmpty, !leafRows.isEmpty else { throw refusal("has no settings to try") }
        if let wrong = featureCounts.first(where: { !(1...featureCount).contains($0) }) {
            throw refusal("\(wrong) features a split: the table has 1 to \(featureCount)")
        }
        if let wrong = leafRows.first(where: { $0 < 1 }) {
            throw refusal("leaves of \(wrong) rows: at least 1")
        }
        self.featureCounts = featureCounts
        self.leafRows = leafRows
    }

    /// Row by row of the table: all leaves of the first number of features first.
    public var cells: [(features: Int, leaf: Int)] {
        featureCounts.flatMap { features in leafRows.map { (features, $0) } }
    }
}

/// What one fit of a grid came to: one cell on one fold.
public struct FitScore: Hashable, Codable, Sendable {
    public let features: Int
    public let leaf: Int
    public let fold: Int
    /// Held-out rows and the sum of their squared errors.
    public let rows: Int
    public let squares: Double

    public var rmse: Double { (squares / Double(rows)).squareRoot() }
}

/// Cross-validates every setting of a grid on the same folds.
///
/// Columns are coded and sorted once for all fits, held-out rows go down the trees while they grow, and no
/// forest is kept. Fits are numbered fold by fold; they run side by side, a thread each.
public struct GridSearch: Sendable {
    /// How to grow; features a split and rows a leaf come from the grid.
    public var settings: GrowingSettings
    public let grid: SettingsGrid

    public init(_ settings: GrowingSettings, grid: SettingsGrid) {
        self.settings = settings
        self.grid = grid
    }

    /// What identifies a fit.
    struct Fit: Hashable {
        let features: Int
        let leaf: Int
        let fold: Int

        init(features: Int, leaf: Int, fold: Int) {
            (self.features, self.leaf, self.fold) = (features, leaf, fold)
        }

        init(_ score: FitScore) { self.init(features: score.features, leaf: score.leaf, fold: score.fold) }
    }

    /// What a search found, by whatever process.
    public struct Found: Sendable {
        /// In the order of folds, then cells.
        public let fits: [FitScore]
        /// Fits that this process did.
        public let ownCount: Int
        /// Fits in the store that are of other rows, folds or settings.
        public let foreignCount: Int
    }

    /// Does all fits of a table's folds that `store` does not know. Processes with the same store share them:
    /// each begins with its `part`, then does what the others have not done, so that a lost one is made good.
    /// `progress` is told after each fit how many are there, from any thread.
    public func run(
        _ table: SampleTable, plan: SplitPlan, part: Part = .whole, store: FitStore? = nil,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Found {
        let columns = try CodedColumns(table.whole, splits: settings.splits)
        let fits = plan.splits.indices.flatMap { fold in
            grid.cells.map { Fit(features: $0.features, leaf: $0.leaf, fold: fold) }
        }
        let book = try store?.book(settings: settings, table: table, plan: plan) ?? FitBook()
        let order = part.order(of: fits.count)
        let settings = settings
        try FitTeam.run(count: order.count, threads: settings.threadCount) { number in
            let fit = fits[order[number]]
            book.refresh()
            guard book[fit] == nil else { return }
            try book.add(Self.score(fit, settings, columns, plan.splits[fit.fold]))
            progress(book.count, fits.count)
        }
        return Found(
            fits: fits.compactMap { book[$0] }, ownCount: book.ownCount, foreignCount: book.foreignCount)
    }

    private static func score(
        _ fit: Fit, _ settings: GrowingSettings, _ columns: CodedColumns, _ split: SplitPlan.Split
    ) throws -> FitScore {
        var settings = settings
        settings.featuresPerSplit = .count(fit.features)
        settings.minimumLeafRows = fit.leaf
        settings.scoresOutOfBag = false
        settings.threadCount = 1
        let grown = try ForestGrower(settings).grow(
            columns, learning: split.training, predicting: split.test, keepsTrees: false)
        let squares = zip(split.test, grown.heldPredictions).reduce(0.0) { sum, pair in
            let error = pair.1 - Double(columns.targetValues[pair.0])
            return sum + error * error
        }
        return FitScore(
            features: fit.features, leaf: fit.leaf, fold: fit.fold, rows: split.test.count, squares: squares)
    }

    /// Where one of several processes begins.
    public struct Part: Hashable, Sendable {
        public let number: Int
        public let count: Int
        public static let whole = Part(number: 1, count: 1)

        init(number: Int, count: Int) {
            self.number = number
            self.count = count
        }

        /// Reads `3/8`; nil for anything else.
        public init?(_ text: some StringProtocol) {
            let ends = text.split(separator: "/", omittingEmptySubsequences: false)
            guard ends.count == 2, let number = Int(ends[0]), let count = Int(ends[1]), count >= 1,
                (1...count).contains(number)
            else { return nil }
            self.init(number: number, count: count)
        }

        /// Its own fits first, then those of all others from the last one on: their processes come from the
        /// other end. Each begins at another place, so that they meet late.
        func order(of fitCount: Int) -> [Int] {
            let own = (0..<fitCount).filter { $0 % count == number - 1 }
            let others = (0..<fitCount).reversed().filter { $0 % count != number - 1 }
            let start = others.count * (number - 1) / count
            return own + others[start...] + others[..<start]
        }
    }
}

/// A cell of the table of a grid.
public struct GridScore: Hashable, Sendable {
    public let features: Int
    public let leaf: Int
    /// Mean and standard deviation (divided by n) of the folds' errors, as in scikit-learn's grid search.
    public let meanRmse: Double
    public let deviation: Double
    /// The error of all held-out rows together.
    public let pooledRmse: Double
    public let foldCount: Int

    /// The cells of which every fold is done, in the order of the grid.
    public static func scores(of fits: [FitScore], grid: SettingsGrid, foldCount: Int) -> [GridScore] {
        grid.cells.compactMap { cell in
            let own = fits.filter { $0.features == cell.features && $0.leaf == cell.leaf }
            guard own.count == foldCount else { return nil }
            let moments = Moments(own.map(\.rmse))
            let rows = own.reduce(0) { $0 + $1.rows }
            return GridScore(
                features: cell.features, leaf: cell.leaf, meanRmse: moments.mean,
                deviation: moments.isConstant ? 0 : moments.populationVariance.squareRoot(),
                pooledRmse: (own.reduce(0) { $0 + $1.squares } / Double(rows)).squareRoot(),
                foldCount: own.count)
        }
    }
}
