import Products
import Storage
import Tiling

/// A product that was just planned into a run directory.
struct FrozenRun {
    let directory: RunDirectory
    let plan: RunPlan
    let estimate: PlanEstimate

    init(product: String, run: String, data: DataOption, range: RangeOptions) throws {
        try self.init(
            product: product, run: run, dataRoot: data.root(product: product), tiles: range.tiles,
            days: range.days)
    }

    init(product: String, run: String, dataRoot: String, tiles: TileRange? = nil, days: DayRange? = nil)
        throws
    {
        let planner = Planner(
            file: try ProductFile.load(path: product), dataRoot: dataRoot, tiles: tiles, days: days)
        let planned = try planner.plan()
        directory = RunDirectory(absolutePath(run))
        plan = try planner.freeze(planned, in: directory)
        estimate = PlanEstimate(plan: plan, treeCount: planned.treeCount, seaTileCount: planned.seaTileCount)
    }
}
