import Covariates
import Forests
import Foundation
import Storage
import Tiling

/// What `tilth check` finds: a block per covariate, then the forests, then one line that says how it stands.
struct CheckReport {
    let product: Product
    let dataRoot: String
    let productPath: String
    /// Where the page goes, if one is wanted.
    var pagePath: String?

    func print() throws {
        Swift.print(
            "\(product.name): \(counted(product.covariates.count, "covariate")), "
                + "\(counted(product.layers.count, "layer")), "
                + "\(product.period)\n"
        )
        let surveyor = CovariateSurveyor(product: product, dataRoot: dataRoot)
        var surveys = surveyor.survey(days: product.period)
        var errors: [String] = []
        let planned = landTiles(&errors)
        let tiles = planned.map { product.tiles.tile(at: $0.index) }
        surveyor.survey(tiles: tiles, in: &surveys)
        surveyor.compareWithLand(of: planned, in: &surveys)
        let (layerLines, learned) = layers(&errors)
        for number in surveys.indices {
            guard let problem = learned.contradiction(by: surveys[number]) else { continue }
            surveys[number].errors.append(problem)
        }
        for survey in surveys { Swift.print(lines(of: survey, learned).joined(separator: "\n")) }
        Swift.print("")
        for line in layerLines { Swift.print(line) }
        Swift.print("memory     at most \(ByteCount.text(memory)) per worker")
        let forecast = RunForecast(product: product, surveys: surveys, tiles: tiles)
        Swift.print("units      \(forecast.text) (\(forecast.extent(product.unit)))")
        if let pagePath {
            let page = CheckPage(product: product, surveys: surveys, forecast: forecast, errors: errors)
            try DurableFile.write(Array(page.html.utf8), to: pagePath)
            Swift.print("report     \(pagePath)")
        }
        let errorCount = errors.count + surveys.reduce(0) { $0 + $1.errors.count }
        guard errorCount == 0 else {
            throw Failure.wrongUse("\(counted(errorCount, "thing")) to mend before this product can run")
        }
        let missing = forecast.missingDayCount
        Swift.print(
            missing == 0
                ? "ready: all \(product.period.count) days can be made"
                : "ready: \(product.period.count - missing) of \(product.period.count) days can be "
                    + "made; without data: \(DayRunText(forecast.missingDays))")
    }

    /// A line for each layer, and what its forest knows of the covariates.
    private func layers(_ errors: inout [String]) -> (lines: [String], learned: LearnedRanges) {
        var lines: [String] = []
        var learned = LearnedRanges()
        for layer in product.layers {
            do {
                let path = URL(
                    filePath: layer.model, relativeTo: URL(filePath: productPath).deletingLastPathComponent()
                )
                .standardizedFileURL.path
                let forest = try ForestMatch(layer: layer, product: product, path: path).forest()
                learned.add(forest)
                lines.append(
                    "layer \(layer.name): \(forest.treeCount) trees, \(grouped(forest.leafCount)) leaves, "
                        + "\(path)")
            } catch {
                let message = (error as? Failure)?.message ?? "\(error)"
                errors.append("layer \(layer.name): \(message)")
                lines.append("layer \(layer.name): ERROR \(message)")
            }
        }
        return (lines, learned)
    }

    /// Tiles that have something to predict; without a readable mask all count.
    private func landTiles(_ errors: inout [String]) -> [PlannedTile] {
        let scheme = product.tiles
        let all = Array(0..<scheme.tileCount)
        do {
            let counts = try LandSurvey(product: product, dataRoot: dataRoot).landPixelCounts(ofTiles: all)
            return zip(all, counts).filter { $0.1 > 0 }.map {
                PlannedTile(index: $0.0, landPixelCount: $0.1)
            }
        } catch {
            errors.append("mask: \(error)")
            Swift.print("mask: ERROR \(error)")
            return all.map { PlannedTile(index: $0, landPixelCount: scheme.pixelsPerTile) }
        }
    }

    private var memory: Int {
        let plan = RunPlan(
            product: product, recipe: Digest(of: ""), dataRoot: dataRoot, days: product.period, tiles: [],
            sources: PlannedSource.sources(of: product.covariates), forests: [:], software: Tilth.version)
        return PlanEstimate(plan: plan, treeCount: 1, seaTileCount: 0).peakMemoryBytes
    }

    private func lines(of survey: CovariateSurvey, _ learned: LearnedRanges) -> [String] {
        var facts = [survey.origin]
        if let grid = survey.grid {
            facts.append(String(format: "%d × %d cells of %.6g", grid.columns, grid.rows, grid.pixelWidth))
        }
        if let span = survey.span { facts.append("\(span)") }
        if let range = survey.sampleRange {
            facts.append("sample " + survey.rangeText(range, of: product))
        }
        if !survey.fileUnit.isEmpty { facts.append("in the file \(survey.fileUnit)") }
        if let valid = product.covariate(named: survey.name)?.valid {
            facts.append("valid " + CovariateSurvey.text(valid.minimum, valid.maximum))
        }
        if let known = learned.bulks[survey.name] { facts.append("the forest learned \(known.text)") }
        if survey.historyDays > 0 {
            let behind = survey.lookAheadDays > 0 ? " and \(survey.lookAheadDays) after" : ""
            facts.append("needs \(survey.historyDays) days before\(behind)")
        }
        var lines = [
            "\(survey.name.padding(toLength: max(14, survey.name.count), withPad: " ", startingAt: 0)) "
                + "\(facts.joined(separator: " · "))"
        ]
        let indent = String(repeating: " ", count: 15)
        // Where nothing is there at all, the error below says so, once.
        let isThere = survey.filesFoundCount > 0 || survey.errors.isEmpty
        if isThere, !survey.filesMissing.isEmpty {
            let first = survey.filesMissing.prefix(3).joined(separator: ", ")
            lines.append(
                "\(indent)\(survey.filesFoundCount) files, \(survey.filesMissing.count) not there: \(first)"
                    + (survey.filesMissing.count > 3 ? " …" : ""))
        }
        if let first = survey.olderVersions.first {
            lines.append(
                "\(indent)\(counted(survey.olderVersions.count, "older version")) left alone: \(first)"
                    + (survey.olderVersions.count > 1 ? " …" : ""))
        }
        if isThere, !survey.missingDays.isEmpty {
            let count = survey.missingDays.reduce(0) { $0 + $1.count }
            lines.append("\(indent)\(counted(count, "missing day")): \(DayRunText(survey.missingDays))")
        }
        if let reach = survey.reachText(product) { lines.append("\(indent)\(reach)") }
        if survey.sampleCount > 0, survey.sampleValidCount == 0 {
            lines.append(
                "\(indent)none of \(survey.sampleCount) sampled cells has a value: sea, clouds, or "
                    + "a flood of NaN?"
            )
        }
        if survey.sampleRejectedCount > 0 {
            lines.append(
                "\(indent)\(survey.sampleRejectedCount) of \(survey.sampleCount) sample values lie outside "
                    + "'valid': is the unit right?"
            )
        }
        if survey.errors.isEmpty, let beyond = learned.remark(on: survey) { lines.append(indent + beyond) }
        return lines + survey.errors.map { "\(indent)ERROR \($0)" }
    }
}

extension CovariateSurvey {
    /// The range of the sample with its unit. What a rule in time makes of the values has another scale, and
    /// often another unit.
    func rangeText(_ range: ClosedRange<Float>, of product: Product) -> String {
        let text = Self.text(Double(range.lowerBound), Double(range.upperBound))
        guard product.covariate(named: name)?.derivation == nil else {
            return text + " (before its rule in time)"
        }
        return unit == "1" ? text : "\(text) \(unit)"
    }

    static func text(_ least: Double, _ most: Double) -> String { String(format: "%.6g … %.6g", least, most) }

    /// Where the source does not reach the product's land, and what that means; nil where it reaches all.
    func reachText(_ product: Product) -> String? {
        guard !tilesPartlyReached.isEmpty || !tilesUnreached.isEmpty else { return nil }
        func list(_ tiles: [Tile], _ what: String) -> String? {
            guard !tiles.isEmpty else { return nil }
            let names = tiles.prefix(4).map(\.name).joined(separator: ", ") + (tiles.count > 4 ? ", …" : "")
            return "\(counted(tiles.count, "tile")) \(what) (\(names))"
        }
        let fails = product.covariate(named: name)?.outside != .nodata
        return "reaches "
            + [list(tilesPartlyReached, "in part"), list(tilesUnreached, "not at all")]
            .compactMap { $0 }.joined(separator: ", ")
            + (fails ? ": their units fail, see 'outside'" : ": no-data there")
    }
}
