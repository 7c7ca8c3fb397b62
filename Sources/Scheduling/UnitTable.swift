import Tiling

/// The state of every unit, with the counts that decide which groups of units are ready.
///
/// Every change of phase goes through `move`, so that counts and records cannot disagree.
struct UnitTable {
    /// How many units are in each phase.
    struct Tally {
        private var counts: [5 of Int] = .init(repeating: 0)

        subscript(phase: UnitRecord.Phase) -> Int {
            get { counts[Int(phase.rawValue)] }
            set { counts[Int(phase.rawValue)] = newValue }
        }
    }

    /// What a gate still waits for.
    struct GateState {
        /// Units that are not done.
        var unmet: Int
        /// Units that a user must put back first, or that wait for such units themselves.
        var broken = 0

        var isOpen: Bool { unmet == 0 }
        var isBroken: Bool { broken > 0 }
        static let open = GateState(unmet: 0)
    }

    /// Predict units of a block that their tile holds back.
    struct TileHold {
        /// Open units whose tile's gate is not open.
        var waiting = 0
        /// Those of them whose tile's gate is broken.
        var broken = 0
    }

    let graph: UnitGraph
    private var records: [UnitRecord]
    private var gates: [GateState]
    private var groupTallies: [Tally]
    private var mergeTally = Tally()
    /// Predict units by block.
    private var blockTallies: [Tally]
    private var tileHolds: [TileHold]
    /// Per block the merge days that are open.
    private var openMergeCounts: [Int]
    /// Per group: no unit before this one is open.
    private var groupHints: [Int]
    /// Per block: no tile before this one is open.
    private var tileHints: [Int]

    init(graph: UnitGraph) {
        self.graph = graph
        records = [UnitRecord](repeating: UnitRecord(), count: graph.unitCount)
        gates = graph.gates.memberCounts.map { GateState(unmet: $0) }
        groupTallies = graph.groups.map { Tally(open: $0.units.count) }
        groupHints = graph.groups.map(\.units.lowerBound)
        blockTallies = [Tally](repeating: Tally(open: graph.tiles.count), count: graph.blockCount)
        let held = graph.gateOfTile.count { $0 != Gates.none }
        tileHolds = [TileHold](repeating: TileHold(waiting: held), count: graph.blockCount)
        mergeTally[.open] = graph.mergeDays.count
        openMergeCounts = graph.mergesOfBlock.map(\.count)
        tileHints = [Int](repeating: 0, count: graph.blockCount)
    }

    subscript(position: Int) -> UnitRecord { records[position] }

    /// Changes what is remembered about a unit, but not its phase.
    mutating func update(_ position: Int, _ change: (inout UnitRecord) -> Void) {
        let phase = records[position].phase
        change(&records[position])
        assert(records[position].phase == phase, "phases change through move")
    }

    mutating func move(_ position: Int, to new: UnitRecord.Phase) {
        let old = records[position].phase
        guard old != new else { return }
        records[position].phase = new
        switch graph.place(at: position) {
        case .preliminary(let number):
            let group = Int(graph.groupOfUnit[number])
            groupTallies[group][old] -= 1
            groupTallies[group][new] += 1
            if new == .open { groupHints[group] = min(groupHints[group], number) }
            let isBehind = gate(graph.groups[group].gate).isBroken
            change(
                number, unmet: (new == .done ? 0 : 1) - (old == .done ? 0 : 1),
                broken: (new.isLost(behindBrokenGate: isBehind) ? 1 : 0)
                    - (old.isLost(behindBrokenGate: isBehind) ? 1 : 0))
        case .predict(let tile, let block):
            blockTallies[block][old] -= 1
            blockTallies[block][new] += 1
            let state = gate(graph.gateOfTile[tile])
            let open = (new == .open ? 1 : 0) - (old == .open ? 1 : 0)
            if !state.isOpen { tileHolds[block].waiting += open }
            if state.isBroken { tileHolds[block].broken += open }
            if new == .open { tileHints[block] = min(tileHints[block], tile) }
        case .merge(let number):
            mergeTally[old] -= 1
            mergeTally[new] += 1
            let open = (new == .open ? 1 : 0) - (old == .open ? 1 : 0)
            openMergeCounts[graph.mergeBlocks[number]] += open
        }
    }

    private func gate(_ number: Int) -> GateState { number == Gates.none ? .open : gates[number] }

    /// Tells the gates of a preliminary unit, and all that stands behind those whose state turns.
    private mutating func change(_ number: Int, unmet: Int, broken: Int) {
        guard unmet != 0 || broken != 0 else { return }
        for gate in graph.gates.gatesOfUnit[number].map(Int.init) {
            let before = gates[gate]
            gates[gate].unmet += unmet
            gates[gate].broken += broken
            let after = gates[gate]
            let opened = (after.isOpen ? 0 : 1) - (before.isOpen ? 0 : 1)
            let broke = (after.isBroken ? 1 : 0) - (before.isBroken ? 1 : 0)
            guard opened != 0 || broke != 0 else { continue }
            for tile in graph.gates.tilesBehind[gate] {
                for block in 0..<graph.blockCount
                where records[graph.position(tile: tile, block: block)].phase == .open {
                    tileHolds[block].waiting += opened
                    tileHolds[block].broken += broke
                }
            }
            guard broke != 0 else { continue }
            for group in graph.gates.groupsBehind[gate] {
                for unit in graph.groups[group].units where records[unit].phase == .open {
                    change(unit, unmet: 0, broken: broke)
                }
            }
        }
    }
}

extension UnitTable.Tally {
    init(open: Int) { self[.open] = open }
}

extension UnitRecord.Phase {
    /// Set aside until a user puts the unit back.
    var isTrouble: Bool { self == .failed || self == .quarantined }

    /// Cannot be had unless a user puts a unit back: this one, or one behind its gate.
    fileprivate func isLost(behindBrokenGate: Bool) -> Bool {
        isTrouble || (self == .open && behindBrokenGate)
    }

    static let all: [UnitRecord.Phase] = [.open, .leased, .done, .failed, .quarantined]
}

// What the groups say about their open units.
extension UnitTable {
    /// Whether all that the whole block waits for is done.
    func isReady(block: Int) -> Bool { gate(graph.gateOfBlock[block]).isOpen }

    /// Whether something that the whole block waits for cannot be had.
    func isBroken(block: Int) -> Bool { gate(graph.gateOfBlock[block]).isBroken }

    /// Open units of the block that can be handed out.
    private func readyCount(block: Int) -> Int {
        isReady(block: block) ? blockTallies[block][.open] - tileHolds[block].waiting : 0
    }

    /// Open units of the block that wait for what cannot be had.
    private func blockedCount(block: Int) -> Int {
        isBroken(block: block) ? blockTallies[block][.open] : tileHolds[block].broken
    }

    /// Whether the days of the block may be merged now.
    func isMergeable(block: Int, allowGaps: Bool) -> Bool {
        let tally = blockTallies[block]
        if tally[.done] == graph.tiles.count { return true }
        return allowGaps && tally[.leased] == 0 && tally[.open] == blockedCount(block: block)
    }

    /// Whether the block can never be complete unless a user puts units back.
    func isGapped(block: Int) -> Bool {
        let tally = blockTallies[block]
        return tally[.failed] + tally[.quarantined] + blockedCount(block: block) > 0
    }

    /// Whether what a unit waits for is done, whatever the unit's own phase.
    func isReady(_ position: Int, allowGaps: Bool) -> Bool {
        switch graph.place(at: position) {
        case .preliminary(let number):
            gate(graph.groups[Int(graph.groupOfUnit[number])].gate).isOpen
        case .predict(let tile, let block): isReady(block: block) && gate(graph.gateOfTile[tile]).isOpen
        case .merge(let number): isMergeable(block: graph.mergeBlocks[number], allowGaps: allowGaps)
        }
    }

    /// Whether an open unit waits for something that a user must put back first.
    func isBlocked(_ position: Int, allowGaps: Bool) -> Bool {
        switch graph.place(at: position) {
        case .preliminary(let number):
            gate(graph.groups[Int(graph.groupOfUnit[number])].gate).isBroken
        case .predict(let tile, let block): isBroken(block: block) || gate(graph.gateOfTile[tile]).isBroken
        case .merge(let number): isGapped(block: graph.mergeBlocks[number]) && !allowGaps
        }
    }

    /// How many units of a stage can be handed out now.
    func readyCount(of stage: Stage, allowGaps: Bool) -> Int {
        switch stage {
        case .predict:
            return blockTallies.indices.reduce(0) { $0 + readyCount(block: $1) }
        case .merge:
            guard mergeTally[.open] > 0 else { return 0 }
            return openMergeCounts.indices.reduce(0) { count, block in
                guard openMergeCounts[block] > 0, isMergeable(block: block, allowGaps: allowGaps) else {
                    return count
                }
                return count + openMergeCounts[block]
            }
        default:
            return openCount(of: stage) { $0.isOpen }
        }
    }

    /// How many units of a stage are blocked: they wait for something that a user must put back first.
    func blockedCount(of stage: Stage, allowGaps: Bool) -> Int {
        switch stage {
        case .predict:
            return blockTallies.indices.reduce(0) { $0 + blockedCount(block: $1) }
        case .merge:
            guard !allowGaps else { return 0 }
            return openMergeCounts.indices.reduce(0) { isGapped(block: $1) ? $0 + openMergeCounts[$1] : $0 }
        default:
            return openCount(of: stage) { $0.isBroken }
        }
    }

    /// Open preliminary units of a stage whose gate is in some state.
    private func openCount(of stage: Stage, where isWanted: (GateState) -> Bool) -> Int {
        zip(graph.groups, groupTallies).reduce(0) { count, entry in
            let (group, tally) = entry
            return group.stage == stage && isWanted(gate(group.gate)) ? count + tally[.open] : count
        }
    }

    func tally(of stage: Stage) -> Tally {
        switch stage {
        case .predict: return sum(of: blockTallies)
        case .merge: return mergeTally
        default: return sum(of: zip(graph.groups, groupTallies).filter { $0.0.stage == stage }.map(\.1))
        }
    }

    private func sum(of tallies: [Tally]) -> Tally {
        tallies.reduce(into: Tally()) { sum, tally in
            for phase in UnitRecord.Phase.all { sum[phase] += tally[phase] }
        }
    }

    /// How many units of a stage are being computed or may still be.
    func remainingCount(of stage: Stage, allowGaps: Bool) -> Int {
        let tally = tally(of: stage)
        return tally[.leased] + tally[.open] - blockedCount(of: stage, allowGaps: allowGaps)
    }
}

// The next unit in line.
extension UnitTable {
    mutating func firstOpenPreliminary(of stage: Stage, where isAcceptable: (Int) -> Bool) -> Int? {
        for (number, group) in graph.groups.enumerated()
        where group.stage == stage && gate(group.gate).isOpen && groupTallies[number][.open] > 0 {
            var hint = groupHints[number]
            while hint < group.units.upperBound, records[hint].phase != .open { hint += 1 }
            groupHints[number] = hint
            let found = (hint..<group.units.upperBound).first {
                records[$0].phase == .open && isAcceptable($0)
            }
            if let found { return found }
        }
        return nil
    }

    /// The first block, in time order, that has an open unit which can be handed out.
    func firstReadyBlock(from first: Int = 0) -> Int? {
        (first..<max(first, graph.blockCount)).first { readyCount(block: $0) > 0 }
    }

    mutating func firstOpenPredict(block: Int, where isAcceptable: (Int) -> Bool) -> Int? {
        let end = graph.tiles.count
        var tile = tileHints[block]
        while tile < end, records[graph.position(tile: tile, block: block)].phase != .open { tile += 1 }
        tileHints[block] = tile
        for tile in tile..<end where gate(graph.gateOfTile[tile]).isOpen {
            let position = graph.position(tile: tile, block: block)
            if records[position].phase == .open, isAcceptable(position) { return position }
        }
        return nil
    }

    func firstOpenMerge(allowGaps: Bool, where isAcceptable: (Int) -> Bool) -> Int? {
        for block in openMergeCounts.indices
        where openMergeCounts[block] > 0 && isMergeable(block: block, allowGaps: allowGaps) {
            for number in graph.mergesOfBlock[block] {
                let position = graph.position(merge: number)
                if records[position].phase == .open, isAcceptable(position) { return position }
            }
        }
        return nil
    }
}
