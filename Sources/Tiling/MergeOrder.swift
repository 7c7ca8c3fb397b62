/// What the merger of one day is told: where each tile's values are, and what their digests must be.
public struct MergeOrder: Hashable, Codable, Sendable {
    public let day: Day
    public let tiles: [MergeTile]
    /// Whether tiles that failed may be left out of the mosaic.
    public let allowGaps: Bool

    public init(day: Day, tiles: [MergeTile], allowGaps: Bool) {
        self.day = day
        self.tiles = tiles
        self.allowGaps = allowGaps
    }
}

/// One tile of a merge order; tiles that are all sea are not listed.
public struct MergeTile: Hashable, Codable, Sendable {
    public let tile: String
    /// The unit file, relative to the run directory; nil when the unit did not finish.
    public let path: String?
    /// Per layer of the product, in its order; empty when the day is missing or the unit did not finish.
    public let digests: [Digest]
    /// Why there are no values: a missing day's reason, or `failed`, `quarantined`, `blocked`.
    public let absence: String?

    public init(tile: String, path: String?, digests: [Digest], absence: String?) {
        self.tile = tile
        self.path = path
        self.digests = digests
        self.absence = absence
    }
}
