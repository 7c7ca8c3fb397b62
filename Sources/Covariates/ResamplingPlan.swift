import Tiling

/// How the pixels of a tile take their values from the cells of one source grid; computed once per tile and
/// grid.
///
/// | rule | value of a pixel |
/// |---|---|
/// | nearest | the cell that holds the pixel centre |
/// | bilinear | sum of weight * cell over the four cells around the centre; missing when one with weight is |
/// | average | sum of area * cell / sum of area, over the valid cells under the pixel; missing when none is |
/// | mode | the value with most area among the valid cells under the pixel; the lowest of equal ones |
///
/// Sums run in double, row by row from the north-west, so a pixel's bits do not depend on which others are
/// asked for.
struct ResamplingPlan {
    let resampling: Covariate.Resampling
    /// Positions in the tile of the pixels that are resampled.
    let positions: [Int]
    /// Pixels along one side of the tile.
    let side: Int
    /// Taps by column and row of the tile; by listed pixel where axes are not parallel to the source's.
    let columns: AxisTaps
    let rows: AxisTaps
    let isSeparable: Bool
    let sourceColumns: Int
    let cells: CellSet
    /// Whether every listed pixel is the cell of its own number, as on the product's own grid.
    let isIdentity: Bool
    /// Listed pixels of the grid (numbers in `positions`) that the source does not reach.
    let unreached: [Int]
    /// Whether there are any, padding counted in.
    let hasUnreachedPixels: Bool
    /// For `nearest` where many pixels share a cell: `cellOfPixel`.
    private(set) var sharedCells: [Int32]?

    /// `isOnGrid` says of a tile position whether it is a pixel of the product or padding.
    init(
        resampling: Covariate.Resampling, positions: [Int], side: Int, columns: AxisTaps, rows: AxisTaps,
        isSeparable: Bool, sourceColumns: Int, isOnGrid: (Int) -> Bool, path: String
    ) throws {
        self.resampling = resampling
        self.positions = positions
        self.side = side
        self.columns = columns
        self.rows = rows
        self.isSeparable = isSeparable
        self.sourceColumns = sourceColumns

        let places = TapPlaces(positions: positions, side: side, isSeparable: isSeparable)
        var unreached: [Int] = []
        var hasUnreachedPixels = false
        var bounds = CellBounds(sourceColumns: sourceColumns)
        for pixel in positions.indices {
            let (x, y) = places[pixel]
            let (width, height) = (columns.count(at: x), rows.count(at: y))
            if width == 0 || height == 0 {
                hasUnreachedPixels = true
                if isOnGrid(positions[pixel]) { unreached.append(pixel) }
            } else {
                bounds.include(
                    column: Int(columns.first[x]), columns: width, row: Int(rows.first[y]), rows: height)
            }
        }
        self.unreached = unreached
        self.hasUnreachedPixels = hasUnreachedPixels
        guard let window = bounds.window else {
            cells = CellSet()
            isIdentity = false
            findSharedCells()
            return
        }
        guard window.pixelCount <= CellSet.windowCellsMax else {
            throw CovariateError.unusable(
                path: path,
                problem:
                    "one tile touches \(window.columns) x \(window.rows) cells: reproject the file to the "
                    + "product's grid first, or choose smaller tiles")
        }
        cells = CellSet(window: window) { mark in
            for pixel in positions.indices {
                let (x, y) = places[pixel]
                let firstColumn = Int(columns.first[x])
                for row in 0..<rows.count(at: y) {
                    for offset in 0..<columns.count(at: x) {
                        let column = firstColumn + offset
                        mark(
                            column < sourceColumns ? column : column - sourceColumns, Int(rows.first[y]) + row
                        )
                    }
                }
            }
        }
        let known = cells
        isIdentity =
            known.count == positions.count
            && positions.indices.allSatisfy { pixel in
                let (x, y) = places[pixel]
                return columns.count(at: x) == 1 && rows.count(at: y) == 1
                    && known.number(column: Int(columns.first[x]), row: Int(rows.first[y])) == pixel
            }
        findSharedCells()
    }

    private mutating func findSharedCells() {
        if resampling == .nearest, cells.count * 2 <= positions.count { sharedCells = cellOfPixel() }
    }

    /// For `nearest`: the cell number of each listed pixel, `cells.count` where the source does not reach.
    func cellOfPixel() -> [Int32] {
        precondition(resampling == .nearest, "only the nearest cell is a single one")
        let places = TapPlaces(positions: positions, side: side, isSeparable: isSeparable)
        return positions.indices.map { pixel in
            let (x, y) = places[pixel]
            guard columns.count(at: x) > 0, rows.count(at: y) > 0 else { return Int32(cells.count) }
            return Int32(cells.number(column: Int(columns.first[x]), row: Int(rows.first[y])))
        }
    }

    /// Pixels whose taps are laid out at once: few enough for the cache, enough to write days in long runs.
    private static let pixelsPerRun = 512

    /// [day * cellCount + cell] becomes [day * pixelCount + pixel]; the memory of the cells goes back, or on.
    func resampled(
        _ cellValues: consuming [Float], dayCount: Int, memory: PlaneMemory = PlaneMemory()
    ) -> [Float] {
        precondition(cellValues.count == cells.count * dayCount, "a value per cell and day")
        if isIdentity { return cellValues }
        let pixelCount = positions.count
        var result = memory.array(count: pixelCount * dayCount)
        if hasUnreachedPixels { result.withUnsafeMutableBufferPointer { $0.update(repeating: .nan) } }
        let places = TapPlaces(positions: positions, side: side, isSeparable: isSeparable)
        var run = TapRun()
        result.withUnsafeMutableBufferPointer { result in
            cellValues.withUnsafeBufferPointer { values in
                guard let values = values.baseAddress, let result = result.baseAddress else { return }
                for first in stride(from: 0, to: pixelCount, by: Self.pixelsPerRun) {
                    run.removeAll()
                    for pixel in first..<min(first + Self.pixelsPerRun, pixelCount) {
                        run.addPixel { appendTaps(of: places[pixel], to: &$0) }
                    }
                    for day in 0..<dayCount {
                        let (values, output) = (values + day * cells.count, result + day * pixelCount + first)
                        if resampling == .mode {
                            vote(run, values, into: output)
                        } else {
                            run.join(values, into: output, skippingMissing: resampling == .average)
                        }
                    }
                }
            }
        }
        memory.giveBack(cellValues)
        return result
    }

    /// The cell numbers and weights of one pixel, row by row.
    private func appendTaps(of place: (x: Int, y: Int), to taps: inout [Tap]) {
        let width = columns.count(at: place.x)
        let firstColumn = Int(columns.first[place.x])
        let columnWeights = Int(columns.starts[place.x])
        for row in 0..<rows.count(at: place.y) {
            let rowWeight = rows.weights[Int(rows.starts[place.y]) + row]
            for offset in 0..<width {
                let unwrapped = firstColumn + offset
                let column = unwrapped < sourceColumns ? unwrapped : unwrapped - sourceColumns
                let cell = cells.number(column: column, row: Int(rows.first[place.y]) + row)
                taps.append(Tap(cell: cell, weight: columns.weights[columnWeights + offset] * rowWeight))
            }
        }
    }
}

/// Where in the axis taps a listed pixel stands.
private struct TapPlaces {
    let positions: [Int]
    let side: Int
    let isSeparable: Bool

    subscript(pixel: Int) -> (x: Int, y: Int) {
        isSeparable ? (positions[pixel] % side, positions[pixel] / side) : (pixel, pixel)
    }
}

/// Grows around cells.
private struct CellBounds {
    let sourceColumns: Int
    private var left = Int.max
    private var right = Int.min
    private var top = Int.max
    private var bottom = Int.min

    init(sourceColumns: Int) { self.sourceColumns = sourceColumns }

    mutating func include(column: Int, columns: Int, row: Int, rows: Int) {
        // Cells on both sides of the seam: the rectangle is the whole circle.
        let crossesSeam = column + columns > sourceColumns
        left = min(left, crossesSeam ? 0 : column)
        right = max(right, crossesSeam ? sourceColumns - 1 : column + columns - 1)
        top = min(top, row)
        bottom = max(bottom, row + rows - 1)
    }

    var window: PixelWindow? {
        guard left <= right else { return nil }
        return PixelWindow(column: left, row: top, columns: right - left + 1, rows: bottom - top + 1)
    }
}
