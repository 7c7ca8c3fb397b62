import TestSupport
import Testing
import Tiling

@testable import Terrain

/// The tile size is a matter of memory: no value depends on it.
@Suite struct TilingInvarianceTests {
    /// Coarse steps make many flats and pits; holes make shores inside.
    private func randomWorld(seed: UInt64, steps: Int, holes: Bool, isGeographic: Bool) -> TerrainWorld {
        var numbers = SeededRandom(seed: seed)
        return TerrainWorld(
            columns: 37, rows: 29, isGeographic: isGeographic, size: isGeographic ? 0.01 : 100
        ) { _, _ in
            if holes, Int.random(in: 0..<25, using: &numbers) == 0 { return .nan }
            return Float(Int.random(in: 0..<steps, using: &numbers))
        }
    }

    @Test(arguments: [3, 20, 100_000], [false, true])
    func anyTileSizeGivesTheSameBits(steps: Int, holes: Bool) throws {
        for seed: UInt64 in 1...3 {
            let world = randomWorld(seed: seed, steps: steps, holes: holes, isGeographic: seed == 2)
            let whole = try world.solve(tileSide: 64)
            for side in [1, 2, 3, 5, 8, 16, 29, 36] {
                let tiled = try world.solve(tileSide: side)
                #expect(tiled == whole, "seed \(seed), \(steps) steps, tiles of \(side)")
            }
        }
    }

    @Test func aFlatPlainAcrossManyTilesDrainsToItsNearestShore() throws {
        let world = TerrainWorld(columns: 23, rows: 23) { _, _ in 7 }
        let whole = try world.solve(tileSide: 64)
        #expect(try world.solve(tileSide: 4) == whole)
        #expect(!whole.directions.contains(FlowDirection.sink.rawValue))
        // Rim cells are mouths, and between them all cells are gathered once.
        let mouths = whole.directions.indices.filter { whole.directions[$0] == FlowDirection.mouth.rawValue }
        #expect(mouths.count == 4 * 22)
        let cell = world.geometry.areaParts(rows: 0..<1)[0]
        #expect(mouths.reduce(0) { $0 + whole.sums[$1] } == 23 * 23 * cell)
    }

    @Test func aSpiralValleyCrossesTilesManyTimes() throws {
        // A wall of 100 m with a spiral of falling ground cut into it: one stream visits each tile often.
        var ground = [Float](repeating: 100, count: 31 * 31)
        var (column, row, step) = (0, 1, 0)
        var height: Float = 0
        let turns = [(1, 0), (0, 1), (-1, 0), (0, -1)]
        func isFree(_ column: Int, _ row: Int) -> Bool {
            (0..<31).contains(column) && (0..<31).contains(row) && ground[row * 31 + column] == 100
        }
        while true {
            ground[row * 31 + column] = height
            height += 0.01
            let (x, y) = turns[step % 4]
            if isFree(column + x, row + y) && (1..<30).contains(column + x) && (1..<30).contains(row + y)
                && isFree(column + 2 * x, row + 2 * y)
            {
                (column, row) = (column + x, row + y)
            } else {
                step += 1
                let (x, y) = turns[step % 4]
                guard isFree(column + x, row + y), isFree(column + 2 * x, row + 2 * y) else { break }
            }
        }
        let world = TerrainWorld(columns: 31, rows: 31) { ground[$1 * 31 + $0] }
        let whole = try world.solve(tileSide: 64)
        let mouth = whole.sums[31]
        #expect(mouth > 400 * world.geometry.areaParts(rows: 0..<1)[0], "most water leaves by the spiral")
        for side in [2, 4, 7] { #expect(try world.solve(tileSide: side) == whole, "tiles of \(side)") }
    }

    @Test func aLakeFillsToItsOutletAcrossTiles() throws {
        // A bowl of 10 m rim, a notch of 4 m in the eastern wall, and an island.
        let world = TerrainWorld(columns: 20, rows: 20) { column, row in
            if column == 19 && row == 11 { return 4 }
            if column == 0 || row == 0 || column == 19 || row == 19 { return 10 }
            return column == 8 && row == 8 ? 6 : 1
        }
        for side in [3, 7, 64] {
            let outcome = try world.solve(tileSide: side)
            #expect(outcome.filled[5 * 20 + 5] == 4)
            #expect(outcome.filled[8 * 20 + 8] == 6)
            #expect(outcome.directions[11 * 20 + 19] == FlowDirection.mouth.rawValue)
            let cell = world.geometry.areaParts(rows: 0..<1)[0]
            #expect(outcome.sums[11 * 20 + 19] >= 18 * 18 * cell, "all that fell into the lake leaves there")
        }
    }

    @Test func directionsInACircleAreRefused() throws {
        let world = TerrainWorld(columns: 8, rows: 4) { _, _ in 0 }
        var directions = [FlowDirection](repeating: .mouth, count: 32)
        directions[11] = FlowDirection(rawValue: 1)
        directions[12] = FlowDirection(rawValue: 16)
        for side in [4, 8] {
            let error = #expect(throws: TerrainError.self) {
                try world.accumulate(directions, tileSide: side) { [Int64](repeating: 1, count: $0.rows) }
            }
            #expect(error?.description.contains("circle near column") == true)
        }
    }
}
