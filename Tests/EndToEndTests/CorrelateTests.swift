import Foundation
import Rasters
import Testing
import Tiling

/// `tilth correlate` over a small finished run, against partial correlations by another formula.
@Suite struct CorrelateTests {
    /// Six months of daily rain; values above 10 mm are missing, so that pixels lack different days.
    private static let yaml = TinyWorld.yaml
        .replacing("period: 2016-01-05..2016-01-14", with: "period: 2016-01-05..2016-06-30")
        .replacing("unit: 5", with: "unit: month").replacing("valid: [0, 500]", with: "valid: [0, 10]")
        .replacing("  - name: wet", with: "  - {name: doy, unit: \"1\", source: day-of-year}\n  - name: wet")
    private static let drivers = ["rain", "doy"]

    @Test func mapsAreThoseOfTheOtherFormula() throws {
        let world = try TinyWorld(yaml: Self.yaml)
        try world.writeRain(days: 190)
        let run = try world.runAll()
        #expect(run.code == 0, "\(run.all)")
        let maps = world.folder.file("maps")
        let made = try world.tilth(
            "correlate", world.run, "--drivers", "rain, doy", "--step", "month", "--day-share", "0.82", "-o",
            maps, "--memory", "10K")
        #expect(made.code == 0, "\(made.all)")
        #expect(made.lines.count == 7)
        let page = try String(contentsOfFile: "\(maps)/correlation.html", encoding: .utf8)
        #expect(page.contains("r with rain") && page.contains("Driver of the largest |r|"))
        #expect(!page.contains("http") && !page.contains("nan"), "it needs nothing from elsewhere")
        let whole = PixelWindow(column: 0, row: 0, columns: 32, rows: 32)
        func map(_ name: String, in folder: String) throws -> [Float] {
            try RasterFile(path: "\(folder)/\(name).tif").read(window: whole, bands: [1])
        }
        let (r, p) = (
            try Self.drivers.map { try map("partial_r_\($0)", in: maps) },
            try Self.drivers.map { try map("partial_p_\($0)", in: maps) }
        )
        let (dominant, steps) = (try map("dominant_driver", in: maps), try map("steps", in: maps))
        let expected = try expectation(world)
        var seen: Set<Int> = []
        for pixel in 0..<1024 {
            let count = steps[pixel].isNaN ? 0 : Int(steps[pixel])
            #expect(count == expected[pixel].steps, "pixel \(pixel)")
            seen.insert(count)
            guard let own = expected[pixel].r else {
                #expect(r[0][pixel].isNaN && r[1][pixel].isNaN && dominant[pixel].isNaN)
                continue
            }
            for driver in 0..<2 { #expect(abs(Double(r[driver][pixel]) - own[driver]) < 1e-4) }
            #expect(Int(dominant[pixel]) == (abs(own[0]) > abs(own[1]) ? 1 : 2))
            #expect(p[0][pixel] >= 0 && p[0][pixel] <= 1)
        }
        #expect(seen.count > 1, "some pixels lack months: \(seen)")
        // Strips of four rows give what whole tiles give, bit for bit.
        let again = try world.tilth(
            "correlate", world.run, "--drivers", "rain,doy", "--step", "month", "--day-share", "0.82", "-o",
            world.folder.file("again"))
        #expect(again.code == 0)
        #expect(
            contents(of: maps, suffix: ".tif") == contents(of: world.folder.file("again"), suffix: ".tif"))
    }

    /// Months of a pixel that count, and r by the formula of two drivers:
    /// (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)).
    private func expectation(_ world: TinyWorld) throws -> [(steps: Int, r: [Double]?)] {
        let days = try #require(DayRange("2016-01-05..2016-06-30"))
        var sums = [[Int: (count: Int, sum: [Double])]](repeating: [:], count: 1024)
        for day in days {
            let path = "\(world.run)/mosaics/2016/TILTH_SURFACE_\(day.compact).tif"
            let map = try RasterFile(path: path).read(
                window: PixelWindow(column: 0, row: 0, columns: 32, rows: 32), bands: [1])
            for pixel in 0..<1024 where !map[pixel].isNaN {
                // Cells of 0.25 degrees with centres from 9.875 and 50.125; pixels of 1/32.
                let (east, south) = (Double(pixel % 32) + 0.5, Double(pixel / 32) + 0.5)
                let column = Int(east / 8 + 1)
                let row = Int(south / 8 + 1)
                let cell = (day.dayOfYear - 1) * 36 + row * 6 + column
                let rain = Double(cell % 50) / 4
                guard rain <= 10 else { continue }
                var month = sums[pixel][day.month] ?? (0, [0, 0, 0])
                month.count += 1
                for (number, value) in [Double(map[pixel]), rain, Double(day.dayOfYear)].enumerated() {
                    month.sum[number] += value
                }
                sums[pixel][day.month] = month
            }
        }
        return sums.map { months in
            let whole = months.filter { month, found in
                let needed = (0.82 * Double(Day.dayCount(year: 2016, month: month))).rounded(.up)
                return found.count >= Int(needed)
            }.sorted { $0.key < $1.key }.map {
                $0.value.sum.map { [count = $0.value.count] in $0 / Double(count) }
            }
            guard whole.count >= 4 else { return (whole.count, nil) }
            let series = (0..<3).map { number in whole.map { $0[number] } }
            guard series.allSatisfy({ ($0.max() ?? 0) - ($0.min() ?? 0) > 1e-6 }) else {
                return (whole.count, nil)
            }
            let (xy, yz, xz) = (
                correlation(series[0], series[1]), correlation(series[1], series[2]),
                correlation(series[0], series[2])
            )
            return (
                whole.count,
                [
                    (xy - xz * yz) / ((1 - xz * xz) * (1 - yz * yz)).squareRoot(),
                    (xz - xy * yz) / ((1 - xy * xy) * (1 - yz * yz)).squareRoot(),
                ]
            )
        }
    }

    private func correlation(_ x: [Double], _ y: [Double]) -> Double {
        let (a, b) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        func sum(_ u: [Double], _ m: Double, _ v: [Double], _ n: Double) -> Double {
            zip(u, v).reduce(0) { $0 + ($1.0 - m) * ($1.1 - n) }
        }
        return sum(x, a, y, b) / (sum(x, a, x, a) * sum(y, b, y, b)).squareRoot()
    }

    @Test func whatCannotBeCorrelatedIsSaidInOneLine() throws {
        let world = try TinyWorld()
        #expect(try world.runAll().code == 0)
        func refusal(_ arguments: String...) throws -> String {
            let result = try Program.run(
                ["correlate", world.run, "-o", world.folder.file("maps")] + arguments)
            #expect(result.code == 2 && result.errors.split(separator: "\n").count <= 2, "\(result.all)")
            return result.errors
        }
        #expect(try refusal("--drivers", "rian").contains("has no covariate 'rian'; it has clay, rain, wet"))
        #expect(
            try refusal("--drivers", "rain,wet").contains(
                "2016-01-05..2016-01-14 has 1 years, and 4 are needed for 2 drivers: take fewer drivers, or "
                    + "months"))
        #expect(try refusal("--drivers", "rain", "--layer", "deep").contains("has no layer 'deep'; it has"))
        #expect(try refusal("--drivers", "rain", "--days", "2017-01-01").contains("nothing of 2017-01-01"))
        #expect(try refusal("--drivers", "rain,rain").contains("drivers are needed, each once"))
    }

    /// A unit that was lost or changed is not averaged away.
    @Test func filesAreHeldAgainstTheirReceipts() throws {
        let world = try TinyWorld(yaml: Self.yaml)
        try world.writeRain(days: 190)
        #expect(try world.runAll().code == 0)
        let file = world.run + "/tiles/2016/03/x1y0.tif"
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.copyItem(atPath: world.run + "/tiles/2016/05/x1y0.tif", toPath: file)
        let result = try world.tilth(
            "correlate", world.run, "--drivers", "rain", "--step", "month", "-o", world.folder.file("maps"))
        #expect(result.code == 2 && result.errors.contains("x1y0.tif: is not what its receipt says"))
        #expect(contents(of: world.folder.file("maps"), suffix: ".tif").isEmpty, "no map has its name")
    }
}
