/// What a run makes: the product as it was frozen, which tiles and days of it, and from which sources.
///
/// `tilth plan` writes it; coordinator, workers and merger read it, so that none of them reads a product
/// file.
public struct RunPlan: Codable, Sendable {
    /// Rises when an older Tilth could misread the plan.
    public static let currentFormatVersion = 1
    public var formatVersion: Int
    public var product: Product
    public var recipe: Digest
    /// Absolute path that all paths of the product are relative to.
    public var dataRoot: String
    /// The days that were asked for, within the product's period.
    public var days: DayRange
    /// Tiles that were asked for and have land, ascending by index.
    public var tiles: [PlannedTile]
    public var sources: [PlannedSource]
    /// Digest of each layer's forest file, by layer name.
    public var forests: [String: Digest]
    public var software: String
    /// Whether covariates are prepared and nothing is predicted: what training asks for, which has no forest
    /// yet. Nil stands for false.
    public var isForCovariatesOnly: Bool?
    /// A topographic index that the run makes; nil in most.
    public var terrain: PlannedTerrain?
    /// What its predict units sample instead of predicting; nil where they predict. Its covariates are
    /// prepared by another run.
    public var sampling: SamplePlan?
    /// The files that the plan itself was made of, the land mask and the DEM of an index, as they were: all
    /// units of a run see the same. Nil in plans from before.
    public var frozenInputs: [InputFile]?
    /// By covariate where the splits of the forests lie: values of another magnitude are refused. Nil in
    /// plans from before.
    public var learned: [String: Bulk]?

    public init(
        product: Product, recipe: Digest, dataRoot: String, days: DayRange, tiles: [PlannedTile],
        sources: [PlannedSource], forests: [String: Digest], software: String,
        terrain: PlannedTerrain? = nil
    ) {
        self.formatVersion = Self.currentFormatVersion
        self.product = product
        self.recipe = recipe
        self.dataRoot = dataRoot
        self.days = days
        self.tiles = tiles
        self.sources = sources
        self.forests = forests
        self.software = software
        self.terrain = terrain
    }
}

/// The pixels whose covariates training wants: by tile and run of days, those that hold stations with values.
public struct SamplePlan: Hashable, Codable, Sendable {
    /// Covariates, in the order of the samples.
    public let features: [String]
    /// By `tile/block`, as units are named (`x45y12/2016-01`): positions in the tile, ascending. A unit that
    /// is not here has no stations.
    public let pixels: [String: [Int]]

    public init(features: [String], pixels: [String: [Int]]) {
        self.features = features
        self.pixels = pixels
    }

    /// The key of a tile over a block.
    public static func key(_ tile: Tile, block: Int, unit: Calendar) -> String {
        "\(tile)/\(unit.name(ofBlock: block))"
    }
}

/// A tile that has something to predict.
public struct PlannedTile: Hashable, Codable, Sendable {
    public let index: Int
    public let landPixelCount: Int

    public init(index: Int, landPixelCount: Int) {
        self.index = index
        self.landPixelCount = landPixelCount
    }
}

/// Files that are prepared together: everything the pool takes from one path template.
public struct PlannedSource: Hashable, Codable, Sendable {
    /// Unique in the plan, made of the template; a folder under `covariates/` carries it.
    public let name: String
    public let path: PathTemplate
    public let content: Content
    public let everyDays: Int
    /// Days before the first day of a unit that some covariate needs of this source.
    public let historyDays: Int
    /// Days behind the last day of a unit that some covariate needs of this source.
    public let lookAheadDays: Int
    /// Where the cells lie, if the product says so and not the files.
    public let grid: Grid?

    /// What to read in the files.
    public enum Content: Hashable, Codable, Sendable {
        /// Bands, counted from 1.
        case raster(bands: [Int])
        case netCDF(variables: [SourceVariable])
        case granules(layers: [GranuleLayer])
        /// Made by the run.
        case topographicIndex(PlannedTerrain)
    }

    public init(
        name: String, path: PathTemplate, content: Content, everyDays: Int, historyDays: Int,
        lookAheadDays: Int, grid: Grid? = nil
    ) {
        self.name = name
        self.path = path
        self.content = content
        self.everyDays = everyDays
        self.historyDays = historyDays
        self.lookAheadDays = lookAheadDays
        self.grid = grid
    }

    /// The file periods that its prepare units are made of.
    public var calendar: Calendar { path.calendar }

    /// The blocks of the source that a run of predicted days needs.
    public func blocks(for days: DayRange) -> ClosedRange<Int> {
        calendar.blocks(of: days.extended(before: historyDays, after: lookAheadDays))
    }
}
