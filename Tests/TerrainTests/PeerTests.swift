import Foundation
import Rasters
import TestSupport
import Testing
import Tiling

@testable import Terrain

/// Against what another program made of real directions and elevations.
@Suite struct PeerTests {
    private struct PeerMaps {
        let maps: TerrainMaps
        let directions: [FlowDirection]
        let world: TerrainWorld

        init() throws {
            let folder = try #require(SharedData.path("topo_peer"))
            maps = try TerrainMaps(elevation: "\(folder)/dem.tif")
            directions = try PeerTests.directions(fromPacked: "\(folder)/dir.asc.gz")
            let grid = maps.grid
            let window = PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows)
            let elevation = try RasterFile(path: maps.elevationPath).read(window: window, bands: [1])
            world = TerrainWorld(grid: grid, elevation: elevation, geometry: maps.geometry)
        }

        var whole: PixelWindow {
            PixelWindow(column: 0, row: 0, columns: maps.grid.columns, rows: maps.grid.rows)
        }

        func expected(_ name: String) throws -> [Float] {
            let folder = try #require(SharedData.path("topo_peer/expected"))
            return try RasterFile(path: "\(folder)/\(name)").read(window: whole, bands: [1])
        }
    }

    /// GDAL reads a packed file through its own file system.
    private static func directions(fromPacked path: String) throws -> [FlowDirection] {
        let file = try RasterFile(path: "/vsigzip/\(path)")
        let window = PixelWindow(column: 0, row: 0, columns: file.info.columns, rows: file.info.rows)
        return try file.read(window: window, bands: [1]).map { try #require(FlowDirection(code: $0)) }
    }

    @Test func accumulationEqualsThePeersInEveryCell() throws {
        guard SharedData.path("topo_peer") != nil else { return }
        let peer = try PeerMaps()
        let expected = try peer.expected("acc_cells_from_dir.tif")
        for side in [100, 512] {
            let sums = try peer.world.accumulate(peer.directions, tileSide: side) {
                [Int64](repeating: 1, count: $0.rows)
            }
            #expect(zip(sums, expected).count { Float($0) == $1 } == 131_753, "tiles of \(side)")
        }
    }

    @Test func slopeAndIndexAgreeWithThePeers() throws {
        guard SharedData.path("topo_peer") != nil else { return }
        let peer = try PeerMaps()
        let index = TopographicIndex(mode: .corrected, geometry: peer.maps.geometry)
        let elevation = peer.world.halo(peer.world.elevation, peer.whole)
        let slopes = index.slopes(elevation)
        let sums = try peer.world.accumulate(peer.directions, tileSide: 128) {
            peer.maps.geometry.areaParts(rows: $0.row..<$0.row + $0.rows)
        }
        let values = index.values(
            elevation: elevation, directions: peer.directions,
            areas: sums.map { Double($0) / CellGeometry.partsPerSquareMetre })
        let peerSlopes = try peer.expected("tan_slope_from_dem.tif")
        let peerValues = try peer.expected("ti_from_dir.tif")
        var comparedCount = 0
        var worstSlope = 0.0
        var worstValue: Float = 0
        for cell in peerValues.indices where !peerValues[cell].isNaN {
            comparedCount += 1
            worstSlope = max(worstSlope, abs(slopes[cell] - Double(peerSlopes[cell])))
            worstValue = max(worstValue, abs(values[cell] - peerValues[cell]))
        }
        #expect(comparedCount == 130_305)
        // Both are float32 roundings of float64 computations: of slopes up to 0.21, of indices up to 23.
        #expect(worstSlope < 2e-8)
        #expect(worstValue < 4e-6)
        print("topo_peer: \(comparedCount) cells, worst slope \(worstSlope), worst index \(worstValue)")
    }

    /// Flats are resolved differently by every program; slopes are not. The peer takes cells for squares
    /// here, 83 % of whose directions are those of true cells.
    @Test func directionsFromTheDEMAgreeWithThePeersWhereLandIsSteep() throws {
        guard SharedData.path("topo_peer") != nil else { return }
        let peer = try PeerMaps()
        let grid = peer.maps.grid
        let squares = TerrainWorld(
            grid: grid, elevation: peer.world.elevation,
            geometry: CellGeometry(grid: grid, isGeographic: false))
        let outcome = try squares.solve(tileSide: 150)
        let expected = try peer.expected("dir_from_dem.tif")
        let slopes = try peer.expected("tan_slope_from_dem.tif")
        let sameCount = expected.indices.count { Float(outcome.directions[$0]) == expected[$0] }
        let steep = expected.indices.filter { slopes[$0] > 0.03 && expected[$0] > 0 }
        let sameSteepCount = steep.count { Float(outcome.directions[$0]) == expected[$0] }
        print(
            "topo_peer: \(sameCount) of \(expected.count) directions agree, \(sameSteepCount) of "
                + "\(steep.count) on slopes")
        #expect(Double(sameCount) > 0.8 * Double(expected.count))
        #expect(Double(sameSteepCount) > 0.9 * Double(steep.count))
        #expect(!outcome.directions.contains(FlowDirection.sink.rawValue))
    }

    @Test func moselAccumulatesInEveryCell() throws {
        guard let folder = SharedData.path("mosel/morph") else { return }
        let file = try RasterFile(path: "\(folder)/fdir.asc")
        let grid = file.info.grid
        let window = PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows)
        let directions = try file.read(window: window, bands: [1]).map {
            try #require(FlowDirection(code: $0))
        }
        let expected = try RasterFile(path: "\(folder)/facc.asc").read(window: window, bands: [1])
        let world = TerrainWorld(columns: grid.columns, rows: grid.rows, size: 500) { _, _ in 0 }
        for side in [50, 1000] {
            let sums = try world.accumulate(directions, tileSide: side) {
                [Int64](repeating: 1, count: $0.rows)
            }
            let sameCount = expected.indices.count {
                !expected[$0].isNaN && Float(sums[$0] - 1) == expected[$0]
            }
            #expect(sameCount == 46_545, "tiles of \(side)")
        }
    }
}

extension TerrainWorld {
    init(grid: Grid, elevation: [Float], geometry: CellGeometry) {
        self.grid = grid
        self.elevation = elevation
        self.geometry = geometry
    }
}
