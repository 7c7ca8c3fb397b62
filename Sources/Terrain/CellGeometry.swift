internal import Foundation
public import Tiling

/// The sizes of a grid's cells on the ground, which depend on the row alone.
///
/// Geographic grids lie on a sphere of 6,371,007.181 m (the authalic radius): dy is one everywhere, dx = dy *
/// width / height * cos(latitude of the cell's centre). Other grids are in metres.
public struct CellGeometry: Sendable {
    /// Radius of the sphere with the surface of WGS 84, m.
    public static let earthRadius = 6_371_007.181
    /// Areas are summed as whole numbers of this many parts of a square metre, so that sums are exact and do
    /// not depend on their order: 2^-12 m2, with which all of the Earth's surface fits 63 bits.
    public static let partsPerSquareMetre = 4096.0

    /// West to east, m, a value per row.
    public let width: [Double]
    /// North to south, m.
    public let height: Double

    /// `isGeographic` says that the grid's unit is a degree, and not a metre.
    public init(grid: Grid, isGeographic: Bool) {
        let degree = Self.earthRadius * Double.pi / 180
        height = grid.pixelHeight * (isGeographic ? degree : 1)
        width = (0..<grid.rows).map { row in
            guard isGeographic else { return grid.pixelWidth }
            let latitude = grid.centerY(row: row) * Double.pi / 180
            // A row beyond a pole has no width; a metre keeps divisions finite.
            return max(grid.pixelWidth * degree * cos(latitude), 1)
        }
    }

    /// Area of a cell, m2.
    public func area(row: Int) -> Double { width[row] * height }

    /// Areas of the cells of some rows, in parts of a square metre.
    public func areaParts(rows: Range<Int>) -> [Int64] {
        rows.map { Int64((area(row: $0) * Self.partsPerSquareMetre).rounded()) }
    }

    /// Whether all cells together can be summed without overflow.
    public func sumsFit(columns: Int) -> Bool {
        let total = width.indices.reduce(0.0) { $0 + area(row: $1) } * Double(columns)
        return total * Self.partsPerSquareMetre < Double(Int64.max) / 2
    }

    /// The distance to each of the eight neighbours, m, clockwise from the east.
    public func distances(row: Int) -> [Double] {
        let diagonal = diagonal(row: row)
        return [width[row], diagonal, height, diagonal, width[row], diagonal, height, diagonal]
    }

    /// From corner to corner, m.
    public func diagonal(row: Int) -> Double {
        (width[row] * width[row] + height * height).squareRoot()
    }
}

extension CellGeometry {
    /// Between two points close to each other, m.
    static func distance(_ longitudes: [Double], _ latitudes: [Double]) -> Double {
        let degree = earthRadius * Double.pi / 180
        let x = (longitudes[1] - longitudes[0]) * cos(latitudes[0] * Double.pi / 180)
        let y = latitudes[1] - latitudes[0]
        return (x * x + y * y).squareRoot() * degree
    }
}
