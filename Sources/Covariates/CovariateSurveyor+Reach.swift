import Rasters
public import Tiling

extension CovariateSurveyor {
    /// Notes which tiles each source reaches in part or not at all, of those tiles that have land.
    ///
    /// Tiles whose rim lies on the source are reached; the others are looked at pixel by pixel, as a worker
    /// does. Left out are sources whose grid is not known, because no file could be opened, and granules,
    /// which reach as far as the files of all days together.
    public func survey(tiles: [Tile], in surveys: inout [CovariateSurvey]) {
        var known: [ReachKey: Reach] = [:]
        for number in surveys.indices {
            guard let grid = surveys[number].grid,
                let covariate = product.covariate(named: surveys[number].name),
                !covariate.isOfGranules
            else { continue }
            let key = ReachKey(grid: grid, resampling: covariate.resampling)
            do {
                let reach = try known[key] ?? self.reach(of: key, tiles: tiles, path: surveys[number].origin)
                known[key] = reach
                surveys[number].tilesPartlyReached = reach.partly
                surveys[number].tilesUnreached = reach.unreached
            } catch {
                surveys[number].errors.append("\(covariate.name): \(error)")
            }
        }
    }

    /// Holds fixed rasters, and the first of a series, against the land of the product, as a run does.
    /// `tiles` are those with land.
    public func compareWithLand(of tiles: [PlannedTile], in surveys: inout [CovariateSurvey]) {
        let plan = RunPlan(
            product: product, recipe: Digest(of: ""), dataRoot: dataRoot, days: product.period, tiles: tiles,
            sources: [], forests: [:], software: "")
        for number in surveys.indices {
            guard let grid = surveys[number].grid, let path = surveys[number].firstFile,
                let covariate = product.covariate(named: surveys[number].name), covariate.quality == nil,
                case .files(let files) = covariate.source, case .raster(let band) = files.content
            else { continue }
            do {
                try FirstLook(plan: plan, grid: grid, path: path, day: nil).check(covariate, band: band)
            } catch {
                surveys[number].errors.append("\(covariate.name): \(error)")
            }
        }
    }

    private struct ReachKey: Hashable {
        let grid: Grid
        let resampling: Covariate.Resampling
    }

    private struct Reach {
        var partly: [Tile] = []
        var unreached: [Tile] = []
    }

    private func reach(of key: ReachKey, tiles: [Tile], path: String) throws -> Reach {
        let scheme = product.tiles
        let transform = try CoordinateTransform.between(product.grid.crs, key.grid.crs, path: path)
        let landReader = LandReader(product: product, dataRoot: dataRoot)
        func unreached(_ pixels: [Int], of tile: Tile) throws -> [Int] {
            try SourcePositions(
                scheme: scheme, tile: tile, pixels: pixels, source: key.grid, transform: transform
            ).plan(resampling: key.resampling, path: path).unreached
        }
        var reach = Reach()
        for tile in tiles {
            if try unreached(rim(of: tile), of: tile).isEmpty { continue }
            let land = try landReader.land(of: tile)
            let pixels = land.indices.filter { land[$0] }
            let count = try unreached(pixels, of: tile).count
            if count == pixels.count {
                reach.unreached.append(tile)
            } else if count > 0 {
                reach.partly.append(tile)
            }
        }
        return reach
    }

    /// The pixels of the grid along the four sides of a tile.
    private func rim(of tile: Tile) -> [Int] {
        let side = product.tilePixels
        let window = product.tiles.windowOnGrid(of: tile)
        let (right, bottom) = (window.columns - 1, window.rows - 1)
        let positions =
            (0...right).flatMap { [$0, bottom * side + $0] }
            + (0...bottom).flatMap { [$0 * side, $0 * side + right] }
        return Set(positions).sorted()
    }
}

extension Covariate {
    fileprivate var isOfGranules: Bool {
        guard case .files(let files) = source, case .granules = files.content else { return false }
        return true
    }
}
