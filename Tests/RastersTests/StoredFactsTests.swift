import Foundation
import Rasters
import TestSupport
import Testing
import Tiling

/// The facts of `expected.json` about files that are no grids, or whose grid the file does not tell.
@Suite struct StoredFactsTests {
    struct Variable: Decodable {
        struct Sample: Decodable {
            let index: [Int]
            let value: Double

            /// Of one dimension the index may be a plain number.
            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Keys.self)
                value = try container.decode(Double.self, forKey: .value)
                index =
                    try (try? container.decode([Int].self, forKey: .index)) ?? [
                        container.decode(Int.self, forKey: .index)
                    ]
            }

            enum Keys: CodingKey { case index, value }
        }
        let shape: [Int]?
        let validRule: String?
        let valid: Int
        let min, max, mean: Double?
        let samples: [Sample]
        let units: String?
    }
    struct Facts: Decodable { let variables: [String: Variable]?; let group: String? }

    /// `finite; != -100; 0 <= raw <= 200`, on stored numbers.
    private func isValid(_ value: Double, _ rule: String) -> Bool {
        rule.split(separator: ";").allSatisfy { part in
            let words = part.split(separator: " ").map(String.init)
            if words == ["finite"] { return value.isFinite }
            if words.first == "!=", let mark = Double(words[1]) { return Float(value) != Float(mark) }
            if words.count == 5, let low = Double(words[0]), let high = Double(words[4]) {
                return low <= value && value <= high
            }
            Issue.record("no such rule: \(part)")
            return false
        }
    }

    /// Depth levels, points, another calendar and swath cells: every number as netCDF4 and h5py read it.
    @Test func arraysReadAsOtherLibrariesReadThem() throws {
        guard let expected = try SharedData.json("readers/expected.json", as: [String: Lenient].self),
            let folder = SharedData.path("readers")
        else { return }
        var checked = 0
        for (path, lenient) in expected {
            guard path.hasSuffix(".h5") || ["basin_mask", "hawaii", "giss"].contains(where: path.contains),
                let facts = lenient.facts
            else { continue }
            let file = try NetCDFArrays(path: "\(folder)/\(path)")
            for (name, variable) in facts.variables ?? [:] {
                let full = facts.group.map { "\($0)/\(name)" } ?? name
                let rule = variable.validRule ?? "finite; != -9999"
                let all = try file.doubles(full)
                let valid = all.filter { isValid($0, rule) }
                #expect(valid.count == variable.valid, "\(path) \(name)")
                if let shape = variable.shape {
                    #expect(file.dimensions(of: full)?.map(\.length) == shape, "\(path) \(name)")
                }
                func close(_ found: Double?, _ wanted: Double?) -> Bool {
                    guard let wanted else { return true }
                    return found.map { abs($0 - wanted) <= 1e-6 * max(1, abs(wanted)) } ?? false
                }
                #expect(close(valid.min(), variable.min), "\(path) \(name)")
                #expect(close(valid.max(), variable.max), "\(path) \(name)")
                let mean = valid.isEmpty ? nil : valid.reduce(0, +) / Double(valid.count)
                #expect(close(mean, variable.mean), "\(path) \(name): \(String(describing: mean))")
                let lengths = file.dimensions(of: full)?.map(\.length) ?? []
                for sample in variable.samples {
                    let place = zip(sample.index, lengths).reduce(0) { $0 * $1.1 + $1.0 }
                    #expect(close(all[place], sample.value), "\(path) \(name) \(sample)")
                }
                checked += 1
            }
        }
        #expect(checked >= 9, "\(checked)")
    }

    /// Other shapes of facts in the same file are none of this test.
    struct Lenient: Decodable {
        let facts: Facts?
        init(from decoder: any Decoder) throws { facts = try? Facts(from: decoder) }
    }

    struct Meteo: Decodable {
        struct Sample: Decodable { let time: String; let row, col: Int; let value: Double }
        let valid, cells: Int; let min, max, mean: Double; let first, last: String; let sample: Sample
        let units: String; let shape: [Int]
    }

    /// `header.txt` beside the files says where they lie; `xc` and `yc` are edges, not centres, and the
    /// two-dimensional coordinates of three of them belong to other places.
    static let moselGrid = Grid(
        crs: "EPSG:3035", west: 3_973_369, north: 2_735_847 + 9 * 24_000, pixelWidth: 24_000,
        pixelHeight: 24_000, columns: 6, rows: 9)

    private func iso(_ step: TimeStep?) -> String? { step.map { "\($0.day)T00:00:00" } }

    @Test func moselMeteorologyLiesWhereItsHeaderSays() throws {
        struct Facts: Decodable { let meteo: [String: Meteo] }
        guard let facts = try SharedData.json("mosel/expected.json", as: Facts.self),
            let folder = SharedData.path("mosel/meteo")
        else { return }
        #expect(facts.meteo.count == 6)
        for (name, expected) in facts.meteo {
            let file = try NetCDFFile(path: "\(folder)/\(name)", grid: Self.moselGrid)
            let variable = try file.variable(named: String(name.dropLast(3)))
            #expect(variable.grid == Self.moselGrid && !variable.isPeriodic, "\(name)")
            #expect(variable.unit == expected.units && variable.stepCount == expected.shape[0])
            #expect(iso(variable.times.first) == expected.first && iso(variable.times.last) == expected.last)
            let whole = PixelWindow(column: 0, row: 0, columns: 6, rows: 9)
            let values = try variable.read(steps: 0..<variable.stepCount, window: whole)
            #expect(values.count == expected.cells)
            let found = Statistics(values)
            #expect(
                found.agrees(
                    valid: expected.valid, min: expected.min, max: expected.max, mean: expected.mean),
                "\(name): \(found)")
            let step = try #require(variable.times.firstIndex { iso($0) == expected.sample.time })
            // By its place on the map, so that rows turned over or half a cell would show.
            let pixel = try #require(
                variable.grid.pixel(
                    x: 3_973_369 + (Double(expected.sample.col) + 0.5) * 24_000,
                    y: 2_951_847 - (Double(expected.sample.row) + 0.5) * 24_000))
            let window = PixelWindow(column: pixel.column, row: pixel.row, columns: 1, rows: 1)
            #expect(
                try variable.read(step: step, window: window) == [Float(expected.sample.value)], "\(name)")
        }
    }

    @Test func aStatedGridOfAnotherShapeIsRefused() throws {
        guard let folder = SharedData.path("mosel/meteo") else { return }
        let other = Grid(
            crs: "EPSG:3035", west: 0, north: 0, pixelWidth: 1, pixelHeight: 1, columns: 7, rows: 9)
        let error = #expect(throws: RasterError.self) {
            try NetCDFFile(path: "\(folder)/pre.nc", grid: other).variable(named: "pre")
        }
        #expect("\(error!)".contains("'pre' (time 1826, yc 9, xc 6)") && "\(error!)".contains("7 columns"))
    }

    @Test func allMapsOfTheMoselAreRead() throws {
        struct Raster: Decodable {
            let size: [Int]; let geotransform: [Double]; let nodata: Double; let cells, valid: Int
            let min, max, mean, centreCell: Double
        }
        struct Facts: Decodable { let rasters: [String: Raster] }
        guard let facts = try SharedData.json("mosel/expected.json", as: Facts.self),
            let folder = SharedData.path("mosel/morph")
        else { return }
        #expect(facts.rasters.count == 7)
        for (name, expected) in facts.rasters {
            let file = try RasterFile(path: "\(folder)/\(name)")
            let grid = file.info.grid
            #expect([grid.columns, grid.rows] == expected.size && file.info.noData == expected.nodata)
            #expect(
                [grid.west, grid.pixelWidth, grid.north, -grid.pixelHeight]
                    == [0, 1, 3, 5].map { expected.geotransform[$0] }, "\(name)")
            let whole = PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows)
            let values = try file.read(window: whole, bands: [1])
            #expect(values.count == expected.cells)
            #expect(
                Statistics(values).agrees(
                    valid: expected.valid, min: expected.min, max: expected.max, mean: expected.mean),
                "\(name)")
            #expect(
                Double(values[grid.rows / 2 * grid.columns + grid.columns / 2]) == expected.centreCell,
                "\(name)")
        }
    }

    /// All three files of odd scanning, the conformal one included, by the places of their samples.
    @Test func gribMessagesAreNorthUpOnAnyProjection() throws {
        struct Sample: Decodable { let lat, lon, value: Double }
        struct Message: Decodable {
            let min, max, mean: Double; let samples: [Sample]; let numberOfPoints: Int
        }
        struct File: Decodable { let messages: [Message]? }
        guard let facts = try SharedData.json("readers/expected.json", as: [String: File].self),
            let folder = SharedData.path("readers")
        else { return }
        var checked = 0
        for (path, facts) in facts where path.hasSuffix(".grib") {
            let message = try #require(facts.messages?.first)
            let file = try RasterFile(path: "\(folder)/\(path)")
            let grid = file.info.grid
            let whole = PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows)
            let values = try file.read(window: whole, bands: [1])
            #expect(values.count == message.numberOfPoints)
            if !path.contains("lambert") { #expect(file.info.unit == "K", "\(path)") }
            let found = Statistics(values)
            // GDAL turns temperatures of GRIB into degrees Celsius unless told not to; the product takes K.
            let slack = 1e-5 * max(1, abs(message.mean))
            #expect(
                abs(found.mean - message.mean) < slack && abs(found.min - message.min) < slack * 100,
                "\(path): \(found)")
            let transform = try CoordinateTransform(from: "EPSG:4326", to: file.info.crs)
            for sample in message.samples {
                var x = [sample.lon > 180 ? sample.lon - 360 : sample.lon]
                var y = [sample.lat]
                transform.transform(x: &x, y: &y)
                let pixel = try #require(grid.pixel(x: x[0], y: y[0]), "\(path) \(sample)")
                let value = values[pixel.row * grid.columns + pixel.column]
                #expect(abs(Double(value) - sample.value) <= slack, "\(path) \(sample) \(value)")
            }
            checked += 1
        }
        #expect(checked == 3)
    }

    /// Both halves of each day's facts: with gaps, and without.
    @Test func theTruthOfYancoIsWithoutGaps() throws {
        struct Means: Decodable { let valid: Int; let meanK: Double? }
        struct Day: Decodable { let daily, truth: Means }
        struct Facts: Decodable { let lst2016: [String: Day] }
        guard let facts = try SharedData.json("yanco/expected/inputs.json", as: Facts.self),
            let folder = SharedData.path("yanco/truth/lst_2016")
        else { return }
        for (name, day) in facts.lst2016 {
            let file = try RasterFile(path: "\(folder)/\(name)")
            let whole = PixelWindow(column: 0, row: 0, columns: file.info.columns, rows: file.info.rows)
            let found = Statistics(try file.read(window: whole, bands: [1]))
            #expect(
                found.valid == day.truth.valid && abs(found.mean - (day.truth.meanK ?? 0)) < 1e-4, "\(name)")
        }
    }
}
