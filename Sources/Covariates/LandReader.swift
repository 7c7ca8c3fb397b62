import Rasters
public import Tiling

/// Where a product has land: its mask, sampled at pixel centres.
struct LandReader {
    let product: Product
    let dataRoot: String

    /// By position in the tile's full block; padding is sea.
    func land(of tile: Tile) throws -> [Bool] {
        let scheme = product.tiles
        guard let mask = product.mask else { return grid(of: tile) }
        let path = absolutePath(of: mask.path, in: dataRoot)
        let file = try RasterFile(path: path)
        let grid = file.info.grid
        let plan = try SourcePositions(
            scheme: scheme, tile: tile, pixels: Array(0..<scheme.pixelsPerTile), source: grid,
            transform: try CoordinateTransform.between(product.grid.crs, grid.crs, path: mask.path)
        ).plan(resampling: .nearest, path: mask.path)
        let plane = SourcePlane(path: path, band: 1)
        let values = try CellReader(root: "", cells: plan.cells, grid: grid).values(of: [plane])
        // Beyond the mask there is no land, as where it is no-data.
        return plan.resampled(values, dayCount: 1).map { !$0.isNaN && $0 != 0 }
    }

    private func grid(of tile: Tile) -> [Bool] {
        let scheme = product.tiles
        let onGrid = scheme.windowOnGrid(of: tile)
        let side = scheme.pixelsPerSide
        return (0..<scheme.pixelsPerTile).map { $0 % side < onGrid.columns && $0 / side < onGrid.rows }
    }
}

/// How much land there is, before a run exists: which tiles are worth planning.
public struct LandSurvey {
    private let reader: LandReader
    private let scheme: TileScheme

    /// Paths of the product are relative to `dataRoot`.
    public init(product: Product, dataRoot: String) {
        reader = LandReader(product: product, dataRoot: dataRoot)
        scheme = product.tiles
    }

    /// Land pixels of each tile, in the order of the indices.
    public func landPixelCounts(ofTiles indices: [Int]) throws -> [Int] {
        try indices.map { index in
            let tile = scheme.tile(at: index)
            guard reader.product.mask != nil else {
                return scheme.windowOnGrid(of: tile).pixelCount
            }
            return try reader.land(of: tile).reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}
