import Tiling

extension SourceSteps {
    /// Listed pixels of a plan that no granule of any step reaches, beyond those that the grid does not.
    func withoutGranules(_ plan: ResamplingPlan) -> [Int] {
        let all = (fixed.map { [$0] } ?? steps).flatMap(\.files)
        let parts = Set(all.compactMap(\.window))
        guard !parts.isEmpty, !all.contains(where: { $0.window == nil }) else { return [] }
        var covered = [Float](repeating: .nan, count: plan.cells.count)
        for part in parts {
            for found in plan.cells.windows(blockColumns: part.columns, blockRows: part.rows, in: part) {
                for row in found.row..<found.row + found.rows {
                    for column in found.column..<found.column + found.columns {
                        let number = plan.cells.number(column: column, row: row)
                        if number >= 0 { covered[number] = 1 }
                    }
                }
            }
        }
        let known = Set(plan.unreached)
        let values = plan.resampled(covered, dayCount: 1)
        return values.indices.filter { values[$0].isNaN && !known.contains($0) }
    }
}
