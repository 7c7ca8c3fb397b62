import Rasters
import Tiling

/// Some pixels of a tile, as they lie on a source grid.
///
/// Where both grids have the same CRS, columns and rows are looked at one by one: exact, and a thousand times
/// fewer. Otherwise centres (and corners) go through a coordinate transform, pixel by pixel. Either way a
/// pixel's position follows from its own column and row alone, so it does not depend on which other pixels
/// are asked for.
struct SourcePositions {
    let scheme: TileScheme
    let tile: Tile
    /// Positions in the tile's full block.
    let pixels: [Int]
    let source: Grid
    /// Nil where both CRS are the same.
    let transform: CoordinateTransform?

    private var product: Grid { scheme.grid }
    private var side: Int { scheme.pixelsPerSide }
    private var columnAxis: SourceAxis { SourceAxis(cellCount: source.columns, wraps: source.wrapsAround) }
    private var rowAxis: SourceAxis { SourceAxis(cellCount: source.rows, wraps: false) }

    /// `path` names the source in errors.
    func plan(resampling: Covariate.Resampling, path: String) throws -> ResamplingPlan {
        let (columns, rows) = transform.map { scattered($0, resampling) } ?? separable(resampling)
        let window = scheme.window(of: tile)
        return try ResamplingPlan(
            resampling: resampling, positions: pixels, side: side, columns: columns, rows: rows,
            isSeparable: transform == nil, sourceColumns: source.columns,
            isOnGrid: { position in
                window.column + position % side < product.columns
                    && window.row + position / side < product.rows
            }, path: path)
    }

    /// Taps of the tile's columns and of its rows.
    private func separable(_ resampling: Covariate.Resampling) -> (columns: AxisTaps, rows: AxisTaps) {
        let window = scheme.window(of: tile)
        var columns = AxisTaps()
        for column in window.column..<window.column + side {
            guard column < product.columns else {
                columns.appendNothing()
                continue
            }
            let edge = { (offset: Double) in
                (product.west + (Double(column) + offset) * product.pixelWidth - source.west)
                    / source.pixelWidth
            }
            columns.append(resampling, centre: edge(0.5), lower: edge(0), upper: edge(1), on: columnAxis)
        }
        var rows = AxisTaps()
        for row in window.row..<window.row + side {
            guard row < product.rows else {
                rows.appendNothing()
                continue
            }
            let edge = { (offset: Double) in
                (source.north - product.north + (Double(row) + offset) * product.pixelHeight)
                    / source.pixelHeight
            }
            rows.append(resampling, centre: edge(0.5), lower: edge(0), upper: edge(1), on: rowAxis)
        }
        return (columns, rows)
    }

    /// Taps of each listed pixel, by its own centre and corners.
    private func scattered(
        _ transform: CoordinateTransform, _ resampling: Covariate.Resampling
    ) -> (columns: AxisTaps, rows: AxisTaps) {
        let centres = onSource(points(of: pixels, offset: 0.5), transform)
        let corners = resampling.coversArea ? cornerBounds(transform, centres: centres) : []
        var columns = AxisTaps()
        var rows = AxisTaps()
        for (number, centre) in centres.enumerated() {
            let bounds = corners.isEmpty ? Bounds(centre) : corners[number]
            columns.append(
                resampling, centre: centre.x, lower: bounds.left, upper: bounds.right, on: columnAxis)
            rows.append(resampling, centre: centre.y, lower: bounds.top, upper: bounds.bottom, on: rowAxis)
        }
        return (columns, rows)
    }

    /// The rectangle on the source grid around the four corners of each pixel.
    private func cornerBounds(
        _ transform: CoordinateTransform, centres: [SourcePoint]
    ) -> [Bounds] {
        // Neighbours share corners: each is transformed once. Corners are numbered row by row, side + 1 in a
        // row.
        var numberOfCorner: [Int: Int] = [:]
        var corners: [Int] = []
        func cornersOfPixel(_ position: Int) -> [Int] {
            let first = position / side * (side + 1) + position % side
            return [first, first + 1, first + side + 1, first + side + 2]
        }
        for position in pixels {
            for corner in cornersOfPixel(position) where numberOfCorner[corner] == nil {
                numberOfCorner[corner] = corners.count
                corners.append(corner)
            }
        }
        let window = scheme.window(of: tile)
        let points = corners.map { corner in
            (
                x: product.west + Double(window.column + corner % (side + 1)) * product.pixelWidth,
                y: product.north - Double(window.row + corner / (side + 1)) * product.pixelHeight
            )
        }
        let placed = onSource(points, transform)
        return zip(pixels, centres).map { position, centre in
            var bounds = Bounds(centre)
            for corner in cornersOfPixel(position) {
                guard let number = numberOfCorner[corner] else { continue }
                bounds.include(placed[number], circumference: source.wrapsAround ? source.columns : nil)
            }
            return bounds
        }
    }

    /// Points of the product's CRS, `offset` pixels from the pixels' north-western corners.
    private func points(of positions: [Int], offset: Double) -> [(x: Double, y: Double)] {
        let window = scheme.window(of: tile)
        return positions.map { position in
            (
                x: product.west + (Double(window.column + position % side) + offset) * product.pixelWidth,
                y: product.north - (Double(window.row + position / side) + offset) * product.pixelHeight
            )
        }
    }

    private func onSource(
        _ points: [(x: Double, y: Double)], _ transform: CoordinateTransform
    ) -> [SourcePoint] {
        transform.transformed(points).map {
            SourcePoint(
                x: ($0.x - source.west) / source.pixelWidth, y: (source.north - $0.y) / source.pixelHeight)
        }
    }
}

/// A place on a source grid, in cells from its north-western corner.
private struct SourcePoint {
    let x: Double
    let y: Double
}

/// A rectangle on a source grid, in cells.
private struct Bounds {
    private let centre: SourcePoint
    private(set) var left: Double
    private(set) var right: Double
    private(set) var top: Double
    private(set) var bottom: Double

    init(_ centre: SourcePoint) {
        self.centre = centre
        (left, right, top, bottom) = (centre.x, centre.x, centre.y, centre.y)
    }

    /// On a grid that goes round the globe a corner is taken on the centre's side of the seam.
    mutating func include(_ corner: SourcePoint, circumference: Int?) {
        var x = corner.x
        if let circumference {
            x += ((centre.x - x) / Double(circumference)).rounded() * Double(circumference)
        }
        left = min(left, x)
        right = max(right, x)
        top = min(top, corner.y)
        bottom = max(bottom, corner.y)
    }
}

extension Covariate.Resampling {
    /// Whether all cells under a pixel count, not only those around its centre.
    fileprivate var coversArea: Bool { self == .average || self == .mode }
}

extension AxisTaps {
    /// Appends the cells of one place by a rule.
    fileprivate mutating func append(
        _ resampling: Covariate.Resampling, centre: Double, lower: Double, upper: Double, on axis: SourceAxis
    ) {
        switch resampling {
        case .nearest: appendNearest(centre, on: axis)
        case .bilinear: appendLinear(centre, on: axis)
        case .average, .mode: appendCovered(lower: lower, upper: upper, centre: centre, on: axis)
        }
    }
}

extension Grid {
    /// Whether the last column borders on the first: 360 degrees of longitude. Degrees are told from metres
    /// by where the grid lies, because there are hundreds of names for geographic systems.
    var wrapsAround: Bool {
        abs(Double(columns) * pixelWidth - 360) < pixelWidth * 1e-3 && abs(west) <= 361 && north <= 91
            && south >= -91
    }
}
