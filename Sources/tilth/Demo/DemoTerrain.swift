import Foundation
import Tiling

/// Relief, coast, lakes and rivers of a demo world, one value per pixel.
struct DemoTerrain: Sendable {
    let grid: Grid
    /// m above the sea; 0 at sea, the water surface on lakes.
    private(set) var elevation: [Float]
    /// Land, without lakes.
    private(set) var isLand: [Bool]
    private(set) var isSea: [Bool]
    /// ln(specific catchment area / tan(slope)), area per contour length in m; NaN off land.
    private(set) var topographicIndex: [Float]

    init(grid: Grid, seed: UInt64) {
        self.grid = grid
        elevation = DemoTerrain.relief(grid: grid, seed: seed)
        for strength: Float in [0.03, 0.03, 0.02] {
            DemoDrainage(elevation: elevation, columns: grid.columns, rows: grid.rows)
                .erode(&elevation, strength: strength)
        }
        let drainage = DemoDrainage(elevation: elevation, columns: grid.columns, rows: grid.rows)
        isSea = elevation.map { $0 <= 0 }
        isLand = isSea.map { !$0 }
        topographicIndex = []
        fillLakes(drainage)
        topographicIndex = topographicIndex(drainage.accumulation())
    }

    /// Share of the grid above the sea, before lakes.
    private static let landShare = 0.68

    /// The raw relief in m, 0 at sea.
    private static func relief(grid: Grid, seed: UInt64) -> [Float] {
        let continents = DemoNoise(seed: seed, field: "continents")
        let warp = DemoNoise(seed: seed, field: "warp")
        var height = [Float](repeating: 0, count: grid.columns * grid.rows)
        forEachPixel(of: grid) { index, x, y in
            let bendX = 0.35 * warp.fractal(x * 0.6, y * 0.6, octaves: 3)
            let bendY = 0.35 * warp.fractal(x * 0.6 + 40, y * 0.6 + 40, octaves: 3)
            height[index] = Float(
                continents.fractal(x / 5.5 + bendX, y / 5.5 + bendY, octaves: 8, persistence: 0.57))
        }
        let seaLevel = height.sorted()[Int(Double(height.count) * (1 - landShare))]
        let mountains = DemoNoise(seed: seed, field: "mountains")
        let ranges = DemoNoise(seed: seed, field: "ranges")
        let hills = DemoNoise(seed: seed, field: "hills")
        forEachPixel(of: grid) { index, x, y in
            let rise = Double(height[index] - seaLevel)
            guard rise > 0 else { return height[index] = 0 }
            let bend = 0.25 * warp.fractal(x * 0.9 - 20, y * 0.9 + 9, octaves: 3)
            let belt = smoothStep(-0.1, 0.2, mountains.fractal(x / 4, y / 4, octaves: 3))
            let inland = smoothStep(0, 0.12, rise)
            let crest = ranges.ridges(x * 0.8 + bend, y * 0.8 - bend, octaves: 7)
            let hill = hills.fractal(x * 2.5, y * 2.5, octaves: 6) + 0.35
            height[index] = Float(1 + 700 * rise + inland * (max(0, 260 * hill) + 3300 * belt * crest))
        }
        return height
    }

    /// Basins that hold enough water become lakes; shallower ones stay land, as floodplains do.
    private mutating func fillLakes(_ drainage: DemoDrainage) {
        let deep = elevation.indices.map { drainage.filled[$0] - elevation[$0] > 25 }
        var seen = [Bool](repeating: false, count: elevation.count)
        for start in elevation.indices where deep[start] && !seen[start] {
            var basin = [start]
            var next = 0
            seen[start] = true
            while next < basin.count {
                let index = basin[next]
                next += 1
                let column = index % grid.columns
                for (step, isInside) in [
                    (-1, column > 0), (1, column < grid.columns - 1), (-grid.columns, true),
                    (grid.columns, true),
                ] where isInside {
                    let neighbour = index + step
                    guard elevation.indices.contains(neighbour), deep[neighbour], !seen[neighbour] else {
                        continue
                    }
                    seen[neighbour] = true
                    basin.append(neighbour)
                }
            }
            guard basin.count >= 30 else { continue }
            for index in basin {
                isLand[index] = false
                elevation[index] = drainage.filled[index]
            }
        }
    }

    private func topographicIndex(_ accumulation: [Float]) -> [Float] {
        elevation.indices.map { index in
            guard isLand[index] else { return .nan }
            let slope = max(1e-3, slope(at: index))
            return Float(log(Double(accumulation[index]) * width(ofRow: index / grid.columns) / slope))
        }
    }

    /// Width of a pixel, m.
    private func width(ofRow row: Int) -> Double {
        grid.pixelHeight * metresPerDegree * cos(grid.centerY(row: row) * Double.pi / 180)
    }

    /// Rise over run in the steepest direction, from the pixels around.
    func slope(at index: Int) -> Double {
        let height = grid.pixelHeight * metresPerDegree
        let (row, column) = index.quotientAndRemainder(dividingBy: grid.columns)
        let (west, east) = (max(0, column - 1), min(grid.columns - 1, column + 1))
        let (north, south) = (max(0, row - 1), min(grid.rows - 1, row + 1))
        let riseX = Double(elevation[row * grid.columns + east] - elevation[row * grid.columns + west])
        let riseY = Double(
            elevation[south * grid.columns + column] - elevation[north * grid.columns + column])
        let slopeX = riseX / (Double(east - west) * width(ofRow: row))
        let slopeY = riseY / (Double(south - north) * height)
        return (slopeX * slopeX + slopeY * slopeY).squareRoot()
    }
}

/// Length of a degree of latitude, m.
private let metresPerDegree = 111_195.0
/// Width of a degree of longitude in degrees of latitude, at 40 N.
let degreeWidth = 0.77

/// Calls `body` with index, x and y of each pixel centre, degrees; x is shrunk so that features are as wide
/// as high.
func forEachPixel(of grid: Grid, _ body: (_ index: Int, _ x: Double, _ y: Double) -> Void) {
    for row in 0..<grid.rows {
        let y = grid.centerY(row: row)
        for column in 0..<grid.columns {
            body(row * grid.columns + column, grid.centerX(column: column) * degreeWidth, y)
        }
    }
}
