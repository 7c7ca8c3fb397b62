internal import Ledger
internal import Scheduling
public import Storage
public import Tiling

/// A run that no coordinator serves at present: read from its ledger, and changed there.
public enum StoredStatus {
    /// How the run stands by its ledger.
    public static func read(run: RunDirectory, plan: RunPlan) throws -> StatusReport {
        let recovered = try RecoveredRun(
            run: run, plan: plan, settings: SchedulerSettings(adoptionGrace: .zero))
        defer { try? recovered.ledger.close() }
        return StatusReport(
            plan: plan, progress: recovered.scheduler.progress, rate: WorkRate(), epoch: nil, seconds: 0)
    }

    /// Puts units back, for the next coordinator to hand out.
    public static func resume(_ request: ResumeRequest, run: RunDirectory, plan: RunPlan) throws
        -> ResumeReply
    {
        let recovered = try RecoveredRun(
            run: run, plan: plan, settings: SchedulerSettings(adoptionGrace: .zero))
        defer { try? recovered.ledger.close() }
        var scheduler = recovered.scheduler
        let units = request.units(of: plan, inTrouble: scheduler.progress.troubles.map(\.unit))
        let directives = scheduler.handle(.unitsPutBack(units), at: MonotonicInstant(nanoseconds: 0))
        var names: [String] = []
        var entries: [LedgerEntry] = []
        for case .putBack(let unit, let generation) in directives {
            names.append(plan.name(of: unit))
            entries.append(.putBack(plan.name(of: unit), generation: generation))
        }
        try recovered.ledger.record(entries)
        return ResumeReply(putBack: names)
    }
}
