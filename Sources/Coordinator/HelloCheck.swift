internal import Ledger
internal import Messaging
internal import Tiling

/// Whether a worker would compute the same values as all others: recipe, forests, and a small fixed
/// computation.
///
/// Newer software joins when its canary agrees.
struct HelloCheck {
    let plan: RunPlan
    let ledger: Ledger

    func check(_ hello: Hello) throws {
        guard hello.recipe == plan.recipe else {
            throw HelloError(
                "it has recipe \(hello.recipe.short), the run has \(plan.recipe.short): it read an older "
                    + "plan; start it again"
            )
        }
        let computes = hello.stages.contains(.predict)
        guard !computes || Set(hello.forests) == Set(plan.forests.values) else {
            throw HelloError("it has other forests than the run: its copy of forests/ differs")
        }
        guard computes, let canary = hello.canary else { return }
        let key = "canary"
        guard let known = try ledger.meta(key) else {
            try ledger.setMeta(key, canary.hex)
            return
        }
        guard known == canary.hex else {
            throw HelloError(
                "its test values differ from the run's (\(canary.short) instead of \(known.prefix(12))): "
                    + "this machine or "
                    + "its software (\(hello.software)) computes other numbers")
        }
    }
}

/// Why a worker was refused, in one line.
struct HelloError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
