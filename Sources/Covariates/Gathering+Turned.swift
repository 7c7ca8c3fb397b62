import Tiling

extension Gathering {
    /// Days of a series that is read in place whose rows or columns run the other way than those of the other
    /// days, whatever the georeference says, and why. The other half of the file is read only for a day that
    /// looks like no other.
    func turnedDays(
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
            let turn = try Texture.turn(of: texture, against: reference) { turn in
                try self.texture(of: dated[number].step, turn, pairs, steps: steps, grid: grid)
            }
            guard let turn else { continue }
            let path = dated[number].step.files.first?.input.path ?? covariate.name
            reasons[day] =
                "\(covariate.name) of \(day), tile \(tile): \(path) lies \(turn.words), beside other days"
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
}
