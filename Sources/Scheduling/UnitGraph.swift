public import Tiling

/// All units of a run and what waits for what, as arithmetic: no table of units, so ten million of them cost
/// nothing.
///
/// A predict block opens when its prepare units are done, a merge day when the predict units of its block
/// are. A unit's position counts prepare units first, then predict units (tile number × blocks + block), then
/// merge days.
public struct UnitGraph: Sendable {
    /// In the order in which predict blocks need them.
    public let prepareUnits: [UnitID]
    /// Tile indices that have something to predict, ascending.
    public let tiles: [Int]
    /// The first predict block; blocks inside this type are counted from it.
    public let firstBlock: Int
    /// The number of predict blocks.
    public let blockCount: Int
    /// Days to merge, ascending, as `Day.number`.
    public let mergeDays: [Int]

    /// For each prepare unit the blocks that need it.
    let dependentBlocks: [[Int]]
    /// For each block how many prepare units it needs.
    let needCounts: [Int]
    /// For each merge day its block.
    let mergeBlocks: [Int]
    /// For each block its merge days.
    let mergesOfBlock: [Range<Int>]
    private let prepareNumbers: [UnitID: Int]
    private let tileNumbers: [Int: Int]
    private let mergeNumbers: [Int: Int]

    /// Puts a run together.
    ///
    /// - Parameters:
    ///   - prepareUnits: every prepare unit; what `prepareNeeds` names is added.
    ///   - tiles: indices of the tiles that have land.
    ///   - predictBlocks: numbers of the predict blocks.
    ///   - mergeDays: per day to merge, its predict block.
    ///   - prepareNeeds: per predict block the prepare units it waits for.
    public init(
        prepareUnits: [UnitID], tiles: [Int], predictBlocks: ClosedRange<Int>, mergeDays: [Int: Int],
        prepareNeeds: [Int: [UnitID]]
    ) {
        precondition(mergeDays.values.allSatisfy(predictBlocks.contains), "a merge day has a predict block")
        let blocks = Array(predictBlocks)
        var order: [UnitID] = []
        var numbers: [UnitID: Int] = [:]
        for unit in blocks.flatMap({ prepareNeeds[$0] ?? [] }) + prepareUnits.sorted()
        where numbers[unit] == nil {
            precondition(unit.stage == .prepare, "predict blocks wait for prepare units")
            numbers[unit] = order.count
            order.append(unit)
        }
        var dependents = [[Int]](repeating: [], count: order.count)
        self.needCounts = blocks.indices.map { block in
            let needs = Set(prepareNeeds[blocks[block]] ?? [])
            for unit in needs { dependents[numbers[unit]!].append(block) }
            return needs.count
        }
        self.prepareUnits = order
        self.prepareNumbers = numbers
        self.dependentBlocks = dependents
        self.tiles = Set(tiles).sorted()
        self.tileNumbers = Dictionary(uniqueKeysWithValues: zip(self.tiles, self.tiles.indices))
        self.firstBlock = predictBlocks.lowerBound
        self.blockCount = blocks.count
        self.mergeDays = mergeDays.keys.sorted()
        self.mergeNumbers = Dictionary(uniqueKeysWithValues: zip(self.mergeDays, self.mergeDays.indices))
        self.mergeBlocks = self.mergeDays.map { mergeDays[$0]! - predictBlocks.lowerBound }
        precondition(
            zip(mergeBlocks, mergeBlocks.dropFirst()).allSatisfy(<=), "blocks follow one another in time")
        var ranges = [Range<Int>](repeating: 0..<0, count: blocks.count)
        for (number, block) in mergeBlocks.enumerated() {
            ranges[block] = (ranges[block].isEmpty ? number : ranges[block].lowerBound)..<(number + 1)
        }
        self.mergesOfBlock = ranges
    }

    /// The number of all units.
    public var unitCount: Int { prepareUnits.count + predictCount + mergeDays.count }

    /// The number of units of a stage.
    public func unitCount(of stage: Stage) -> Int {
        switch stage {
        case .prepare: prepareUnits.count
        case .predict: predictCount
        case .merge: mergeDays.count
        }
    }

    private var predictCount: Int { tiles.count * blockCount }
}

extension UnitGraph {
    /// Where a unit stands in the graph, its numbers counted from zero.
    enum Place: Hashable {
        case prepare(Int)
        case predict(tile: Int, block: Int)
        case merge(Int)
    }

    /// The position of a unit; nil for a unit of another plan.
    func position(of unit: UnitID) -> Int? {
        switch unit.stage {
        case .prepare:
            return prepareNumbers[unit]
        case .predict:
            let block = Int(unit.block) - firstBlock
            guard block >= 0, block < blockCount, let tile = tileNumbers[Int(unit.place)] else { return nil }
            return position(tile: tile, block: block)
        case .merge:
            guard unit.place == 0, let number = mergeNumbers[Int(unit.block)] else { return nil }
            return position(merge: number)
        }
    }

    func position(tile: Int, block: Int) -> Int { prepareUnits.count + tile * blockCount + block }
    func position(merge number: Int) -> Int { prepareUnits.count + predictCount + number }

    func place(at position: Int) -> Place {
        guard position >= prepareUnits.count else { return .prepare(position) }
        let predict = position - prepareUnits.count
        guard predict >= predictCount else {
            return .predict(tile: predict / blockCount, block: predict % blockCount)
        }
        return .merge(predict - predictCount)
    }

    func unit(at position: Int) -> UnitID {
        switch place(at: position) {
        case .prepare(let number): prepareUnits[number]
        case .predict(let tile, let block):
            UnitID(stage: .predict, place: tiles[tile], block: firstBlock + block)
        case .merge(let number): UnitID(stage: .merge, place: 0, block: mergeDays[number])
        }
    }

    func stage(at position: Int) -> Stage {
        position < prepareUnits.count
            ? .prepare : position < prepareUnits.count + predictCount ? .predict : .merge
    }
}
