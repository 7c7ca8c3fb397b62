import Foundation
import Rasters
import TestSupport
import Testing
import Tiling

@Suite struct QuicklookTests {
    @Test func aMapBecomesASmallPicture() throws {
        let folder = try TemporaryFolder()
        let grid = Grid(
            crs: "EPSG:4326", west: 0, north: 10, pixelWidth: 0.01, pixelHeight: 0.01, columns: 600, rows: 400
        )
        let encoding = OutputEncoding(type: .uint16, scale: 0.001, noData: 65_535, unit: "m3 m-3")
        // Dry in the west, wet in the east, sea in the south.
        var values = [UInt16](repeating: 65_535, count: 400 * 600)
        for position in 0..<300 * 600 { values[position] = UInt16(position % 600 * 500 / 599) }
        let bytes = try GeoTIFFEncoder(grid: grid, blockSize: 64, encoding: encoding).encode(
            bands: [GeoTIFFBand(description: "surface", values: .uint16(values))])
        let path = try folder.write(bytes, to: "map.tif")
        let png = try Quicklook(sidePixelsMax: 300).png(ofRaster: path)
        #expect(png.prefix(4) == [0x89, 0x50, 0x4e, 0x47])
        #expect(try Quicklook(sidePixelsMax: 300).png(ofRaster: path) == png)
        if let kept = ProcessInfo.processInfo.environment["TILTH_KEEP_QUICKLOOK"] {
            try Data(try Quicklook().png(ofRaster: path)).write(to: URL(filePath: kept))
        }

        guard let translate = Tool("gdal_translate") else { return }
        // As a raster with a place, so that its colours can be read back.
        let picture = try folder.write(png, to: "map.png")
        try translate.run(
            "-q", "-ot", "UInt16", "-a_ullr", "0", "0", "1", "-1", "-a_srs", "EPSG:4326", picture,
            folder.file("picture.tif"))
        let file = try RasterFile(path: folder.file("picture.tif"))
        #expect(file.info.columns == 320 && file.info.rows == 200 + 48 && file.info.bandCount == 4)
        func colour(_ column: Int, _ row: Int) throws -> [Float] {
            try file.read(
                window: PixelWindow(column: column, row: row, columns: 1, rows: 1), bands: [1, 2, 3, 4])
        }
        let (dry, wet, sea) = (try colour(2, 50), try colour(297, 50), try colour(100, 180))
        #expect(dry[0] > dry[2] && dry[3] == 255, "brown: \(dry)")
        #expect(wet[2] > wet[0] && wet[3] == 255, "blue: \(wet)")
        #expect(sea[3] == 0, "transparent: \(sea)")
    }

    @Test func aBandThatIsNotThereIsRefused() throws {
        guard let path = SharedData.path("yanco/expected/map_20160205.tif") else { return }
        #expect(throws: RasterError.self) { try Quicklook().png(ofRaster: path, band: 2) }
        #expect(try Quicklook().png(ofRaster: path).count > 1000)
    }
}
