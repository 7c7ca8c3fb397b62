import Foundation
import Tiling

/// Soil and vegetation of a demo world, one value per pixel.
struct DemoGround: Sendable {
    /// g/kg, whole numbers that sum to 1000 with silt.
    private(set) var clay: [Int16]
    /// g/kg.
    private(set) var sand: [Int16]
    /// Seasonal cycle of the NDVI: `mean + cosine * cos(a) + sine * sin(a)`, a the angle of the day in the
    /// year.
    private(set) var meanNDVI: [Float]
    private(set) var cosineNDVI: [Float]
    private(set) var sineNDVI: [Float]

    init(terrain: DemoTerrain, seed: UInt64) {
        let grid = terrain.grid
        let count = grid.columns * grid.rows
        clay = [Int16](repeating: 0, count: count)
        sand = clay
        meanNDVI = [Float](repeating: 0, count: count)
        cosineNDVI = meanNDVI
        sineNDVI = meanNDVI
        let (rock, deposit) = (DemoNoise(seed: seed, field: "rock"), DemoNoise(seed: seed, field: "deposit"))
        let (dryness, patches) = (
            DemoNoise(seed: seed, field: "dryness"), DemoNoise(seed: seed, field: "patches")
        )
        let fields = DemoNoise(seed: seed, field: "fields")
        forEachPixel(of: grid) { index, x, y in
            guard terrain.isLand[index] else { return }
            let height = Double(terrain.elevation[index])
            // Rivers drop clay in the plains, mountains keep coarse soils.
            let wetness = Double(terrain.topographicIndex[index])
            let fine =
                1.3 * rock.fractal(x * 0.7, y * 0.7, octaves: 5) + 0.25
                * deposit.fractal(x * 5, y * 5, octaves: 3)
            let clayShare = 0.23 + 0.33 * fine + 0.010 * (wetness - 12) - 0.00004 * height
            let sandShare =
                0.40 - 0.38 * fine + 0.45 * deposit.fractal(x * 1.1, y * 1.1, octaves: 5) + 0.00003 * height
            let (clayPart, sandPart) = (min(0.62, max(0.03, clayShare)), min(0.9, max(0.05, sandShare)))
            let excess = max(1, (clayPart + sandPart) / 0.97)
            clay[index] = Int16((1000 * clayPart / excess).rounded())
            sand[index] = Int16((1000 * sandPart / excess).rounded())

            let moisture =
                dryness.fractal(x / 3, y / 3, octaves: 4) + 0.012 * (y - 40) + 0.02 * (wetness - 12)
            let cover = patches.fractal(x * 3, y * 3, octaves: 5)
            let field = fields.octave(x * 22, y * 22)
            let alpine = smoothStep(1500, 2700, height)
            let vigour = 2.6 * moisture + 1.5 * cover + 0.15 * field
            let mean = (0.47 + 0.37 * vigour / (1 + vigour * vigour).squareRoot()) * (1 - 0.7 * alpine)
            let amplitude =
                (0.07 + 0.22 * min(0.6, max(0, 0.5 - cover)) + 0.04 * field) * smoothStep(0.05, 0.4, mean)
            // Highest in early June in the plains, later with height and in the north.
            let peak = (155 + 0.02 * height + 2 * (y - 40) + 20 * cover) * yearAngle
            meanNDVI[index] = Float(mean)
            cosineNDVI[index] = Float(amplitude * cos(peak))
            sineNDVI[index] = Float(amplitude * sin(peak))
        }
    }

    /// The vegetation index of one pixel, 1.
    @inline(__always)
    func ndvi(_ index: Int, cosine: Float, sine: Float) -> Float {
        meanNDVI[index] + cosineNDVI[index] * cosine + sineNDVI[index] * sine
    }

    /// Cosine and sine of a day's angle in the year, for `ndvi`.
    static func phase(of day: Day) -> (cosine: Float, sine: Float) {
        let angle = Double(day.dayOfYear) * yearAngle
        return (Float(cos(angle)), Float(sin(angle)))
    }
}

private let yearAngle = 2 * Double.pi / 365.25
