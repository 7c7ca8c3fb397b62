public import Tiling

/// All units of a run and what waits for what. Predict units are arithmetic, so ten million of them cost
/// nothing; what they wait for (the preliminary units) is a list of thousands.
///
/// A *gate* is a set of units that must be done first. Each group of preliminary units stands behind at
/// most one gate, so does each predict block, and so does each tile: a predict unit opens when the gates of
/// its block and of its tile are open, a merge day when the predict units of its block are done. A unit's
/// position counts preliminary units first, then predict units (tile number × blocks + block), then merge
/// days.
public struct UnitGraph: Sendable {
    /// Group by group, in the order in which predict blocks need them.
    public let preliminaryUnits: [UnitID]
    /// Tile indices that have something to predict, ascending.
    public let tiles: [Int]
    /// The first predict block; blocks inside this type are counted from it.
    public let firstBlock: Int
    /// The number of predict blocks.
    public let blockCount: Int
    /// Days to merge, ascending, as `Day.number`.
    public let mergeDays: [Int]

    let groups: [Group]
    let gates: Gates
    /// For each preliminary unit its group.
    let groupOfUnit: [Int32]
    /// For each block and each tile its gate; `Gates.none` where nothing is waited for.
    let gateOfBlock: [Int]
    let gateOfTile: [Int]
    /// For each merge day its block.
    let mergeBlocks: [Int]
    /// For each block its merge days.
    let mergesOfBlock: [Range<Int>]
    private let preliminaryNumbers: [UnitID: Int]
    private let tileNumbers: [Int: Int]
    private let mergeNumbers: [Int: Int]

    /// Preliminary units of one stage behind one gate.
    struct Group: Sendable {
        let stage: Stage
        let units: Range<Int>
        let gate: Int
    }

    /// Puts a run together.
    ///
    /// - Parameters:
    ///   - groups: every preliminary unit, with what it waits for: units of groups before it.
    ///   - tiles: indices of the tiles that have land.
    ///   - predictBlocks: numbers of the predict blocks.
    ///   - mergeDays: per day to merge, its predict block.
    ///   - blockNeeds: per predict block the preliminary units it waits for.
    ///   - tileNeeds: per tile index the preliminary units that it waits for on all days.
    public init(
        groups: [UnitGroup], tiles: [Int], predictBlocks: ClosedRange<Int>, mergeDays: [Int: Int],
        blockNeeds: [Int: [UnitID]], tileNeeds: [Int: [UnitID]] = [:]
    ) {
        precondition(mergeDays.values.allSatisfy(predictBlocks.contains), "a merge day has a predict block")
        let blocks = Array(predictBlocks)
        var order: [UnitID] = []
        var numbers: [UnitID: Int] = [:]
        var ranges: [(group: UnitGroup, units: Range<Int>)] = []
        for group in groups where !group.units.isEmpty {
            let first = order.count
            for unit in group.units where numbers[unit] == nil {
                precondition(
                    unit.stage == group.units[0].stage && Stage.preliminary.contains(unit.stage),
                    "predict blocks wait for preliminary units, a group holds one stage")
                numbers[unit] = order.count
                order.append(unit)
            }
            ranges.append((group, first..<order.count))
        }
        self.tiles = Set(tiles).sorted()
        var gates = Gates(unitCount: order.count)
        self.groups = ranges.map { group, units in
            let needs = group.needs.map { numbers[$0]! }
            precondition(needs.allSatisfy { $0 < units.lowerBound }, "groups wait for groups before them")
            return Group(stage: order[units.lowerBound].stage, units: units, gate: gates.gate(of: needs))
        }
        self.gateOfBlock = blocks.map { gates.gate(of: (blockNeeds[$0] ?? []).map { numbers[$0]! }) }
        self.gateOfTile = self.tiles.map { gates.gate(of: (tileNeeds[$0] ?? []).map { numbers[$0]! }) }
        self.groupOfUnit = self.groups.enumerated().flatMap { number, group in
            [Int32](repeating: Int32(number), count: group.units.count)
        }
        gates.attach(groups: self.groups, tileGates: self.gateOfTile)
        self.gates = gates
        self.preliminaryUnits = order
        self.preliminaryNumbers = numbers
        self.tileNumbers = Dictionary(uniqueKeysWithValues: zip(self.tiles, self.tiles.indices))
        self.firstBlock = predictBlocks.lowerBound
        self.blockCount = blocks.count
        self.mergeDays = mergeDays.keys.sorted()
        self.mergeNumbers = Dictionary(uniqueKeysWithValues: zip(self.mergeDays, self.mergeDays.indices))
        self.mergeBlocks = self.mergeDays.map { mergeDays[$0]! - predictBlocks.lowerBound }
        self.mergesOfBlock = UnitGraph.ranges(of: mergeBlocks, blockCount: blocks.count)
    }

    private static func ranges(of mergeBlocks: [Int], blockCount: Int) -> [Range<Int>] {
        precondition(
            zip(mergeBlocks, mergeBlocks.dropFirst()).allSatisfy(<=), "blocks follow one another in time")
        var ranges = [Range<Int>](repeating: 0..<0, count: blockCount)
        for (number, block) in mergeBlocks.enumerated() {
            ranges[block] = (ranges[block].isEmpty ? number : ranges[block].lowerBound)..<(number + 1)
        }
        return ranges
    }

    /// The number of all units.
    public var unitCount: Int { preliminaryUnits.count + predictCount + mergeDays.count }

    /// The number of units of a stage.
    public func unitCount(of stage: Stage) -> Int {
        switch stage {
        case .predict: predictCount
        case .merge: mergeDays.count
        default: groups.reduce(0) { $1.stage == stage ? $0 + $1.units.count : $0 }
        }
    }

    private var predictCount: Int { tiles.count * blockCount }
}

extension UnitGraph {
    /// Where a unit stands in the graph, its numbers counted from zero.
    enum Place: Hashable {
        case preliminary(Int)
        case predict(tile: Int, block: Int)
        case merge(Int)
    }

    /// The position of a unit; nil for a unit of another plan.
    func position(of unit: UnitID) -> Int? {
        switch unit.stage {
        case .predict:
            let block = Int(unit.block) - firstBlock
            guard block >= 0, block < blockCount, let tile = tileNumbers[Int(unit.place)] else { return nil }
            return position(tile: tile, block: block)
        case .merge:
            guard unit.place == 0, let number = mergeNumbers[Int(unit.block)] else { return nil }
            return position(merge: number)
        default:
            return preliminaryNumbers[unit]
        }
    }

    func position(tile: Int, block: Int) -> Int { preliminaryUnits.count + tile * blockCount + block }
    func position(merge number: Int) -> Int { preliminaryUnits.count + predictCount + number }

    func place(at position: Int) -> Place {
        guard position >= preliminaryUnits.count else { return .preliminary(position) }
        let predict = position - preliminaryUnits.count
        guard predict >= predictCount else {
            return .predict(tile: predict / blockCount, block: predict % blockCount)
        }
        return .merge(predict - predictCount)
    }

    func unit(at position: Int) -> UnitID {
        switch place(at: position) {
        case .preliminary(let number): preliminaryUnits[number]
        case .predict(let tile, let block):
            UnitID(stage: .predict, place: tiles[tile], block: firstBlock + block)
        case .merge(let number): UnitID(stage: .merge, place: 0, block: mergeDays[number])
        }
    }

    func stage(at position: Int) -> Stage {
        guard position >= preliminaryUnits.count else { return groups[Int(groupOfUnit[position])].stage }
        return position < preliminaryUnits.count + predictCount ? .predict : .merge
    }
}
