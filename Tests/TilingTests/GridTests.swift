import Testing
import Tiling

/// Grids and how they are cut into tiles.
@Suite struct GridTests {
    /// Columns, rows, west, north, east, south and what rounding may do to the far edges.
    @Test(arguments: [
        ("global-30arcsec", 43_200, 21_600, -180.0, 90.0, 180.0, -90.0),
        (
            "gssm1km", 40_076, 20_038, -180.00441663186974, 90.00220831593487, 180.00441663186974,
            -90.00220831593487
        ),
        ("smci-30arcsec", 7560, 4320, 73, 54, 136, 18),
        (
            "ease2-1km", 34_704, 14_616, -17_367_530.4451615, 7_314_540.8306386, 17_367_530.4451615,
            -7_314_540.8306386
        ),
    ])
    func presets(
        _ name: String, _ columns: Int, _ rows: Int, _ west: Double, _ north: Double, _ east: Double,
        _ south: Double
    ) throws {
        let grid = try #require(Grid.presets[name])
        #expect(grid.columns == columns)
        #expect(grid.rows == rows)
        let tolerance = grid.pixelWidth * 1e-4
        #expect(abs(grid.west - west) < tolerance)
        #expect(abs(grid.north - north) < tolerance)
        #expect(abs(grid.east - east) < tolerance)
        #expect(abs(grid.south - south) < tolerance)
        #expect(grid.isGeographic == (name != "ease2-1km"))
    }

    @Test func pixelsAndTheirCentres() throws {
        let grid = try #require(Grid.presets["smci-30arcsec"])
        for pixel in [Pixel(column: 0, row: 0), Pixel(column: 7559, row: 4319), Pixel(column: 600, row: 17)] {
            #expect(
                grid.pixel(x: grid.centerX(column: pixel.column), y: grid.centerY(row: pixel.row)) == pixel)
        }
        #expect(
            grid.pixel(x: 73, y: 54) == Pixel(column: 0, row: 0), "west and north edges belong to the grid")
        #expect(grid.pixel(x: 136, y: 50) == nil, "east edge does not")
        #expect(grid.pixel(x: 72.9999, y: 50) == nil)
        #expect(grid.pixel(x: 100, y: 54.0001) == nil)
    }

    @Test(arguments: [
        // columns, rows, side -> tile columns, tile rows, columns and rows of the last tile on the grid
        (43_200, 21_600, 480, 90, 45, 480, 480), (40_076, 20_038, 480, 84, 42, 236, 358),
        (120, 120, 40, 3, 3, 40, 40),
        (100, 100, 48, 3, 3, 4, 4), (5, 7, 480, 1, 1, 5, 7), (481, 480, 480, 2, 1, 1, 480),
    ])
    func edgeTiles(
        _ columns: Int, _ rows: Int, _ side: Int, _ tileColumns: Int, _ tileRows: Int, _ lastColumns: Int,
        _ lastRows: Int
    ) {
        let grid = Grid(
            crs: "EPSG:4326", west: -10, north: 10, pixelWidth: 0.5, pixelHeight: 0.25, columns: columns,
            rows: rows)
        let scheme = TileScheme(grid: grid, pixelsPerSide: side)
        #expect(scheme.tileColumns == tileColumns)
        #expect(scheme.tileRows == tileRows)
        let last = Tile(x: tileColumns - 1, y: tileRows - 1)
        #expect(scheme.index(of: last) == scheme.tileCount - 1)
        #expect(scheme.tile(at: scheme.tileCount - 1) == last)
        #expect(scheme.contains(last) && !scheme.contains(Tile(x: tileColumns, y: 0)))
        #expect(scheme.window(of: last).pixelCount == scheme.pixelsPerTile, "edge tiles are padded")
        let onGrid = scheme.windowOnGrid(of: last)
        #expect(onGrid.columns == lastColumns)
        #expect(onGrid.rows == lastRows)
        #expect(scheme.tile(of: Pixel(column: columns - 1, row: rows - 1)) == last)
        let block = scheme.grid(of: last)
        #expect(block.west == -10 + 0.5 * Double(side * last.x))
        #expect(block.north == 10 - 0.25 * Double(side * last.y))
        #expect(block.columns == side && block.rows == side)
    }

    @Test(arguments: [("x0y0", 0, 0), ("x45y12", 45, 12), ("x123y4", 123, 4)])
    func tileNames(_ name: String, _ x: Int, _ y: Int) {
        #expect(Tile(name) == Tile(x: x, y: y))
        #expect(Tile(x: x, y: y).name == name)
    }

    @Test(arguments: ["x-1y0", "x1", "y1x1", "x1y", "xy1", "", "X1Y1", "x1y1 ", "x+1y2", "x01y2"])
    func whatIsNoTile(_ name: String) {
        #expect(Tile(name) == nil)
        #expect(TileRange("x0y0..\(name)") == nil)
    }

    @Test func tileRanges() throws {
        let range = try #require(TileRange("x40y10..x50y20"))
        #expect(
            range.contains(Tile(x: 40, y: 10)) && range.contains(Tile(x: 50, y: 20))
                && range.contains(Tile(x: 45, y: 12)))
        #expect(!range.contains(Tile(x: 39, y: 10)) && !range.contains(Tile(x: 45, y: 21)))
        let single = try #require(TileRange("x3y4"))
        #expect(single.first == single.last)
        for text in ["x5y5..x4y6", "x5y5..x6y4", "x1y1..x2y2..x3y3", "..x1y1", "x1y1.."] {
            #expect(TileRange(text) == nil)
        }
    }
}
