import Covariates
import Forests
import Foundation
import Tiling

/// What `tilth check` finds: a block per covariate, then the forests, then one line that says how it stands.
struct CheckReport {
    let product: Product
    let dataRoot: String
    let productPath: String

    func print() throws {
        Swift.print(
            "\(product.name): \(product.covariates.count) covariates, \(product.layers.count) layer(s), "
                + "\(product.period)\n"
        )
        let surveys = CovariateSurveyor(product: product, dataRoot: dataRoot).survey(days: product.period)
        for survey in surveys { Swift.print(lines(of: survey).joined(separator: "\n")) }
        var errorCount = surveys.reduce(0) { $0 + $1.errors.count }
        Swift.print("")
        for layer in product.layers {
            do {
                let path = URL(
                    filePath: layer.model, relativeTo: URL(filePath: productPath).deletingLastPathComponent()
                )
                .standardizedFileURL.path
                let forest = try Forest(contentsOf: path)
                try ForestMatch(layer: layer, product: product, path: path).check(forest)
                Swift.print(
                    "layer \(layer.name): \(forest.treeCount) trees, \(grouped(forest.leafCount)) leaves, "
                        + "\(path)"
                )
            } catch {
                errorCount += 1
                let message = (error as? Failure)?.message ?? "\(error)"
                Swift.print("layer \(layer.name): ERROR \(message)")
            }
        }
        if let mask = product.mask, !FileManager.default.fileExists(atPath: "\(dataRoot)/\(mask.path)") {
            errorCount += 1
            Swift.print("mask: ERROR \(dataRoot)/\(mask.path): there is no such file")
        }
        Swift.print("memory     at most \(ByteCount.text(memory)) per worker")
        guard errorCount == 0 else {
            throw Failure.wrongUse("\(errorCount) thing(s) to mend before this product can run")
        }
        let missing = Set(surveys.flatMap(\.missingDays).flatMap { Array($0) }).filter(
            product.period.contains)
        Swift.print(
            missing.isEmpty
                ? "ready: all \(product.period.count) days can be made"
                : "ready: \(product.period.count - missing.count) of \(product.period.count) days can be "
                    + "made; without data: "
                    + dayRanges(Array(missing)))
    }

    private var memory: Int {
        let plan = RunPlan(
            product: product, recipe: Digest(of: ""), dataRoot: dataRoot, days: product.period, tiles: [],
            sources: [],
            forests: [:], software: Tilth.version)
        return PlanEstimate(plan: plan, treeCount: 1, seaTileCount: 0).peakMemoryBytes
    }

    private func lines(of survey: CovariateSurvey) -> [String] {
        var facts = [survey.origin]
        if let grid = survey.grid {
            facts.append(String(format: "%d × %d cells of %.6g", grid.columns, grid.rows, grid.pixelWidth))
        }
        if let span = survey.span { facts.append("\(span)") }
        if let range = survey.sampleRange {
            facts.append("sample \(range.lowerBound) … \(range.upperBound) \(survey.unit)")
        }
        if survey.historyDays > 0 {
            let behind = survey.lookAheadDays > 0 ? " and \(survey.lookAheadDays) behind" : ""
            facts.append("needs \(survey.historyDays) days before\(behind)")
        }
        var lines = [
            "\(survey.name.padding(toLength: max(14, survey.name.count), withPad: " ", startingAt: 0)) "
                + "\(facts.joined(separator: " · "))"
        ]
        let indent = String(repeating: " ", count: 15)
        if !survey.filesMissing.isEmpty {
            let first = survey.filesMissing.prefix(3).joined(separator: ", ")
            lines.append(
                "\(indent)\(survey.filesFoundCount) files, \(survey.filesMissing.count) not there: \(first) …"
            )
        }
        if !survey.missingDays.isEmpty {
            lines.append(
                "\(indent)missing days: "
                    + "\(survey.missingDays.prefix(6).map(\.description).joined(separator: ", "))"
            )
        }
        if survey.sampleRejectedCount > 0 {
            lines.append(
                "\(indent)\(survey.sampleRejectedCount) of \(survey.sampleCount) sample values lie outside "
                    + "'valid': is the unit right?"
            )
        }
        return lines + survey.errors.map { "\(indent)ERROR \($0)" }
    }
}
