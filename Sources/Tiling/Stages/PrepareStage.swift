/// `prepare/<source>/<file period>`: the files of a source over one period become daily planes in
/// `covariates/<source>/`, with a manifest.
struct PrepareStage: StageRules {
    let plan: RunPlan

    /// Files of hours end in the next file.
    var halo: Halo { Halo(daysBefore: 1, daysAfter: 1) }
    var unitCount: Int { units.count }
    /// A topographic index has to be made before it can be read.
    var groups: [UnitGroup] {
        func isMade(_ unit: UnitID) -> Bool { plan.sources[Int(unit.place)].isTopographicIndex }
        return [
            UnitGroup(units: units.filter { !isMade($0) }),
            UnitGroup(
                units: units.filter(isMade), needs: TerrainStage(plan: plan).groups.last?.units ?? []),
        ]
    }

    /// By source, then block.
    var units: [UnitID] {
        plan.sources.indices.flatMap { source in
            blocks(ofSource: source).map { UnitID(stage: .prepare, place: source, block: $0) }
        }
    }

    /// Those for the days of the run, and for the periods of the climatologies.
    private func blocks(ofSource number: Int) -> [Int] {
        let source = plan.sources[number]
        let periods = plan.climatologies.filter { $0.sources.contains(number) }.map(\.period)
        return Set((periods + [plan.days]).flatMap { source.blocks(for: $0) }).sorted()
    }

    func name(of unit: UnitID) -> String {
        let place = Int(unit.place)
        guard plan.sources.indices.contains(place) else { return "prepare/\(place)/\(unit.block)" }
        return "prepare/\(plan.sources[place].name)/"
            + plan.sources[place].calendar.name(ofBlock: Int(unit.block))
    }

    func unit(named parts: [Substring]) -> UnitID? {
        guard parts.count == 2, let number = plan.sources.firstIndex(where: { $0.name == parts[0] }),
            let block = plan.sources[number].calendar.block(named: parts[1])
        else { return nil }
        return UnitID(stage: .prepare, place: number, block: block)
    }

    func touches(_ unit: UnitID, tiles: TileRange?, days: DayRange?) -> Bool {
        guard let days else { return true }
        let number = Int(unit.place)
        let source = plan.sources[number]
        if source.blocks(for: days).contains(Int(unit.block)) { return true }
        // Every day waits for the climatologies.
        return plan.climatologies.contains {
            $0.sources.contains(number) && source.blocks(for: $0.period).contains(Int(unit.block))
        }
    }
}

extension PlannedSource {
    fileprivate var isTopographicIndex: Bool {
        if case .topographicIndex = content { return true }
        return false
    }
}
