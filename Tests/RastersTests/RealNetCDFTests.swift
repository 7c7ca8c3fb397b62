import Foundation
import Rasters
import TestSupport
import Testing
import Tiling

/// Published netCDF files against facts that netCDF4 and xarray report.
@Suite struct RealNetCDFTests {
    struct Sample: Decodable {
        let value: Double
        /// Coordinates of the sample, by name: numbers, or text for times.
        let places: [String: Double]
        let times: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: AnyKey.self)
            var places: [String: Double] = [:]
            var times: [String] = []
            for key in container.allKeys where key.stringValue != "index" && key.stringValue != "value" {
                if let number = try? container.decode(Double.self, forKey: key) {
                    places[key.stringValue] = number
                } else if let text = try? container.decode(String.self, forKey: key) {
                    times.append(text)
                }
            }
            value = try container.decode(Double.self, forKey: AnyKey(stringValue: "value"))
            self.places = places
            self.times = times
        }

        func place(_ names: String...) -> Double? { names.lazy.compactMap { places[$0] }.first }
    }

    struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    struct Variable: Decodable {
        let valid: Int
        let min, max, mean: Double
        let units: String?
        let samples: [Sample]
    }
    struct Time: Decodable { let size: Int; let first, last: String }
    struct Facts: Decodable { let time: [String: Time]?; let variables: [String: Lenient]? }
    /// Variables that have no valid value carry no numbers.
    struct Lenient: Decodable {
        let variable: Variable?
        init(from decoder: any Decoder) throws { variable = try? Variable(from: decoder) }
    }

    private func iso(_ step: TimeStep) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let second = step.secondOfDay
        return "\(step.day)T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    }

    private func check(_ name: String, _ variable: NetCDFVariable, _ facts: Variable, _ time: Time?) throws {
        let grid = variable.grid
        let whole = PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows)
        let values = try variable.read(steps: 0..<variable.stepCount, window: whole)
        let found = Statistics(values)
        #expect(
            found.agrees(valid: facts.valid, min: facts.min, max: facts.max, mean: facts.mean),
            "\(name): \(found), expected \(facts.valid) \(facts.min) \(facts.max) \(facts.mean)")
        #expect(variable.unit == facts.units ?? "", "\(name)")
        if let time {
            #expect(variable.times.count == time.size, "\(name)")
            #expect(
                variable.times.first.map(iso) == time.first && variable.times.last.map(iso) == time.last,
                "\(name)")
        }
        for sample in facts.samples {
            var x = try #require(sample.place("lon", "longitude", "X", "x"))
            let y = try #require(sample.place("lat", "latitude", "Y", "y"))
            if grid.isGeographic && x > grid.east { x -= 360 }
            let pixel = try #require(grid.pixel(x: x, y: y), "\(name) \(sample)")
            let step =
                sample.times.first.flatMap { text in variable.times.firstIndex { iso($0) == text } } ?? 0
            let window = PixelWindow(column: pixel.column, row: pixel.row, columns: 1, rows: 1)
            #expect(
                try variable.read(step: step, window: window) == [Float(sample.value)], "\(name) \(sample)")
            #expect(
                values[(step * grid.rows + pixel.row) * grid.columns + pixel.column] == Float(sample.value))
        }
    }

    @Test func griddedFilesReadAsXarrayReadsThem() throws {
        guard let expected = try SharedData.json("readers/expected.json", as: [String: Facts].self),
            let folder = SharedData.path("readers")
        else { return }
        var checked = 0
        for (path, facts) in expected where path.hasSuffix(".nc") {
            if ["basin_mask", "hawaii", "giss"].contains(where: path.contains) { continue }
            let file = try NetCDFFile(path: "\(folder)/\(path)")
            for (name, lenient) in facts.variables ?? [:] {
                guard let variable = lenient.variable else { continue }
                try check(
                    "\(path) \(name)", try file.variable(named: name), variable, facts.time?.values.first)
                checked += 1
            }
        }
        #expect(checked >= 12)
    }

    @Test func gridsAreNorthUpAndNamed() throws {
        guard let folder = SharedData.path("readers") else { return }
        let era5 = try NetCDFFile(path: "\(folder)/netcdf/ERA5_India2_2020_01_01_31.nc").variable(
            named: "swvl1")
        #expect(
            era5.grid
                == Grid(
                    crs: "EPSG:4326", west: 66.875, north: 28.625, pixelWidth: 0.25, pixelHeight: 0.25,
                    columns: 25,
                    rows: 15))
        #expect(!era5.isPeriodic && era5.stepsPerChunk == 744)
        let modis = try NetCDFFile(path: "\(folder)/modis/MODIS_ARRAY.nc").variable(
            named: "__xarray_dataarray_variable__")
        #expect(
            abs(modis.grid.west + 7_274_009.64948629) < 1e-4
                && abs(modis.grid.north - 5_050_108.61015275) < 1e-4)
        let transform = try CoordinateTransform(from: modis.grid.crs, to: "EPSG:4326")
        var x = [modis.grid.west]
        var y = [modis.grid.north]
        transform.transform(x: &x, y: &y)
        #expect((-180...180).contains(x[0]) && abs(y[0] - 45.4157) < 1e-3)
    }

    @Test func whatIsNoRegularGridIsRefusedByName() throws {
        guard let folder = SharedData.path("readers/netcdf"), let mosel = SharedData.path("mosel/meteo")
        else { return }
        func problem(_ path: String, _ variable: String) -> String {
            do {
                _ = try NetCDFFile(path: path).variable(named: variable)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(problem("\(folder)/basin_mask.nc", "basin").contains("33 values of 'Z'"))
        let points = problem("\(folder)/era5land_hawaii_0165.nc", "swvl1")
        #expect(points.contains("hawaii") && points.contains("'swvl1'") && points.contains("locations 71"))
        #expect(problem("\(folder)/tas.sresb1.giss_model_e_r.run1.atm.da.nc", "tas").contains("'noleap'"))
        #expect(problem("\(mosel)/tmin.nc", "tmin").contains("not on a regular grid"))
        let absent = problem("\(folder)/basin_mask.nc", "basins")
        #expect(absent.contains("no variable 'basins'; it has X, Y, Z, basin"))
        #expect(problem("\(folder)/ERA5_India2_2020_01_01_31.nc", "expver").contains("no numbers"))
        #expect(problem("\(folder)/nowhere.nc", "x").contains("does not exist"))
    }

    @Test func yancoMeteorologyReadsAsXarrayReadsIt() throws {
        struct Sample: Decodable { let time: String; let lat, lon, value: Double }
        struct Variable: Decodable {
            let valid: Int; let min, max, mean: Double; let units: String; let sample: Sample
        }
        struct File: Decodable { let steps: Int; let time: [String]; let variables: [String: Variable] }
        struct Inputs: Decodable { let daily: [String: File] }
        guard let inputs = try SharedData.json("yanco/expected/inputs.json", as: Inputs.self),
            let folder = SharedData.path("yanco/daily")
        else { return }
        for (name, facts) in inputs.daily {
            let file = try NetCDFFile(path: "\(folder)/\(name)")
            for (variableName, expected) in facts.variables {
                let variable = try file.variable(named: variableName)
                #expect(variable.times.count == facts.steps && variable.unit == expected.units)
                #expect(
                    variable.times.first.map(iso) == facts.time[0]
                        && variable.times.last.map(iso) == facts.time[1])
                let whole = PixelWindow(column: 0, row: 0, columns: 10, rows: 9)
                let found = Statistics(try variable.read(steps: 0..<facts.steps, window: whole))
                #expect(
                    found.agrees(
                        valid: expected.valid, min: expected.min, max: expected.max, mean: expected.mean),
                    "\(name) \(variableName)")
                let pixel = try #require(variable.grid.pixel(x: expected.sample.lon, y: expected.sample.lat))
                let step = try #require(variable.times.firstIndex { iso($0) == expected.sample.time })
                let window = PixelWindow(column: pixel.column, row: pixel.row, columns: 1, rows: 1)
                #expect(try variable.read(step: step, window: window) == [Float(expected.sample.value)])
            }
        }
    }

    @Test func pieceFilesOfERA5KeepTheirOrderOfTime() throws {
        struct Variable: Decodable { let valid: Int; let min, max, mean: Double }
        struct File: Decodable { let steps: Int; let first, last: String; let swvl1: Variable }
        struct Inputs: Decodable { let era5Swvl1: [String: File] }
        guard let inputs = try SharedData.json("yanco/expected/inputs.json", as: Inputs.self),
            let folder = SharedData.path("yanco/era5_swvl1")
        else { return }
        for (name, facts) in inputs.era5Swvl1 {
            let variable = try NetCDFFile(path: "\(folder)/\(name)").variable(named: "swvl1")
            #expect(variable.times.count == facts.steps, "\(name)")
            #expect(
                variable.times.min().map(iso) == facts.first && variable.times.max().map(iso) == facts.last,
                "\(name)")
            let whole = PixelWindow(column: 0, row: 0, columns: 8, rows: 4)
            let found = Statistics(try variable.read(steps: 0..<facts.steps, window: whole))
            #expect(
                found.agrees(
                    valid: facts.swvl1.valid, min: facts.swvl1.min, max: facts.swvl1.max,
                    mean: facts.swvl1.mean),
                "\(name)")
        }
    }

    @Test func moselMeteorologyIsProjectedWithoutReference() throws {
        struct Sample: Decodable { let time: String; let row, col: Int; let value: Double }
        struct File: Decodable {
            let valid: Int; let min, max, mean: Double; let first, last: String; let sample: Sample
        }
        struct Facts: Decodable { let meteo: [String: File] }
        guard let facts = try SharedData.json("mosel/expected.json", as: Facts.self),
            let folder = SharedData.path("mosel/meteo")
        else { return }
        for name in ["pre", "tavg", "pet"] {
            let expected = try #require(facts.meteo["\(name).nc"])
            let variable = try NetCDFFile(path: "\(folder)/\(name).nc").variable(named: name)
            #expect(
                variable.grid.crs == "" && variable.grid.pixelWidth == 24_000 && variable.grid.columns == 6)
            #expect(
                variable.times.first.map(iso) == expected.first
                    && variable.times.last.map(iso) == expected.last)
            let whole = PixelWindow(column: 0, row: 0, columns: 6, rows: 9)
            let found = Statistics(try variable.read(steps: 0..<variable.stepCount, window: whole))
            #expect(
                found.agrees(
                    valid: expected.valid, min: expected.min, max: expected.max, mean: expected.mean),
                "\(name)")
            let sample = expected.sample
            let step = try #require(variable.times.firstIndex { iso($0) == sample.time })
            let window = PixelWindow(column: sample.col, row: sample.row, columns: 1, rows: 1)
            #expect(try variable.read(step: step, window: window) == [Float(sample.value)], "\(name)")
        }
    }
}
