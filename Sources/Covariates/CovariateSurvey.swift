public import Tiling

/// What is there of one covariate, before a core-hour is spent.
public struct CovariateSurvey: Sendable {
    public let name: String
    public let unit: String
    /// Path template, or what it is computed from.
    public var origin: String
    public var filesFoundCount = 0
    /// Relative to the data root, in the order of days.
    public var filesMissing: [String] = []
    /// Files that are left alone because a newer version of them is there.
    public var olderVersions: [String] = []
    /// Relative to the data root; nil where there is none.
    var firstFile: String?
    /// Of the first file.
    public var grid: Grid?
    /// Of the values in the first file, before `scale`, as it spells it; empty when it says nothing.
    public var fileUnit = ""
    /// Whether the first file's grid holds all of the product's; where it does not, `outside` decides.
    public var reachesProduct = true
    /// First and last step that exists.
    public var span: DayRange?
    /// Days that cannot be made, history and neighbouring steps counted in.
    public var missingDays: [DayRange] = []
    /// Tiles with land of which the source reaches only a part of the land, and none of it.
    public var tilesPartlyReached: [Tile] = []
    public var tilesUnreached: [Tile] = []
    /// Days needed before a day, for what has memory.
    public var historyDays = 0
    /// Days needed behind a day, for what is interpolated or smoothed.
    public var lookAheadDays = 0
    /// Smallest and largest value of a sample, after scale and offset; nil when all is missing.
    public var sampleRange: ClosedRange<Float>?
    /// Cells in the sample, those of them that have a value, and those that `valid` turns away.
    public var sampleCount = 0
    public var sampleValidCount = 0
    public var sampleRejectedCount = 0
    /// Where most values of the sample lie after all rules but those in time; nil where they are few, and
    /// where a rule in time makes other values of them.
    public var sampleBulk: Bulk?
    /// The sample after scale and offset, cell by cell.
    var sample: [Float] = []
    /// What is wrong, a line each; empty when the covariate can be gathered.
    public var errors: [String] = []

    init(name: String, unit: String, origin: String) {
        self.name = name
        self.unit = unit
        self.origin = origin
    }
}
