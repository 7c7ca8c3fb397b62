public import Tiling

extension UnitGraph {
    /// The graph of a plan: its preliminary units, its tiles with land, its blocks and its days.
    public init(_ plan: RunPlan) {
        let blocks = plan.predictBlocks
        let needs = Dictionary(
            uniqueKeysWithValues: blocks.map { ($0, plan.prepareUnits(forPredictBlock: $0)) })
        self.init(
            groups: UnitGraph.ordered(plan.preliminaryGroups, by: blocks.flatMap { needs[$0] ?? [] }),
            tiles: plan.tiles.map(\.index), predictBlocks: blocks,
            mergeDays: Dictionary(
                uniqueKeysWithValues: plan.mergeDays.map { ($0.number, plan.product.unit.block(of: $0)) }),
            blockNeeds: needs,
            tileNeeds: Dictionary(
                uniqueKeysWithValues: plan.tiles.map { ($0.index, plan.preliminaryUnits(ofTile: $0.index)) }))
    }

    /// A graph whose preliminary units are prepare units.
    public init(
        prepareUnits: [UnitID], tiles: [Int], predictBlocks: ClosedRange<Int>, mergeDays: [Int: Int],
        prepareNeeds: [Int: [UnitID]]
    ) {
        let inOrderOfNeed = predictBlocks.flatMap { prepareNeeds[$0] ?? [] }
        self.init(
            groups: UnitGraph.ordered(
                [UnitGroup(units: (prepareUnits + inOrderOfNeed).sorted())], by: inOrderOfNeed),
            tiles: tiles, predictBlocks: predictBlocks, mergeDays: mergeDays, blockNeeds: prepareNeeds)
    }

    /// What the earliest blocks need comes first within its group.
    private static func ordered(_ groups: [UnitGroup], by need: [UnitID]) -> [UnitGroup] {
        var rank: [UnitID: Int] = [:]
        for unit in need where rank[unit] == nil { rank[unit] = rank.count }
        return groups.map { group in
            let early = group.units.filter { rank[$0] != nil }.sorted { rank[$0]! < rank[$1]! }
            return UnitGroup(units: early + group.units.filter { rank[$0] == nil }, needs: group.needs)
        }
    }
}
