internal import Scheduling
public import Tiling

/// How a run stands: what `tilth status` prints, and `--json` writes.
public struct StatusReport: Codable, Sendable {
    /// Counts of one stage.
    public struct StageStatus: Codable, Sendable {
        public var stage: String
        public var total: Int
        public var done: Int
        public var running: Int
        public var ready: Int
        public var waiting: Int
        public var failed: Int
        public var quarantined: Int
        /// What they need failed.
        public var blocked: Int
    }

    /// A live worker.
    public struct WorkerStatus: Codable, Sendable {
        public var name: String
        public var node: String
        public var holding: [String]
        public var doneCount: Int
        public var isDraining: Bool
    }

    /// A unit that a person should look at.
    public struct Trouble: Codable, Sendable {
        public var unit: String
        public var state: String
        public var cause: String
        public var nodes: [String]
    }

    public var product: String
    public var recipe: Digest
    /// Nil when no coordinator runs.
    public var epoch: UInt64?
    public var stages: [StageStatus]
    public var workers: [WorkerStatus]
    public var troubles: [Trouble]
    /// Days without a mosaic because tiles are missing for good.
    public var gappedDays: [Day]
    public var landPixelDays: Int
    /// Predicted since this coordinator started.
    public var landPixelDaysDone: Int
    public var landPixelDaysPerSecond: Double?
    public var duplicateCount: Int
    public var disputeCount: Int
    public var lostWorkerCount: Int
    public var uptimeSeconds: Double

    public subscript(stage: Stage) -> StageStatus? { stages.first { $0.stage == stage.name } }

    /// Whether every unit is done.
    public var isComplete: Bool { stages.allSatisfy { $0.done == $0.total } }
    /// Whether nothing is left that could be done without a person.
    public var isSettled: Bool { stages.allSatisfy { $0.running + $0.ready + $0.waiting == 0 } }
    public var doneFraction: Double {
        // A predict unit is a month of maps of its tile, a merge unit one day: most work is predicting.
        func weight(_ stage: StageStatus) -> Int { stage.stage == Stage.predict.name ? 10 : 1 }
        let total = stages.reduce(0) { $0 + $1.total * weight($1) }
        let done = stages.reduce(0) { $0 + $1.done * weight($1) }
        return total == 0 ? 1 : Double(done) / Double(total)
    }
}

extension StatusReport {
    init(plan: RunPlan, progress: RunProgress, rate: WorkRate, epoch: UInt64?, seconds: Double) {
        self.init(
            product: plan.product.name, recipe: plan.recipe, epoch: epoch,
            stages: Stage.allCases.map { stage in
                let counts = progress.stages[stage] ?? StageCounts()
                return StageStatus(
                    stage: stage.name, total: counts.total, done: counts.done, running: counts.leased,
                    ready: counts.ready, waiting: counts.waiting, failed: counts.failed,
                    quarantined: counts.quarantined, blocked: counts.blocked)
            },
            workers: progress.workers.map { worker in
                WorkerStatus(
                    name: worker.worker.name, node: worker.node,
                    holding: worker.held.map { plan.name(of: $0.unit) }, doneCount: worker.doneCount,
                    isDraining: worker.isDraining)
            },
            troubles: progress.troubles.map { trouble in
                Trouble(
                    unit: plan.name(of: trouble.unit), state: trouble.state.rawValue, cause: trouble.cause,
                    nodes: trouble.nodes)
            },
            gappedDays: progress.gappedDays.map { Day(number: $0) },
            landPixelDays: plan.landPixelDays, landPixelDaysDone: rate.landPixelDays,
            landPixelDaysPerSecond: rate.perSecond, duplicateCount: progress.duplicateCount,
            disputeCount: progress.disputeCount, lostWorkerCount: progress.lostWorkerCount,
            uptimeSeconds: seconds)
    }
}
