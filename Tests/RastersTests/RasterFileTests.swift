import Foundation
import Rasters
import Testing
import Tiling

@Suite struct RasterFileTests {
    private let grid = Grid(
        crs: "EPSG:4326", west: 10, north: 50, pixelWidth: 0.5, pixelHeight: 0.25, columns: 4, rows: 3)

    private func geoTIFF(_ encoding: OutputEncoding, _ buffers: [RasterBuffer], in folder: TemporaryFolder)
        throws -> String
    {
        let bytes = try GeoTIFFEncoder(grid: grid, blockSize: 16, encoding: encoding).encode(
            bands: buffers.map { GeoTIFFBand(description: "", values: $0) })
        return try folder.write(bytes, to: "\(UUID().uuidString).tif")
    }

    @Test func windowsComeBandByBandAndUnpacked() throws {
        let folder = try TemporaryFolder()
        let encoding = OutputEncoding(type: .int16, scale: 0.5, offset: 10, noData: -1, unit: "K")
        let first = (0..<12).map { Int16($0) }
        let second = first.map { $0 == 6 ? -1 : $0 * 2 }
        let file = try RasterFile(path: try geoTIFF(encoding, [.int16(first), .int16(second)], in: folder))
        let window = PixelWindow(column: 1, row: 1, columns: 2, rows: 2)
        let values = try file.read(window: window, bands: [2, 1])
        #expect(
            values[0] == 15 && values[1].isNaN && values[2...].elementsEqual([19, 20, 12.5, 13, 14.5, 15]))
        #expect(try file.readStored(window: window, band: 2) == .int16([10, -1, 18, 20]))
        #expect(
            file.info.unit == "K" && file.info.scale == 0.5 && file.info.offset == 10
                && file.info.noData == -1)
        #expect(
            file.info.bandCount == 2 && file.info.dataType == "Int16"
                && file.info.blockColumns != file.info.columns)
        #expect(file.info.grid == grid)
        #expect(file.info.crs.hasPrefix("GEOGCRS"))
    }

    @Test func noDataOfManyDigitsMatchesWhatIsStored() throws {
        let folder = try TemporaryFolder()
        let huge: Float = -3.4e38
        var values = [Float](repeating: 1, count: 12)
        (values[0], values[1], values[2]) = (huge, .nan, .infinity)
        let encoding = OutputEncoding(type: .float32, noData: -3.3999999521443642e38, unit: "")
        let file = try RasterFile(path: try geoTIFF(encoding, [.float32(values)], in: folder))
        let read = try file.read(window: PixelWindow(column: 0, row: 0, columns: 4, rows: 3), bands: [1])
        #expect(read.prefix(3).allSatisfy(\.isNaN) && read.dropFirst(3).allSatisfy { $0 == 1 })
    }

    @Test func southUpRastersAreTurnedOver() throws {
        guard let translate = Tool("gdal_translate") else { return }
        let folder = try TemporaryFolder()
        let encoding = OutputEncoding(type: .uint16, noData: 65_535, unit: "")
        let path = try geoTIFF(encoding, [.uint16((0..<12).map { UInt16($0) })], in: folder)
        // The stored rows are the same; only the geotransform says that they begin in the south.
        try translate.run("-q", "-a_ullr", "10", "49.25", "12", "50", path, folder.file("south.tif"))
        let file = try RasterFile(path: folder.file("south.tif"))
        #expect(file.info.grid == grid)
        let window = PixelWindow(column: 1, row: 0, columns: 2, rows: 2)
        #expect(try file.read(window: window, bands: [1]) == [9, 10, 5, 6])
        #expect(try file.readStored(window: window, band: 1) == .uint16([9, 10, 5, 6]))
    }

    @Test func wrongFilesAreRefusedInOneLineWithTheirPath() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: RasterError.self) { try RasterFile(path: folder.file("nowhere.tif")) }
        #expect(missing?.kind == .doesNotExist)
        #expect(missing?.description == "\(folder.file("nowhere.tif")): does not exist: check the path")
        let text = try folder.write(Array("not a raster".utf8), to: "text.tif")
        let unreadable = #expect(throws: RasterError.self) { try RasterFile(path: text) }
        #expect(unreadable?.kind == .unreadable && unreadable?.path == text)
        #expect(unreadable?.description.contains("\n") == false)

        let encoding = OutputEncoding(type: .uint16, noData: 0, unit: "")
        let path = try geoTIFF(encoding, [.uint16([UInt16](repeating: 1, count: 12))], in: folder)
        let file = try RasterFile(path: path)
        let outside = #expect(throws: RasterError.self) {
            try file.read(window: PixelWindow(column: 3, row: 0, columns: 2, rows: 1), bands: [1])
        }
        #expect(outside?.kind == .outside)
        let noBand = #expect(throws: RasterError.self) {
            try file.read(window: PixelWindow(column: 0, row: 0, columns: 1, rows: 1), bands: [2])
        }
        #expect(noBand?.kind == .notInFile)
        let whole = try Data(contentsOf: URL(filePath: path))
        let cut = try folder.write(Array(whole.prefix(whole.count / 2)), to: "cut.tif")
        #expect(throws: RasterError.self) {
            try RasterFile(path: cut).read(
                window: PixelWindow(column: 0, row: 0, columns: 4, rows: 3), bands: [1])
        }
    }

    @Test func rotatedAndPlacelessRastersAreRefused() throws {
        guard let translate = Tool("gdal_translate") else { return }
        let folder = try TemporaryFolder()
        let encoding = OutputEncoding(type: .uint16, noData: 0, unit: "")
        let path = try geoTIFF(encoding, [.uint16([UInt16](repeating: 1, count: 12))], in: folder)
        try translate.run("-q", "-of", "PNG", path, folder.file("plain.png"))
        try FileManager.default.removeItem(atPath: folder.file("plain.png.aux.xml"))
        let placeless = #expect(throws: RasterError.self) { try RasterFile(path: folder.file("plain.png")) }
        #expect(placeless?.problem.contains("geotransform") == true)
        try translate.run("-q", "-of", "VRT", path, folder.file("rotated.vrt"))
        var text = try String(contentsOfFile: folder.file("rotated.vrt"), encoding: .utf8)
        text.replace(
            /<GeoTransform>.*<\/GeoTransform>/, with: "<GeoTransform>10,0.5,0.1,50,0.1,-0.25</GeoTransform>")
        try text.write(toFile: folder.file("rotated.vrt"), atomically: true, encoding: .utf8)
        let rotated = #expect(throws: RasterError.self) { try RasterFile(path: folder.file("rotated.vrt")) }
        #expect(rotated?.problem.contains("rotated") == true)
    }

    @Test func fullDisksAndStaleHandlesMayPass() {
        #expect(!RasterError(.unsupported, path: "a.tif", problem: "is rotated").isRetriable)
        let full = RasterError(.notWritten, path: "a.tif", problem: "cannot be written", isRetriable: true)
        #expect((full as any Retriable).isRetriable)
        #expect(RasterError(.unreadable, path: "a", problem: "one\ntwo").description == "a: one; two")
    }
}
