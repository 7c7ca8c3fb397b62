import Covariates
import Storage
import Tiling

/// Finished units that were made without a source file that is there by now, or with another version of it.
struct LateUnits {
    struct Unit {
        let unit: String
        let what: String
    }

    let plan: RunPlan

    /// Prepare units with the files that they lack, and all predict units that take days of those files:
    /// whatever range a user asks for, because maps of one run come from one state of its inputs.
    func find(in receipts: [Receipt]) throws -> (prepare: [Unit], predict: [String]) {
        var late = LateFiles(plan: plan)
        var prepare: [Unit] = []
        var blocks: Set<Int> = []
        for receipt in receipts {
            let findings = try late.find(since: receipt)
            guard let first = findings.first, let unit = plan.unit(named: receipt.unit) else { continue }
            let others = findings.count > 1 ? ", and \(findings.count - 1) more files" : ""
            prepare.append(
                Unit(
                    unit: receipt.unit,
                    what: "\(first.path) \(first.isReplaced ? "was replaced" : "is there now")\(others)"))
            blocks.formUnion(late.predictBlocks(after: findings, of: unit))
        }
        let predict = blocks.sorted().flatMap { block in
            plan.tiles.map { plan.name(of: UnitID(stage: .predict, place: $0.index, block: block)) }
        }
        return (prepare, predict)
    }
}
