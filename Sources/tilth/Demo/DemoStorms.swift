import Foundation
import Tiling

/// Rain systems that cross the world from the west: fronts with showers inside, in spells, with dry days
/// between.
struct DemoStorms {
    private struct Storm {
        /// Degrees at noon of `born`, and degrees a day.
        let x, y, speedX, speedY: Double
        /// Half width along and across the front, degrees.
        let along, across: Double
        let cosine, sine: Double
        /// mm/day at the core.
        let peak: Double
        let born: Double
        let lifeDays: Double
        /// Moves the storm to its own piece of the shower noise.
        let shift: Double

        var firstDay: Day { Day(number: Int(born)) }
    }

    private let cells: DemoCells
    private let storms: [Storm]
    private let showers: DemoNoise
    /// How strongly relief lifts the air over a cell, 0.6…2.
    private let lift: [Float]

    /// Steps in a day, so that a moving system leaves a band and not spots.
    private static let stepsPerDay = 24

    init(cells: DemoCells, days: DayRange, seed: UInt64) {
        self.cells = cells
        showers = DemoNoise(seed: seed, field: "showers")
        lift = (0..<cells.count).map { cell in
            let west = cell % cells.columns == 0 ? cell : cell - 1
            let rise = cells.elevation[cell] - cells.elevation[west]
            return min(2, max(0.6, 0.85 + cells.elevation[cell] / 3000 + rise / 900))
        }
        var random = DemoRandom(seed: seed, stream: 7)
        let (width, height) = (Double(cells.columns) / 10, Double(cells.rows) / 10)
        let (west, north) = (Double(cells.westTenths) / 10, Double(cells.northTenths) / 10)
        let spells = DemoNoise(seed: seed, field: "spells")
        var storms: [Storm] = []
        for day in days.extended(before: 4, after: 0) {
            // Wet and dry spells of about ten days; the number of storms grows with the area.
            let spell = smoothStep(-0.3, 0.35, spells.octave(Double(day.number) / 6, 0.5))
            let expected = 2.0 * spell * (width + 10) * (height + 6) / (22 * 14)
            var left = expected
            while left > 0 {
                if random.uniform() < left {
                    let angle = random.uniform(0.9, 2.2)
                    storms.append(
                        Storm(
                            x: west + random.uniform(-9, width + 1),
                            y: north + 3 - random.uniform(0, height + 6),
                            speedX: random.uniform(2.5, 6.5), speedY: random.uniform(-1.5, 2),
                            along: random.uniform(1.8, 4), across: random.uniform(0.5, 1.4),
                            cosine: cos(angle),
                            sine: sin(angle), peak: random.uniform(15, 75),
                            born: Double(day.number) + random.uniform(), lifeDays: random.uniform(1.2, 3.5),
                            shift: random.uniform(0, 900)))
                }
                left -= 1
            }
        }
        self.storms = storms
    }

    /// mm of rain in each cell on a day.
    func rain(on day: Day) -> [Float] {
        var sum = [Float](repeating: 0, count: cells.count)
        let noon = Double(day.number) + 0.5
        for storm in storms where storm.born < noon + 0.5 && storm.born + storm.lifeDays > noon - 0.5 {
            add(storm, on: day, to: &sum)
        }
        // Traces evaporate as they fall.
        return zip(sum, lift).map { $0 * $1 < 0.1 ? 0 : $0 * $1 }
    }

    private func add(_ storm: Storm, on day: Day, to sum: inout [Float]) {
        let path: [(x: Double, y: Double, strength: Double)] = (0..<DemoStorms.stepsPerDay).compactMap {
            step in
            let now = Double(day.number) + (Double(step) + 0.5) / Double(DemoStorms.stepsPerDay)
            let age = now - storm.born
            guard age > 0, age < storm.lifeDays else { return nil }
            let strength = storm.peak * sin(Double.pi * age / storm.lifeDays) / Double(DemoStorms.stepsPerDay)
            return (storm.x + storm.speedX * age, storm.y + storm.speedY * age, strength)
        }
        for cell in window(around: path.map(\.x), path.map(\.y), reach: 2.3 * max(storm.along, storm.across))
        {
            let (longitude, latitude) = (cells.longitude(of: cell), cells.latitude(of: cell))
            var fallen = 0.0
            for place in path {
                let (x, y) = (longitude - place.x, latitude - place.y)
                let u = x * storm.cosine + y * storm.sine
                guard abs(u) < 2.2 * storm.along else { continue }
                // Fronts are bent, the middle ahead of the wings.
                let v = (y * storm.cosine - x * storm.sine + 0.08 * u * u) / storm.across
                let distance = u * u / (storm.along * storm.along) + v * v
                if distance < 5 { fallen += place.strength * exp(-distance) }
            }
            guard fallen > 0.02 else { continue }
            let shift = storm.shift + Double(day - storm.firstDay) * 3.7
            let texture = showers.fractal(
                longitude * 0.9 + shift, latitude * 1.2, octaves: 5, persistence: 0.6)
            sum[cell] += Float(fallen * max(0, 0.75 + 3 * texture))
        }
    }

    /// The cells of a box around some points, so that the cost of a storm does not grow with the world.
    private func window(around x: [Double], _ y: [Double], reach: Double) -> [Int] {
        guard let west = x.min(), let east = x.max(), let south = y.min(), let north = y.max() else {
            return []
        }
        let firstColumn = max(0, Int((west - reach) * 10) - cells.westTenths)
        let lastColumn = min(cells.columns - 1, Int((east + reach) * 10) - cells.westTenths)
        let firstRow = max(0, cells.northTenths - Int((north + reach) * 10))
        let lastRow = min(cells.rows - 1, cells.northTenths - Int((south - reach) * 10))
        guard firstColumn <= lastColumn, firstRow <= lastRow else { return [] }
        return (firstRow...lastRow).flatMap { row in
            (firstColumn...lastColumn).map { row * cells.columns + $0 }
        }
    }
}
