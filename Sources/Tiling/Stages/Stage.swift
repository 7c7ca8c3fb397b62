/// What a unit computes. All stages share one scheduler, one ledger and one kind of receipt.
///
/// A new stage is a case here, a `StageRules` in this folder that says what its units are, what they wait for
/// and where their results lie, and a job in `Worker` (or `Merger`) that computes one, and writes to the run
/// as its attempt may (`Assignment.fenced`).
public enum Stage: UInt8, CaseIterable, Codable, Sendable {
    /// Reads one source over one of its file periods, once per run.
    case prepare = 1
    /// Fits the mean year of one covariate on one tile, over all days of a period.
    case climatology = 4
    /// Makes a topographic index by tiles of a DEM.
    case terrain = 5
    /// Predicts one tile over one run of days.
    case predict = 2
    /// Assembles the tiles of one day into mosaics.
    case merge = 3

    public var name: String { "\(self)" }

    public init?(name: some StringProtocol) {
        guard let stage = Stage.allCases.first(where: { $0.name == name }) else { return nil }
        self = stage
    }

    /// The folder of a run that holds what its units make.
    public var folder: String {
        switch self {
        case .prepare: "covariates"
        case .climatology: "climatologies"
        case .terrain: "terrain"
        case .predict: "tiles"
        case .merge: "mosaics"
        }
    }

    /// Those with units that predictions wait for, in the order in which they wait for each other.
    public static let preliminary: [Stage] = [.terrain, .prepare, .climatology]

    /// Those that workers compute; the merger has a process of its own.
    public static let ofWorkers: [Stage] = preliminary + [.predict]
}

/// What a stage is, for a plan: the one place where it declares its units, their inputs and their outputs.
protocol StageRules {
    /// How much around its own place and days a unit reads.
    var halo: Halo { get }

    var unitCount: Int { get }

    /// The units that predictions wait for, grouped by what they wait for themselves; none for predictions
    /// and what comes after them, whose number forbids a list.
    var groups: [UnitGroup] { get }

    /// The name that people, paths and receipts use.
    func name(of unit: UnitID) -> String

    /// The unit of a name's parts behind the stage's; nil when the plan has no such unit.
    func unit(named parts: [Substring]) -> UnitID?

    /// Whether a unit has to do with a range of tiles and days; nil stands for everything.
    func touches(_ unit: UnitID, tiles: TileRange?, days: DayRange?) -> Bool
}

/// Units of one stage that may begin when the same other units are done.
public struct UnitGroup: Sendable {
    /// In the order in which they should be done.
    public let units: [UnitID]
    public let needs: [UnitID]

    public init(units: [UnitID], needs: [UnitID] = []) {
        self.units = units
        self.needs = needs
    }
}

/// What a unit reads beyond its own place and days.
public struct Halo: Hashable, Sendable {
    /// Pixels around the tile.
    public let pixels: Int
    public let daysBefore: Int
    public let daysAfter: Int

    public init(pixels: Int = 0, daysBefore: Int = 0, daysAfter: Int = 0) {
        self.pixels = pixels
        self.daysBefore = daysBefore
        self.daysAfter = daysAfter
    }
}

extension RunPlan {
    /// The rules of a stage for this plan.
    func rules(of stage: Stage) -> any StageRules {
        switch stage {
        case .prepare: PrepareStage(plan: self)
        case .climatology: ClimatologyStage(plan: self)
        case .terrain: TerrainStage(plan: self)
        case .predict: PredictStage(plan: self)
        case .merge: MergeStage(plan: self)
        }
    }
}
