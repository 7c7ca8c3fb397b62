import Rasters
import Tiling

/// The part of a source grid that a product needs: everything under the product grid, and two cells around
/// it.
///
/// On a grid that goes round the globe the part may cross the seam; columns then count on beyond the last
/// one, so that the planes that are cut out have no seam.
struct SourceWindow {
    /// Of the planes.
    let grid: Grid
    /// Whether the source holds all of the product grid.
    let reachesProduct: Bool
    /// The same in cells of the source; on a grid that goes round the globe it may hang over the seam.
    private let cells: PixelWindow
    private let source: Grid
    /// Of the file that the window was made for.
    var sourceGrid: Grid { source }

    static let marginCells = 2
    /// Points along one side of the product grid that are followed into another CRS.
    private static let samplesPerSide = 129

    init(of source: Grid, for product: Grid, isPeriodic: Bool, path: String) throws {
        self.source = source
        let (xs, ys) = try SourceWindow.positions(of: product, on: source, path: path)
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else {
            throw SourceWindow.noOverlap(source, product, path: path)
        }
        let noise = SourceAxis.noise
        reachesProduct =
            (isPeriodic || left >= -noise && right <= Double(source.columns) + noise)
            && top >= -noise && bottom <= Double(source.rows) + noise
        let margin = SourceWindow.marginCells
        var columns = Int(left.rounded(.down)) - margin..<Int(right.rounded(.up)) + margin
        let rows = (Int(top.rounded(.down)) - margin..<Int(bottom.rounded(.up)) + margin).clamped(
            to: 0..<source.rows)
        if !isPeriodic { columns = columns.clamped(to: 0..<source.columns) }
        guard !columns.isEmpty, !rows.isEmpty else {
            throw SourceWindow.noOverlap(source, product, path: path)
        }

        cells = PixelWindow(
            column: columns.lowerBound, row: rows.lowerBound, columns: columns.count, rows: rows.count)
        grid = source.cropped(to: cells)
    }

    /// The same as rectangles within the source, west to east: more than one where it has a seam between.
    var parts: [PixelWindow] {
        var parts: [PixelWindow] = []
        var column = cells.column
        while column < cells.column + cells.columns {
            let start = ((column % source.columns) + source.columns) % source.columns
            let count = min(source.columns - start, cells.column + cells.columns - column)
            parts.append(PixelWindow(column: start, row: cells.row, columns: count, rows: cells.rows))
            column += count
        }
        return parts
    }

    /// Whether another file has the grid of the one that the window was made for.
    func lies(on other: Grid) -> Bool { other.nearlyEquals(source) && other.crs == source.crs }

    /// Later files lie where the first one did.
    func check(_ other: Grid, path: String) throws {
        guard lies(on: other) else {
            throw CovariateError.unusable(
                path: path,
                problem:
                    "lies on another grid (\(other.summary(beside: source))) than the file before it "
                    + "(\(source.summary)): a source has one grid")
        }
    }

    /// Reads some rows (counted in `grid`) of runs of steps; see `StepSlab`.
    func read(
        _ variable: NetCDFVariable, runs: [Range<Int>], rows: Range<Int>, team: LoopTeam?,
        into slab: StepSlab
    ) throws {
        let part = PixelWindow(
            column: cells.column, row: cells.row + rows.lowerBound, columns: cells.columns, rows: rows.count)
        try slab.read(variable, runs: runs, window: part, team: team)
    }

    /// One step of all rows.
    func read(_ variable: NetCDFVariable, step: Int, team: LoopTeam?) throws -> [Float] {
        var values: [Float] = []
        try variable.read(runs: [step..<step + 1], window: cells, team: team, into: &values)
        return values
    }

    /// All rows of the planes in bands that suit the chunks of a variable.
    func bands(of variable: NetCDFVariable, stepCount: Int, slabValues: Int) -> [Range<Int>] {
        let top = cells.row
        return variable.rowBands(
            of: top..<top + grid.rows, columnCount: grid.columns, stepCount: stepCount, valuesMax: slabValues
        ).map { $0.lowerBound - top..<$0.upperBound - top }
    }

    /// Points all over the product grid, in cells of the source.
    private static func positions(
        of product: Grid, on source: Grid, path: String
    ) throws -> (xs: [Double], ys: [Double]) {
        let transform = try CoordinateTransform.between(product.crs, source.crs, path: path)
        let last = transform == nil ? 1 : samplesPerSide - 1
        var points: [(x: Double, y: Double)] = []
        for row in 0...last {
            for column in 0...last {
                points.append(
                    (
                        x: product.west + (product.east - product.west) * Double(column) / Double(last),
                        y: product.north - (product.north - product.south) * Double(row) / Double(last)
                    ))
            }
        }
        let placed = transform?.transformed(points) ?? points
        return (
            placed.map { ($0.x - source.west) / source.pixelWidth }.filter(SourceAxis.isPlace),
            placed.map { (source.north - $0.y) / source.pixelHeight }.filter(SourceAxis.isPlace)
        )
    }

    private static func noOverlap(_ source: Grid, _ product: Grid, path: String) -> CovariateError {
        .unusable(
            path: path,
            problem:
                "covers x \(source.west)..\(source.east), y \(source.south)..\(source.north); the product's "
                + "grid is x \(product.west)..\(product.east), y \(product.south)..\(product.north): "
                + "no cell in common"
        )
    }
}
