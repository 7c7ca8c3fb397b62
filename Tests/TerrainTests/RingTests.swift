import Foundation
import Rasters
import Storage
import TestSupport
import Testing
import Tiling

@testable import Terrain

/// A map that goes once around the globe has no edge at the date line.
@Suite struct RingTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ring-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private static let columns = 72
    private static let rows = 20

    /// Land around the globe with random relief, pits and flats, turned by some columns.
    private func write(_ name: String, turnedBy shift: Int, west: Double = -180) throws -> String {
        var numbers = SeededRandom(seed: 5)
        let base = (0..<Self.columns * Self.rows).map { place -> Float in
            let row = place / Self.columns
            return 500 - Float(row) + Float(Int.random(in: 0..<5, using: &numbers))
        }
        let values = (0..<base.count).map { place in
            base[place / Self.columns * Self.columns + (place % Self.columns + shift) % Self.columns]
        }
        let grid = Grid(
            crs: "EPSG:4326", west: west, north: 50, pixelWidth: 5, pixelHeight: 5, columns: Self.columns,
            rows: Self.rows)
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: 128, encoding: OutputEncoding(type: .float32, noData: -9999, unit: "m")
        ).encode(bands: [GeoTIFFBand(description: name, values: .float32(values))])
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    private func index(of dem: String, side: Int, threads: Int = 1) throws -> [Float] {
        let output = "\(dem)-\(side).ti.tif"
        let stage = TopographicIndexStage(
            maps: try TerrainMaps(elevation: dem), mode: .corrected,
            settings: .init(tileSide: side, threadCount: threads))
        _ = try stage.write(to: output)
        return try read(output)
    }

    private func read(_ path: String) throws -> [Float] {
        try RasterFile(path: path).read(
            window: PixelWindow(column: 0, row: 0, columns: Self.columns, rows: Self.rows), bands: [1])
    }

    private func turned(_ values: [Float], by shift: Int) -> [Float] {
        values.indices.map { place in
            values[place / Self.columns * Self.columns + (place % Self.columns + shift) % Self.columns]
        }
    }

    @Test func onlyAWholeCircleIsARing() throws {
        let ring = try TerrainMaps(elevation: write("ring.tif", turnedBy: 0))
        #expect(ring.isRing)
        let grid = Grid(
            crs: "EPSG:4326", west: -180, north: 50, pixelWidth: 4, pixelHeight: 4, columns: 72, rows: 20)
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: 128, encoding: OutputEncoding(type: .float32, noData: -9999, unit: "m")
        ).encode(bands: [GeoTIFFBand(description: "", values: .float32([Float](repeating: 1, count: 1440)))])
        try Data(bytes).write(to: URL(filePath: folder + "/part.tif"))
        let part = try TerrainMaps(elevation: folder + "/part.tif")
        #expect(!part.isRing)
    }

    /// Where a map is cut is no matter of hydrology: the index of a turned map is the turned index.
    @Test(arguments: [16, 24, 128])
    func theIndexDoesNotDependOnTheSeam(_ side: Int) throws {
        let whole = try index(of: write("whole.tif", turnedBy: 0), side: 128)
        #expect(whole.count { !$0.isNaN } == whole.count)
        for shift in [1, 13, 36] {
            let other = try index(of: write("turned-\(shift).tif", turnedBy: shift), side: side, threads: 2)
            let expected = turned(whole, by: shift)
            // Equal ways down are taken in a fixed order of directions, which turning keeps.
            #expect(other.map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }

    @Test(arguments: [16, 40])
    func unitsOfARunMakeTheSameMap(_ side: Int) throws {
        let dem = try write("units.tif", turnedBy: 7)
        let expected = try index(of: dem, side: 128)
        let run = RunDirectory("\(folder)/run-\(side)")
        try run.create()
        let terrain = PlannedTerrain(
            elevation: dem, directions: nil, accumulation: nil, accumulationUnit: "km2", mode: "corrected")
        let scheme = TileScheme(grid: try TerrainMaps(elevation: dem).grid, pixelsPerSide: side)
        for pass in terrain.passes {
            for tile in 0..<(pass.isJoin ? 1 : scheme.tileCount) {
                // Each in a process of its own, as far as memory goes.
                let units = try TerrainUnits(terrain: terrain, scheme: scheme, run: run, threadCount: 2)
                let made = try units.execute(pass, tile: tile)
                let again = try units.execute(pass, tile: tile)
                #expect(made.map(\.sha256) == again.map(\.sha256), "\(pass)")
            }
        }
        let found = try read(run.absolute(PlannedTerrain.mapPath))
        #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
    }
}
