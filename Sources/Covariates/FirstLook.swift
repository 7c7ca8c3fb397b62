import Rasters
import Tiling

/// A look at a raster before the units believe it: a coarse sample of some tiles of the whole run.
///
/// It sees what a single tile cannot: rows or columns that run the other way than the georeference says,
/// because the land of the product then lies where the raster has no values, and values of another magnitude
/// than all that the forests were trained with. It reads the first raster of a block only.
struct FirstLook {
    let plan: RunPlan
    /// The grid of the raster.
    let grid: Grid
    /// Relative to the data root.
    let path: String
    let day: Day?

    /// Tiles that are sampled for coasts, and as many for values; samples along one side of each.
    private static let tilesMax = 6
    private static let samplesPerSide = 48
    /// Samples of land and of water that are needed, each.
    private static let samplesMin = 300
    /// Below it the raster does not lie as the mask does; above it, it does.
    private static let agreementMin = 0.4
    private static let agreementOfTurned = 0.8

    /// Throws where a band cannot be what the covariate takes it for.
    func check(_ covariate: Covariate, band: Int) throws {
        let what = day.map { "\(covariate.name) of \($0)" } ?? covariate.name
        let samples = try tiles.map { try TileSample(of: $0, look: self, covariate: covariate, band: band) }
        if let known = plan.learned?[covariate.name], covariate.derivation == nil {
            try PlaneGuard.check(
                samples.flatMap(\.landValues), of: covariate, known: known, path: path, what: what)
        }
        guard plan.product.mask != nil else { return }
        let straight = samples.reduce(Agreement()) { $0 + $1.agreement }
        guard straight.landCount >= Self.samplesMin, straight.waterCount >= Self.samplesMin,
            straight.correlation < Self.agreementMin
        else { return }
        for turn in RasterTurn.allCases {
            let turned = try samples.reduce(Agreement()) { sum, sample in
                sum + (try sample.agreement { turn.turned($0, columns: grid.columns, rows: grid.rows) })
            }
            guard turned.correlation > Self.agreementOfTurned else { continue }
            throw CovariateError.unusable(
                path: path,
                problem: "\(what) lies \(turn.words): as it is, \(straight.percent) % of it has values "
                    + "where the mask has land and none where it has water, turned \(turned.percent) %: its "
                    + "rows or columns run the other way than its georeference says")
        }
    }

    /// Tiles with most coast, and tiles from all over the run.
    private var tiles: [Tile] {
        let scheme = plan.product.tiles
        let known = plan.tiles.map { planned -> (tile: Tile, coast: Int) in
            let tile = scheme.tile(at: planned.index)
            let count = scheme.windowOnGrid(of: tile).pixelCount
            return (tile, min(planned.landPixelCount, count - planned.landPixelCount))
        }
        let coasts = known.filter { $0.coast > 0 }.sorted {
            ($0.coast, $1.tile.name) > ($1.coast, $0.tile.name)
        }
        let step = max(1, known.count / Self.tilesMax)
        let spread = stride(from: 0, to: known.count, by: step).prefix(Self.tilesMax).map { known[$0].tile }
        return spread + coasts.prefix(Self.tilesMax).map(\.tile).filter { !spread.contains($0) }
    }

    /// How far the valid cells of a raster are the land of a mask.
    private struct Agreement {
        var landWith = 0
        var landWithout = 0
        var waterWith = 0
        var waterWithout = 0

        var landCount: Int { landWith + landWithout }
        var waterCount: Int { waterWith + waterWithout }
        var percent: Int {
            Int((100 * Double(landWith + waterWithout) / Double(max(landCount + waterCount, 1))).rounded())
        }

        /// Of two yes-and-no variables, -1...1; 0 where one of them never changes.
        var correlation: Double {
            let (a, b, c, d) = (
                Double(landWith), Double(landWithout), Double(waterWith), Double(waterWithout)
            )
            let product = (a + b) * (c + d) * (a + c) * (b + d)
            return product == 0 ? 0 : (a * d - b * c) / product.squareRoot()
        }

        mutating func add(isLand: Bool, hasValue: Bool) {
            switch (isLand, hasValue) {
            case (true, true): landWith += 1
            case (true, false): landWithout += 1
            case (false, true): waterWith += 1
            case (false, false): waterWithout += 1
            }
        }

        static func + (a: Agreement, b: Agreement) -> Agreement {
            Agreement(
                landWith: a.landWith + b.landWith, landWithout: a.landWithout + b.landWithout,
                waterWith: a.waterWith + b.waterWith, waterWithout: a.waterWithout + b.waterWithout)
        }
    }

    /// The pixels of a tile that are looked at, and the cells of the raster under them.
    private struct TileSample {
        private let look: FirstLook
        private let rule: ValueRule
        private let band: Int
        private let isLand: [Bool]
        /// By pixel; nil where the raster does not reach.
        private let cells: [(column: Int, row: Int)?]
        private let values: [Float]

        init(of tile: Tile, look: FirstLook, covariate: Covariate, band: Int) throws {
            self.look = look
            self.band = band
            rule = try ValueRule(of: covariate)
            let product = look.plan.product
            let window = product.tiles.windowOnGrid(of: tile)
            let side = product.tilePixels
            let (columns, rows) = (window.columns, window.rows)
            let pixels = stride(from: 0, to: rows, by: max(1, rows / FirstLook.samplesPerSide)).flatMap {
                row in
                stride(from: 0, to: columns, by: max(1, columns / FirstLook.samplesPerSide)).map {
                    row * side + $0
                }
            }
            let plan = try SourcePositions(
                scheme: product.tiles, tile: tile, pixels: pixels, source: look.grid,
                transform: try CoordinateTransform.between(product.grid.crs, look.grid.crs, path: look.path)
            ).plan(resampling: .nearest, path: look.path)
            let positions = plan.cells.positions
            let cells = plan.cellOfPixel().map {
                positions.indices.contains(Int($0)) ? positions[Int($0)] : nil
            }
            let land = try LandReader(product: product, dataRoot: look.plan.dataRoot).land(of: tile)
            self.cells = cells
            isLand = pixels.map { land[$0] }
            values = try Self.read(cells, look: look, band: band)
        }

        var landValues: [Float] { zip(values, isLand).filter(\.1).map(\.0) }

        var agreement: Agreement { agreement(of: values) }

        /// The same with the cells of another place.
        func agreement(_ turned: ((column: Int, row: Int)) -> (column: Int, row: Int)) throws -> Agreement {
            agreement(of: try Self.read(cells.map { $0.map(turned) }, look: look, band: band))
        }

        private func agreement(of values: [Float]) -> Agreement {
            var agreement = Agreement()
            for (place, value) in values.enumerated() where cells[place] != nil {
                agreement.add(isLand: isLand[place], hasValue: !rule.applied(to: value).isNaN)
            }
            return agreement
        }

        /// The raster at some cells; NaN where there is none.
        private static func read(
            _ cells: [(column: Int, row: Int)?], look: FirstLook, band: Int
        ) throws -> [Float] {
            let set = CellSet(of: cells.compactMap(\.self))
            let plane = SourcePlane(path: look.path, band: band)
            let values = try CellReader(root: look.plan.dataRoot, cells: set, grid: look.grid).values(of: [
                plane
            ])
            return cells.map { cell in
                cell.map { values[set.number(column: $0.column, row: $0.row)] } ?? .nan
            }
        }
    }
}
