import Foundation
import Testing
import Tiling

@testable import Terrain

/// Land whose index can be written down.
@Suite struct ClosedFormTests {
    private func index(_ outcome: TerrainWorld.Outcome, _ cell: Int) -> Double {
        Double(Float(bitPattern: outcome.index[cell]))
    }

    @Test func anInclinedPlaneGathersARowOfCells() throws {
        // Falls 5 m per 100 m to the east: a = (column + 1) * 100 m, tan b = 0.05.
        let world = TerrainWorld(columns: 20, rows: 9) { column, _ in 1000 - 5 * Float(column) }
        let outcome = try world.solve(tileSide: 7)
        for column in 0..<19 {
            #expect(abs(index(outcome, 4 * 20 + column) - log(Double(column + 1) * 100 / 0.05)) < 1e-6)
        }
        #expect(outcome.directions[4 * 20 + 19] == FlowDirection.mouth.rawValue)
    }

    @Test func aDiagonalPlaneHasDiagonalWidths() throws {
        // Falls 3 m per cell in both axes: tan b = 0.03 * sqrt 2, to the south-east.
        let world = TerrainWorld(columns: 12, rows: 12) { 500 - 3 * Float($0) - 3 * Float($1) }
        let outcome = try world.solve(tileSide: 5)
        let published = try world.solve(tileSide: 5, mode: .published)
        for place in 1..<11 {
            let area = Double(place + 1) * 10_000
            let slope = 0.03 * 2.0.squareRoot()
            let expected = log(area / (100 * 2.0.squareRoot()) / slope)
            #expect(outcome.directions[place * 13] == 2)
            #expect(abs(index(outcome, place * 13) - expected) < 1e-5)
            let difference = index(published, place * 13) - index(outcome, place * 13)
            #expect(abs(difference - log(141.42135623730951 / 90.0.squareRoot())) < 1e-5)
        }
    }

    @Test func publishedDiffersOnDiagonalsOnlyWhereCellsAre90Metres() {
        let grid = Grid(
            crs: "", west: 0, north: 0, pixelWidth: 90, pixelHeight: 90, columns: 3, rows: 3)
        let geometry = CellGeometry(grid: grid, isGeographic: false)
        let published = TopographicIndex(mode: .published, geometry: geometry)
        let corrected = TopographicIndex(mode: .corrected, geometry: geometry)
        for step in 0..<8 {
            let direction = FlowDirection(rawValue: 1 << UInt8(step))
            let difference =
                published.value(area: 81_000, direction: direction, slope: 0.02, row: 1)
                - corrected.value(area: 81_000, direction: direction, slope: 0.02, row: 1)
            #expect(abs(difference - (direction.isDiagonal ? 2.5965 : 0)) < 1e-4)
        }
    }

    @Test func theSpecialCasesOfBothModes() {
        let grid = Grid(
            crs: "", west: 0, north: 0, pixelWidth: 50, pixelHeight: 200, columns: 2, rows: 2)
        let geometry = CellGeometry(grid: grid, isGeographic: false)
        let published = TopographicIndex(mode: .published, geometry: geometry)
        let corrected = TopographicIndex(mode: .corrected, geometry: geometry)
        let east = FlowDirection(rawValue: 1)
        let south = FlowDirection(rawValue: 4)
        #expect(published.value(area: 1e4, direction: east, slope: 0, row: 0) == .infinity)
        #expect(published.value(area: 1e4, direction: .mouth, slope: 0.1, row: 0) == .infinity)
        #expect(published.value(area: 1e4, direction: .sink, slope: 0.1, row: 0).isNaN)
        #expect(corrected.value(area: 1e4, direction: east, slope: 0, row: 0) == Float(log(50 / 0.001)))
        #expect(corrected.value(area: 1e4, direction: south, slope: 0.1, row: 0) == Float(log(200 / 0.1)))
        for still in [FlowDirection.mouth, .sink] {
            #expect(corrected.value(area: 1e4, direction: still, slope: 0.1, row: 0) == Float(log(100 / 0.1)))
        }
        for index in [published, corrected] {
            #expect(index.value(area: 1e4, direction: .missing, slope: 0.1, row: 0).isNaN)
            #expect(index.value(area: 0, direction: east, slope: 0.1, row: 0).isNaN)
            #expect(index.value(area: .nan, direction: east, slope: 0.1, row: 0).isNaN)
        }
    }

    @Test func aConeHasOneSlopeAndAParaboloidGrowsSteeper() throws {
        let cone = TerrainWorld(columns: 41, rows: 41) { column, row in
            2000 - 10 * Float(((column - 20) * (column - 20) + (row - 20) * (row - 20))).squareRoot()
        }
        let index = TopographicIndex(mode: .corrected, geometry: cone.geometry)
        let window = PixelWindow(column: 0, row: 0, columns: 41, rows: 41)
        let slopes = index.slopes(cone.halo(cone.elevation, window))
        for (column, row) in [(30, 20), (20, 8), (30, 30), (10, 27)] {
            // Central differences of a cone err by (cell / radius)^2 / 6 at most.
            #expect(abs(slopes[row * 41 + column] - 0.1) < 0.1 / 300)
        }
        // All directions lead outwards, and all the water leaves over the rim.
        let outcome = try cone.solve(tileSide: 9)
        let mouths = outcome.directions.indices.filter { outcome.directions[$0] == 0 }
        let cell = cone.geometry.areaParts(rows: 0..<1)[0]
        #expect(mouths.reduce(0) { $0 + outcome.sums[$1] } == 41 * 41 * cell)

        let bowl = TerrainWorld(columns: 41, rows: 41) { column, row in
            2000 - 0.25 * Float((column - 20) * (column - 20) + (row - 20) * (row - 20))
        }
        let steeper = index.slopes(bowl.halo(bowl.elevation, window))
        // z = -r^2 / 4 m with r in cells of 100 m: tan b = r / 200, which central differences give exactly.
        #expect(abs(steeper[20 * 41 + 30] - 10.0 / 200) < 1e-9)
        #expect(abs(steeper[30 * 41 + 30] - 200.0.squareRoot() / 200) < 1e-9)
    }

    @Test func aValleyGathersBothOfItsSides() throws {
        // Sides fall 20 m per cell to column 10; the floor falls 1 m per cell to the south.
        let world = TerrainWorld(columns: 21, rows: 15) { column, row in
            Float(20 * abs(column - 10) + 100 - row)
        }
        let outcome = try world.solve(tileSide: 6)
        // Steepest is straight down the side (0.2) before the diagonal (21 / 141 = 0.148).
        let cell = world.geometry.areaParts(rows: 0..<1)[0]
        for row in 0..<15 { #expect(outcome.sums[row * 21 + 10] == Int64(21 * (row + 1)) * cell) }
        for row in 1..<14 {
            // On the floor the sides cancel: tan b = 0.01, a = 21 * (row + 1) * 100 m.
            let expected = log(Double(21 * (row + 1)) * 100 / 0.01)
            #expect(abs(index(outcome, row * 21 + 10) - expected) < 1e-5)
        }
    }

    @Test func cellsShrinkTowardsThePoles() {
        let grid = Grid(
            crs: "EPSG:4326", west: 0, north: 60.5, pixelWidth: 1, pixelHeight: 1, columns: 2, rows: 61)
        let geometry = CellGeometry(grid: grid, isGeographic: true)
        #expect(abs(geometry.height - 111_195.0519765) < 1e-4)
        #expect(abs(geometry.width[0] - geometry.height / 2) < 1e-6)
        #expect(abs(geometry.width[60] - geometry.height) < 1e-6)
    }
}
