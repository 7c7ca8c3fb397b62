internal import Covariates
internal import Execution
internal import Storage
internal import Tiling

/// One prepare unit: a source's files of one period, each read once by all threads, become daily planes and a
/// manifest.
struct PrepareJob {
    let plan: RunPlan
    let run: RunDirectory
    let settings: WorkerExecutor.Settings

    func execute(_ unit: UnitID) throws -> UnitResult {
        var clock = Stopwatch()
        let result = try SourcePreparation(
            plan: plan, run: run, threadCount: settings.threadCount, scratchBytes: settings.scratchBytes
        ).execute(unit)
        return UnitResult(
            inputs: result.inputs, outputs: result.outputs, values: result.values, missing: result.missing,
            seconds: ["prepare": clock.lap()])
    }
}
