import Foundation
import Rasters
import TestSupport
import Testing
import Tiling

/// Fields of MODIS granules against the numbers that `Tests/Granules/make_granules.py` wrote with pyhdf.
@Suite struct HDF4Tests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Granules").path
    private let whole = PixelWindow(column: 0, row: 0, columns: 12, rows: 12)

    private func open(_ product: String, _ field: String) throws -> RasterFile {
        try RasterFile(path: "\(Self.folder)/\(product).A2016001.h29v12.061.2021241029.hdf", field: field)
    }

    @Test func temperatureIsMultipliedAndHeldAgainstItsRange() throws {
        let file = try open("MOD11A1", "LST_Day_1km")
        let values = try file.read(window: whole, bands: [1])
        // Fill, then 7000, below the valid 7500.
        #expect(values[0].isNaN && values[1].isNaN)
        for cell in 2..<144 { #expect(values[cell] == Float(Double(14_000 + 5 * cell) * 0.02)) }
        #expect(file.info.unit == "K" && file.info.scale == 0.02)
        #expect(abs(file.info.grid.west - 12_231_455.716343) < 1e-3)
        #expect(abs(file.info.grid.north + 3_335_851.559004) < 1e-3)
        #expect(abs(file.info.grid.pixelWidth - 1_111_950.519667 / 12) < 1e-6)
        #expect(file.info.grid.crs.contains("6371007.181"))
    }

    @Test func emissivityHasScaleAndOffset() throws {
        let values = try open("MOD11A1", "Emis_31").read(window: whole, bands: [1])
        for cell in 0..<144 { #expect(values[cell] == Float(Double(cell + 1) * 0.002 + 0.49)) }
    }

    /// The scale factor of vegetation indices is 10000, to divide by.
    @Test(arguments: [("MOD13A2", "1 km"), ("MOD13A1", "500m")])
    func vegetationIndicesAreDivided(product: String, size: String) throws {
        let values = try open(product, "\(size) 16 days NDVI").read(window: whole, bands: [1])
        for cell in 0..<144 {
            if cell == 13 || cell == 26 {
                #expect(values[cell].isNaN, "fill and out of range")
            } else {
                #expect(abs(Double(values[cell]) - Double(50 * cell - 1000) / 10_000) < 1e-7)
            }
        }
        let reliability = try open(product, "\(size) 16 days pixel reliability")
        // -1, as GDAL has it in a byte, is still there as a flag.
        let flags = try reliability.read(window: whole, bands: [1], asStored: true)
        #expect(flags[0] == 255 && flags[1...].elementsEqual((1..<144).map { Float($0 % 4) }))
        let quality = try open(product, "\(size) 16 days VI Quality")
        let bits = try quality.read(window: whole, bands: [1], asStored: true)
        #expect(bits.elementsEqual((0..<144).map { Float(2112 + $0 % 4) }))
    }

    @Test func flagsAreReadWhateverTheFileCallsNoData() throws {
        let folder = try TemporaryFolder()
        let grid = Grid(
            crs: "EPSG:4326", west: 0, north: 1, pixelWidth: 1, pixelHeight: 1, columns: 4, rows: 1)
        let encoding = OutputEncoding(type: .uint16, scale: 0.5, noData: 0, unit: "")
        let bytes = try GeoTIFFEncoder(grid: grid, blockSize: 16, encoding: encoding).encode(
            bands: [GeoTIFFBand(description: "", values: .uint16([0, 1, 2, 65_535]))])
        let file = try RasterFile(path: folder.write(bytes, to: "qc.tif"))
        let line = PixelWindow(column: 0, row: 0, columns: 4, rows: 1)
        #expect(try file.read(window: line, bands: [1], asStored: true) == [0, 1, 2, 65_535])
        #expect(try file.read(window: line, bands: [1])[0].isNaN)
    }

    @Test func theTruncatedGranuleIsRefusedByName() throws {
        struct Facts: Decodable {
            let format: String
            let bytes: Int?
        }
        let name = "modis/MOD09GA_truncated_64KiB.hdf"
        guard let path = SharedData.path("readers/\(name)"),
            let facts = try SharedData.json("readers/expected.json", as: [String: Anything<Facts>].self)?[
                name]?
                .value
        else { return }
        #expect(facts.format.contains("HDF4"))
        for field in [nil, "sur_refl_b01_1"] {
            let error = #expect(throws: RasterError.self) {
                if let field {
                    _ = try RasterFile(path: path, field: field)
                } else {
                    _ = try RasterFile(path: path)
                }
            }
            #expect(error?.kind == .unreadable && error?.isRetriable == false)
            let said = "is a truncated HDF4 file of \(facts.bytes ?? 0) bytes"
            #expect(error?.description.hasPrefix("\(path): \(said)") == true, "\(error?.description ?? "")")
        }
    }

    /// The other entries of the facts have other shapes.
    private struct Anything<Value: Decodable>: Decodable {
        let value: Value?

        init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
    }
}
