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

    /// Prepare units with the files that they lack, and all units that take days of those files: whatever
    /// range a user asks for, because maps of one run come from one state of its inputs.
    func find(in receipts: [Receipt]) throws -> (prepare: [Unit], others: [String]) {
        var late = LateFiles(plan: plan)
        var prepare: [Unit] = []
        var blocks: Set<Int> = []
        var climatologies: Set<Int> = []
        for receipt in receipts {
            let findings = try late.find(since: receipt)
            guard let first = findings.first, let unit = plan.unit(named: receipt.unit) else { continue }
            let others = findings.count > 1 ? ", and \(findings.count - 1) more files" : ""
            prepare.append(
                Unit(
                    unit: receipt.unit,
                    what: "\(first.path) \(first.isReplaced ? "was replaced" : "is there now")\(others)"))
            blocks.formUnion(late.predictBlocks(after: findings, of: unit))
            climatologies.formUnion(late.climatologies(after: findings, of: unit))
        }
        // Every day is filled with the mean year.
        if !climatologies.isEmpty { blocks.formUnion(plan.predictBlocks) }
        func units(of stage: Stage, _ blocks: Set<Int>) -> [String] {
            blocks.sorted().flatMap { block in
                plan.tiles.map { plan.name(of: UnitID(stage: stage, place: $0.index, block: block)) }
            }
        }
        return (prepare, units(of: .climatology, climatologies) + units(of: .predict, blocks))
    }
}
