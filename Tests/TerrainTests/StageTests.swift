import Foundation
import Rasters
import TestSupport
import Testing
import Tiling

@testable import Terrain

/// The stage from files to a file.
@Suite struct StageTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "terrain-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(
        _ name: String, _ grid: Grid, noData: Double = -9999, _ values: [Float]
    ) throws -> String {
        let encoder = GeoTIFFEncoder(
            grid: grid, blockSize: 128, encoding: OutputEncoding(type: .float32, noData: noData, unit: "m"))
        let bytes = try encoder.encode(bands: [GeoTIFFBand(description: name, values: .float32(values))])
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func world() -> TerrainWorld {
        var numbers = SeededRandom(seed: 9)
        return TerrainWorld(columns: 70, rows: 50, isGeographic: true, size: 0.001) { column, row in
            if (30..<33).contains(column) && row < 8 { return .nan }
            return 200 + Float(column) / 3 + Float(Int.random(in: 0..<6, using: &numbers))
        }
    }

    private func read(_ path: String) throws -> [Float] {
        let file = try RasterFile(path: path)
        return try file.read(
            window: PixelWindow(column: 0, row: 0, columns: file.info.columns, rows: file.info.rows),
            bands: [1])
    }

    @Test func theFileHoldsWhatThePhasesMakeInMemory() throws {
        let world = world()
        let dem = try write("dem.tif", world.grid, world.elevation.map { $0.isNaN ? -9999 : $0 })
        let expected = try world.solve(tileSide: 64).index
        for (side, threads) in [(64, 1), (16, 3)] {
            let output = "\(folder)/ti-\(side).tif"
            let stage = TopographicIndexStage(
                maps: try TerrainMaps(elevation: dem), mode: .corrected,
                settings: .init(tileSide: side, threadCount: threads))
            let result = try stage.write(to: output)
            #expect(result == .init(cellCount: 3500, validCount: 3476))
            // The geometry of a file's grid may differ in the last bit of its latitudes.
            let values = try read(output)
            for cell in values.indices {
                let want = Float(bitPattern: expected[cell])
                #expect(values[cell].isNaN == want.isNaN)
                if !want.isNaN { #expect(abs(values[cell] - want) < 1e-5, "cell \(cell)") }
            }
            let info = try RasterFile(path: output).info
            #expect(info.unit == "ln(m)" && info.blockColumns != info.columns && info.noData?.isNaN == true)
        }
        let coarse = try read("\(folder)/ti-64.tif").map(\.bitPattern)
        #expect(try read("\(folder)/ti-16.tif").map(\.bitPattern) == coarse)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names == ["dem.tif", "ti-16.tif", "ti-64.tif"], "no scratch file is left")
    }

    @Test func givenDirectionsAndAreasGiveTheSameIndex() throws {
        let world = world()
        let outcome = try world.solve(tileSide: 64)
        let dem = try write("dem.tif", world.grid, world.elevation.map { $0.isNaN ? -9999 : $0 })
        let directions = try write(
            "dir.tif", world.grid, outcome.directions.map { $0 == 254 ? 247 : Float($0) })
        let areas = try write(
            "upa.tif", world.grid,
            outcome.sums.map { $0 == 0 ? -9999 : Float(Double($0) / CellGeometry.partsPerSquareMetre / 1e6) })
        for accumulation in [nil, areas] {
            let maps = try TerrainMaps(
                elevation: dem, directions: directions, accumulation: accumulation)
            let output = "\(folder)/ti.tif"
            let stage = TopographicIndexStage(
                maps: maps, mode: .corrected, settings: .init(tileSide: 24, threadCount: 2))
            #expect(try stage.write(to: output).validCount == 3476)
            let differing = zip(try read(output), outcome.index).count { value, bits in
                !value.isNaN && !(abs(value - Float(bitPattern: bits)) < 1e-5)
            }
            #expect(differing == 0)
        }
    }

    @Test func badMapsAreNamedInOneLine() throws {
        let world = world()
        let good = try write("dem.tif", world.grid, world.elevation.map { $0.isNaN ? -9999 : $0 })
        let undeclared = try write(
            "undeclared.tif", world.grid, noData: -1, world.elevation.map { $0.isNaN ? -9999 : $0 })
        let empty = try write("empty.tif", world.grid, world.elevation.map { _ in -9999 })
        let wrongCodes = try write("codes.tif", world.grid, world.elevation.map { _ in 3 })
        let shifted = try write(
            "shifted.tif",
            Grid(
                crs: "EPSG:4326", west: 0.001, north: 60, pixelWidth: 0.001, pixelHeight: 0.001, columns: 70,
                rows: 50), world.elevation.map { _ in 1 })
        let mercator = try write(
            "mercator.tif",
            Grid(
                crs: "EPSG:3857", west: 0, north: 8_400_000, pixelWidth: 100, pixelHeight: 100, columns: 70,
                rows: 50), world.elevation.map { _ in 1 })
        let cases: [(() throws -> TerrainMaps, String)] = [
            ({ try TerrainMaps(elevation: undeclared) }, "undeclared.tif: -9999.0 at column 30, row 0"),
            ({ try TerrainMaps(elevation: empty) }, "empty.tif: no cell has an index"),
            ({ try TerrainMaps(elevation: good, directions: wrongCodes) }, "codes.tif: 3.0 at column"),
            ({ try TerrainMaps(elevation: good, directions: shifted) }, "shifted.tif: 70 x 50 cells"),
            ({ try TerrainMaps(elevation: mercator) }, "mercator.tif: its cells of 100.0 are"),
            ({ try TerrainMaps(elevation: good, accumulation: good) }, "give --directions"),
            ({ try TerrainMaps(elevation: "\(folder)/none.tif") }, "none.tif: does not exist"),
        ]
        for (maps, expected) in cases {
            let error = #expect(throws: (any Error).self) {
                try TopographicIndexStage(maps: maps(), mode: .corrected).write(to: "\(folder)/ti.tif")
            }
            let line = error.map { "\($0)" } ?? ""
            #expect(line.contains(expected), "\(line)")
            #expect(!line.contains("\n"))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/ti.tif"))
    }
}
