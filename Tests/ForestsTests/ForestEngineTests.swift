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
        let tile = TileInput(
            planes: planes, columns: shape.columns, rows: shape.rows, days: shape.days, land: land)
        try compare(
            forest, tile, side: [4, 8, 48, 96][random.random.next(below: 4)],
            threads: 1 + random.random.next(below: 3), "seed \(seed)")
    }

    /// Every processor that this machine has, values and spread, against the reference.
    private func compare(
        _ forest: Forest, _ tile: TileInput, side: Int? = nil, threads: Int = 1,
        _ name: String = ""
    ) throws {
        let reference = ReferenceForest(forest)
        var rows: [(place: Int, value: Float, spread: Double)] = []
        for day in 0..<tile.days {
            for pixel in tile.land.indices {
                let row = tile.planes.map { $0.value(pixel: pixel, day: day, pixelCount: tile.pixelCount) }
                let place = day * tile.pixelCount + pixel
                guard tile.land[pixel] else {
                    rows.append((place, .nan, .nan))
                    continue
                }
                let values = reference.explain(row: row).map(\.value)
                let mean = values.reduce(0, +) / Double(values.count)
                let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
                rows.append((place, reference.predict(row: row), variance.squareRoot()))
            }
        }
        for processor in EngineProcessor.allCases where processor.isAvailable {
            let engine = ForestEngine(forest, processor: processor)
            let found = engine.predict(tile, threads: threads, spread: true, side: side)
            let plain = engine.predict(tile, threads: threads, spread: false, side: side).values
            // Whatever was there before.
            var written = [Float](repeating: 7, count: plain.count)
            engine.predict(
                planes: tile.planes, columns: tile.columns, rows: tile.rows, days: tile.days, land: tile.land,
                threads: threads, into: &written)
            var differences: [String] = []
            for (place, value, spread) in rows {
                let isSame = [found.values[place], plain[place], written[place]].allSatisfy {
                    value.isNaN ? $0.isNaN : $0.bitPattern == value.bitPattern
                }
                let error = abs(Double(found.spread[place]) - spread)
                let isNear = value.isNaN ? found.spread[place].isNaN : error <= 1e-6 * max(1, spread)
                if !isSame || !isNear {
                    differences.append(
                        "\(place): \(plain[place]), \(written[place]), \(found.values[place]) ± "
                            + "\(found.spread[place]), expected \(value) ± \(spread)")
                }
                if !value.isNaN, !forest.valueRange.contains(value) {
                    differences.append("\(value) out of range")
                }
            }
            #expect(
                differences.isEmpty,
                "\(name) \(processor): \(differences.count) differences, \(differences.prefix(3))")
        }
    }

    /// More distinct thresholds within the range of a tile than codes have numbers, on a daily feature whose
    /// values are all different: superblocks are taken in parts. Where some are missing, the highest
    /// thresholds are above all values.
    @Test(arguments: [MissingRule.none, MissingRule(.nan, goesToTrueChild: true)])
    func moreThresholdsAndValuesThanCodes(_ rule: MissingRule) throws {
        let count = 140_000
        var builder = ForestBuilder(
            features: [Forest.Feature(name: "x", unit: "1")], target: .init(name: "y", unit: "1"))
        // A balanced tree over all thresholds, and one over every third.
        for step in [1, 3] {
            var nodes: [ForestBuilder.Node] = []
            func grow(_ range: Range<Int>) -> Int {
                let place = nodes.count
                nodes.append(.leaf(Double(range.lowerBound) / Double(count)))
                guard range.count > 1 else { return place }
                let middle = range.lowerBound + range.count / 2
                let (low, high) = (grow(range.lowerBound..<middle), grow(middle..<range.upperBound))
                nodes[place] = .split(
                    feature: 0, threshold: Double(middle * step) / 8, trueChild: low, falseChild: high,
                    missing: rule)
                return place
            }
            _ = grow(0..<count / step)
            try builder.append(tree: nodes)
        }
        let forest = try builder.forest()
        let (columns, rows, days) = (96, 90, 9)
        let largest: Float = rule == .none ? 0.225 : 0.15
        let values = (0..<columns * rows * days).map { number in
            rule != .none && number % 500 == 0
                ? Float.nan : Float(number * 7919 % (columns * rows * days)) * largest
        }
        let tile = TileInput(
            planes: [.daily(values)], columns: columns, rows: rows, days: days,
            land: Array(repeating: true, count: columns * rows))
        let reference = ReferenceForest(forest)
        for processor in EngineProcessor.allCases where processor.isAvailable {
            let engine = ForestEngine(forest, processor: processor)
            let found = engine.predict(tile, threads: 2, spread: false, side: 96).values
            let wrong = values.indices.filter { found[$0] != reference.predict(row: [values[$0]]) }
            #expect(wrong.isEmpty, "\(processor): \(wrong.count) of \(values.count)")
        }
    }

    /// A tree that is a list, one split below the other.
    @Test func deeperThanSixtyFour() throws {
        let depth = 300
        var nodes: [ForestBuilder.Node] = []
        for level in 0..<depth {
            let isTrueSide = level % 3 == 0
            nodes.append(
                .split(
                    feature: 0, threshold: isTrueSide ? Double(1000 - level) : Double(level),
                    trueChild: isTrueSide ? 2 * level + 2 : 2 * level + 1,
                    falseChild: isTrueSide ? 2 * level + 1 : 2 * level + 2))
            nodes.append(.leaf(Double(level)))
        }
        nodes.append(.leaf(-1))
        var builder = ForestBuilder(
            features: [Forest.Feature(name: "x", unit: "1")], target: .init(name: "y", unit: "1"))
        try builder.append(tree: nodes)
        let forest = try builder.forest()
        #expect(forest.maximumDepth == depth)
        let values = (0..<40 * 25).map { Float($0) + 0.5 }
        try compare(
            forest,
            TileInput(
                planes: [.fixed(values)], columns: 40, rows: 25, days: 3,
                land: Array(repeating: true, count: 1000)))
    }

    /// Cells of 11.13 pixels, of three pixels, and of one: blocks follow the first, and the others straddle.
    @Test func coarseGridsOfAnyPhase() throws {
        var random = RandomForests(seed: 77)
        let (columns, rows, days) = (61, 50, 6)
        let forest = try random.forest(featureCount: 5, treeCount: 8)
        let planes = [11.13, 11.13, 12, 3, 1].map { (size: Double) -> FeaturePlane in
            let across = Int(Double(columns) / size) + 2
            let cellOfPixel = (0..<columns * rows).map { pixel in
                Int32(
                    Int((Double(pixel / columns) + 5.3) / size) * across
                        + Int((Double(pixel % columns) + 5.3) / size))
            }
            let cellCount = Int(cellOfPixel.max() ?? 0) + 1
            return .coarse(
                values: (0..<cellCount * days).map { _ in random.value() }, cellCount: cellCount,
                cellOfPixel: cellOfPixel)
        }
        try compare(
            forest,
            TileInput(
                planes: planes, columns: columns, rows: rows, days: days,
                land: (0..<columns * rows).map { $0 % 7 != 0 }))
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

    /// A worker's memory and its number of threads decide how large superblocks are.
    @Test func superblocksFitMemoryAndThreads() {
        let pixelCount = 480 * 480
        let tile = TileInput(
            planes: [
                .daily([Float](repeating: 0, count: pixelCount * 32)),
                .date([Float](repeating: 0, count: 32)),
                .fixed([Float](repeating: 0, count: pixelCount)),
            ], columns: 480, rows: 480, days: 32, land: [Bool](repeating: true, count: pixelCount))
        let alone = SuperblockPlan(tile, threads: 1)
        #expect(alone.count == 18)
        #expect(SuperblockPlan(tile, threads: 16).count >= 64)
        for limit in [1 << 20, 4 << 20, 64 << 20] {
            for spread in [false, true] {
                let plan = SuperblockPlan(tile, threads: 2, spread: spread, scratchBytes: limit)
                #expect(2 * plan.scratchByteCount(tile, spread: spread) <= limit)
                #expect(plan.jobs(threads: 2).last?.last?.rows.upperBound == 480)
            }
        }
    }

    /// Every pixel and day is in just one window, and with more threads the last ones are small.
    @Test(
        arguments: [
            (70, 33, 31), (480, 480, 31), (480, 480, 29), (480, 480, 18), (480, 480, 6), (1, 1, 1),
            (161, 2, 3),
        ], [1, 2, 5])
    func jobsCoverTheTile(_ size: (columns: Int, rows: Int, days: Int), threads: Int) {
        let tile = TileInput(
            planes: [], columns: size.columns, rows: size.rows, days: size.days,
            land: [Bool](repeating: true, count: size.columns * size.rows))
        let plan = SuperblockPlan(tile, threads: threads)
        let jobs = plan.jobs(threads: threads)
        var visits = [UInt8](repeating: 0, count: size.columns * size.rows * size.days)
        for window in jobs.joined() {
            for day in window.days {
                for row in window.rows {
                    for column in window.columns {
                        visits[(day * size.rows + row) * size.columns + column] += 1
                    }
                }
            }
        }
        #expect(visits.allSatisfy { $0 == 1 })
        #expect(jobs.allSatisfy { !$0.isEmpty })
        // There is room for the codes of whole blocks, which have less than one for each row.
        func isWhole(_ window: SuperblockPlan.Window) -> Bool {
            BlockLayout.daysPerBlock(dayCount: window.days.count) == Block.dayCount
        }
        if plan.jobs(threads: 1).joined().allSatisfy(isWhole) { #expect(jobs.joined().allSatisfy(isWhole)) }
        if threads == 1 { #expect(jobs.joined().count == plan.count) }
        if threads > 1, plan.count > threads { #expect(jobs.joined().count > plan.count) }
    }
}
