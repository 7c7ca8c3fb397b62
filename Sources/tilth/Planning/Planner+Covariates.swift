import Covariates
import Products
import Storage
import Tiling

extension Planner {
    /// A plan that prepares the covariates of some days and predicts nothing: what training asks for, which
    /// has no forest yet.
    func planCovariates(of days: DayRange) -> PlannedRun {
        var plan = RunPlan(
            product: file.product, recipe: Recipe(of: file.product, forests: [:]).digest, dataRoot: dataRoot,
            days: days, tiles: [], sources: PlannedSource.sources(of: file.product.covariates), forests: [:],
            software: Tilth.version)
        plan.isForCovariatesOnly = true
        return PlannedRun(plan: plan, seaTileCount: 0, treeCount: 0, forestPaths: [:])
    }
}
