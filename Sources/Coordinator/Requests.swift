internal import Tiling

/// Which units a user wants put back: those that failed or were quarantined in a range, and those that an
/// audit found broken.
public struct ResumeRequest: Codable, Sendable {
    /// `x40y10..x50y20`, nil for all tiles.
    public var tiles: String?
    /// `2016-01-01..2016-03-31`, nil for all days.
    public var days: String?
    /// Names of finished units whose files are not what their receipts say, or whose inputs are not.
    public var broken: [String]

    public init(tiles: String?, days: String?, broken: [String]) {
        self.tiles = tiles
        self.days = days
        self.broken = broken
    }
}

/// The units that start over.
public struct ResumeReply: Codable, Sendable {
    public var putBack: [String]
}

extension ResumeRequest {
    /// The units of the request that there is something to do about, given what is known of each unit in
    /// trouble.
    func units(of plan: RunPlan, inTrouble: [UnitID]) -> [UnitID] {
        let range = tiles.flatMap { TileRange($0) }
        let period = days.flatMap { DayRange($0) }
        let touched = inTrouble.filter { plan.touches($0, tiles: range, days: period) }
        var units = Set(touched).union(broken.compactMap { plan.unit(named: $0) })
        // A unit that is blocked, or a mosaic, waits for what failed before it, wherever that lies.
        for unit in inTrouble
        where Stage.preliminary.contains(unit.stage) && plan.touches(unit, tiles: nil, days: period) {
            units.insert(unit)
        }
        return units.sorted()
    }
}
