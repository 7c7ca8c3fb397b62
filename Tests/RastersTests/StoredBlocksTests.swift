import Foundation
import Testing
import Tiling

@testable import Rasters

/// Blocks that we decode against GDAL's reading of the same file, bit for bit.
@Suite struct StoredBlocksTests {
    private let grid = Grid(
        crs: "EPSG:4326", west: 10, north: 50, pixelWidth: 0.5, pixelHeight: 0.25, columns: 75, rows: 53)

    /// Within a block, across blocks, the whole, and the last corner.
    private let windows = [
        PixelWindow(column: 3, row: 5, columns: 9, rows: 7),
        PixelWindow(column: 10, row: 14, columns: 40, rows: 20),
        PixelWindow(column: 0, row: 0, columns: 75, rows: 53),
        PixelWindow(column: 74, row: 52, columns: 1, rows: 1),
    ]

    private func buffer(_ type: PixelType, seed: Int) -> RasterBuffer {
        let numbers = (0..<75 * 53).map { ($0 * 7919 + seed * 31) % 60_000 }
        return switch type {
        case .uint16: .uint16(numbers.map { UInt16($0) })
        case .int16: .int16(numbers.map { Int16($0 - 30_000) })
        case .float32: .float32(numbers.map { $0 % 17 == 0 ? .nan : Float($0) / 8 })
        }
    }

    private func file(
        _ type: PixelType, _ compression: OutputEncoding.Compression = .zstd, blockSize: Int = 16,
        interleave: GeoTIFFEncoder.Interleave = .band, bandCount: Int = 2, in folder: TemporaryFolder
    ) throws -> String {
        let encoding = OutputEncoding(
            type: type, scale: 0.5, offset: 10, noData: 4242, unit: "K", compression: compression)
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: blockSize, encoding: encoding, interleave: interleave
        ).encode(
            bands: (0..<bandCount).map { GeoTIFFBand(description: "", values: buffer(type, seed: $0)) })
        return try folder.write(bytes, to: "\(UUID().uuidString).tif")
    }

    /// All windows, unpacked and as stored, by both ways; says whether we decoded.
    private func compare(_ path: String, _ comment: Comment? = nil) throws -> Bool {
        let file = try RasterFile(path: path)
        let bands = Array((1...file.info.bandCount).reversed())
        for window in windows {
            for asStored in [false, true] {
                var found = [Float](repeating: -1, count: window.pixelCount * bands.count)
                try file.readRows(of: window, bands: bands, asStored: asStored) { band, row, column, values in
                    let first = (band * window.rows + row) * window.columns + column
                    for (place, value) in values.enumerated() { found[first + place] = value }
                }
                let expected = try file.read(window: window, bands: bands, asStored: asStored)
                #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), comment)
            }
        }
        return file.storedBlocks != nil
    }

    @Test(arguments: PixelType.allCases, OutputEncoding.Compression.allCases)
    func blocksAndStripsAreWhatGDALReads(
        _ type: PixelType, _ compression: OutputEncoding.Compression
    ) throws {
        let folder = try TemporaryFolder()
        for blockSize in [16, 32, 50] {
            let path = try file(type, compression, blockSize: blockSize, in: folder)
            let isOurs = try compare(path, "blocks of \(blockSize)")
            // Predictor 3 is GDAL's, and so is a large strip that it reads as several.
            let isKnown = type != .float32 || compression == .none
            if blockSize % 16 == 0 || compression != .none { #expect(isOurs == isKnown) }
        }
        #expect(try !compare(file(type, compression, interleave: .pixel, in: folder)))
        _ = try compare(file(type, compression, interleave: .pixel, bandCount: 1, in: folder))
    }

    @Test func otherWritersFilesAreReadOrLeftToGDAL() throws {
        guard let translate = Tool("gdal_translate") else { return }
        let folder = try TemporaryFolder()
        let source = try file(.uint16, bandCount: 1, in: folder)
        let tiles = ["-co", "TILED=YES", "-co", "BLOCKXSIZE=32", "-co", "BLOCKYSIZE=16"]
        let zstd = ["-co", "COMPRESS=ZSTD"]
        for (options, isOurs) in [
            (zstd + ["-co", "PREDICTOR=2", "-co", "BIGTIFF=YES"] + tiles, true),
            (zstd + ["-co", "PREDICTOR=2", "-ot", "Byte", "-scale", "0", "60000", "0", "255"] + tiles, true),
            (zstd + ["-ot", "Float32"] + tiles, true), (["-co", "COMPRESS=DEFLATE"], true),
            (zstd + ["-co", "BLOCKYSIZE=7", "-co", "PREDICTOR=2"], true),
            (
                zstd + ["-co", "SPARSE_OK=TRUE", "-scale", "0", "60000", "0", "0", "-a_nodata", "0"] + tiles,
                true
            ),
            (["-co", "COMPRESS=LZW", "-co", "PREDICTOR=2"] + tiles, false),
            (zstd + ["-co", "ENDIANNESS=BIG"] + tiles, false), (zstd + ["-ot", "Int32"] + tiles, false),
            (zstd + ["-ot", "Float64"] + tiles, false),
            (zstd + ["-scale", "0", "60000", "0", "4000", "-co", "NBITS=12"], false),
            (["-of", "COG", "-co", "COMPRESS=ZSTD", "-co", "PREDICTOR=YES", "-co", "BLOCKSIZE=128"], true),
        ] {
            let path = folder.file("\(UUID().uuidString).tif")
            try translate.run(["-q"] + options + [source, path])
            #expect(try compare(path, "\(options)") == isOurs, "\(options)")
        }
    }

    @Test func damagedBlocksAreToldByGDAL() throws {
        let folder = try TemporaryFolder()
        let path = try file(.int16, bandCount: 1, in: folder)
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        // Whatever is overwritten, both ways say the same, or fail.
        for start in stride(from: 0, to: bytes.count - 64, by: 97) {
            let kept = bytes[start..<start + 8]
            bytes.replaceSubrange(start..<start + 8, with: [255, 255, 255, 255, 255, 255, 255, 127])
            let damaged = try folder.write(bytes, to: "damaged.tif")
            bytes.replaceSubrange(start..<start + 8, with: kept)
            guard let file = try? RasterFile(path: damaged), file.info.columns == 75, file.info.rows == 53
            else { continue }
            let whole = windows[2]
            let expected = try? file.read(window: whole, bands: [1])
            var found = [Float](repeating: -1, count: whole.pixelCount)
            do {
                try file.readRows(of: whole, bands: [1]) { _, row, column, values in
                    for (place, value) in values.enumerated() { found[row * 75 + column + place] = value }
                }
                #expect(found.map(\.bitPattern) == expected?.map(\.bitPattern), "at byte \(start)")
            } catch {
                #expect(expected == nil, "at byte \(start): \(error)")
            }
        }
    }
}
