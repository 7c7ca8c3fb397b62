package import Tiling

/// What a demo world looks like and how large it is. Equal parameters make equal worlds, byte for byte.
package struct DemoParameters: Hashable, Codable, Sendable {
    package var tileColumns = 3
    package var tileRows = 2
    /// Pixels along one side of a tile; 480 pixels of 30 arcsec are 4 degrees.
    package var tilePixels = 480
    /// The days to map; weather is made for the history before them too.
    package var period = DayRange("2016-04-01..2016-05-31")!
    package var treeCount = 30
    /// Rows (pixel and day) that the forest learns from.
    package var sampleCount = 40_000
    /// Fewest rows in a leaf.
    package var leafSize = 5
    package var seed: UInt64 = 2016
    /// Degrees east and north of the north-western corner; 4 and 44 unless set.
    package var west: Int?
    package var north: Int?

    package init() {}

    /// The size of `LargeWorld`: two tiles over two months, so that a worker meets each tile twice.
    package static var large: DemoParameters {
        var large = DemoParameters()
        (large.tileColumns, large.tileRows) = (2, 1)
        return large
    }

    /// The grid of the world, from its north-western corner.
    package var grid: Grid {
        Grid(
            crs: "EPSG:4326", west: Double(west ?? 4), north: Double(north ?? 44), pixelWidth: 1 / 120.0,
            pixelHeight: 1 / 120.0,
            columns: tileColumns * tilePixels, rows: tileRows * tilePixels)
    }

    /// The whole months that the period and the history of the antecedent index touch.
    var weatherDays: DayRange {
        let needed = period.extended(before: DemoParameters.historyDays, after: 0)
        let (firstYear, firstMonth, _) = needed.first.date
        let (lastYear, lastMonth, _) = needed.last.date
        let monthLength = Day.dayCount(year: lastYear, month: lastMonth)
        return DayRange(
            Day(year: firstYear, month: firstMonth, day: 1)!,
            through: Day(year: lastYear, month: lastMonth, day: monthLength)!)
    }

    /// Terms and decay of the antecedent index, as the three published products define it.
    static let indexTerms = 34
    static let indexDecay = 0.91
    static let historyDays = indexTerms - 1

    /// Says what is wrong with the parameters before anything is made.
    func validate() throws {
        let counts = [
            ("tile columns", tileColumns, 1...40), ("tile rows", tileRows, 1...40),
            ("tile pixels", tilePixels, 16...4096),
            ("trees", treeCount, 1...10_000), ("samples", sampleCount, 1000...10_000_000),
            ("leaf size", leafSize, 1...10_000),
        ]
        for (name, value, allowed) in counts where !allowed.contains(value) {
            throw DemoError(
                "demo: \(name) is \(value); choose \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        guard grid.south >= -60, grid.east <= 180 else {
            throw DemoError(
                "demo: the grid ends at \(grid.east) E, \(grid.south) N; choose fewer or smaller tiles")
        }
    }
}

/// What went wrong while a demo world was made or scored, in one line.
struct DemoError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
