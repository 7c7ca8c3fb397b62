import Rasters
import Tiling

extension CovariateSurveyor {
    /// Cells along one side of the sample, from the middle of the product's part of the source.
    static let sampleSide = 256

    /// Reads a window of the file in the middle; of granules, of one that lies under the product.
    func sample(
        _ present: [ExpectedFile], covariate: Covariate, files: FileSource, survey: inout CovariateSurvey
    ) throws {
        let middle = present.count / 2
        guard case .granules = files.content else {
            return try sample(present[middle], covariate: covariate, files: files, survey: &survey)
        }
        let near = present[middle...].prefix(Self.granulesMax) + present[..<middle].suffix(Self.granulesMax)
        var failure: (any Error)?
        for file in near {
            do {
                return try sample(file, covariate: covariate, files: files, survey: &survey)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// Granules that are opened at most to find one under the product.
    private static let granulesMax = 500

    private func sample(
        _ file: ExpectedFile, covariate: Covariate, files: FileSource, survey: inout CovariateSurvey
    ) throws {
        let path = absolutePath(of: file.path, in: dataRoot)
        var values: [Float] = []
        switch files.content {
        case .raster(let band):
            values = try read(try RasterFile(path: path), band: band, of: file, survey: &survey)
        case .granules(.band(let band)):
            values = try read(try RasterFile(path: path), band: band, of: file, survey: &survey)
        case .granules(.field(let field)):
            values = try read(try RasterFile(path: path, field: field), band: 1, of: file, survey: &survey)
        case .topographicIndex:
            return
        case .netCDF(let variables):
            let dataset = try file.netCDF(in: dataRoot)
            for name in variables {
                let variable = try dataset.variable(named: name)
                survey.grid = variable.grid
                survey.fileUnit = variable.unit
                let window = try self.middle(of: variable.grid, path: file.path, survey: &survey)
                let read = try Self.sampledSteps(of: variable.stepCount).flatMap {
                    try variable.read(step: $0, window: window)
                }
                values = values.isEmpty ? read : zip(values, read).map { Float(Double($0) + Double($1)) }
            }
        }
        try summarise(values, covariate: covariate, survey: &survey)
    }

    /// Up to a dozen, over all of a file: rain has dry days.
    private static func sampledSteps(of stepCount: Int) -> [Int] {
        let count = min(max(stepCount, 1), 12)
        return (0..<count).map { (2 * $0 + 1) * stepCount / (2 * count) }
    }

    private func read(
        _ raster: RasterFile, band: Int, of file: ExpectedFile, survey: inout CovariateSurvey
    ) throws -> [Float] {
        survey.grid = raster.info.grid
        survey.fileUnit = raster.info.unit
        guard band <= raster.info.bandCount else {
            throw CovariateError.unusable(
                path: file.path,
                problem: "has \(counted(raster.info.bandCount, "band")), asked for band \(band)")
        }
        let window = try middle(of: raster.info.grid, path: file.path, survey: &survey)
        return try raster.read(window: window, bands: [band])
    }

    func summarise(_ values: [Float], covariate: Covariate, survey: inout CovariateSurvey) throws {
        let rule = try ValueRule(of: covariate)
        let scaled = values.map { Float(Double($0) * covariate.scale + covariate.offset) }.filter {
            !$0.isNaN
        }
        survey.sample = values.map { rule.applied(to: $0) }
        if covariate.derivation == nil { survey.sampleBulk = Bulk(of: survey.sample) }
        survey.sampleCount = values.count
        survey.sampleValidCount = scaled.count
        survey.sampleRejectedCount = values.filter { !$0.isNaN && rule.applied(to: $0).isNaN }.count
        if let least = scaled.min(), let most = scaled.max() { survey.sampleRange = least...most }
        guard let valid = covariate.valid, survey.sampleRejectedCount > 0 else { return }
        if survey.sampleRejectedCount == scaled.count {
            survey.errors.append(
                "\(covariate.name): all \(scaled.count) sampled values "
                    + "(\(survey.sampleRange?.description ?? "")) are outside valid "
                    + "[\(valid.minimum), \(valid.maximum)]: check scale, offset and valid")
        }
    }

    /// Holds samples that lie cell by cell beside each other against the order that the product gives them.
    func compareOrders(in surveys: inout [CovariateSurvey]) {
        for number in surveys.indices {
            guard let lower = product.covariate(named: surveys[number].name)?.above,
                let other = surveys.first(where: { $0.name == lower }), surveys[number].grid == other.grid,
                surveys[number].sample.count == other.sample.count
            else { continue }
            var count = OrderCount()
            for (a, b) in zip(surveys[number].sample, other.sample) { count.add(upper: a, lower: b) }
            guard count.pairCount >= OrderCount.pairsMin, count.share > OrderCount.dayShare else { continue }
            surveys[number].errors.append("\(surveys[number].name): \(count.words(lower))")
        }
    }

    /// A window in the middle of what the product needs.
    func middle(of source: Grid, path: String, survey: inout CovariateSurvey) throws -> PixelWindow {
        let needed = try SourceWindow(
            of: source, for: product.grid, isPeriodic: source.wrapsAround, path: path)
        survey.reachesProduct = needed.reachesProduct
        let widest = needed.parts.max { $0.columns < $1.columns } ?? needed.parts[0]
        return middle(of: widest)
    }

    private func middle(of needed: PixelWindow) -> PixelWindow {
        let columns = min(needed.columns, Self.sampleSide)
        let rows = min(needed.rows, Self.sampleSide)
        return PixelWindow(
            column: needed.column + (needed.columns - columns) / 2,
            row: needed.row + (needed.rows - rows) / 2,
            columns: columns, rows: rows)
    }
}
