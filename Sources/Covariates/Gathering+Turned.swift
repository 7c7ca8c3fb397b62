import Tiling

extension Gathering {
    /// Days of a series that is read in place that lie elsewhere than the other days, whatever their
    /// georeference says, and why. More of a file is read only for a day that looks like no other.
    func displacedDays(
        _ raw: [Float], of dated: [(day: Day?, step: SourceSteps.Step)], _ covariate: Covariate,
        plan: ResamplingPlan, steps: SourceSteps
    ) throws -> [Day: String] {
        guard isWholeTile, !steps.isPrepared, dated.count > Texture.linksMin, let grid = steps.grid else {
            return [:]
        }
        let cells = plan.cells
        let pairs = TexturePairs(in: cells.window)
        let series = dated.indices.map { number in
            pairs.texture { cell in
                let place = cells.number(column: cell.column, row: cell.row)
                return place < 0 ? .nan : raw[number * cells.count + place]
            }
        }
        guard let reference = Texture.reference(of: series) else { return [:] }
        var reasons: [Day: String] = [:]
        for (number, texture) in series.enumerated() {
            guard let day = dated[number].day else { continue }
            let step = dated[number].step
            let displacement = try Texture.displacement(of: texture, against: reference, pairs: pairs) {
                try self.texture(of: step, $0, pairs, steps: steps, grid: grid)
            } near: {
                try self.values(of: step, around: cells.window, steps: steps, grid: grid)
            }
            guard let displacement else { continue }
            let path = step.files.first?.input.path ?? covariate.name
            reasons[day] =
                "\(covariate.name) of \(day), tile \(tile): \(path) lies \(displacement.words), beside "
                + "other days"
        }
        return reasons
    }

    private func texture(
        of step: SourceSteps.Step, _ turn: RasterTurn, _ pairs: TexturePairs, steps: SourceSteps, grid: Grid
    ) throws -> Texture {
        func turned(_ cell: (column: Int, row: Int)) -> (column: Int, row: Int) {
            turn.turned(cell, columns: grid.columns, rows: grid.rows)
        }
        let needed = pairs.left.flatMap { [turned($0), turned(($0.column + 1, $0.row))] }
        let set = CellSet(of: needed)
        let values = try reader.cellValues(of: [step], in: steps, cells: set, grid: grid)
        return pairs.texture { cell in
            let place = turned(cell)
            return values[set.number(column: place.column, row: place.row)]
        }
    }

    /// The values of a step in a window and some cells around it.
    private func values(
        of step: SourceSteps.Step, around window: PixelWindow, steps: SourceSteps, grid: Grid
    ) throws -> ((column: Int, row: Int)) -> Float {
        let reach = Displacement.cellsMax
        let columns =
            max(0, window.column - reach)..<min(grid.columns, window.column + window.columns + reach)
        let rows = max(0, window.row - reach)..<min(grid.rows, window.row + window.rows + reach)
        let set = CellSet(of: rows.flatMap { row in columns.map { ($0, row) } })
        let values = try reader.cellValues(of: [step], in: steps, cells: set, grid: grid)
        return { cell in
            columns.contains(cell.column) && rows.contains(cell.row)
                ? values[set.number(column: cell.column, row: cell.row)] : .nan
        }
    }
}
