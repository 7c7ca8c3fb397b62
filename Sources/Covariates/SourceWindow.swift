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
    /// Rectangles of the source, west to east, that make up the planes' columns.
    let parts: [PixelWindow]
    private let source: Grid

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

        grid = source.cropped(
            to: PixelWindow(
                column: columns.lowerBound, row: rows.lowerBound, columns: columns.count, rows: rows.count))
        var parts: [PixelWindow] = []
        var column = columns.lowerBound
        while column < columns.upperBound {
            let start = ((column % source.columns) + source.columns) % source.columns
            let count = min(source.columns - start, columns.upperBound - column)
            parts.append(PixelWindow(column: start, row: rows.lowerBound, columns: count, rows: rows.count))
            column += count
        }
        self.parts = parts
    }

    /// Whether another file has the grid of the one that the window was made for.
    func lies(on other: Grid) -> Bool { other.nearlyEquals(source) && other.crs == source.crs }

    /// Later files lie where the first one did.
    func check(_ other: Grid, path: String) throws {
        guard lies(on: other) else {
            throw CovariateError.unusable(
                path: path,
                problem:
                    "lies on another grid (\(other.summary)) than the file before it (\(source.summary)): "
                    + "a source has one grid")
        }
    }

    /// Some rows (counted in `grid`) of steps that follow each other: [step][row][column of `grid`].
    ///
    /// Chunk by chunk, because the file's seam and the window's own cut a row into several reads: the
    /// library keeps the chunks of one run of steps until the last of them.
    func read(_ variable: NetCDFVariable, steps: Range<Int>, rows: Range<Int>) throws -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(steps.count * rows.count * grid.columns)
        var step = steps.lowerBound
        while step < steps.upperBound {
            let end = min((step / variable.stepsPerChunk + 1) * variable.stepsPerChunk, steps.upperBound)
            values += try readChunk(variable, steps: step..<end, rows: rows)
            step = end
        }
        // One bit pattern for missing, so that digests do not depend on the file's kind of NaN.
        for cell in values.indices where values[cell].isNaN { values[cell] = .nan }
        return values
    }

    private func readChunk(_ variable: NetCDFVariable, steps: Range<Int>, rows: Range<Int>) throws -> [Float]
    {
        let columns = grid.columns
        var values: [Float] = []
        var left = 0
        for part in parts {
            let read = try variable.read(
                steps: steps,
                window: PixelWindow(
                    column: part.column, row: part.row + rows.lowerBound, columns: part.columns,
                    rows: rows.count))
            if parts.count == 1 { return read }
            if values.isEmpty {
                values = [Float](repeating: .nan, count: steps.count * rows.count * columns)
            }
            for line in 0..<steps.count * rows.count {
                for column in 0..<part.columns {
                    values[line * columns + left + column] = read[line * part.columns + column]
                }
            }
            left += part.columns
        }
        return values
    }

    /// All rows of the planes in bands that suit the chunks of a variable.
    func bands(of variable: NetCDFVariable, stepCount: Int, slabValues: Int) -> [Range<Int>] {
        let top = parts[0].row
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
