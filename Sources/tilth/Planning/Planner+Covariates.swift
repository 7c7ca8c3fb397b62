import Covariates
import Products
import Storage
import Terrain
import Tiling

extension Planner {
    /// A plan that prepares the covariates of some days and predicts nothing: what training asks for, which
    /// has no forest yet.
    func planCovariates(of days: DayRange) throws -> PlannedRun {
        var plan = RunPlan(
            product: file.product, recipe: Recipe(of: file.product, forests: [:]).digest, dataRoot: dataRoot,
            days: days, tiles: [], sources: PlannedSource.sources(of: file.product.covariates), forests: [:],
            software: Tilth.version, terrain: try plannedTerrain())
        plan.isForCovariatesOnly = true
        plan.frozenInputs = try inputsToFreeze(of: plan)
        return PlannedRun(plan: plan, seaTileCount: 0, treeCount: 0, forestPaths: [:])
    }

    /// What may not change while the run is made.
    func inputsToFreeze(of plan: RunPlan) throws -> [InputFile] {
        try RunPlan.inputsToFreeze(
            mask: plan.isForCovariatesOnly == true ? nil : plan.product.mask, terrain: plan.terrain,
            dataRoot: dataRoot)
    }

    /// The topographic index that a covariate asks for, on the grid of its DEM.
    func plannedTerrain() throws -> PlannedTerrain? {
        for covariate in file.product.covariates {
            guard case .files(let files) = covariate.source,
                case .topographicIndex(let terrain) = files.content
            else { continue }
            let here = terrain.resolved { $0.hasPrefix("/") ? $0 : "\(dataRoot)/\($0)" }
            let maps = try TerrainMaps(
                elevation: here.elevation, directions: here.directions, accumulation: here.accumulation)
            return here.resolved(on: maps.grid) { $0 }
        }
        return nil
    }

    /// A plan that samples the covariates of such a run at the pixels of stations, a tile and run of days a
    /// unit.
    func planSamples(_ sampling: SamplePlan, of covariates: RunPlan) -> PlannedRun {
        var plan = covariates
        plan.isForCovariatesOnly = nil
        // A run of maps may have the covariates, too; nobody predicts here.
        plan.forests = [:]
        plan.sampling = sampling
        var most: [Tile: Int] = [:]
        for (key, pixels) in sampling.pixels {
            guard let tile = Tile(key.prefix { $0 != "/" }) else { continue }
            most[tile] = max(most[tile] ?? 0, pixels.count)
        }
        plan.tiles = most.map {
            PlannedTile(index: plan.product.tiles.index(of: $0.key), landPixelCount: $0.value)
        }.sorted { $0.index < $1.index }
        return PlannedRun(plan: plan, seaTileCount: 0, treeCount: 0, forestPaths: [:])
    }
}
