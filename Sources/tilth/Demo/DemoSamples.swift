import Foundation
import Tiling

/// Rows to learn from: what the product's covariates will be at a pixel and day, and the soil moisture there.
struct DemoSamples {
    /// [feature][row], the features in model order.
    private(set) var columns = [[Float]](repeating: [], count: DemoSamples.features.count)
    /// Soil moisture with the noise of a good sensor, m3/m3.
    private(set) var targets: [Float] = []

    /// Name and unit in model order, as the product file defines them.
    static let features = [
        ("apei", "mm"), ("rain_5d", "mm"), ("t2m", "degC"), ("evaporation", "mm"), ("ndvi", "1"),
        ("clay", "%"),
        ("sand", "%"), ("silt", "%"), ("elevation", "m"), ("ti", "ln(m)"), ("lat", "degrees_north"),
        ("lon", "degrees_east"), ("doy", "1"),
    ]
    /// Standard deviation of the noise, m3/m3.
    static let noise = 0.01

    var count: Int { targets.count }

    init(truth: DemoTruth, archive: DemoArchive, composites: DemoComposites) {
        let parameters = truth.parameters
        let grid = parameters.grid
        let land = truth.terrain.isLand.indices.filter { truth.terrain.isLand[$0] }
        var random = DemoRandom(seed: parameters.seed, stream: 11)
        guard !land.isEmpty else { return }
        // At most 31 days, evenly spread: each costs the truth of the whole grid.
        let dayCount = min(31, parameters.period.count)
        for number in 0..<dayCount {
            let day = parameters.period.first + number * parameters.period.count / dayCount
            let moisture = truth.moisture(on: day)
            let weather = DayWeather(archive, on: day)
            let left = (parameters.sampleCount - count) / (dayCount - number)
            for _ in 0..<left {
                let index = land[random.index(below: land.count)]
                let (row, column) = index.quotientAndRemainder(dividingBy: grid.columns)
                let (x, y) = (grid.centerX(column: column), grid.centerY(row: row))
                guard let ndvi = DemoSamples.ndvi(truth, composites, index: index, x: x, y: y, day: day)
                else { continue }
                let (clay, sand) = (
                    Double(truth.ground.clay[index]) / 10, Double(truth.ground.sand[index]) / 10
                )
                let cell = archive.cells.nearestCell(x: x, y: y)
                let values = [
                    weather.index[cell], weather.recentRain[cell],
                    archive.cells.bilinear(weather.temperature, x: x, y: y), weather.evaporation[cell], ndvi,
                    clay,
                    sand, 100 - clay - sand, Double(truth.terrain.elevation[index]).rounded(),
                    Double(truth.terrain.topographicIndex[index]), y, x, Double(day.dayOfYear),
                ]
                for (feature, value) in values.enumerated() { columns[feature].append(Float(value)) }
                targets.append(moisture[index] + Float(DemoSamples.noise * random.normal()))
            }
        }
    }

    /// Linear in time between the stored composites; nil under a cloud.
    private static func ndvi(
        _ truth: DemoTruth, _ composites: DemoComposites, index: Int, x: Double, y: Double, day: Day
    ) -> Double? {
        let (before, after, weight) = composites.around(day)
        let steps = [before, after].map { step in
            let (cosine, sine) = DemoGround.phase(of: step)
            let value = truth.ground.ndvi(index, cosine: cosine, sine: sine)
            return composites.stored(value, on: step, x: x * degreeWidth, y: y)
        }
        guard !steps.contains(DemoComposites.noData) else { return nil }
        let (first, second) = (Double(steps[0]), Double(steps[1]))
        return (first + weight * (second - first)) * DemoComposites.scale
    }
}

/// The weather covariates of one day, [cell], in the units of the product file.
private struct DayWeather {
    let index, recentRain, temperature, evaporation: [Double]

    init(_ archive: DemoArchive, on day: Day) {
        var index = [Double](repeating: 0, count: archive.cells.count)
        var recent = index
        for term in 0..<DemoParameters.indexTerms {
            let rain = archive.plane(\.rain, on: day - term)
            let evaporation = archive.plane(\.evaporation, on: day - term)
            let weight = pow(DemoParameters.indexDecay, Double(term))
            for cell in index.indices {
                index[cell] += 1000 * weight * (rain[cell] + evaporation[cell])
                if term < 5 { recent[cell] += 1000 * rain[cell] }
            }
        }
        self.index = index
        recentRain = recent
        temperature = archive.plane(\.temperature, on: day).map { $0 - 273.15 }
        evaporation = archive.plane(\.evaporation, on: day).map { -1000 * $0 }
    }
}
