import Rasters
import Tiling

/// Takes, at each cell, the step of the day that holds the local overpass.
///
/// Cells of one meridian take the same hour; where the hour changes, neighbouring cells are of different
/// hours, and bilinear resampling mixes the two over one cell.
struct OverpassCells {
    private let overpass: Overpass
    private let cellCount: Int
    /// By cell the number of its stamp.
    private let stampOfCell: [Int]

    init(_ overpass: Overpass, cells: CellSet, grid: Grid) throws {
        self.overpass = overpass
        cellCount = cells.count
        var points: [(x: Double, y: Double)] = []
        let window = cells.window
        for row in window.row..<window.row + window.rows {
            for column in window.column..<window.column + window.columns
            where cells.number(column: column, row: row) >= 0 {
                points.append((x: grid.centerX(column: column), y: grid.centerY(row: row)))
            }
        }
        let transform = try CoordinateTransform.between(grid.crs, "EPSG:4326", path: "overpass")
        let degrees = transform?.transformed(points) ?? points
        stampOfCell = degrees.map { overpass.stampNumber(longitude: $0.x) }
    }

    /// [step * cellCount + cell]; the planes of a step are its stamps, each with its variables.
    func values(of steps: [SourceSteps.Step], by reader: CellReader) throws -> [Float] {
        let stampCount = overpass.stamps.count
        let hours = steps.flatMap { step in
            let variableCount = step.planes.count / stampCount
            return (0..<stampCount).map { stamp in
                SourceSteps.Step(
                    planes: Array(step.planes[stamp * variableCount..<(stamp + 1) * variableCount]),
                    files: [])
            }
        }
        let all = try reader.values(of: hours)
        guard !all.isEmpty else { return [] }
        var result = [Float](repeating: .nan, count: steps.count * cellCount)
        for step in steps.indices {
            for cell in 0..<cellCount {
                result[step * cellCount + cell] =
                    all[(step * stampCount + stampOfCell[cell]) * cellCount + cell]
            }
        }
        return result
    }
}
