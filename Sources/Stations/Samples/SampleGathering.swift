public import Covariates
public import Forests
public import Tiling

/// Rows to learn from, by the very gather of prediction: (station, day) → tile → `FeatureStack` → row.
///
/// The targets are sorted by tile. A tile is gathered at the pixels of its stations only, over each run of
/// predict blocks in which they have values, so that every chunk that holds a station is read once. Days and
/// pixels without a covariate drop out as they do in a map, with a reason that is counted.
public struct SampleGathering {
    /// How far the gathering is.
    public struct Progress: Sendable {
        public let tilesDone: Int
        public let tileCount: Int
        public let rows: Int
    }

    public let reader: CovariateReader
    public let features: [String]
    /// Nothing outside is sampled.
    public let days: DayRange
    /// What was gathered before by units of the engine: a tile over a predict block, at pixels that hold all
    /// stations with values there. Nil to gather here.
    public var gathered: ((Tile, Int) throws -> FeatureStack)?

    /// `features` are covariates of the reader's product, in model order.
    public init(reader: CovariateReader, features: [String], days: DayRange) {
        self.reader = reader
        self.features = features
        self.days = days
    }

    /// The pixels with stations that have values, by tile and predict block: what units of the engine gather.
    public static func samplePlan(
        of targets: [StationTarget], features: [String], days: DayRange, product: Product
    ) -> SamplePlan {
        let scheme = product.tiles
        var pixels: [String: Set<Int>] = [:]
        for target in targets {
            let tile = scheme.tile(of: target.pixel)
            let position = scheme.position(of: target.pixel)
            for block in blocks(of: [target], days: days, product: product) {
                pixels[SamplePlan.key(tile, block: block, unit: product.unit), default: []].insert(position)
            }
        }
        return SamplePlan(features: features, pixels: pixels.mapValues { $0.sorted() })
    }

    private var product: Product { reader.plan.product }

    /// The predict blocks in which some target has a value: what must be prepared.
    public static func blocks(of targets: [StationTarget], days: DayRange, product: Product) -> Set<Int> {
        var blocks: Set<Int> = []
        for target in targets {
            for day in target.validDays(within: days) { blocks.insert(product.unit.block(of: day)) }
        }
        return blocks
    }

    /// Makes the rows, tile by tile, in the order of tiles, targets and days.
    public func table(
        of targets: [StationTarget], target: Forest.Feature, progress: (Progress) -> Void = { _ in }
    ) throws -> (table: SampleTable, counts: SampleCounts) {
        let units = features.map { name in
            Forest.Feature(name: name, unit: product.covariate(named: name)?.unit ?? "")
        }
        var rows = SampleRows(features: units)
        let scheme = product.tiles
        let byTile = Dictionary(grouping: targets) { scheme.tile(of: $0.pixel) }
            .sorted { scheme.index(of: $0.key) < scheme.index(of: $1.key) }
        for (number, (tile, members)) in byTile.enumerated() {
            try sample(members, in: tile, into: &rows)
            progress(Progress(tilesDone: number + 1, tileCount: byTile.count, rows: rows.counts.rows))
        }
        return try rows.table(target: target)
    }

    private func sample(_ members: [StationTarget], in tile: Tile, into rows: inout SampleRows) throws {
        let land = try reader.land(of: tile)
        var kept: [StationTarget] = []
        for target in members {
            let inside = target.validDays(within: days).count
            rows.drop(target, days: target.daily.validCount - inside, "outside \(days)")
            if land[product.tiles.position(of: target.pixel)] {
                kept.append(target)
            } else {
                rows.drop(target, days: inside, "station on water by the product's mask")
            }
        }
        let blocks = Self.blocks(of: kept, days: days, product: product)
        guard !blocks.isEmpty else { return }
        if let gathered {
            // Target by target, as below: the order of rows decides what each tree draws.
            let stacks = try blocks.sorted().map { try gathered(tile, $0) }
            for target in kept { for stack in stacks { try add([target], from: stack, to: &rows) } }
            return
        }
        let pixels = Set(kept.map { product.tiles.position(of: $0.pixel) }).sorted()
        let stacks = try runs(of: blocks).map {
            try reader.gather(features: features, tile: tile, pixels: pixels, days: $0)
        }
        for target in kept { for stack in stacks { try add([target], from: stack, to: &rows) } }
    }

    private func add(_ targets: [StationTarget], from stack: FeatureStack, to rows: inout SampleRows) throws {
        let place = Dictionary(uniqueKeysWithValues: zip(stack.pixels, stack.pixels.indices))
        guard let days = stack.days.intersection(days) else { return }
        for target in targets {
            guard let pixel = place[product.tiles.position(of: target.pixel)] else { continue }
            for day in target.validDays(within: days) {
                let values = features.map {
                    stack.value(of: $0, pixel: pixel, day: day - stack.days.first) ?? .nan
                }
                try rows.add(target, day: day, values: values)
            }
        }
    }

    /// Neighbouring blocks joined: history and fixed rasters are then read once for all of them.
    private func runs(of blocks: Set<Int>) -> [DayRange] {
        var runs: [DayRange] = []
        for block in blocks.sorted() {
            guard let days = product.unit.days(ofBlock: block, within: days) else { continue }
            if let last = runs.last, last.last + 1 == days.first {
                runs[runs.count - 1] = DayRange(last.first, through: days.last)
            } else {
                runs.append(days)
            }
        }
        return runs
    }
}

extension TileScheme {
    /// Where a pixel is in the block of its tile, row by row.
    func position(of pixel: Pixel) -> Int {
        let window = window(of: tile(of: pixel))
        return (pixel.row - window.row) * window.columns + pixel.column - window.column
    }
}

extension StationTarget {
    /// The days with a value, ascending.
    func validDays(within range: DayRange) -> [Day] {
        guard !daily.values.isEmpty,
            let days = DayRange(daily.first, through: daily.first + (daily.values.count - 1))
                .intersection(range)
        else { return [] }
        return days.filter { !daily[$0].isNaN }
    }
}
