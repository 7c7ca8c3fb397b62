import Testing

@testable import Forests

@Suite struct GrowingRefusalTests {
    private func refusal(
        _ columns: [[Float]], _ targets: [Float], _ change: (inout GrowingSettings) -> Void = { _ in }
    ) -> String {
        var settings = GrowingSettings()
        settings.treeCount = 1
        change(&settings)
        do {
            let table = try TrainingTable(
                features: columns.indices.map { Forest.Feature(name: "f\($0)", unit: "1") },
                columns: columns, target: Forest.Feature(name: "y", unit: "1"), targetValues: targets)
            _ = try ForestGrower(settings).grow(table)
            return "grown"
        } catch {
            return "\(error)"
        }
    }

    @Test func badRowsAreNamed() {
        let good: [Float] = [1, 2, 3]
        #expect(refusal([good, [4, 5, 6]], good) == "grown")
        #expect(
            refusal([good, [1, .nan, 2]], good)
                == "cannot grow a forest: f1 is nan in row 1 (the first row is 0): "
                + "leave out rows with missing values")
        #expect(refusal([[1, 2, -.infinity]], good).contains("f0 is -inf in row 2"))
        #expect(refusal([good], [.nan, 1, 2]).contains("y is nan in row 0"))
        #expect(refusal([good], [2, 2, 2]).contains("y is 2.0 in every row: there is nothing to learn"))
        #expect(refusal([good, [1]], good).contains("f1 has 1 rows, the target 3"))
        #expect(refusal([], good).contains("no features"))
        #expect(refusal([[]], []).contains("no rows"))
    }

    @Test func badSettingsAreNamed() {
        let good: [Float] = [1, 2, 3]
        #expect(
            refusal([good], good) { $0.minimumLeafRows = 4 }
                == "cannot grow a forest of 3 rows with leaves of 4: add rows or lower the rows per leaf")
        #expect(refusal([good], good) { $0.minimumLeafRows = 0 }.contains("leaves of 0 rows"))
        #expect(refusal([good], good) { $0.treeCount = 0 }.contains("0 trees"))
        #expect(refusal([good], good) { $0.featuresPerSplit = .count(2) }.contains("2 features per split"))
        #expect(refusal([good], good) { $0.featuresPerSplit = .fraction(.nan) }.contains("nan of the"))
        #expect(refusal([good], good) { $0.sampling = .bootstrap(share: 1.5) }.contains("1.5 of the rows"))
        #expect(refusal([good], good) { $0.splits = .histogram(bins: 300) }.contains("300 bins"))
    }

    /// Where nothing can be told apart, a tree is one leaf.
    @Test func constantFeaturesMakeOneLeaf() throws {
        let table = try TrainingTable(
            features: [Forest.Feature(name: "f", unit: "1")], columns: [[5, 5, 5, 5]],
            target: Forest.Feature(name: "y", unit: "1"), targetValues: [1, 2, 3, 4])
        for splits in [GrowingSettings.Splits.exact, .histogram(bins: 4)] {
            var settings = GrowingSettings()
            settings.treeCount = 3
            settings.splits = splits
            #expect(try ForestGrower(settings).grow(table).builder.leaves.count == 3)
        }
    }

    @Test func extremeValuesSplit() throws {
        let huge = Float.greatestFiniteMagnitude
        let table = try TrainingTable(
            features: [Forest.Feature(name: "f", unit: "1")],
            columns: [[-huge, huge, Float(1).nextUp, 1, .leastNonzeroMagnitude, -0.0]],
            target: Forest.Feature(name: "y", unit: "1"), targetValues: [1, 2, 3, 4, -huge, huge])
        for splits in [GrowingSettings.Splits.exact, .histogram(bins: 256)] {
            var settings = GrowingSettings()
            settings.treeCount = 5
            settings.splits = splits
            #expect(try ForestGrower(settings).grow(table).builder.leaves.count > 5)
        }
    }
}
