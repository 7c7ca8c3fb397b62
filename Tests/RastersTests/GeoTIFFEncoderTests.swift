import Foundation
import Rasters
import Testing
import Tiling

@Suite struct GeoTIFFEncoderTests {
    private let grid = Grid(
        crs: "EPSG:4326", west: -180, north: 90, pixelWidth: 1 / 120.0, pixelHeight: 1 / 120.0, columns: 96,
        rows: 96)
    private let whole = PixelWindow(column: 0, row: 0, columns: 96, rows: 96)

    private func buffer(_ type: PixelType, seed: Int) -> RasterBuffer {
        let numbers = (0..<96 * 96).map { ($0 * 7 + seed) % 500 }
        return switch type {
        case .uint16: .uint16(numbers.map { UInt16($0) })
        case .int16: .int16(numbers.map { Int16($0) })
        case .float32: .float32(numbers.map { Float($0) / 8 })
        }
    }

    @Test(arguments: PixelType.allCases, OutputEncoding.Compression.allCases)
    func whatIsEncodedIsRead(_ type: PixelType, _ compression: OutputEncoding.Compression) throws {
        let folder = try TemporaryFolder()
        let encoding = OutputEncoding(
            type: type, scale: 0.001, offset: 2, noData: 499, unit: "m3 m-3", compression: compression)
        for (block, interleave) in [
            (48, GeoTIFFEncoder.Interleave.band), (48, .pixel), (96, .band), (50, .band), (50, .pixel),
            (32, .pixel),
        ] {
            let encoder = GeoTIFFEncoder(
                grid: grid, blockSize: block, encoding: encoding, interleave: interleave)
            let bands = (0..<3).map { number in
                GeoTIFFBand(
                    description: "surface 2016-01-0\(number + 1)",
                    metadata: ["DATE": "2016-01-0\(number + 1)"],
                    values: buffer(type, seed: number * 11))
            }
            let bytes = try encoder.encode(
                bands: bands, metadata: ["TILTH_TILE": "x0y0", "AREA_OR_POINT": "Area"])
            #expect(
                try encoder.encode(bands: bands, metadata: ["TILTH_TILE": "x0y0", "AREA_OR_POINT": "Area"])
                    == bytes)
            let team = GeoTIFFEncoder(
                grid: grid, blockSize: block, encoding: encoding, interleave: interleave, threadCount: 3)
            #expect(
                try team.encode(bands: bands, metadata: ["TILTH_TILE": "x0y0", "AREA_OR_POINT": "Area"])
                    == bytes)
            let file = try RasterFile(path: try folder.write(bytes, to: "t.tif"))
            for (number, band) in bands.enumerated() {
                let stored = try file.readStored(window: whole, band: number + 1)
                #expect(stored == band.values && stored.digest == band.values.digest)
            }
            let info = file.info
            #expect(info.grid == grid && info.bandDescriptions == bands.map(\.description))
            #expect(info.scale == 0.001 && info.offset == 2 && info.noData == 499 && info.unit == "m3 m-3")
            // GDAL reads one large uncompressed strip as several.
            if block % 16 == 0 || compression != .none {
                #expect(info.blockRows == (block % 16 == 0 ? block : 96))
            }
        }
    }

    @Test func metadataIsThereForOtherReaders() throws {
        guard let gdalinfo = Tool("gdalinfo") else { return }
        let folder = try TemporaryFolder()
        let encoding = OutputEncoding(type: .uint16, scale: 0.001, noData: 65_535, unit: "m3 m-3")
        let bytes = try GeoTIFFEncoder(grid: grid, blockSize: 96, encoding: encoding).encode(
            bands: [
                GeoTIFFBand(
                    description: "surface 2016-01-01", metadata: ["LAYER": "surface"],
                    values: buffer(.uint16, seed: 0))
            ], metadata: ["TIFFTAG_DATETIME": "2016:01:01 00:00:00", "TILTH_RECIPE": "abc"])
        let text = try gdalinfo.run(try folder.write(bytes, to: "t.tif"))
        for line in [
            "TIFFTAG_DATETIME=2016:01:01 00:00:00", "TILTH_RECIPE=abc", "LAYER=surface", "COMPRESSION=ZSTD",
            "AREA_OR_POINT=Area", "Description = surface 2016-01-01", "Unit Type: m3 m-3",
            "NoData Value=65535",
            "Scale:0.001", "Block=96x96", "INTERLEAVE=BAND",
        ] { #expect(text.contains(line), "\(line) in \(text)") }
    }

    @Test func nanAsNoDataSurvives() throws {
        let folder = try TemporaryFolder()
        var values = [Float](repeating: 0.25, count: 96 * 96)
        values[5] = .nan
        let encoding = OutputEncoding(type: .float32, noData: .nan, unit: "")
        let bytes = try GeoTIFFEncoder(grid: grid, blockSize: 32, encoding: encoding, interleave: .pixel)
            .encode(
                bands: [
                    GeoTIFFBand(description: "a", values: .float32(values)),
                    GeoTIFFBand(description: "b", values: .float32(values)),
                ])
        let file = try RasterFile(path: try folder.write(bytes, to: "t.tif"))
        #expect(file.info.noData?.isNaN == true)
        let read = try file.read(window: PixelWindow(column: 4, row: 0, columns: 3, rows: 1), bands: [2])
        #expect(read[0] == 0.25 && read[1].isNaN && read[2] == 0.25)
    }

    @Test func anUnknownReferenceIsRefused() throws {
        let grid = Grid(
            crs: "EPSG:999999", west: 0, north: 1, pixelWidth: 1, pixelHeight: 1, columns: 1, rows: 1)
        let encoding = OutputEncoding(type: .uint16, noData: 0, unit: "")
        #expect(throws: RasterError.self) {
            try GeoTIFFEncoder(grid: grid, blockSize: 16, encoding: encoding).encode(
                bands: [GeoTIFFBand(description: "", values: .uint16([1]))])
        }
    }

    @Test func buffersKnowTheirPartsAndTheirValidValues() {
        let buffer = RasterBuffer.uint16([1, 2, 3, 4, 65_535, 6])
        #expect(buffer.cropped(fromColumns: 3, toColumns: 2, rows: 2) == .uint16([1, 2, 4, 65_535]))
        #expect(buffer.cropped(fromColumns: 3, toColumns: 3, rows: 1) == .uint16([1, 2, 3]))
        #expect(buffer.cropped(fromColumns: 3, toColumns: 3, rows: 2) == buffer)
        #expect(buffer.countOfValid(noData: 65_535) == 5)
        #expect(RasterBuffer.float32([1, .nan, -9999]).countOfValid(noData: -9999) == 1)
        // The little-endian bytes 01 00 02 00.
        #expect(RasterBuffer.uint16([1, 2]).digest == Digest(of: [1, 0, 2, 0]))
    }
}
