import Testing

@testable import Forests

/// The engine against the reference, bit for bit.
@Suite struct ForestEngineTests {
    private struct Shape {
        let columns: Int
        let rows: Int
        let days: Int
    }

    /// One pixel, sides that are no multiples of four, several superblocks across, down and in time.
    private static let shapes = [
        Shape(columns: 1, rows: 1, days: 1), Shape(columns: 4, rows: 4, days: 4),
        Shape(columns: 5, rows: 3, days: 7),
        Shape(columns: 51, rows: 6, days: 2), Shape(columns: 3, rows: 50, days: 3),
        Shape(columns: 2, rows: 2, days: 37),
        Shape(columns: 13, rows: 9, days: 5), Shape(columns: 7, rows: 1, days: 1),
    ]

    private func check(seed: UInt64, rules: [MissingKind], missingOneIn missing: Int?) throws {
        var random = RandomForests(seed: seed)
        let shape = Self.shapes[random.random.next(below: Self.shapes.count)]
        let featureCount = 1 + random.random.next(below: 6)
        let forest = try random.forest(
            featureCount: featureCount, treeCount: 1 + random.random.next(below: 6), rules: rules)
        let planes = (0..<featureCount).map { _ in
            random.plane(columns: shape.columns, rows: shape.rows, days: shape.days, missingOneIn: missing)
        }
        let seaOneIn = [1, 2, 5, 1000][random.random.next(below: 4)]
        let land = (0..<shape.columns * shape.rows).map { _ in !random.bool(oneIn: seaOneIn) }
        let predicted = ForestEngine(forest).predict(
            planes: planes, columns: shape.columns, rows: shape.rows, days: shape.days, land: land,
            threads: 1 + random.random.next(below: 3))

        let reference = ReferenceForest(forest)
        var differences: [String] = []
        for day in 0..<shape.days {
            for pixel in land.indices {
                let row = planes.map { $0.value(pixel: pixel, day: day, pixelCount: land.count) }
                let expected = land[pixel] ? reference.predict(row: row) : .nan
                let found = predicted[day * land.count + pixel]
                let isSame = expected.isNaN ? found.isNaN : found.bitPattern == expected.bitPattern
                if !isSame {
                    differences.append("day \(day), pixel \(pixel): \(found), expected \(expected)")
                }
                if !found.isNaN, !forest.valueRange.contains(found) {
                    differences.append("\(found) out of range")
                }
            }
        }
        #expect(
            differences.isEmpty,
            "seed \(seed), \(shape): \(differences.count) differences, \(differences.prefix(3))"
        )
    }

    @Test(arguments: 1...24) func equalsTheReference(seed: UInt64) throws {
        try check(seed: seed, rules: [.none], missingOneIn: nil)
        try check(seed: seed + 1000, rules: [.none], missingOneIn: 300)
        try check(seed: seed + 2000, rules: [.nan], missingOneIn: 9)
        try check(seed: seed + 3000, rules: MissingKind.allCases, missingOneIn: 9)
        try check(seed: seed + 4000, rules: MissingKind.allCases, missingOneIn: nil)
    }

    @Test func allSeaAndNothing() throws {
        var random = RandomForests(seed: 1)
        let forest = try random.forest(featureCount: 1, treeCount: 3)
        let engine = ForestEngine(forest)
        let sea = engine.predict(
            planes: [.fixed([1, 2, 3, 4, 5, 6])], columns: 3, rows: 2, days: 2,
            land: Array(repeating: false, count: 6), threads: 2)
        #expect(sea.count == 12)
        #expect(!sea.contains { !$0.isNaN })
        #expect(
            engine.predict(planes: [.date([])], columns: 3, rows: 1, days: 0, land: [true, true, true])
                .isEmpty)
    }

    @Test func missingInAnUnusedFeatureDoesNotMatter() throws {
        let names = ["used", "unused"].map { Forest.Feature(name: $0, unit: "1") }
        var builder = ForestBuilder(features: names, target: Forest.Feature(name: "y", unit: "1"))
        try builder.append(tree: [
            .split(feature: 0, threshold: 0, trueChild: 1, falseChild: 2), .leaf(1), .leaf(2),
        ])
        let forest = try builder.forest()
        #expect(forest.usedFeatures == [0])
        let predicted = ForestEngine(forest).predict(
            planes: [.fixed([-1, 1, .nan]), .date([.nan])], columns: 3, rows: 1, days: 1,
            land: [true, true, true], threads: 1)
        #expect(predicted[0] == 1)
        #expect(predicted[1] == 2)
        #expect(predicted[2].isNaN)
        #expect(ReferenceForest(forest).predict(row: [-1, .nan]) == 1)
        #expect(ReferenceForest(forest).predict(row: [.nan, 0]).isNaN)
    }
}
