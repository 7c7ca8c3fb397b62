import Foundation
import Rasters
import Testing
import Tiling

@Suite(.serialized) struct ThrowawayTests {
    @Test func full() throws {
        let grid = Grid(crs: "EPSG:4326", west: 0, north: 40, pixelWidth: 0.01, pixelHeight: 0.01, columns: 3000, rows: 2000)
        var rng = SystemRandomNumberGenerator()
        let values = RasterBuffer.uint16((0..<6_000_000).map { _ in UInt16.random(in: 0...60000, using: &rng) })
        let enc = OutputEncoding(type: .uint16, scale: 0.001, noData: 65_535, unit: "m3 m-3")
        let whole = PixelWindow(column: 0, row: 0, columns: 3000, rows: 2000)
        do {
            let w = try MosaicWriter(temporaryPath: "/tmp/tiny/a.tif", grid: grid, encoding: enc, description: "x")
            try w.write(values, window: whole)
            try w.finish(to: "/tmp/tiny/b.tif")
            print("PROBE no error 1")
        } catch { print("PROBE", error, (error as? RasterError)?.isRetriable as Any) }
        print("PROBE left", try FileManager.default.contentsOfDirectory(atPath: "/tmp/tiny"))
        do {
            let w = try MosaicWriter(temporaryPath: "/tmp/a.tif", grid: grid, encoding: enc, description: "x")
            try w.write(values, window: whole)
            try w.finish(to: "/tmp/tiny/b.tif")
            print("PROBE no error 2")
        } catch { print("PROBE", error, (error as? RasterError)?.isRetriable as Any) }
        print("PROBE left", try FileManager.default.contentsOfDirectory(atPath: "/tmp/tiny"))
        do {
            let w = try NetCDFWriter(path: "/tmp/tiny/n.nc", grid: grid, times: [], variables: [.init(name: "v", longName: "v", encoding: enc)])
            try w.write(values, variable: "v")
            try w.close()
            print("PROBE no error 3")
        } catch { print("PROBE", error, (error as? RasterError)?.isRetriable as Any) }
        let w = try MosaicWriter(temporaryPath: "/tmp/a.tif", grid: grid, encoding: enc, description: "surface", metadata: ["TIFFTAG_DATETIME": "2016:01:15 00:00:00"])
        try w.write(.uint16((0..<480*480).map { UInt16($0 % 500) }), window: PixelWindow(column: 480, row: 960, columns: 480, rows: 480))
        try w.finish(to: "/tmp/cog_check.tif")
    }
}
