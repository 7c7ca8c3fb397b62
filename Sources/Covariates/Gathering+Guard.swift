import Rasters
import Tiling

extension Gathering {
    /// Says of a file that cannot be read which covariate, days and tile it was read for.
    func naming<Value>(
        _ covariate: Covariate, _ steps: [(day: Day?, step: SourceSteps.Step)], _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as RasterError {
            let root = reader.plan.dataRoot + "/"
            let path = error.path.hasPrefix(root) ? String(error.path.dropFirst(root.count)) : error.path
            let days = steps.filter { $0.step.files.contains { $0.input.path == path } }.compactMap(\.day)
            let runs = DayRange.runs(of: days).map(\.description).joined(separator: ", ")
            throw RasterError(
                error.kind, path: path,
                problem: "\(covariate.name)\(days.isEmpty ? "" : " of \(runs)"), tile \(tile): "
                    + error.problem.replacing("\(error.path), ", with: ""),
                isRetriable: error.isRetriable)
        }
    }

    /// Days on which a covariate has no value on any land of the whole tile, nor anywhere else in its files,
    /// and why: a flood of missing values. A tile under clouds on a day whose files have values elsewhere is
    /// a tile without data, and no missing day.
    func voidDays(of name: String, _ gathered: Gathered) throws -> [Day: String] {
        guard isWholeTile else { return [:] }
        let land = try reader.land(of: tile)
        guard land.contains(true) else { return [:] }
        var reasons: [Day: String] = [:]
        for (number, day) in days.enumerated() where gathered.missing[day] == nil {
            guard let origins = gathered.origins[day] else { continue }
            let hasValue = pixels.indices.contains {
                land[pixels[$0]]
                    && !gathered.plane.value(pixel: $0, day: number, pixelCount: pixels.count).isNaN
            }
            guard !hasValue, let flooded = try origins.first(where: { try !reader.hasValue($0) }) else {
                continue
            }
            let path = flooded.step.files.first?.input.path ?? name
            reasons[day] =
                "\(name): no value on \(day) on the land of tile \(tile), nor anywhere else in \(path)"
        }
        return reasons
    }

    /// Looks at values that are read in place, as they are before the rules: rasters and granules are seen
    /// here for the first time. What was prepared was looked at then.
    ///
    /// Throws for values of another unit or band. Returns days on which next to nothing is valid, and why.
    func refused(
        _ raw: [Float], of dated: [(day: Day?, step: SourceSteps.Step)], _ covariate: Covariate,
        plan: ResamplingPlan, steps: SourceSteps
    ) throws -> [Day: String] {
        guard let valid = covariate.valid, !steps.isPrepared, !dated.isEmpty else { return [:] }
        let cellCount = raw.count / dated.count
        var landCells: [Int]?
        var reasons: [Day: String] = [:]
        for (number, step) in dated.enumerated() {
            let values = raw[number * cellCount..<(number + 1) * cellCount]
            let found = Outliers(of: values, covariate, valid)
            let isOfAnotherUnit = found.isOfAnotherUnit(valueCount: found.valueCount)
            var counts = (valueCount: found.valueCount, outsideCount: found.outsideCount)
            var example = found.example
            if !isOfAnotherUnit {
                guard found.mayBeMostlyOutside else { continue }
                // The bottom of the sea, say, is not valid, and need not be.
                let onLand = try landCells ?? self.landCells(of: plan, steps: steps, covariate)
                landCells = onLand
                guard
                    let most = Outliers.isMostlyOutside(
                        onLand.lazy.map { values[values.startIndex + $0] }, covariate, valid)
                else { continue }
                counts = (most.valueCount, most.outsideCount)
                example = most.example
            }
            let path = step.step.files.first?.input.path ?? covariate.name
            let what = step.day.map { "\(covariate.name) of \($0)" } ?? covariate.name
            let limits = "valid [\(valid.minimum), \(valid.maximum)]"
            guard let day = step.day, !isOfAnotherUnit else {
                throw CovariateError.unusable(
                    path: path,
                    problem: "\(what), tile \(tile): \(counts.outsideCount) of \(counts.valueCount) values, "
                        + "such as \(example), are outside \(limits): check the unit and the band of "
                        + "the file, scale and offset")
            }
            let share = counts.outsideCount == counts.valueCount ? "all" : "\(counts.outsideCount) of"
            reasons[day] =
                "\(what), tile \(tile): \(share) \(counts.valueCount) values in \(path), such as "
                + "\(example), are outside \(limits)"
        }
        return reasons
    }

    /// The numbers of the cells that land takes its values from.
    private func landCells(of plan: ResamplingPlan, steps: SourceSteps, _ covariate: Covariate) throws
        -> [Int]
    {
        let land = try reader.land(of: tile)
        guard let grid = steps.grid, !pixels.allSatisfy({ land[$0] }) else {
            return Array(0..<plan.cells.count)
        }
        return try reader.resamplingPlan(
            tile: tile, pixels: pixels.filter { land[$0] }, isWholeTile: false, grid: grid,
            resampling: covariate.resampling, path: covariate.name
        ).cells.positions.map { plan.cells.number(column: $0.column, row: $0.row) }
    }
}

extension CovariateReader {
    /// Whether there is a valid value anywhere in the files of a step, read until one is found.
    func hasValue(_ origin: Gathering.Origin) throws -> Bool {
        let rule = try ValueRule(of: origin.covariate)
        return try origin.step.planes.allSatisfy { plane in
            try plane.pieces.contains { piece in
                // A file that was replaced is another one.
                let versions = origin.step.files.map { "\($0.input.modifiedAt)" }.joined(separator: ",")
                let key =
                    "\(piece.path)|\(piece.field ?? "")|\(piece.band)|\(origin.covariate.name)|\(versions)"
                if let known = filesWithValues[key] { return known }
                let path = absolutePath(of: piece.path, in: plan.dataRoot)
                let file =
                    if let field = piece.field { try RasterFile(path: path, field: field) } else {
                        try RasterFile(path: path)
                    }
                // Of a part that cannot be read the units tell that need it.
                let found = (try? file.contains(band: piece.band) { !rule.applied(to: $0).isNaN }) ?? true
                filesWithValues[key] = found
                return found
            }
        }
    }
}

extension RasterFile {
    /// Whether some value of a band meets a condition; reads rows of blocks until one does.
    fileprivate func contains(band: Int, _ condition: (Float) -> Bool) throws -> Bool {
        let rows = max(info.blockRows, min(info.rows, 256))
        for row in stride(from: 0, to: info.rows, by: rows) {
            let window = PixelWindow(
                column: 0, row: row, columns: info.columns, rows: min(rows, info.rows - row))
            if try read(window: window, bands: [band]).contains(where: condition) { return true }
        }
        return false
    }
}
