internal import Ledger
internal import Tiling

/// Makes merge orders from the ledger's receipts; a block's receipts are decoded once for all of its days.
struct MergeOrders {
    private let plan: RunPlan
    private var block: Int?
    private var receipts: [Int: Receipt] = [:]

    init(plan: RunPlan) { self.plan = plan }

    /// A predict unit has a new receipt.
    mutating func forget(block changed: Int) {
        if block == changed { block = nil }
    }

    /// The order for a day: for each planned tile its file and digests, or why there are none.
    mutating func order(for day: Day, allowGaps: Bool, ledger: Ledger) throws -> MergeOrder {
        let number = plan.product.unit.block(of: day)
        if block != number {
            receipts = [:]
            for tile in plan.tiles {
                let unit = UnitID(stage: .predict, place: tile.index, block: number)
                if let receipt = try ledger.receipt(for: plan.name(of: unit)) {
                    receipts[tile.index] = receipt
                }
            }
            block = number
        }
        let tiles = plan.tiles.map { planned in
            let name = plan.product.tiles.tile(at: planned.index).name
            guard let receipt = receipts[planned.index], let file = receipt.outputs.first else {
                return MergeTile(tile: name, path: nil, digests: [], absence: "its unit did not finish")
            }
            if let missing = receipt.missing.first(where: { $0.day == day }) {
                return MergeTile(tile: name, path: file.path, digests: [], absence: missing.reason)
            }
            let digests = plan.product.layers.compactMap { layer in
                receipt.values.first { $0.day == day && $0.layer == layer.name }?.sha256
            }
            guard digests.count == plan.product.layers.count else {
                return MergeTile(
                    tile: name, path: nil, digests: [], absence: "its unit did not make this day")
            }
            return MergeTile(tile: name, path: file.path, digests: digests, absence: nil)
        }
        return MergeOrder(day: day, tiles: tiles, allowGaps: allowGaps)
    }
}
