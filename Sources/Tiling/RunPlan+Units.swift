/// The units of a plan, their names, and what waits for what.
extension RunPlan {
    /// The numbers of the predict blocks.
    public var predictBlocks: ClosedRange<Int> { product.unit.blocks(of: days) }

    /// The planned days of a predict block; nil for a block that is not in the plan.
    public func days(ofPredictBlock block: Int) -> DayRange? {
        product.unit.days(ofBlock: block, within: days)
    }

    /// The prepare units of a predict block: all sources over its days, their history and what lies ahead.
    public func prepareUnits(forPredictBlock block: Int) -> [UnitID] {
        guard let days = days(ofPredictBlock: block) else { return [] }
        return sources.enumerated().flatMap { number, source in
            source.blocks(for: days).map { UnitID(stage: .prepare, place: number, block: $0) }
        }
    }

    /// All prepare units of the plan, by source, then block.
    public var prepareUnits: [UnitID] {
        sources.enumerated().flatMap { number, source in
            source.blocks(for: days).map { UnitID(stage: .prepare, place: number, block: $0) }
        }
    }

    /// The days that become mosaics.
    public var mergeDays: [Day] { isForCovariatesOnly == true ? [] : Array(days) }

    /// Land pixels times days: the size of the job.
    public var landPixelDays: Int { tiles.reduce(0) { $0 + $1.landPixelCount } * days.count }

    /// How many units of each stage there are.
    public func unitCount(of stage: Stage) -> Int {
        switch stage {
        case .prepare: prepareUnits.count
        case .predict: tiles.count * predictBlocks.count
        case .merge: mergeDays.count
        }
    }

    /// The name that people, paths and receipts use: `predict/x45y12/2016-01`, `prepare/daily-meteo/2016`,
    /// `merge/2016-01-15`.
    public func name(of unit: UnitID) -> String {
        let place = Int(unit.place)
        let block = Int(unit.block)
        switch unit.stage {
        case .prepare:
            guard sources.indices.contains(place) else { return "prepare/\(place)/\(block)" }
            return "prepare/\(sources[place].name)/\(sources[place].calendar.name(ofBlock: block))"
        case .predict:
            return "predict/\(product.tiles.tile(at: place))/\(product.unit.name(ofBlock: block))"
        case .merge:
            return "merge/\(Day(number: block))"
        }
    }

    /// The unit of a name, nil when the plan has no such unit.
    public func unit(named name: some StringProtocol) -> UnitID? {
        let parts = name.split(separator: "/")
        guard let first = parts.first, let stage = Stage(name: first) else { return nil }
        switch (stage, parts.count) {
        case (.prepare, 3):
            guard let number = sources.firstIndex(where: { $0.name == parts[1] }),
                let block = sources[number].calendar.block(named: parts[2])
            else { return nil }
            return UnitID(stage: .prepare, place: number, block: block)
        case (.predict, 3):
            guard let tile = Tile(parts[1]), product.tiles.contains(tile),
                let block = product.unit.block(named: parts[2])
            else { return nil }
            return UnitID(stage: .predict, place: product.tiles.index(of: tile), block: block)
        case (.merge, 2):
            return Day(parts[1]).map { UnitID(stage: .merge, place: 0, block: $0.number) }
        default:
            return nil
        }
    }

    /// Whether a unit of this plan touches a range of tiles and days; nil stands for everything.
    public func touches(_ unit: UnitID, tiles range: TileRange?, days wanted: DayRange?) -> Bool {
        switch unit.stage {
        case .prepare:
            guard let wanted else { return true }
            return sources[Int(unit.place)].blocks(for: wanted).contains(Int(unit.block))
        case .predict:
            guard range?.contains(product.tiles.tile(at: Int(unit.place))) ?? true else { return false }
            guard let wanted else { return true }
            return days(ofPredictBlock: Int(unit.block))?.overlaps(wanted) ?? false
        case .merge:
            return wanted?.contains(Day(number: Int(unit.block))) ?? true
        }
    }
}
