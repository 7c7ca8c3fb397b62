import Scheduling
import Tiling

/// What survives a coordinator: rows per unit, written by directives, and checked as they are written.
struct SimulatedLedger {
    struct Row {
        var generation: UInt32 = 1
        var attemptCount: UInt32 = 0
        var outcome: RecoveredUnit.Outcome?
        var strikes: [Strike] = []

        var isDone: Bool {
            if case .done = outcome { return true }
            return false
        }
    }

    let graph: SimulatedGraph
    /// Whether hand-outs are written, so that a restarted coordinator knows them.
    let recordsHandOuts: Bool
    private(set) var rows: [UnitID: Row]
    /// When each unit's result was written, counted in results.
    private var commitOrder: [UnitID: Int] = [:]
    private var commitCount = 0
    private(set) var violations: [String] = []

    init(graph: SimulatedGraph, recordsHandOuts: Bool) {
        self.graph = graph
        self.recordsHandOuts = recordsHandOuts
        rows = Dictionary(uniqueKeysWithValues: graph.units.map { ($0, Row()) })
    }

    var isComplete: Bool { rows.values.allSatisfy(\.isDone) }

    /// Days that were merged before one of their tiles was made for the last time.
    var outdatedDays: [UnitID] {
        graph.units.filter { unit in
            unit.stage == .merge && graph.needs(of: unit).contains { commitOrder[$0]! > commitOrder[unit]! }
        }
    }

    /// Units that an operator would put back.
    var troubles: [UnitID] {
        graph.units.filter {
            switch rows[$0]!.outcome {
            case .failed, .quarantined: true
            default: false
            }
        }
    }

    mutating func write(_ directive: SchedulerDirective) {
        switch directive {
        case .assign(_, let attempt):
            let row = rows[attempt.unit]!
            check(attempt.generation == row.generation, "\(attempt) is of another generation")
            check(row.outcome == nil || row.outcome == .handedOut, "\(attempt) was handed out though settled")
            check(attempt.number > row.attemptCount, "\(attempt) was numbered before")
            check(
                graph.needs(of: attempt.unit).allSatisfy { rows[$0]!.isDone },
                "\(attempt) was handed out too early")
            guard recordsHandOuts else { return }
            rows[attempt.unit]!.attemptCount = attempt.number
            rows[attempt.unit]!.outcome = .handedOut
        case .commit(let completion):
            let attempt = completion.attempt
            let row = rows[attempt.unit]!
            check(attempt.generation == row.generation, "\(attempt) is of another generation")
            check(row.outcome == nil || row.outcome == .handedOut, "\(attempt) overwrites a settled unit")
            rows[attempt.unit]!.attemptCount = max(row.attemptCount, attempt.number)
            rows[attempt.unit]!.outcome = .done(
                attemptNumber: attempt.number, values: completion.values, node: completion.node)
            commitCount += 1
            commitOrder[attempt.unit] = commitCount
        case .recordFailure(let failure):
            let unit = failure.attempt.unit
            check(!rows[unit]!.isDone, "\(failure.attempt) fails a unit that is done")
            if failure.isRetriable {
                rows[unit]!.strikes.append(
                    Strike(
                        worker: failure.worker, node: failure.node, attemptNumber: failure.attempt.number,
                        isLoss: failure.isLoss))
            } else {
                rows[unit]!.outcome = .failed(cause: failure.cause)
            }
        case .quarantine(let quarantine):
            check(
                quarantine.generation == rows[quarantine.unit]!.generation, "quarantine of another generation"
            )
            rows[quarantine.unit]!.outcome = .quarantined(cause: quarantine.cause, nodes: quarantine.nodes)
        case .putBack(let unit, let generation):
            check(generation == rows[unit]!.generation + 1, "generations rise one by one")
            rows[unit] = Row(generation: generation)
        case .finish:
            check(
                rows.values.allSatisfy { $0.isDone } || !troubles.isEmpty,
                "the run ended with units that could be done")
        case .acknowledge, .cancel, .requestJoin, .release:
            break
        }
    }

    /// The events from which a new coordinator starts.
    var history: [SchedulerEvent] {
        graph.units.compactMap { unit in
            let row = rows[unit]!
            guard row.outcome != nil || !row.strikes.isEmpty || row.generation > 1 else { return nil }
            return .unitRecovered(
                RecoveredUnit(
                    unit: unit, generation: row.generation, attemptCount: row.attemptCount,
                    outcome: row.outcome ?? .open, strikes: row.strikes))
        }
    }

    private mutating func check(_ isTrue: Bool, _ violation: @autoclosure () -> String) {
        if !isTrue { violations.append(violation()) }
    }
}

/// A small run whose dependencies are spelled out a second time, so that the simulation does not ask the code
/// that it tests.
struct SimulatedGraph {
    let graph: UnitGraph
    let units: [UnitID]
    private let tiles = [3, 4, 9, 11, 12, 17]
    private let blocks = 20...23

    init() {
        // Each block needs its own files and, for history, those of the block before.
        let needs = Dictionary(
            uniqueKeysWithValues: blocks.map { ($0, [prepare(0, $0 - 1), prepare(0, $0), prepare(1, 0)]) })
        let days = Dictionary(uniqueKeysWithValues: blocks.flatMap { [($0 * 100, $0), ($0 * 100 + 1, $0)] })
        graph = UnitGraph(
            prepareUnits: [], tiles: tiles, predictBlocks: blocks, mergeDays: days, prepareNeeds: needs)
        units =
            Set(needs.values.joined()).sorted()
            + tiles.flatMap { tile in (20...23).map { predict(tile, $0) } } + days.keys.sorted().map(merge)
    }

    func needs(of unit: UnitID) -> [UnitID] {
        let block = Int(unit.block)
        switch unit.stage {
        case .prepare, .climatology, .terrain: return []
        case .predict: return [prepare(0, block - 1), prepare(0, block), prepare(1, 0)]
        case .merge: return tiles.map { predict($0, block / 100) }
        }
    }
}
