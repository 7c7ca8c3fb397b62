import Testing
import Tiling

@testable import Covariates

/// Six-hourly fields, of which each meridian takes the hour of its own overpass.
@Suite struct OverpassTests {
    private static let grid = degrees(-180, 40, 10, 36, 2)

    @Test func everyMeridianTakesItsOwnHour() throws {
        let overpass = Overpass(localHour: 10.5, everyHours: 6)
        let made = try TestProduction(
            grid: Self.grid, tilePixels: 48,
            covariates: [
                Covariate(
                    name: "air", unit: "K",
                    source: .files(
                        FileSource(
                            path: PathTemplate("cfs_{year}.nc"), content: .netCDF(variables: ["x"]),
                            overpass: overpass)))
            ], days: "2016-01-02..2016-01-03")
        // Value: hours since 2016-01-01 00 UTC. The file ends with the midnight behind January 3rd.
        let start = Double(Day("2016-01-01")!.number)
        let steps = 0...12
        try ClassicNetCDF(
            longitudes: (0..<36).map(Self.grid.centerX), latitudes: (0..<2).map(Self.grid.centerY),
            times: steps.map { start + Double($0) / 4 },
            variables: [("x", steps.flatMap { [Float](repeating: Float($0 * 6), count: 72) })]
        ).write(to: "\(made.dataRoot)/cfs_2016.nc")
        try made.prepare()
        let stack = try made.reader.gather(
            features: ["air"], tile: Tile(x: 0, y: 0), days: DayRange("2016-01-02..2016-01-03")!)
        #expect(stack.missing.isEmpty)
        for (number, midnight) in [24, 48].enumerated() {
            for column in 0..<36 {
                // 10.5 h local is 10.5 - lon / 15 UTC, of the UTC day; 6, 12, 18, 24 end the intervals.
                let longitude = Double(column) * 10 - 175
                var hour = 10.5 - longitude / 15
                if hour <= 0 { hour += 24 }
                if hour > 24 { hour -= 24 }
                let stamp = [6.0, 12, 18, 24].first { hour <= $0 }!
                let value = stack.planes["air"]?.value(pixel: 48 + column, day: number, pixelCount: 48 * 48)
                #expect(value == Float(midnight) + Float(stamp), "\(longitude)")
            }
        }
    }
}
