import Foundation
import Rasters
import Testing
import Tiling

@Suite struct MosaicWriterTests {
    private let grid = Grid(
        crs: "EPSG:4326", west: -10, north: 50, pixelWidth: 0.01, pixelHeight: 0.01, columns: 1400, rows: 1200
    )
    private let encoding = OutputEncoding(type: .uint16, scale: 0.001, noData: 65_535, unit: "m3 m-3")

    /// Tiles of 480 at two places; the rest is never written.
    private func write(_ encoding: OutputEncoding, in folder: TemporaryFolder, reversed: Bool = false) throws
        -> String
    {
        let writer = try MosaicWriter(
            temporaryPath: folder.file("assembly.tif"), grid: grid, encoding: encoding,
            description: "surface 2016-01-15",
            metadata: [
                "TIFFTAG_DATETIME": "2016:01:15 00:00:00", "AREA_OR_POINT": "Area", "TILTH_LAYER": "surface",
            ], cacheBytes: 32 << 20)
        var tiles = [(0, 0, 480, 480), (960, 480, 440, 480)]
        if reversed { tiles.reverse() }
        for (column, row, columns, rows) in tiles {
            let numbers = (0..<columns * rows).map { 100 + ($0 + column) % 300 }
            let buffer: RasterBuffer =
                encoding.type == .uint16
                ? .uint16(numbers.map { UInt16($0) }) : .float32(numbers.map { Float($0) / 1000 })
            try writer.write(
                buffer, window: PixelWindow(column: column, row: row, columns: columns, rows: rows))
        }
        let path = folder.file("mosaic-\(reversed).tif")
        try writer.finish(to: path)
        return path
    }

    @Test func aMosaicIsACOGWithEverythingInIt() throws {
        let folder = try TemporaryFolder()
        let path = try write(encoding, in: folder)
        #expect(folder.names == ["mosaic-false.tif"], "nothing else stays: \(folder.names)")
        let file = try RasterFile(path: path)
        #expect(file.info.grid == grid && file.info.blockColumns == 512 && file.info.unit == "m3 m-3")
        #expect(file.info.scale == 0.001 && file.info.noData == 65_535)
        #expect(file.info.bandDescriptions == ["surface 2016-01-15"])
        let values = try file.read(window: PixelWindow(column: 478, row: 0, columns: 4, rows: 1), bands: [1])
        // Column 478 holds 100 + 478 % 300.
        #expect(values[0] == Float(278 * 0.001) && values[1] == Float(279 * 0.001))
        #expect(values[2].isNaN && values[3].isNaN)
        let lastNumber = 100 + (440 * 480 - 1 + 960) % 300
        let corner = try file.readStored(
            window: PixelWindow(column: 1399, row: 959, columns: 1, rows: 1), band: 1)
        #expect(corner == .uint16([UInt16(lastNumber)]))

        guard let gdalinfo = Tool("gdalinfo") else { return }
        let text = try gdalinfo.run(path)
        for line in [
            "LAYOUT=COG", "TIFFTAG_DATETIME=2016:01:15 00:00:00", "AREA_OR_POINT=Area", "TILTH_LAYER=surface",
            "Overviews: 700x600, 350x300", "COMPRESSION=ZSTD", "Unit Type: m3 m-3", "Scale:0.001",
        ] { #expect(text.contains(line), "\(line) in \(text)") }
    }

    @Test func theSameWindowsGiveTheSameBytesInAnyOrder() throws {
        let folder = try TemporaryFolder()
        let once = try Data(contentsOf: URL(filePath: try write(encoding, in: folder)))
        let again = try Data(contentsOf: URL(filePath: try write(encoding, in: folder, reversed: true)))
        #expect(once == again)
    }

    @Test func whatNobodyWroteTakesNoSpace() throws {
        let folder = try TemporaryFolder()
        let wide = Grid(
            crs: "EPSG:4326", west: -180, north: 90, pixelWidth: 1 / 120.0, pixelHeight: 1 / 120.0,
            columns: 10_240,
            rows: 10_240)
        let writer = try MosaicWriter(
            temporaryPath: folder.file("a.tif"), grid: wide, encoding: encoding, description: "empty")
        try writer.write(.uint16([7]), window: PixelWindow(column: 5000, row: 5000, columns: 1, rows: 1))
        try writer.finish(to: folder.file("m.tif"))
        let size = try #require(
            try FileManager.default.attributesOfItem(atPath: folder.file("m.tif"))[.size] as? Int)
        #expect(size < 20_000, "\(size) bytes")
        let file = try RasterFile(path: folder.file("m.tif"))
        let window = PixelWindow(column: 4999, row: 5000, columns: 3, rows: 1)
        #expect(try file.readStored(window: window, band: 1) == .uint16([65_535, 7, 65_535]))
    }

    @Test func floatsAndDeflateWorkToo() throws {
        let folder = try TemporaryFolder()
        let encoding = OutputEncoding(type: .float32, noData: -9999, unit: "m3 m-3", compression: .deflate)
        let file = try RasterFile(path: try write(encoding, in: folder))
        #expect(file.info.dataType == "Float32")
        let values = try file.read(window: PixelWindow(column: 479, row: 0, columns: 2, rows: 1), bands: [1])
        #expect(values[0] == 0.279 && values[1].isNaN)
    }

    @Test func anUnfinishedMosaicLeavesNothing() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try MosaicWriter(
                temporaryPath: folder.file("a.tif"), grid: grid, encoding: encoding, description: "x")
            let outside = #expect(throws: RasterError.self) {
                try writer.write(
                    .uint16([1, 2]), window: PixelWindow(column: 1399, row: 0, columns: 2, rows: 1))
            }
            #expect(outside?.kind == .outside)
        }
        #expect(folder.names.isEmpty)
        let writer = try MosaicWriter(
            temporaryPath: folder.file("a.tif"), grid: grid, encoding: encoding, description: "x")
        let error = #expect(throws: RasterError.self) {
            try writer.finish(to: folder.file("no/such/folder/m.tif"))
        }
        #expect(error?.kind == .notWritten && error?.description.contains("no/such/folder") == true)
        #expect(folder.names.isEmpty)
        #expect(throws: RasterError.self) {
            try MosaicWriter(
                temporaryPath: folder.file("no/a.tif"), grid: grid, encoding: encoding, description: "x")
        }
    }
}
