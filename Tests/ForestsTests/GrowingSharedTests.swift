import Synchronization
import Testing

@testable import Forests

/// Many forests on parts of columns that were coded once.
@Suite struct GrowingSharedTests {
    private static func settings(_ number: Int) -> GrowingSettings {
        var settings = GrowingSettings()
        settings.treeCount = 5
        settings.seed = UInt64(number)
        settings.featuresPerSplit = [.count(1), .count(3), .all][number % 3]
        settings.minimumLeafRows = [1, 4][number % 2]
        settings.sampling = number % 4 < 2 ? .bootstrap() : .withoutReplacement(share: 0.6)
        return settings
    }

    private func table(_ rows: GrowingRows, _ numbers: [Int]) throws -> TrainingTable {
        try TrainingTable(
            features: GrowingRows.features,
            columns: rows.columns.map { column in numbers.map { column[$0] } },
            target: GrowingRows.target, targetValues: numbers.map { Float(rows.targets[$0]) })
    }

    /// The forest is that of the rows alone, whatever stands beside them.
    @Test(arguments: 0..<8) func aPartGivesTheForestOfItsRows(number: Int) throws {
        let rows = GrowingRows(260, seed: UInt64(number) + 40)
        let settings = Self.settings(number)
        let learned = rows.targets.indices.filter { $0 % 4 != number % 4 }
        let columns = try CodedColumns(rows.table)
        let alone = try ForestGrower(settings).grow(table(rows, learned))
        for capacity in [nil, 0, 30] {
            var grower = ForestGrower(settings)
            grower.patchCapacity = capacity
            let shared = try grower.grow(columns, learning: learned)
            #expect(try shared.builder.serialized() == alone.builder.serialized())
            #expect(shared.outOfBag == alone.outOfBag && shared.importance == alone.importance)
        }
    }

    /// Rows that go down the trees while they grow come to the leaves that the finished forest says.
    @Test(arguments: [GrowingSettings.Splits.exact, .histogram(bins: 16)], [0, 1, 2, 3])
    func heldRowsGetWhatTheForestPredicts(splits: GrowingSettings.Splits, number: Int) throws {
        let rows = GrowingRows(300, seed: UInt64(number) + 60)
        var settings = Self.settings(number)
        settings.splits = splits
        let held = rows.targets.indices.filter { $0 % 3 == 1 }
        let learned = rows.targets.indices.filter { $0 % 3 != 1 }
        let columns = try CodedColumns(rows.table, splits: splits)
        let grown = try ForestGrower(settings).grow(columns, learning: learned, predicting: held)
        let forest = ReferenceForest(try Forest(bytes: grown.builder.serialized()))
        for (row, prediction) in zip(held, grown.heldPredictions) {
            #expect(abs(prediction - Double(forest.predict(row: rows.row(row)))) < 2e-6, "row \(row)")
        }
        // Neither the score nor threads, nor leaving the trees out, changes what they get.
        settings.scoresOutOfBag = false
        settings.threadCount = 3
        let other = try ForestGrower(settings).grow(
            columns, learning: learned, predicting: held, keepsTrees: false)
        #expect(other.heldPredictions == grown.heldPredictions && other.importance == grown.importance)
        #expect(other.outOfBag == nil && other.builder.treeCount == 0)
    }

    /// The sums of squares counted anew, node by node.
    @Test(arguments: 0..<6) func impurityImportanceIsThatOfBruteForce(number: Int) throws {
        let rows = GrowingRows(180, seed: UInt64(number) + 80)
        let settings = Self.settings(number)
        var shares = [Double](repeating: 0, count: GrowingRows.features.count)
        let grower = TreeGrower(rows.coded(.exact), settings: settings, patchCapacity: 40)
        for tree in 0..<settings.treeCount {
            let nodes = grower.grow(tree)
            var random = TreeGrower.random(seed: settings.seed, tree: tree)
            let draws = drawCounts(of: settings, rowCount: rows.targets.count, &random)
            var reductions = [Double](repeating: 0, count: shares.count)
            reduce(nodes, 0, rows, draws, draws.indices.filter { draws[$0] > 0 }, &reductions)
            let total = reductions.reduce(0, +)
            // A tree without splits has no say.
            guard total > 0 else { continue }
            for feature in shares.indices { shares[feature] += reductions[feature] / total }
        }
        let total = shares.reduce(0, +)
        let grown = try ForestGrower(settings).grow(rows.table)
        for (expected, importance) in zip(shares, grown.importance) {
            #expect(abs(expected / total - importance) < 1e-12)
        }
        #expect(grown.importance[3] == 0, "a constant feature explains nothing")
    }

    private func reduce(
        _ nodes: [ForestBuilder.Node], _ node: Int, _ rows: GrowingRows, _ draws: [Int], _ members: [Int],
        _ reductions: inout [Double]
    ) {
        guard case .split(let feature, let threshold, _, let trueChild, let falseChild, _) = nodes[node]
        else { return }
        func squares(_ members: [Int]) -> Double {
            let weight = members.reduce(0.0) { $0 + Double(draws[$1]) }
            let mean = members.reduce(0.0) { $0 + Double(draws[$1] * rows.targets[$1]) } / weight
            return members.reduce(0.0) {
                $0 + Double(draws[$1]) * (Double(rows.targets[$1]) - mean) * (Double(rows.targets[$1]) - mean)
            }
        }
        let isTrue = { Double(rows.columns[feature][$0]) <= threshold }
        let (left, right) = (members.filter(isTrue), members.filter { !isTrue($0) })
        reductions[feature] += squares(members) - squares(left) - squares(right)
        reduce(nodes, trueChild, rows, draws, left, &reductions)
        reduce(nodes, falseChild, rows, draws, right, &reductions)
    }

    @Test func whatCannotBeSharedIsSaidInOneLine() throws {
        let rows = GrowingRows(40, seed: 5)
        let columns = try CodedColumns(rows.table)
        func refusal(_ learned: [Int], _ change: (inout GrowingSettings) -> Void = { _ in }) -> String {
            var settings = GrowingSettings()
            settings.treeCount = 1
            change(&settings)
            do {
                _ = try ForestGrower(settings).grow(columns, learning: learned)
                return "grown"
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal(Array(0..<30)) == "grown")
        #expect(refusal([7]).hasSuffix("in every row: there is nothing to learn"))
        #expect(refusal([1, 2]) { $0.minimumLeafRows = 3 }.contains("2 rows with leaves of 3"))
        #expect(refusal([]).contains("cannot grow a forest of 0 rows"))
        #expect(refusal([1, 2]) { $0.splits = .histogram(bins: 9) }.contains("on columns coded for exact"))
    }

    @Test func aTeamDoesEveryFitOnceAndStopsAtAnError() throws {
        struct Stop: Error {}
        let done = Tally()
        try FitTeam.run(count: 50, threads: 4) { done.add($0) }
        #expect(done.numbers.sorted() == Array(0..<50))
        #expect(throws: Stop.self) { try FitTeam.run(count: 50, threads: 2) { if $0 == 3 { throw Stop() } } }
    }
}

/// Numbers that threads bring together.
private final class Tally: Sendable {
    private let store = Mutex<[Int]>([])
    var numbers: [Int] { store.withLock { $0 } }
    func add(_ number: Int) { store.withLock { $0.append(number) } }
}
