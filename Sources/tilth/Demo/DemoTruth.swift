package import Tiling

/// The known soil moisture of a demo world, from which its forest learns and against which its maps are
/// scored.
///
/// Soil stores what rain leaves after evaporation. Clay holds it for weeks, sand and warm soils for days;
/// valleys and vegetation keep it, heat takes it. Every term is a function of covariates that the product
/// has, so a forest can learn it, but of the smooth ones behind the files: cells, packing and 16-day steps
/// cost the map some accuracy.
package struct DemoTruth: Sendable {
    let parameters: DemoParameters
    let terrain: DemoTerrain
    let ground: DemoGround
    let weather: DemoWeather
    /// What is left in a soil that has dried out, m3/m3; NaN off land.
    private var residual: [Float] = []
    /// From there to saturation, m3/m3.
    private var storage: [Float] = []
    /// How much of the index remembers weeks and not days, from clay.
    private var slowShare: [Float] = []
    /// What place and vegetation add to the index.
    private var site: [Float] = []
    private let columnCells: [Int]
    private let columnWeights: [Float]

    package init(parameters: DemoParameters) {
        self.parameters = parameters
        let grid = parameters.grid
        terrain = DemoTerrain(grid: grid, seed: parameters.seed)
        ground = DemoGround(terrain: terrain, seed: parameters.seed)
        weather = DemoWeather(terrain: terrain, days: parameters.weatherDays, seed: parameters.seed)
        let west = weather.cells.westTenths
        let places = (0..<grid.columns).map { grid.centerX(column: $0) * 10 - Double(west) }
        columnCells = places.map { Int($0) }
        columnWeights = places.map { Float($0 - $0.rounded(.down)) }
        for index in terrain.isLand.indices {
            guard terrain.isLand[index] else {
                residual.append(.nan)
                storage.append(0)
                slowShare.append(0)
                site.append(0)
                continue
            }
            let (clay, sand) = (Float(ground.clay[index]) / 10, Float(ground.sand[index]) / 10)
            residual.append(0.025 + 0.0025 * clay)
            storage.append(0.275 + 0.0012 * clay - 0.0006 * sand)
            slowShare.append(0.3 + 0.011 * clay)
            site.append(0.08 * (min(20, terrain.topographicIndex[index]) - 12) - 0.75)
        }
    }

    /// Soil moisture of the upper 5 cm on a day, m3/m3, row by row from the north-west; NaN on water.
    package func moisture(on day: Day) -> [Float] {
        let slow = weather.antecedentIndex(on: day, decay: DemoParameters.indexDecay)
        let fast = weather.antecedentIndex(on: day, decay: 0.78)
        let air = weather.seaLevelTemperature[day - weather.days.first]
        let (cosine, sine) = DemoGround.phase(of: day)
        let grid = parameters.grid
        var moisture = residual
        for row in 0..<grid.rows {
            let slowRow = cellRow(slow, row: row)
            let fastRow = cellRow(fast, row: row)
            let airRow = cellRow(air, row: row)
            for column in 0..<grid.columns {
                let index = row * grid.columns + column
                guard terrain.isLand[index] else { continue }
                let (cell, weight) = (columnCells[column], columnWeights[column])
                let slowIndex = slowRow[cell] + weight * (slowRow[cell + 1] - slowRow[cell])
                let fastIndex = fastRow[cell] + weight * (fastRow[cell + 1] - fastRow[cell])
                let seaLevel = airRow[cell] + weight * (airRow[cell + 1] - airRow[cell])
                let warmth = seaLevel - DemoWeather.lapse * terrain.elevation[index] - 12
                let green = ground.ndvi(index, cosine: cosine, sine: sine)
                let share = min(0.9, max(0.15, slowShare[index] - 0.006 * warmth))
                let wetness = share * slowIndex / 16 + (1 - share) * fastIndex / 9
                let place = site[index] + 1.2 * green - 0.03 * warmth
                // From dry to saturated along an S, without a library call that differs between machines.
                let x = wetness + place
                moisture[index] += storage[index] * (0.5 + 0.5 * x / (1 + x * x).squareRoot())
            }
        }
        return moisture
    }

    /// Air temperature of a day at each pixel's height, degC; on water too.
    func airTemperature(on day: Day) -> [Float] {
        let air = weather.seaLevelTemperature[day - weather.days.first]
        let grid = parameters.grid
        var temperature = terrain.elevation.map { -DemoWeather.lapse * $0 }
        for row in 0..<grid.rows {
            let airRow = cellRow(air, row: row)
            for column in 0..<grid.columns {
                let (cell, weight) = (columnCells[column], columnWeights[column])
                temperature[row * grid.columns + column] +=
                    airRow[cell] + weight * (airRow[cell + 1] - airRow[cell])
            }
        }
        return temperature
    }

    /// A row of cell values at the latitude of a row of pixels.
    private func cellRow(_ values: [Float], row: Int) -> [Float] {
        let cells = weather.cells
        let place = Double(cells.northTenths) - parameters.grid.centerY(row: row) * 10
        let north = Int(place)
        let weight = Float(place - Double(north))
        return (0..<cells.columns).map { column in
            let value = values[north * cells.columns + column]
            return value + weight * (values[(north + 1) * cells.columns + column] - value)
        }
    }
}
