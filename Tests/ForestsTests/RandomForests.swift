@testable import Forests

/// Forests and tiles at random, made to be difficult: thresholds that are also values, infinities,
/// denormals, NaN, single leaves.
struct RandomForests {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Values that features and thresholds share, so that many fall exactly on a threshold.
    static let palette: [Float] = [
        0, -0.0, 1, -1, 0.1, Float(0.1).nextUp, Float(0.1).nextDown, .leastNonzeroMagnitude,
        -.leastNonzeroMagnitude, 1e-35,
        1.1e-35, -1e-35,
        .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 2.5, -7.25, 1e10,
        1000 * .leastNonzeroMagnitude,
    ]

    mutating func bool(oneIn count: Int) -> Bool { random.next(below: count) == 0 }

    mutating func value(missingOneIn missing: Int? = nil) -> Float {
        if let missing, bool(oneIn: missing) { return .nan }
        if bool(oneIn: 2) { return Self.palette[random.next(below: Self.palette.count)] }
        return Float(random.next(below: 2001) - 1000) / 128
    }

    mutating func forest(featureCount: Int, treeCount: Int, rules: [MissingKind] = [.none]) throws -> Forest {
        var builder = ForestBuilder(
            features: (0..<featureCount).map { Forest.Feature(name: "f\($0)", unit: "1") },
            target: Forest.Feature(name: "y", unit: "m3 m-3"), aggregation: bool(oneIn: 2) ? .mean : .sum,
            base: bool(oneIn: 2) ? 0 : 0.375)
        for _ in 0..<treeCount {
            var nodes: [ForestBuilder.Node] = []
            _ = grow(&nodes, depth: random.next(below: 9), featureCount: featureCount, rules: rules)
            try builder.append(tree: nodes)
        }
        return try builder.forest()
    }

    private mutating func grow(
        _ nodes: inout [ForestBuilder.Node], depth: Int, featureCount: Int, rules: [MissingKind]
    ) -> Int {
        let place = nodes.count
        nodes.append(.leaf(Double(random.next(below: 2001) - 1000) / 997))
        guard depth > 0, !bool(oneIn: 6) else { return place }
        let trueChild = grow(&nodes, depth: depth - 1, featureCount: featureCount, rules: rules)
        let falseChild = grow(&nodes, depth: depth - 1, featureCount: featureCount, rules: rules)
        let threshold = Double(value())
        nodes[place] = .split(
            feature: random.next(below: featureCount), threshold: threshold,
            comparison: threshold > -.infinity && bool(oneIn: 3) ? .less : .lessOrEqual,
            trueChild: trueChild, falseChild: falseChild,
            missing: MissingRule(rules[random.next(below: rules.count)], goesToTrueChild: bool(oneIn: 2)))
        return place
    }

    mutating func plane(columns: Int, rows: Int, days: Int, missingOneIn missing: Int?) -> FeaturePlane {
        let pixelCount = columns * rows
        func list(_ count: Int, _ random: inout Self) -> [Float] {
            // A plane of few distinct values makes whole lists go one way.
            let level = random.value()
            let isFlat = random.bool(oneIn: 3)
            return (0..<count).map { _ in
                isFlat && !random.bool(oneIn: 50) ? level : random.value(missingOneIn: missing)
            }
        }
        switch random.next(below: 4) {
        case 0: return .fixed(list(pixelCount, &self))
        case 1: return .daily(list(pixelCount * days, &self))
        case 2: return .date(list(days, &self))
        default:
            let cellSide = 1 + random.next(below: 12)
            let phase = random.next(below: cellSide)
            let across = (columns + phase) / cellSide + 1
            let cellCount = across * ((rows + phase) / cellSide + 1)
            let cellOfPixel = (0..<pixelCount).map { pixel in
                missing != nil && bool(oneIn: 40)
                    ? -1
                    : Int32(
                        (pixel / columns + phase) / cellSide * across + (pixel % columns + phase) / cellSide)
            }
            return .coarse(
                values: list(cellCount * days, &self), cellCount: cellCount, cellOfPixel: cellOfPixel)
        }
    }
}
