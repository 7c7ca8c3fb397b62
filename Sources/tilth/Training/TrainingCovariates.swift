import Coordinator
import Covariates
import Foundation
import Products
import Storage
import Tiling

/// Where a training takes its covariates from: a run whose sources are prepared. That is a run that is there
/// already, one that the engine prepares with workers, or a temporary one that this process prepares.
final class TrainingCovariates {
    let plan: RunPlan
    let run: RunDirectory
    private let kind: Kind

    private enum Kind {
        case prepared
        case engine(workerCount: Int)
        case temporary
    }

    /// A run that is planned already, of maps or of covariates.
    init(prepared run: RunDirectory) throws {
        self.run = run
        plan = try run.loadPlan()
        kind = .prepared
    }

    /// A run in a folder of its own, that workers of the engine prepare: `tilth resume` and a second training
    /// find what is done.
    init(planner: Planner, days: DayRange, run: RunDirectory, workerCount: Int) throws {
        self.run = run
        plan = try planner.freeze(try planner.planCovariates(of: days), in: run)
        kind = .engine(workerCount: workerCount)
    }

    /// A run that is gone after the training.
    init(planner: Planner, days: DayRange) throws {
        let name = "tilth-train-\(UInt64.random(in: 0...UInt64.max))"
        run = RunDirectory(FileManager.default.temporaryDirectory.appending(path: name).path)
        plan = try planner.planCovariates(of: days).plan
        kind = .temporary
        try run.create()
    }

    /// Worker processes of the engine that gather so many units of samples; nil where this process does it
    /// alone: where they are few and nobody asked, or where the run cannot be written.
    func samplingWorkers(unitCount: Int, asked: Int?) -> Int? {
        switch kind {
        case .engine(let count): return count
        case .prepared, .temporary:
            let processors = ProcessInfo.processInfo.activeProcessorCount
            let count = asked ?? (unitCount >= Self.manyUnits ? processors : 1)
            return count > 1 && FileManager.default.isWritableFile(atPath: run.path) ? count : nil
        }
    }

    /// Units that take longer than it takes to start processes for them.
    private static let manyUnits = 256

    /// The days that can be sampled.
    var days: DayRange { plan.days }

    deinit {
        if case .temporary = kind { try? FileManager.default.removeItem(atPath: run.path) }
    }

    /// Prepares the sources of some predict blocks, each source file once; a source that fails ends the
    /// training in one line.
    func prepare(blocks: Set<Int>, progress: ProgressLine) throws {
        switch kind {
        case .prepared: return
        case .engine(let workerCount):
            TerminationSignal.block()
            defer { TerminationSignal.unblock() }
            let report = try RunSession(
                run: run, plan: plan, workerCount: workerCount, threadsPerWorker: 1
            ).execute(showingProgress: progress.isShown)
            guard report.isComplete else {
                let cause = report.troubles.first.map { "\($0.unit): \($0.cause)" } ?? "stopped"
                throw Failure.incomplete("covariates are not prepared: \(cause)")
            }
        case .temporary:
            let units = Set(blocks.flatMap(plan.prepareUnits(forPredictBlock:))).sorted()
            let preparation = SourcePreparation(plan: plan, run: run)
            for (number, unit) in units.enumerated() {
                progress.show("preparing covariates \(number + 1) of \(units.count): \(plan.name(of: unit))")
                _ = try preparation.execute(unit)
            }
        }
    }
}
