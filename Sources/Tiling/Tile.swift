/// A square of the grid, named `x45y12` by its column and row of tiles; row 0 is the north.
public struct Tile: Hashable, Sendable {
    public let x: Int
    public let y: Int

    public init(x: Int, y: Int) {
        self.x = x
        self.y = y
    }

    /// Reads `x45y12`; nil when the text is not a tile name.
    public init?(_ name: some StringProtocol) {
        guard name.first == "x", let separator = name.firstIndex(of: "y"),
            let x = Int(name[name.index(after: name.startIndex)..<separator]),
            let y = Int(name[name.index(after: separator)...]), x >= 0, y >= 0
        else { return nil }
        self.init(x: x, y: y)
        // One tile has one name: `x+1y2` and `x01y2` are none.
        guard self.name == name else { return nil }
    }

    public var name: String { "x\(x)y\(y)" }
}

extension Tile: CustomStringConvertible {
    public var description: String { name }
}

/// A rectangle of tiles, corners included: `x40y10..x50y20`, or a single tile.
public struct TileRange: Hashable, Sendable {
    public let first: Tile
    public let last: Tile

    public init?(_ text: some StringProtocol) {
        let ends = String(text).split(separator: "..", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = Tile(ends[0]), let last = Tile(ends[ends.count - 1]),
            first.x <= last.x, first.y <= last.y
        else { return nil }
        self.first = first
        self.last = last
    }

    /// Whether a tile lies in the range or scheme.
    public func contains(_ tile: Tile) -> Bool {
        (first.x...last.x).contains(tile.x) && (first.y...last.y).contains(tile.y)
    }
}

/// How a grid is cut into tiles. Edge tiles are padded to a full block, so every tile has the same shape.
public struct TileScheme: Hashable, Codable, Sendable {
    public let grid: Grid
    /// Pixels along one side of a tile.
    public let pixelsPerSide: Int

    public init(grid: Grid, pixelsPerSide: Int) {
        precondition(pixelsPerSide > 0, "a tile has pixels")
        self.grid = grid
        self.pixelsPerSide = pixelsPerSide
    }

    public var tileColumns: Int { (grid.columns + pixelsPerSide - 1) / pixelsPerSide }
    public var tileRows: Int { (grid.rows + pixelsPerSide - 1) / pixelsPerSide }
    public var tileCount: Int { tileColumns * tileRows }
    public var pixelsPerTile: Int { pixelsPerSide * pixelsPerSide }

    /// The tile of an index, row by row.
    public func tile(at index: Int) -> Tile { Tile(x: index % tileColumns, y: index / tileColumns) }
    public func index(of tile: Tile) -> Int { tile.y * tileColumns + tile.x }
    public func contains(_ tile: Tile) -> Bool { tile.x < tileColumns && tile.y < tileRows }

    /// The tile of a pixel.
    public func tile(of pixel: Pixel) -> Tile {
        Tile(x: pixel.column / pixelsPerSide, y: pixel.row / pixelsPerSide)
    }

    /// The full block of a tile; at the east and south edge it hangs over the grid.
    public func window(of tile: Tile) -> PixelWindow {
        PixelWindow(
            column: tile.x * pixelsPerSide, row: tile.y * pixelsPerSide, columns: pixelsPerSide,
            rows: pixelsPerSide)
    }

    /// The part of a tile's block that lies on the grid.
    public func windowOnGrid(of tile: Tile) -> PixelWindow {
        let window = window(of: tile)
        return PixelWindow(
            column: window.column, row: window.row, columns: min(pixelsPerSide, grid.columns - window.column),
            rows: min(pixelsPerSide, grid.rows - window.row))
    }

    /// The grid of one tile's full block.
    public func grid(of tile: Tile) -> Grid { grid.cropped(to: window(of: tile)) }
}
