/// `terrain/<pass>/<tile>`, or `terrain/<pass>` for a join: a topographic index by tiles of its DEM, with
/// exact flow across their borders; `terrain/index.tif`.
///
/// A pass begins when the one before it is done. Results do not depend on the tile size or the order of work.
struct TerrainStage: StageRules {
    let plan: RunPlan

    /// One cell of the neighbouring tiles.
    var halo: Halo { Halo(pixels: 1) }
    var unitCount: Int { groups.reduce(0) { $0 + $1.units.count } }

    var groups: [UnitGroup] {
        guard let terrain = plan.terrain else { return [] }
        var groups: [UnitGroup] = []
        for pass in terrain.passes {
            let count = pass.isJoin ? 1 : plan.terrainTiles.tileCount
            groups.append(
                UnitGroup(
                    units: (0..<count).map { UnitID(stage: .terrain, place: $0, block: pass.rawValue) },
                    needs: groups.last?.units ?? []))
        }
        return groups
    }

    func name(of unit: UnitID) -> String {
        guard let pass = TerrainPass(rawValue: Int(unit.block)) else { return "terrain/\(unit.block)" }
        return pass.isJoin
            ? "terrain/\(pass)" : "terrain/\(pass)/\(plan.terrainTiles.tile(at: Int(unit.place)))"
    }

    func unit(named parts: [Substring]) -> UnitID? {
        guard let first = parts.first, let pass = TerrainPass.allCases.first(where: { "\($0)" == first }),
            plan.terrain?.passes.contains(pass) == true, parts.count == (pass.isJoin ? 1 : 2)
        else { return nil }
        guard !pass.isJoin else { return UnitID(stage: .terrain, place: 0, block: pass.rawValue) }
        guard let tile = Tile(parts[1]), plan.terrainTiles.contains(tile) else { return nil }
        return UnitID(stage: .terrain, place: plan.terrainTiles.index(of: tile), block: pass.rawValue)
    }

    /// Every cell may drain through every other one.
    func touches(_ unit: UnitID, tiles: TileRange?, days: DayRange?) -> Bool { true }
}

/// A step on the way from a DEM to its topographic index, in order.
public enum TerrainPass: Int, CaseIterable, Sendable {
    /// Floods each tile from its rim.
    case flood = 1
    /// Joins all rims: at which level does each basin leave the map?
    case basins
    /// Fills each tile up to the levels of its basins.
    case fill
    /// Counts the steps to where each flat drains, within each tile.
    case flats
    /// Goes on with flats that cross tiles.
    case lakes
    /// Finds the direction of flow, and what each tile gathers.
    case direct
    /// Joins all rims: what flows into each tile?
    case inflow
    /// Sums the flow of each tile, and makes the index.
    case index
    /// Puts the tiles together into one map.
    case assemble

    /// Whether one unit works on what all tiles told.
    public var isJoin: Bool { [.basins, .lakes, .inflow, .assemble].contains(self) }
}

/// A topographic index that a run makes: the paths of the maps, absolute in a plan, and how to read them.
public struct PlannedTerrain: Hashable, Codable, Sendable {
    public let elevation: String
    public let directions: String?
    public let accumulation: String?
    /// What the accumulation counts: km2, m2 or cells.
    public let accumulationUnit: String
    /// published or corrected.
    public let mode: String
    /// That of the maps, where a product's covariate is made of them; nil where it is the run's own.
    public let grid: Grid?

    public init(
        elevation: String, directions: String?, accumulation: String?, accumulationUnit: String, mode: String,
        grid: Grid? = nil
    ) {
        self.elevation = elevation
        self.directions = directions
        self.accumulation = accumulation
        self.accumulationUnit = accumulationUnit
        self.mode = mode
        self.grid = grid
    }

    /// The map that the last pass leaves, relative to the run.
    public static let mapPath = "\(Stage.terrain.folder)/index.tif"

    /// Cells along the side of a tile of a product's DEM.
    public static let tileSide = 2048

    /// The maps, elevation first.
    public var paths: [String] { [elevation, directions, accumulation].compactMap(\.self) }

    /// The same with other paths, on the grid that they have.
    public func resolved(on grid: Grid? = nil, _ path: (String) -> String) -> PlannedTerrain {
        PlannedTerrain(
            elevation: path(elevation), directions: directions.map(path),
            accumulation: accumulation.map(path),
            accumulationUnit: accumulationUnit, mode: mode, grid: grid)
    }

    /// `topographic index of elv.vrt (published)`.
    public var words: String { "topographic index of \(elevation) (\(mode))" }

    /// What is given needs not be made.
    public var passes: [TerrainPass] {
        if accumulation != nil { return [.index, .assemble] }
        return directions != nil ? [.direct, .inflow, .index, .assemble] : TerrainPass.allCases
    }
}
