import Testing
import Tiling

@testable import Covariates

/// Resampling rules on synthetic grids whose answers can be worked out by hand.
@Suite struct ResamplingTests {
    private func grid(_ west: Double, _ north: Double, _ size: Double, _ columns: Int, _ rows: Int) -> Grid {
        Grid(
            crs: "EPSG:4326", west: west, north: north, pixelWidth: size, pixelHeight: size, columns: columns,
            rows: rows)
    }

    /// Resamples `values` (by source cell, row by row) onto the only tile of a product.
    private func resample(
        _ values: [Float], from source: Grid, to product: Grid, side: Int, _ rule: Covariate.Resampling
    ) throws -> [Float] {
        let plan = try plan(from: source, to: product, side: side, rule)
        return plan.resampled(needed(values, by: plan, source: source), dayCount: 1)
    }

    private func plan(
        from source: Grid, to product: Grid, side: Int, _ rule: Covariate.Resampling
    ) throws -> ResamplingPlan {
        try SourcePositions(
            scheme: TileScheme(grid: product, pixelsPerSide: side), tile: Tile(x: 0, y: 0),
            pixels: Array(0..<side * side), source: source, transform: nil
        ).plan(resampling: rule, path: "test")
    }

    private func needed(_ values: [Float], by plan: ResamplingPlan, source: Grid) -> [Float] {
        var cells = [Float](repeating: .nan, count: plan.cells.count)
        let window = plan.cells.window
        for row in 0..<window.rows {
            for column in 0..<window.columns {
                let number = plan.cells.number(column: window.column + column, row: window.row + row)
                if number >= 0 {
                    cells[number] = values[(window.row + row) * source.columns + window.column + column]
                }
            }
        }
        return cells
    }

    private func numbered(_ grid: Grid) -> [Float] { (0..<grid.columns * grid.rows).map(Float.init) }

    @Test func nearestTakesTheCellUnderTheCentre() throws {
        let source = grid(0, 2, 1, 2, 2)
        let result = try resample(
            numbered(source), from: source, to: grid(0, 2, 0.5, 4, 4), side: 4, .nearest)
        #expect(result == [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3])
    }

    @Test func aCentreOnAnEdgeBelongsToTheCellEastAndSouthOfIt() throws {
        // Cells of 0.1 around multiples of 0.1, pixels of 0.1 around odd multiples of 0.05: every centre is
        // on an edge.
        let source = grid(9.95, 10.05, 0.1, 21, 21)
        let product = grid(10, 10, 0.1, 8, 8)
        let result = try resample(numbered(source), from: source, to: product, side: 8, .nearest)
        let expected: [Float] = (0..<64).map { (pixel: Int) in Float((pixel / 8 + 1) * 21 + pixel % 8 + 1) }
        #expect(result == expected)
    }

    @Test func bilinearWeightsFourCentres() throws {
        let source = grid(0, 3, 1, 3, 3)
        // Centres at 0.75, 1.25, 1.75, 2.25 in both directions; values rise by 1 per column and 10 per row.
        let values = (0..<9).map { Float($0 % 3 + 10 * ($0 / 3)) }
        let result = try resample(values, from: source, to: grid(0.5, 2.5, 0.5, 4, 4), side: 4, .bilinear)
        for row in 0..<4 {
            for column in 0..<4 {
                let (across, down) = (0.25 + 0.5 * Double(column), 0.25 + 0.5 * Double(row))
                let expected = Float(across + 10 * down)
                #expect(result[row * 4 + column] == expected)
            }
        }
    }

    @Test func bilinearIsClampedAtTheBorderAndMissingBesideAMissingCell() throws {
        let source = grid(0, 2, 1, 2, 2)
        let border = try resample([1, 3, 1, 3], from: source, to: grid(0, 2, 0.5, 4, 4), side: 4, .bilinear)
        #expect(Array(border[0..<4]) == [1, 1.5, 2.5, 3])
        let holed = try resample(
            [1, .nan, 1, 3], from: source, to: grid(0, 2, 0.5, 4, 4), side: 4, .bilinear)
        #expect(holed[0] == 1)
        #expect(holed[1].isNaN && holed[2].isNaN && holed[3].isNaN)
        // A centre on a cell's centre takes that cell alone, beside whatever hole.
        let onCentres = try resample([1, .nan, 2, 3], from: source, to: source, side: 2, .bilinear)
        #expect(onCentres[0] == 1 && onCentres[1].isNaN && onCentres[2] == 2 && onCentres[3] == 3)
    }

    @Test func averageWeighsByAreaAndSkipsHoles() throws {
        let source = grid(0, 3, 1, 3, 3)
        // A pixel of 1.5 x 1.5 cells: areas 1, 0.5, 0.5, 0.25.
        let values: [Float] = [1, 2, 0, 3, 4, 0, 0, 0, 0]
        let product = grid(0, 3, 1.5, 2, 2)
        let full = try resample(values, from: source, to: product, side: 2, .average)
        // 1 * 1 + 2 * 0.5 + 3 * 0.5 + 4 * 0.25 over 2.25; without the first cell 3.5 over 1.25.
        #expect(full[0] == Float(4.5 / 2.25))
        let withHole: [Float] = [.nan] + values.dropFirst()
        let holed = try resample(withHole, from: source, to: product, side: 2, .average)
        #expect(holed[0] == Float(3.5 / 1.25))
        let empty = try resample(
            Array(repeating: .nan, count: 9), from: source, to: product, side: 2, .average)
        #expect(empty.allSatisfy { $0.isNaN })
    }

    @Test func theModeIsTheClassWithMostAreaAndTheLowestOfEqualOnes() throws {
        let source = grid(0, 3, 1, 3, 3)
        // A pixel of 1.5 x 1.5 cells: areas 1, 0.5, 0.5, 0.25.
        let product = grid(0, 3, 1.5, 2, 2)
        let table: [(cells: [Float], expected: Float)] = [
            ([7, 2, 3, 4], 7),
            // Two halves of one class weigh as much as the whole cell of the other: the lower one.
            ([7, 2, 2, 9], 2), ([2, 7, 7, 9], 2),
            ([7, 2, 2, 2], 2), ([.nan, 8, 5, 3], 5), ([.nan, .nan, .nan, 3], 3),
            ([.nan, .nan, .nan, .nan], .nan),
        ]
        for (cells, expected) in table {
            let values: [Float] = [cells[0], cells[1], 0, cells[2], cells[3], 0, 0, 0, 0]
            let result = try resample(values, from: source, to: product, side: 2, .mode)
            #expect(result[0].bitPattern == expected.bitPattern, "\(cells)")
        }
        // Areas that are equal but for the noise of decimal fractions: 100 cells in a pixel.
        let fine = grid(146, -34.3, 0.01, 40, 40)
        let halves = (0..<1600).map { Float($0 % 40 % 10 < 5 ? 16 : 11) }
        let voted = try resample(halves, from: fine, to: grid(146, -34.3, 0.1, 4, 4), side: 4, .mode)
        #expect(voted == [Float](repeating: 11, count: 16))
    }

    @Test func averageOfAlignedGridsTakesWholeCells() throws {
        // Corners and sizes as published, with all the noise of decimal fractions.
        let plan = try plan(
            from: grid(146, -34.3, 0.001, 1000, 1000), to: grid(146, -34.3, 0.01, 100, 100), side: 100,
            .average)
        for taps in [plan.columns, plan.rows] {
            #expect(taps.placeCount == 100)
            #expect((0..<100).allSatisfy { taps.count(at: $0) == 10 && taps.first[$0] == $0 * 10 })
            #expect(taps.weights.allSatisfy { $0 == 1 })
        }
        #expect(plan.cells.count == 1_000_000)
        #expect(plan.unreached.isEmpty)
    }

    @Test(arguments: Covariate.Resampling.allCases)
    func aGlobalGridHasNoSeam(rule: Covariate.Resampling) throws {
        // 36 cells of 10 degrees; the product hangs over the date line, as the GSSM grid does.
        let source = grid(-180, 90, 10, 36, 18)
        let product = grid(-190, 90, 5, 76, 36)
        let values = (0..<36 * 18).map { Float($0 % 36) }
        let result = try resample(values, from: source, to: product, side: 76, rule)
        #expect(result[0] == (rule == .bilinear ? 34.75 : 35), "west of -180 comes cell 35")
        #expect(result[2] == (rule == .bilinear ? 0.25 * 35 : 0), "cell 0 begins at -180")
        #expect(result[75] == (rule == .bilinear ? 0.25 : 0), "east of 180 comes cell 0 again")
        #expect(result[76 * 40].isNaN, "below the grid there is only padding")
    }

    @Test func whatTheSourceDoesNotReachIsMissingAndListed() throws {
        let source = grid(0, 2, 1, 2, 2)
        let product = grid(-1, 2, 1, 4, 2)
        for rule in Covariate.Resampling.allCases {
            let plan = try plan(from: source, to: product, side: 4, rule)
            #expect(plan.unreached == [0, 3, 4, 7], "\(rule): padding below row 1 is not counted")
            let result = plan.resampled(needed([1, 2, 3, 4], by: plan, source: source), dayCount: 1)
            #expect(result[0].isNaN && result[1] == 1 && result[2] == 2 && result[3].isNaN && result[9].isNaN)
        }
    }

    @Test func nearestNumbersTheCellsThatPixelsShare() throws {
        let plan = try plan(from: grid(0, 2, 1, 2, 2), to: grid(-1, 2, 1, 4, 2), side: 4, .nearest)
        #expect(plan.cells.count == 4)
        #expect(
            Array(plan.cellOfPixel().prefix(8)) == [4, 0, 1, 4, 4, 2, 3, 4], "4 is the cell that is nowhere")
    }

    @Test func windowsTouchOnlyBlocksThatAreNeeded() {
        let wanted = [(3, 3), (70, 3), (71, 5), (130, 100)]
        let set = CellSet(window: PixelWindow(column: 0, row: 0, columns: 200, rows: 128)) { mark in
            for (column, row) in wanted { mark(column, row) }
        }
        let windows = set.windows(blockColumns: 64, blockRows: 64)
        #expect(set.count == 4)
        #expect(
            windows == [
                PixelWindow(column: 3, row: 3, columns: 1, rows: 1),
                PixelWindow(column: 70, row: 3, columns: 2, rows: 3),
                PixelWindow(column: 130, row: 100, columns: 1, rows: 1),
            ])
    }

    /// Runs of pixels are joined together, neighbours with as many cells at once: each pixel's bits are those
    /// that it has alone.
    @Test(arguments: [Covariate.Resampling.bilinear, .average, .nearest, .mode])
    func pixelsDoNotDependOnTheirRun(_ rule: Covariate.Resampling) throws {
        let (side, days) = (36, 3)
        let product = grid(0, 0, 1 / 12, side, side - 3)
        // Beyond its edges in the north and the west, on its cell centres, and off them.
        let source = grid(0.3, -0.2, 0.41, 12, 9)
        let values = (0..<days).map { day in
            (0..<12 * 9).map { (cell: Int) -> Float in
                cell % 13 == day ? .nan : Float((cell * 37 + day) % 11) / 3 - 1
            }
        }
        let whole = try plan(from: source, to: product, side: side, rule)
        let found = whole.resampled(
            values.flatMap { needed($0, by: whole, source: source) }, dayCount: days)
        var different: [Int] = []
        for pixel in 0..<side * side {
            let alone = try SourcePositions(
                scheme: TileScheme(grid: product, pixelsPerSide: side), tile: Tile(x: 0, y: 0),
                pixels: [pixel], source: source, transform: nil
            ).plan(resampling: rule, path: "test")
            let expected = alone.resampled(
                values.flatMap { needed($0, by: alone, source: source) }, dayCount: days)
            for day in 0..<days {
                let value = found[day * side * side + pixel]
                let isSame =
                    expected[day].isNaN ? value.isNaN : value.bitPattern == expected[day].bitPattern
                if !isSame { different.append(pixel) }
            }
        }
        let missingCount = found.count { $0.isNaN }
        #expect(different.isEmpty && missingCount > 0 && missingCount < found.count)
    }
}
