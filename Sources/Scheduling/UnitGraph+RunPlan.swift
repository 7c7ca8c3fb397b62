public import Tiling

extension UnitGraph {
    /// The graph of a plan: its sources, its tiles with land, its blocks and its days.
    public init(_ plan: RunPlan) {
        let blocks = plan.predictBlocks
        self.init(
            prepareUnits: plan.prepareUnits, tiles: plan.tiles.map(\.index), predictBlocks: blocks,
            mergeDays: Dictionary(
                uniqueKeysWithValues: plan.mergeDays.map { ($0.number, plan.product.unit.block(of: $0)) }),
            prepareNeeds: Dictionary(
                uniqueKeysWithValues: blocks.map { ($0, plan.prepareUnits(forPredictBlock: $0)) }))
    }
}
