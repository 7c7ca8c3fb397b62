import Foundation
import Tiling

/// Daily weather of a demo world on the 0.1 degree grid of ERA5-Land, whose cell centres are multiples of 0.1
/// degree.
struct DemoWeather: Sendable {
    let cells: DemoCells
    /// One more month than the files hold, so that soils have forgotten how they began.
    let days: DayRange
    /// mm of rain on a day, [day][cell].
    private(set) var rain: [[Float]] = []
    /// mm evaporated on a day, positive upward.
    private(set) var evaporation: [[Float]] = []
    /// Mean air temperature reduced to sea level, degC.
    private(set) var seaLevelTemperature: [[Float]] = []

    /// Cooling with height, K/m.
    static let lapse: Float = 0.0062

    init(terrain: DemoTerrain, days fileDays: DayRange, seed: UInt64) {
        cells = DemoCells(terrain: terrain)
        days = fileDays.extended(before: 35, after: 0)
        let storms = DemoStorms(cells: cells, days: days, seed: seed)
        let airMass = DemoNoise(seed: seed, field: "air")
        var store = [Float](repeating: 55, count: cells.count)
        for day in days {
            let wet = storms.rain(on: day)
            var warm = [Float](repeating: 0, count: cells.count)
            var dry = warm
            let season = cos(2 * Double.pi * Double(day.dayOfYear - 205) / 365.25)
            for cell in 0..<cells.count {
                let (x, y) = (cells.longitude(of: cell), cells.latitude(of: cell))
                // Air masses drift east, about a week from one to the next.
                let drift = airMass.fractal(
                    x / 9 - Double(day.number) / 5, y / 7 + Double(day.number) / 31, octaves: 3)
                let climate = 16.5 - 0.75 * (y - 40) + 8.5 * season
                warm[cell] = Float(climate + 11 * drift) - 1.8 * wet[cell] / (wet[cell] + 6)
                let air = warm[cell] - DemoWeather.lapse * cells.elevation[cell]
                // Demand of the air, cut under rain clouds; supply by what the soil holds.
                let demand = max(0.1, 0.35 + 0.21 * air) * (1 - 0.55 * wet[cell] / (wet[cell] + 4))
                let supply = store[cell] / DemoWeather.capacity
                dry[cell] = min(demand * (0.12 + 0.88 * supply.squareRoot()), store[cell] + wet[cell])
                store[cell] = min(DemoWeather.capacity, max(0, store[cell] + wet[cell] - dry[cell]))
            }
            rain.append(wet)
            evaporation.append(dry)
            seaLevelTemperature.append(warm)
        }
    }

    /// Water that the root zone of a cell can hold, mm.
    private static let capacity: Float = 110

    /// Air temperature at the mean height of each cell, degC.
    func temperature(on day: Day) -> [Float] {
        zip(seaLevelTemperature[day - days.first], cells.elevation).map { $0 - DemoWeather.lapse * $1 }
    }

    /// `sum_{i=0..<terms} decay^i (P - E)(t-i)` in mm; the history must be there.
    func antecedentIndex(on day: Day, decay: Double) -> [Float] {
        let last = day - days.first
        precondition(last >= DemoParameters.historyDays, "the index needs its history")
        var sum = [Double](repeating: 0, count: cells.count)
        var weight = 1.0
        for term in 0..<DemoParameters.indexTerms {
            let (wet, dry) = (rain[last - term], evaporation[last - term])
            for cell in sum.indices { sum[cell] += weight * Double(wet[cell] - dry[cell]) }
            weight *= decay
        }
        return sum.map { Float($0) }
    }
}

/// The 0.1 degree cells around a grid, with two more on each side; row 0 is the north.
struct DemoCells: Sendable {
    /// Centre of the first column, tenths of a degree east.
    let westTenths: Int
    /// Centre of the first row, tenths of a degree north.
    let northTenths: Int
    let columns: Int
    let rows: Int
    /// Mean height of the land in the cell, m.
    private(set) var elevation: [Float] = []
    /// Cells beside land or on it; elsewhere ERA5-Land has no data.
    private(set) var hasData: [Bool] = []

    var count: Int { columns * rows }
    func longitude(of cell: Int) -> Double { Double(westTenths + cell % columns) / 10 }
    func latitude(of cell: Int) -> Double { Double(northTenths - cell / columns) / 10 }

    init(terrain: DemoTerrain) {
        let grid = terrain.grid
        westTenths = Int((grid.west * 10).rounded(.down)) - 2
        northTenths = Int((grid.north * 10).rounded(.up)) + 2
        columns = Int((grid.east * 10).rounded(.up)) + 2 - westTenths + 1
        rows = northTenths - (Int((grid.south * 10).rounded(.down)) - 2) + 1
        let (columns, rows) = (columns, rows)
        var height = [Float](repeating: 0, count: columns * rows)
        var land = height
        for row in 0..<grid.rows {
            for column in 0..<grid.columns where !terrain.isSea[row * grid.columns + column] {
                let cell = nearestCell(x: grid.centerX(column: column), y: grid.centerY(row: row))
                height[cell] += terrain.elevation[row * grid.columns + column]
                land[cell] += 1
            }
        }
        elevation = zip(height, land).map { $1 > 0 ? $0 / $1 : 0 }
        // The ring around land too, so that four cells surround every pixel of the coast.
        hasData = (0..<columns * rows).map { cell in
            let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
            return (max(0, row - 1)...min(rows - 1, row + 1)).contains { y in
                (max(0, column - 1)...min(columns - 1, column + 1)).contains { land[y * columns + $0] > 0 }
            }
        }
    }

    /// The cell that holds a point.
    func nearestCell(x: Double, y: Double) -> Int {
        let column = Int((x * 10).rounded()) - westTenths
        let row = northTenths - Int((y * 10).rounded())
        return row * columns + column
    }

    /// Between the four cell centres around a point.
    func bilinear(_ values: [Double], x: Double, y: Double) -> Double {
        let (right, down) = (x * 10 - Double(westTenths), Double(northTenths) - y * 10)
        let corner = Int(down) * columns + Int(right)
        let (u, v) = (right - right.rounded(.down), down - down.rounded(.down))
        let north = values[corner] + u * (values[corner + 1] - values[corner])
        let south = values[corner + columns] + u * (values[corner + columns + 1] - values[corner + columns])
        return north + v * (south - north)
    }
}
