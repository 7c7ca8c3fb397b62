internal import Covariates
internal import Execution
internal import Storage
internal import Terrain
internal import Tiling

/// One terrain unit: a pass over a tile of the DEM, or the join of what all tiles told.
struct TerrainJob {
    let plan: RunPlan
    let run: RunDirectory
    let threadCount: Int

    func execute(_ unit: UnitID) throws -> UnitResult {
        guard let terrain = plan.terrain, let pass = TerrainPass(rawValue: Int(unit.block)) else {
            throw WorkerError.notInPlan(plan.name(of: unit))
        }
        try plan.checkFrozenInputs()
        var clock = Stopwatch()
        let units = try TerrainUnits(
            terrain: terrain, scheme: plan.terrainTiles, run: run, threadCount: threadCount)
        let made = try units.execute(pass, tile: Int(unit.place))
        let values = made.map { file in
            ValueDigest(
                layer: file.path, day: plan.days.first, sha256: file.sha256, validCount: file.byteCount)
        }
        return UnitResult(
            inputs: try units.inputs(of: pass), outputs: made, values: values, missing: [],
            seconds: ["\(pass)": clock.lap()])
    }
}
