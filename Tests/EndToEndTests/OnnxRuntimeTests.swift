import Forests
import Foundation
import TestSupport
import Testing

/// `tilth forest export --onnx`, read back by onnxruntime in an environment that the test makes: the same
/// leaf for every row and tree.
@Suite(.serialized) struct OnnxRuntimeTests {
    /// Small and fast, and the same everywhere.
    private struct Dice {
        var state: UInt64
        mutating func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
    }

    /// Values that are thresholds, their neighbours, and what is at the ends of float32.
    private static let palette: [Float] = [
        0, -0.0, 1, -1, 0.1, Float(0.1).nextUp, Float(0.1).nextDown, 2.5, -7.25, 1e-35, -1e-35, 2e-35,
        .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .infinity, -.infinity, .greatestFiniteMagnitude, 3e9,
    ]

    private static func grow(
        _ nodes: inout [ForestBuilder.Node], _ dice: inout Dice, depth: Int, kinds: [MissingKind]
    ) -> Int {
        let place = nodes.count
        nodes.append(.leaf(Double(dice.next(2001) - 1000) / 997))
        guard depth > 0, dice.next(6) > 0 else { return place }
        let trueChild = grow(&nodes, &dice, depth: depth - 1, kinds: kinds)
        let falseChild = grow(&nodes, &dice, depth: depth - 1, kinds: kinds)
        nodes[place] = .split(
            feature: dice.next(4), threshold: Double(palette[dice.next(palette.count)]), trueChild: trueChild,
            falseChild: falseChild,
            missing: MissingRule(kinds[dice.next(kinds.count)], goesToTrueChild: dice.next(2) == 0))
        return place
    }

    private static func forest(
        seed: UInt64, trees: Int, kinds: [MissingKind], aggregation: ForestBuilder.Aggregation, base: Double
    ) throws -> [UInt8] {
        var dice = Dice(state: seed)
        var builder = ForestBuilder(
            features: (0..<4).map { Forest.Feature(name: "x\($0)", unit: "1") },
            target: Forest.Feature(name: "y", unit: "m3 m-3"), aggregation: aggregation, base: base)
        for number in 0..<trees {
            var nodes: [ForestBuilder.Node] = []
            _ = grow(&nodes, &dice, depth: number % 11, kinds: kinds)
            try builder.append(tree: nodes)
        }
        return try builder.serialized()
    }

    private static func rows(_ count: Int, features: Int, hasMissing: Bool) -> [[Float]] {
        var dice = Dice(state: 99)
        return (0..<count).map { _ in
            (0..<features).map { _ in
                if hasMissing, dice.next(7) == 0 { return .nan }
                return dice.next(3) == 0
                    ? Float(dice.next(4001) - 2000) / 256 : palette[dice.next(palette.count)]
            }
        }
    }

    /// Nil, said loudly, where the environment cannot be made.
    private func python() throws -> String? {
        let made = try Program.run(
            [Program.repository.appending(path: "scripts/readers").path], executable: "/usr/bin/env")
        guard made.code == 0, let python = made.lines.last else {
            print("SKIPPED: onnxruntime: its environment could not be made: \(made.errors)")
            return nil
        }
        return python
    }

    private func write<Number>(_ numbers: [Number], to path: String) throws {
        try numbers.withUnsafeBytes { try Data($0).write(to: URL(filePath: path)) }
    }

    /// Exports with the program, and lets Python compare.
    private func check(_ file: String, rows: [[Float]], in folder: TemporaryFolder, _ python: String) throws {
        let forest = try Forest(contentsOf: file)
        let reference = ReferenceForest(forest)
        let decisions = rows.map { reference.explain(row: $0) }
        // Zeros that are missing become thresholds, and leaves below them are copied.
        let isNumberedAlike = !ForestSummary(forest).description.contains("zeros")
        try write(rows.flatMap { $0 }, to: folder.file("rows.f32"))
        try write(rows.map { reference.predict(row: $0) }, to: folder.file("predictions.f32"))
        try write(decisions.flatMap { $0.map { Float($0.value) } }, to: folder.file("values.f32"))
        try write(
            decisions.flatMap { $0.map { isNumberedAlike ? Int32($0.leaf) : -1 } },
            to: folder.file("leaves.i32"))
        let model = folder.file("model.onnx")
        let exported = try Program.run("forest", "export", file, "--onnx", model)
        #expect(exported.code == 0, "\(exported.all)")
        #expect(contents(of: folder.path, suffix: ".partial").isEmpty)
        let script = Program.repository.appending(path: "Tests/EndToEndTests/onnxruntime_leaves.py").path
        let largest = max(abs(forest.valueRange.lowerBound), abs(forest.valueRange.upperBound), 1)
        let compared = try Program.run(
            [script, model, folder.path, "\(2e-6 * largest)"], executable: python)
        #expect(compared.code == 0, "\(compared.all)")
        print(compared.output)
    }

    @Test func everyRowTakesTheSameLeafOfEveryTree() throws {
        guard let python = try python() else { return }
        let kinds: [(kinds: [MissingKind], aggregation: ForestBuilder.Aggregation, base: Double)] = [
            ([.none], .mean, 0), ([.none], .sum, 0.375), ([.nan], .mean, -2.5), ([.none, .nan], .sum, 0),
            ([.zero, .nan], .mean, 0.5),
        ]
        for (number, (kinds, aggregation, base)) in kinds.enumerated() {
            let folder = try TemporaryFolder()
            let file = folder.file("random.forest")
            try Data(
                Self.forest(
                    seed: UInt64(number + 1), trees: 25, kinds: kinds, aggregation: aggregation, base: base)
            ).write(to: URL(filePath: file))
            try check(
                file, rows: Self.rows(1500, features: 4, hasMissing: kinds != [.none]), in: folder, python)
        }
    }

    /// From LightGBM, XGBoost and tree strings by way of a forest to ONNX, all with the program.
    @Test func modelsOfOtherLibrariesLeaveAgain() throws {
        guard let data = SharedData.path("forests/abalone"), let python = try python() else { return }
        for name in [
            "lgb_gbdt.txt", "lgb_rf.txt", "lgb_gbdt_zero_as_missing.txt", "xgb_gbtree.json",
            "skl_rf_trees.csv",
        ] {
            let folder = try TemporaryFolder()
            let file = folder.file("model.forest")
            let imported = try Program.run("forest", "import", "\(data)/\(name)", "-o", file)
            #expect(imported.code == 0, "\(imported.all)")
            let forest = try Forest(contentsOf: file)
            let stem = name.hasPrefix("skl") ? "skl_rf" : name.prefix { $0 != "." }
            let lines = try String(contentsOfFile: "\(data)/\(stem)_cases.csv", encoding: .utf8)
                .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            // The forest's order is the model's; the table's may be another.
            let columns = try forest.features.map { feature in
                try #require(lines[0].firstIndex { $0 == feature.name })
            }
            let rows = lines.dropFirst().map { line in columns.map { Float(line[$0]) ?? .nan } }
            #expect(rows.count == 500)
            try check(file, rows: rows, in: folder, python)
        }
    }
}
