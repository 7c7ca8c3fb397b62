/// The units of a plan, their names, and what waits for what; the stages say it, in the folder `Stages`.
extension RunPlan {
    /// The numbers of the predict blocks.
    public var predictBlocks: ClosedRange<Int> { product.unit.blocks(of: days) }

    /// The planned days of a predict block; nil for a block that is not in the plan.
    public func days(ofPredictBlock block: Int) -> DayRange? {
        product.unit.days(ofBlock: block, within: days)
    }

    /// The prepare units of a predict block: all sources over its days, their history and what lies ahead.
    public func prepareUnits(forPredictBlock block: Int) -> [UnitID] {
        guard sampling == nil, let days = days(ofPredictBlock: block) else { return [] }
        return prepareUnits(ofSources: Array(sources.indices), for: days)
    }

    /// The prepare units of some sources for some days.
    func prepareUnits(ofSources numbers: [Int], for days: DayRange) -> [UnitID] {
        numbers.flatMap { number in
            sources[number].blocks(for: days).map { UnitID(stage: .prepare, place: number, block: $0) }
        }
    }

    /// The tiles of the DEM that a topographic index is made of.
    public var terrainTiles: TileScheme {
        terrain?.grid.map { TileScheme(grid: $0, pixelsPerSide: PlannedTerrain.tileSide) } ?? product.tiles
    }

    /// All prepare units of the plan, by source, then block.
    public var prepareUnits: [UnitID] { sampling == nil ? PrepareStage(plan: self).units : [] }

    /// All units that predictions wait for, by what they wait for themselves.
    public var preliminaryGroups: [UnitGroup] {
        // What a sampling run reads, another run has made.
        sampling == nil ? Stage.preliminary.flatMap { rules(of: $0).groups } : []
    }

    /// The units of a tile that its predictions wait for, on whatever days.
    public func preliminaryUnits(ofTile index: Int) -> [UnitID] {
        sampling == nil ? ClimatologyStage(plan: self).units(ofTile: index) : []
    }

    /// The days that become mosaics: none in a run that predicts nothing.
    public var mergeDays: [Day] {
        isForCovariatesOnly == true || sampling != nil || product.layers.isEmpty ? [] : Array(days)
    }

    /// Land pixels times days: the size of the job.
    public var landPixelDays: Int { tiles.reduce(0) { $0 + $1.landPixelCount } * days.count }

    /// How many units of each stage there are.
    public func unitCount(of stage: Stage) -> Int {
        sampling != nil && Stage.preliminary.contains(stage) ? 0 : rules(of: stage).unitCount
    }

    /// The name that people, paths and receipts use: `predict/x45y12/2016-01`, `prepare/daily-meteo/2016`,
    /// `merge/2016-01-15`.
    public func name(of unit: UnitID) -> String { rules(of: unit.stage).name(of: unit) }

    /// The unit of a name, nil when the plan has no such unit.
    public func unit(named name: some StringProtocol) -> UnitID? {
        let parts = String(name).split(separator: "/")
        guard let first = parts.first, let stage = Stage(name: first) else { return nil }
        return rules(of: stage).unit(named: Array(parts.dropFirst()))
    }

    /// Whether a unit of this plan touches a range of tiles and days; nil stands for everything.
    public func touches(_ unit: UnitID, tiles range: TileRange?, days wanted: DayRange?) -> Bool {
        rules(of: unit.stage).touches(unit, tiles: range, days: wanted)
    }
}
