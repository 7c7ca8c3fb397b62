import ArgumentParser
import Coordinator
import Covariates
import Foundation
import Rasters
import Storage
import Tiling

/// Covariates at stations, gathered by units of the engine: a run of its own within the run of covariates,
/// `RUN/samples/DIGEST`, named by what is sampled. The same stations find it done.
struct EngineSamples {
    private let plan: RunPlan
    private let run: RunDirectory

    /// Plans the units, and has workers do what is not done yet.
    init(
        _ sampling: SamplePlan, of covariates: TrainingCovariates, planner: Planner, workerCount: Int,
        showsProgress: Bool
    ) throws {
        let planned = planner.planSamples(sampling, of: covariates.plan)
        let identity = Digest(of: CanonicalJSON.bytes([planned.plan.recipe.hex: sampling]))
        let folder = "\(covariates.run.path)/samples/\(identity.hex.prefix(16))"
        run = RunDirectory(folder)
        try DurableFile.makeFolder(folder)
        for path in [run.covariatesPath, run.absolute(Stage.climatology.folder)]
        where !DurableFile.exists(path) {
            let name = URL(filePath: path).lastPathComponent
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "../../\(name)")
        }
        plan = try planner.freeze(planned, in: run)
        TerminationSignal.block()
        defer { TerminationSignal.unblock() }
        let report = try RunSession(run: run, plan: plan, workerCount: workerCount, threadsPerWorker: 1)
            .execute(showingProgress: showsProgress)
        guard report.isComplete else {
            let cause = report.troubles.first.map { "\($0.unit): \($0.cause)" } ?? "stopped"
            throw Failure.incomplete("samples are not complete: \(cause)")
        }
        let broken = try Audit(run: run, plan: plan, range: RangeOptions.parse([])).brokenUnits()
        if let first = broken.first {
            throw Failure.incomplete(
                "\(first.unit): \(first.what): put it back with `tilth resume \(folder)`, and train again")
        }
    }

    /// What a unit gathered.
    func stack(_ tile: Tile, _ block: Int) throws -> FeatureStack {
        let key = SamplePlan.key(tile, block: block, unit: plan.product.unit)
        guard let sampling = plan.sampling, let pixels = sampling.pixels[key],
            let days = plan.days(ofPredictBlock: block)
        else { throw Failure.wrongUse("\(run.path): \(key) is not sampled: train into another --run") }
        let path = run.absolute(run.samplePath(tile: tile, block: block, unit: plan.product.unit))
        let file = try NetCDFArrays(path: path)
        var planes: [String: CovariatePlane] = [:]
        for name in sampling.features {
            let values = try file.floats(name)
            guard values.count == days.count * pixels.count else {
                throw Failure.wrongUse("\(path): '\(name)' has \(values.count) values: remove the file's run")
            }
            planes[name] = .daily(values)
        }
        return FeatureStack(tile: tile, pixels: pixels, days: days, planes: planes, missing: [], inputs: [])
    }
}
