/// `predict/<tile>/<run of days>`: a tile's covariates become `tiles/…/<tile>.tif`, a band per layer and day.
struct PredictStage: StageRules {
    let plan: RunPlan

    /// The history of the sources is there as prepared planes.
    var halo: Halo {
        Halo(
            daysBefore: plan.sources.map(\.historyDays).max() ?? 0,
            daysAfter: plan.sources.map(\.lookAheadDays).max() ?? 0)
    }
    var unitCount: Int { plan.tiles.count * plan.predictBlocks.count }
    var groups: [UnitGroup] { [] }

    func name(of unit: UnitID) -> String {
        "predict/\(plan.product.tiles.tile(at: Int(unit.place)))/"
            + plan.product.unit.name(ofBlock: Int(unit.block))
    }

    func unit(named parts: [Substring]) -> UnitID? {
        guard parts.count == 2, let tile = Tile(parts[0]), plan.product.tiles.contains(tile),
            let block = plan.product.unit.block(named: parts[1])
        else { return nil }
        return UnitID(stage: .predict, place: plan.product.tiles.index(of: tile), block: block)
    }

    func touches(_ unit: UnitID, tiles: TileRange?, days: DayRange?) -> Bool {
        guard tiles?.contains(plan.product.tiles.tile(at: Int(unit.place))) ?? true else { return false }
        guard let days else { return true }
        return plan.days(ofPredictBlock: Int(unit.block))?.overlaps(days) ?? false
    }
}
