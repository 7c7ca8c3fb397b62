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

    let graph: UnitGraph
    private var records: [UnitRecord]
    private var prepareTally = Tally()
    private var mergeTally = Tally()
    /// Predict units by block.
    private var blockTallies: [Tally]
    /// Per block the prepare units that are not done.
    private var unmetCounts: [Int]
    /// Per block the prepare units that failed or were quarantined.
    private var brokenCounts: [Int]
    /// Per block the merge days that are open.
    private var openMergeCounts: [Int]
    /// No prepare unit before this one is open.
    private var prepareHint = 0
    /// Per block: no tile before this one is open.
    private var tileHints: [Int]

    init(graph: UnitGraph) {
        self.graph = graph
        records = [UnitRecord](repeating: UnitRecord(), count: graph.unitCount)
        var full = Tally()
        full[.open] = graph.tiles.count
        blockTallies = [Tally](repeating: full, count: graph.blockCount)
        prepareTally[.open] = graph.prepareUnits.count
        mergeTally[.open] = graph.mergeDays.count
        unmetCounts = graph.needCounts
        brokenCounts = [Int](repeating: 0, count: graph.blockCount)
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
        case .prepare(let number):
            prepareTally[old] -= 1
            prepareTally[new] += 1
            let unmet = (new == .done ? 0 : 1) - (old == .done ? 0 : 1)
            let broken = (new.isTrouble ? 1 : 0) - (old.isTrouble ? 1 : 0)
            for block in graph.dependentBlocks[number] {
                unmetCounts[block] += unmet
                brokenCounts[block] += broken
            }
            if new == .open { prepareHint = min(prepareHint, number) }
        case .predict(let tile, let block):
            blockTallies[block][old] -= 1
            blockTallies[block][new] += 1
            if new == .open { tileHints[block] = min(tileHints[block], tile) }
        case .merge(let number):
            mergeTally[old] -= 1
            mergeTally[new] += 1
            let open = (new == .open ? 1 : 0) - (old == .open ? 1 : 0)
            openMergeCounts[graph.mergeBlocks[number]] += open
        }
    }
}

extension UnitRecord.Phase {
    /// Set aside until a user puts the unit back.
    var isTrouble: Bool { self == .failed || self == .quarantined }
}

// What the groups say about their open units.
extension UnitTable {
    /// Whether all prepare units of the block are done.
    func isReady(block: Int) -> Bool { unmetCounts[block] == 0 }

    /// Whether a prepare unit of the block cannot be had.
    func isBroken(block: Int) -> Bool { brokenCounts[block] > 0 }

    /// Whether the days of the block may be merged now.
    func isMergeable(block: Int, allowGaps: Bool) -> Bool {
        let tally = blockTallies[block]
        if tally[.done] == graph.tiles.count { return true }
        return allowGaps && tally[.leased] == 0 && (tally[.open] == 0 || isBroken(block: block))
    }

    /// Whether the block can never be complete unless a user puts units back.
    func isGapped(block: Int) -> Bool {
        let tally = blockTallies[block]
        return tally[.failed] + tally[.quarantined] > 0 || (isBroken(block: block) && tally[.open] > 0)
    }

    /// Whether what a unit waits for is done, whatever the unit's own phase.
    func isReady(_ position: Int, allowGaps: Bool) -> Bool {
        switch graph.place(at: position) {
        case .prepare: true
        case .predict(_, let block): isReady(block: block)
        case .merge(let number): isMergeable(block: graph.mergeBlocks[number], allowGaps: allowGaps)
        }
    }

    /// How many units of a stage can be handed out now.
    func readyCount(of stage: Stage, allowGaps: Bool) -> Int {
        switch stage {
        case .prepare:
            return prepareTally[.open]
        case .predict:
            return blockTallies.indices.reduce(0) { isReady(block: $1) ? $0 + blockTallies[$1][.open] : $0 }
        case .merge:
            guard mergeTally[.open] > 0 else { return 0 }
            return openMergeCounts.indices.reduce(0) { count, block in
                guard openMergeCounts[block] > 0, isMergeable(block: block, allowGaps: allowGaps) else {
                    return count
                }
                return count + openMergeCounts[block]
            }
        }
    }

    /// How many units of a stage are blocked: they wait for something that a user must put back first.
    func blockedCount(of stage: Stage, allowGaps: Bool) -> Int {
        switch stage {
        case .prepare:
            return 0
        case .predict:
            return blockTallies.indices.reduce(0) { isBroken(block: $1) ? $0 + blockTallies[$1][.open] : $0 }
        case .merge:
            guard !allowGaps else { return 0 }
            return openMergeCounts.indices.reduce(0) { isGapped(block: $1) ? $0 + openMergeCounts[$1] : $0 }
        }
    }

    func tally(of stage: Stage) -> Tally {
        switch stage {
        case .prepare: return prepareTally
        case .merge: return mergeTally
        case .predict:
            return blockTallies.reduce(into: Tally()) { sum, tally in
                for phase in UnitRecord.Phase.all { sum[phase] += tally[phase] }
            }
        }
    }

    /// How many units of a stage are being computed or may still be.
    func remainingCount(of stage: Stage, allowGaps: Bool) -> Int {
        let tally = tally(of: stage)
        return tally[.leased] + tally[.open] - blockedCount(of: stage, allowGaps: allowGaps)
    }
}

extension UnitRecord.Phase {
    static let all: [UnitRecord.Phase] = [.open, .leased, .done, .failed, .quarantined]
}

// The next unit in line.
extension UnitTable {
    mutating func firstOpenPrepare(where isAcceptable: (Int) -> Bool) -> Int? {
        let end = graph.prepareUnits.count
        while prepareHint < end, records[prepareHint].phase != .open { prepareHint += 1 }
        return (prepareHint..<end).first { records[$0].phase == .open && isAcceptable($0) }
    }

    /// The first block, in time order, that has an open unit which can be handed out.
    func firstReadyBlock(from first: Int = 0) -> Int? {
        (first..<max(first, graph.blockCount)).first { isReady(block: $0) && blockTallies[$0][.open] > 0 }
    }

    mutating func firstOpenPredict(block: Int, where isAcceptable: (Int) -> Bool) -> Int? {
        let end = graph.tiles.count
        var tile = tileHints[block]
        while tile < end, records[graph.position(tile: tile, block: block)].phase != .open { tile += 1 }
        tileHints[block] = tile
        for tile in tile..<end {
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
