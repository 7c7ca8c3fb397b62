@testable import Forests

/// Grows a tree the slow, obvious way, on whole-number targets, so that all gains are exact. It makes the
/// same random choices as `TreeGrower`.
struct ReferenceGrower {
    let columns: [[Float]]
    let targets: [Int]
    let settings: GrowingSettings

    func tree(_ number: Int) -> [ForestBuilder.Node] {
        var random = TreeGrower.random(seed: settings.seed, tree: number)
        let draws = drawCounts(of: settings, rowCount: targets.count, &random)
        var nodes: [ForestBuilder.Node] = []
        _ = grow(draws.indices.filter { draws[$0] > 0 }, draws, seed: random.next(), &nodes)
        return nodes
    }

    /// Appends a subtree and returns the number of its root.
    private func grow(
        _ rows: [Int], _ draws: [Int], seed: UInt64, _ nodes: inout [ForestBuilder.Node]
    ) -> Int {
        let place = nodes.count
        let weight = rows.reduce(0) { $0 + draws[$1] }
        let sum = rows.reduce(0) { $0 + draws[$1] * targets[$1] }
        nodes.append(.leaf(Double(sum) / Double(weight)))
        guard rows.count >= 2 * settings.minimumLeafRows, Set(rows.map { targets[$0] }).count > 1 else {
            return place
        }
        var best: (gain: (Int, Int), feature: Int, threshold: Double)?
        var draw = FeatureDraw(featureCount: columns.count)
        draw.begin(seed: seed)
        var (drawn, varying) = (0, 0)
        let wanted = settings.featuresPerSplit.count(of: columns.count)
        while drawn < wanted || varying == 0, let feature = draw.next() {
            let values = Set(rows.map { columns[feature][$0] + 0 }).sorted()
            let varies = values[values.count - 1] > values[0] + 1e-7
            if varies { varying += 1 }
            if varies || settings.constantFeatures == .count { drawn += 1 }
            guard varies else { continue }
            for (below, above) in zip(values, values.dropFirst()) where above > below + 1e-7 {
                let left = rows.filter { columns[feature][$0] <= below }
                guard min(left.count, rows.count - left.count) >= settings.minimumLeafRows else { continue }
                let leftWeight = left.reduce(0) { $0 + draws[$1] }
                let leftSum = left.reduce(0) { $0 + draws[$1] * targets[$1] }
                let difference = leftSum * weight - sum * leftWeight
                let gain = (difference * difference, leftWeight * (weight - leftWeight))
                if let best, gain.0 * best.gain.1 <= best.gain.0 * gain.1 { continue }
                let middle = Double(below) / 2 + Double(above) / 2
                best = (gain, feature, middle == Double(above) ? Double(below) : middle)
            }
        }
        guard let best else { return place }
        let isTrue = { Double(columns[best.feature][$0]) <= best.threshold }
        let trueChild = grow(
            rows.filter(isTrue), draws, seed: FeatureDraw.childSeed(seed, isTrue: true), &nodes)
        let falseChild = grow(
            rows.filter { !isTrue($0) }, draws, seed: FeatureDraw.childSeed(seed, isTrue: false), &nodes)
        nodes[place] = .split(
            feature: best.feature, threshold: best.threshold, trueChild: trueChild, falseChild: falseChild)
        return place
    }
}

/// How often a tree draws each row.
func drawCounts(of settings: GrowingSettings, rowCount: Int, _ random: inout SplitMix64) -> [Int] {
    var draws = [UInt8](repeating: 0, count: rowCount)
    draws.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        RowDraw.draw(settings.sampling, rowCount: rowCount, random: &random, into: base)
    }
    return draws.map(Int.init)
}

/// The leaf that a row comes to.
func leaf(of row: [Float], in nodes: [ForestBuilder.Node]) -> (node: Int, value: Double) {
    var node = 0
    while true {
        switch nodes[node] {
        case .leaf(let value): return (node, value)
        case .split(let feature, let threshold, _, let trueChild, let falseChild, _):
            node = Double(row[feature]) <= threshold ? trueChild : falseChild
        }
    }
}

/// Rows with features of all kinds: continuous, of few values, constant, nearly constant, with both zeros.
struct GrowingRows {
    let columns: [[Float]]
    let targets: [Int]

    static let features = ["fine", "few", "two", "flat", "close", "signed"].map {
        Forest.Feature(name: $0, unit: "1")
    }
    static let target = Forest.Feature(name: "y", unit: "1")

    init(_ count: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func uniform() -> Float { Float(random.next(below: 1 << 24)) / 0x1p24 }
        let fine = (0..<count).map { _ in uniform() }
        let few = (0..<count).map { _ in (uniform() * 9).rounded() }
        let two = (0..<count).map { _ in Float(uniform() > 0.7 ? 1 : -1) }
        let close = (0..<count).map { _ in Float(random.next(below: 40)) * 0.4e-7 }
        let signed = (0..<count).map { _ in (uniform() * 6 - 3).rounded() * (uniform() > 0.5 ? 0.5 : -0.5) }
        columns = [fine, few, two, Array(repeating: 3.25, count: count), close, signed]
        // Both ends occur, so that the steps of a target are a power of two of a whole number.
        targets = (0..<count).map { row in
            if row < 2 { return row == 0 ? -8 : 8 }
            let value = 9 * fine[row] - few[row] / 2 + two[row] + signed[row] + 4 * uniform() - 3
            return max(min(Int(value.rounded()), 8), -8)
        }
    }

    func row(_ number: Int) -> [Float] { columns.map { $0[number] } }

    var table: TrainingTable {
        get throws {
            try TrainingTable(
                features: Self.features, columns: columns, target: Self.target,
                targetValues: targets.map(Float.init))
        }
    }

    func coded(_ splits: GrowingSettings.Splits) -> CodedTable {
        let scale = TargetScale(targets.map(Float.init))
        return CodedTable(
            features: columns.map { CodedFeature($0, splits: splits) },
            targetSteps: targets.map { scale.steps(Float($0)) }, scale: scale)
    }
}
