/// `merge/<day>`: the unit files of a day become `mosaics/…`, one per layer.
struct MergeStage: StageRules {
    let plan: RunPlan

    var halo: Halo { Halo() }
    var unitCount: Int { plan.mergeDays.count }
    var groups: [UnitGroup] { [] }

    func name(of unit: UnitID) -> String { "merge/\(Day(number: Int(unit.block)))" }

    func unit(named parts: [Substring]) -> UnitID? {
        guard parts.count == 1 else { return nil }
        return Day(parts[0]).map { UnitID(stage: .merge, place: 0, block: $0.number) }
    }

    func touches(_ unit: UnitID, tiles: TileRange?, days: DayRange?) -> Bool {
        days?.contains(Day(number: Int(unit.block))) ?? true
    }
}
