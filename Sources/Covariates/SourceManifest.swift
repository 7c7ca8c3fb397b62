public import Tiling

/// What a prepare unit found and made: which step of a source is in which file and band, and what is missing.
///
/// One JSON document per source and file period, `RUN/covariates/<source>/<block>.json`. Gathering believes
/// it, so a source file is opened once per run to be understood, and only its chunks are read afterwards.
public struct SourceManifest: Codable, Equatable, Sendable {
    public var formatVersion = SourceManifest.currentFormatVersion
    public var source: String
    /// Name of the file period: `2016`, `2016-01` or `all`.
    public var block: String
    /// The source files that exist, in the order of their days.
    public var files: [InputFile]
    /// Of the rasters in `planes`; nil when no file exists.
    public var grid: Grid?
    /// Whether planes are relative to the run directory (made by us) or to the data root (read in place).
    public var isPrepared: Bool
    /// Ascending by day.
    public var steps: [Step]
    /// Days of the block that lack a step, or a plane of it, and why.
    public var missing: [MissingDay]

    /// One day of a source, or the one state of a fixed source.
    public struct Step: Codable, Equatable, Sendable {
        /// Nil for a source that is the same on all days.
        public var day: Day?
        /// Numbers in `files` of the files that it came from, ascending.
        public var files: [Int]
        /// Where each variable is, by the name of its planes; one that is not there is missing on that day.
        public var planes: [String: Plane]
        /// The granules that make up the step; nil where each plane is a raster of its own.
        public var parts: [Part]?
    }

    /// A granule's place on the grid of its source.
    public struct Part: Codable, Equatable, Sendable {
        /// Number in `files`.
        public var file: Int
        public var window: PixelWindow
    }

    /// A band of a raster file, counted from 1.
    public struct Plane: Codable, Hashable, Sendable {
        /// Empty where granules hold it, whose paths are those of the step's parts.
        public var path: String
        public var band: Int
        /// The name of a container's field; nil for a plain raster.
        public var field: String?
    }

    public init(
        source: String, block: String, files: [InputFile], grid: Grid?, isPrepared: Bool, steps: [Step],
        missing: [MissingDay]
    ) {
        self.source = source
        self.block = block
        self.files = files
        self.grid = grid
        self.isPrepared = isPrepared
        self.steps = steps
        self.missing = missing
    }
}
