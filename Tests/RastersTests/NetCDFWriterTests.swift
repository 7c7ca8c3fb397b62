import Foundation
import Rasters
import Testing
import Tiling

@Suite struct NetCDFWriterTests {
    private let packed = OutputEncoding(type: .int16, scale: 0.01, offset: 273.15, noData: -32_767, unit: "K")
    private let plain = OutputEncoding(type: .float32, noData: -9999, unit: "m")
    private let grid = Grid(
        crs: "EPSG:4326", west: -0.5, north: 1.5, pixelWidth: 1, pixelHeight: 1, columns: 360, rows: 3)

    private func write(to path: String, unit: NetCDFWriter.TimeUnit = .hours) throws {
        let days = DayRange(try #require(Day("2016-01-31")), through: try #require(Day("2016-02-01")))
        let writer = try NetCDFWriter(
            path: path, grid: grid, times: days.map { TimeStep(day: $0) }, timeUnit: unit,
            variables: [
                NetCDFWriter.Variable(
                    name: "t2m", longName: "2 metre temperature", standardName: "air_temperature",
                    encoding: packed),
                NetCDFWriter.Variable(name: "tp", longName: "Total precipitation", encoding: plain),
            ], attributes: ["title": "a test"], chunk: NetCDFWriter.Chunk(steps: 2, rows: 3, columns: 100))
        let cells = 3 * 360
        let first = (0..<cells).map { Int16($0) }
        let second = (0..<cells).map { $0 == 0 ? -32_767 : Int16($0) - 100 }
        try writer.write(.int16(first + second), variable: "t2m")
        try writer.write(.float32([Float](repeating: 0.5, count: cells)), variable: "tp", firstStep: 1)
        try writer.close()
        let error = #expect(throws: RasterError.self) { try writer.write(.int16(first), variable: "t2m") }
        #expect(error?.problem.contains("closed") == true)
    }

    @Test(arguments: [NetCDFWriter.TimeUnit.hours, .days])
    func whatIsWrittenIsRead(_ unit: NetCDFWriter.TimeUnit) throws {
        let folder = try TemporaryFolder()
        try write(to: folder.file("w.nc"), unit: unit)
        let file = try NetCDFFile(path: folder.file("w.nc"))
        let t2m = try file.variable(named: "t2m")
        #expect(t2m.unit == "K" && t2m.isPeriodic && t2m.stepsPerChunk == 2)
        #expect(t2m.times.map(\.day.iso) == ["2016-01-31", "2016-02-01"])
        // Longitudes 0...359 come back from -180 on.
        #expect(t2m.grid.west == -180.5 && t2m.grid.north == 1.5)
        let values = try t2m.read(steps: 0..<2, window: PixelWindow(column: 179, row: 0, columns: 3, rows: 1))
        #expect(values[0] == Float(359 * 0.01 + 273.15) && values[1] == Float(273.15))
        #expect(values[3] == Float(259 * 0.01 + 273.15) && values[4].isNaN)
        let tp = try file.variable(named: "tp")
        let one = PixelWindow(column: 0, row: 2, columns: 1, rows: 1)
        #expect(try tp.read(step: 1, window: one) == [0.5])
        #expect(try tp.read(step: 0, window: one)[0].isNaN)
    }

    @Test func theHeaderFollowsCF() throws {
        guard let ncdump = Tool("ncdump") else { return }
        let folder = try TemporaryFolder()
        try write(to: folder.file("w.nc"))
        let text = try ncdump.run("-hs", folder.file("w.nc"))
        for line in [
            #"time:units = "hours since 1900-01-01 00:00:00.0""#, #"lat:units = "degrees_north""#,
            "short t2m(time, lat, lon)", "t2m:scale_factor = 0.01", "t2m:add_offset = 273.15",
            "t2m:_FillValue = -32767s", #"t2m:grid_mapping = "crs""#, #":Conventions = "CF-1.8""#,
            "t2m:_ChunkSizes = 2, 3, 100", "t2m:_DeflateLevel = 1", #"t2m:_Shuffle = "true""#,
            #"crs:grid_mapping_name = "latitude_longitude""#,
        ] { #expect(text.contains(line), "\(line) in \(text)") }
    }

    @Test func projectedGridsWithoutTimeKeepTheirReference() throws {
        let folder = try TemporaryFolder()
        let grid = Grid(
            crs: "EPSG:6933", west: 0, north: 3000, pixelWidth: 1000, pixelHeight: 1000, columns: 2, rows: 3)
        let writer = try NetCDFWriter(
            path: folder.file("p.nc"), grid: grid, times: [],
            variables: [NetCDFWriter.Variable(name: "z", longName: "height", encoding: plain)])
        try writer.write(.float32([1, 2, 3, 4, 5, 6]), variable: "z")
        try writer.close()
        let variable = try NetCDFFile(path: folder.file("p.nc")).variable(named: "z")
        #expect(variable.grid == grid && variable.times.isEmpty)
        #expect(
            try variable.read(step: 0, window: PixelWindow(column: 1, row: 1, columns: 1, rows: 2)) == [4, 6])
    }

    @Test func aFolderThatIsNotThereIsNamed() {
        let error = #expect(throws: RasterError.self) {
            try NetCDFWriter(path: "/nowhere/at/all.nc", grid: grid, times: [], variables: [])
        }
        #expect(error?.kind == .notWritten && error?.path == "/nowhere/at/all.nc")
    }

    /// Threads that read at once, through both libraries: HDF5 alone would crash.
    @Test func threadsMayReadAtOnce() throws {
        let folder = try TemporaryFolder()
        try write(to: folder.file("w.nc"))
        let path = folder.file("w.nc")
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: 24) { number in
            do {
                let window = PixelWindow(column: number, row: 0, columns: 2, rows: 3)
                if number % 2 == 0 {
                    _ = try NetCDFFile(path: path).variable(named: "t2m").read(steps: 0..<2, window: window)
                } else {
                    _ = try RasterFile(path: "NETCDF:\(path):t2m").read(window: window, bands: [1, 2])
                }
            } catch {
                failures.add("\(error)")
            }
        }
        #expect(failures.all.isEmpty, "\(failures.all)")
    }

    private final class Failures: @unchecked Sendable {
        private let lock = NSLock()
        private var texts: [String] = []
        func add(_ text: String) { lock.withLock { texts.append(text) } }
        var all: [String] { lock.withLock { texts } }
    }
}
