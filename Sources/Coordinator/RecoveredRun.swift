internal import Foundation
internal import Ledger
internal import Scheduling
internal import Storage
internal import Tiling

/// What a coordinator finds when it takes a run over: the ledger, held against the receipt logs, and a
/// scheduler that knows all of it.
struct RecoveredRun {
    let ledger: Ledger
    let scheduler: Scheduler
    let notices: [String]

    /// With `mergeOnly` there is nothing but the merging of these days: what is not predicted counts as given
    /// up, in memory only, so that what is there can be merged.
    init(run: RunDirectory, plan: RunPlan, settings: SchedulerSettings, mergeOnly: DayRange? = nil) throws {
        ledger = try Ledger(path: run.ledgerPath)
        var notices = ledger.notice.map { [$0] } ?? []
        if let recipe = try ledger.meta("recipe"), recipe != plan.recipe.hex {
            throw LedgerMismatch(path: run.ledgerPath)
        }
        try ledger.setMeta("recipe", plan.recipe.hex)
        let outcome = try ledger.reconcile(recipe: plan.recipe) { adopt in
            notices += try ReceiptLog.readAll(in: run.receiptsPath, adopt)
        }
        if outcome.addedCount > 0 {
            notices.append("\(outcome.addedCount) finished units stood in receipt logs only, and count now")
        }
        notices += outcome.disputedUnits.map {
            "\($0): two receipts have different values: the unit is quarantined"
        }

        let started = MonotonicInstant(nanoseconds: 0)
        var scheduler = Scheduler(
            graph: Self.graph(plan, mergeOnly: mergeOnly), settings: settings, at: started)
        let strikes = Dictionary(grouping: try ledger.strikes()) { $0.unit }
        var isDone: Set<UnitID> = []
        notices += try ledger.units { row in
            guard let unit = plan.unit(named: row.unit) else { return }
            if row.state == .done { isDone.insert(unit) }
            _ = scheduler.handle(
                .unitRecovered(
                    RecoveredUnit(
                        unit: unit, generation: row.generation, attemptCount: row.attemptCount,
                        outcome: row.outcome,
                        strikes: (strikes[row.unit] ?? []).map {
                            Strike(
                                worker: WorkerID($0.worker), node: $0.node, attemptNumber: $0.attempt,
                                isLoss: $0.isLoss)
                        })), at: started)
        }
        if mergeOnly != nil {
            for unit in plan.predictUnits where !isDone.contains(unit) {
                _ = scheduler.handle(
                    .unitRecovered(
                        RecoveredUnit(
                            unit: unit, generation: scheduler.generation(of: unit) ?? 1, attemptCount: 0,
                            outcome: .failed(cause: "not computed yet"))), at: started)
            }
        }
        self.scheduler = scheduler
        self.notices = notices
    }

    private static func graph(_ plan: RunPlan, mergeOnly: DayRange?) -> UnitGraph {
        guard let days = mergeOnly.flatMap({ plan.days.intersection($0) }) else { return UnitGraph(plan) }
        return UnitGraph(
            prepareUnits: [], tiles: plan.tiles.map(\.index), predictBlocks: plan.predictBlocks,
            mergeDays: Dictionary(
                uniqueKeysWithValues: days.map { ($0.number, plan.product.unit.block(of: $0)) }),
            prepareNeeds: [:])
    }
}

extension RunPlan {
    fileprivate var predictUnits: [UnitID] {
        predictBlocks.flatMap { block in
            tiles.map { UnitID(stage: .predict, place: $0.index, block: block) }
        }
    }
}

extension UnitRow {
    fileprivate var outcome: RecoveredUnit.Outcome {
        switch state {
        case .open: .open
        case .leased: .handedOut
        case .done: values.map { .done(attemptNumber: attempt, values: $0, node: node) } ?? .open
        case .failed: .failed(cause: cause)
        case .quarantined:
            .quarantined(cause: cause, nodes: node.split(separator: ",").map(String.init))
        }
    }
}

/// A ledger that belongs to another recipe.
struct LedgerMismatch: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path): belongs to another recipe than the plan: results of two recipes are never mixed; plan "
            + "into another "
            + "run directory"
    }
}
