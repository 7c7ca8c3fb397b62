import Tiling

// Strikes, quarantine, and the way back.
extension Scheduler {
    func hasStrike(_ worker: WorkerID, number: UInt32, at position: Int, isLoss: Bool) -> Bool {
        strikes[position]?.contains {
            $0.worker == worker && $0.attemptNumber == number && $0.isLoss == isLoss
        } ?? false
    }

    /// Counts a failure against a unit whose lease has ended, and quarantines or reopens it.
    mutating func strike(_ position: Int, _ failure: AttemptFailure) {
        table.update(position) { $0.attemptCount = max($0.attemptCount, failure.attempt.number) }
        strikes[position, default: []].append(
            Strike(
                worker: failure.worker, node: failure.node, attemptNumber: failure.attempt.number,
                isLoss: failure.isLoss))
        // Another attempt may still succeed; the strikes are weighed when it does not.
        guard holders[position] == nil else { return }
        let strikes = strikes[position]!
        let struck = Set(strikes.map(\.worker))
        let hasFreshWorker = eligibleWorkers(for: graph.stage(at: position)).contains { !struck.contains($0) }
        guard strikes.count >= settings.strikeLimit, struck.count >= settings.strikeLimit || !hasFreshWorker
        else {
            reopen(position)
            return
        }
        var nodes: [String] = []
        for strike in strikes where !nodes.contains(strike.node) { nodes.append(strike.node) }
        quarantine(
            position,
            cause:
                "failed \(strikes.count) times on \(nodes.joined(separator: ", ")), "
                + "the last time: \(failure.cause)",
            nodes: nodes)
    }

    mutating func quarantine(_ position: Int, cause: String, nodes: [String]) {
        settle(position, as: .quarantined)
        note(position, .quarantined, cause: cause, nodes: nodes)
        outbox.append(
            .quarantine(
                Quarantine(
                    unit: graph.unit(at: position), generation: table[position].generation, cause: cause,
                    nodes: nodes)))
    }

    /// Ends all work on a unit, because it has a result or needs a user.
    mutating func settle(_ position: Int, as phase: UnitRecord.Phase) {
        for worker in holders[position] ?? [] {
            let lease = workers[worker]!.held.first { $0.position == position }!
            outbox.append(.cancel(worker, attempt(at: position, number: lease.attemptNumber)))
            endLease(at: position, of: worker)
        }
        strikes[position] = nil
        duplicatedUnits.remove(position)
        table.move(position, to: phase)
    }

    mutating func note(_ position: Int, _ state: UnitState, cause: String, nodes: [String]) {
        guard troubles.count < settings.troubleLimit || troubles[position] != nil else { return }
        troubles[position] = UnitTrouble(
            unit: graph.unit(at: position), generation: table[position].generation, state: state,
            cause: cause,
            nodes: nodes)
    }

    mutating func putBack(_ units: [UnitID]) {
        for unit in units {
            guard let position = graph.position(of: unit) else { continue }
            putBack(position)
            // A mosaic must not be older than its tiles.
            if case .predict(_, let block) = graph.place(at: position) {
                for number in graph.mergesOfBlock[block] { putBack(graph.position(merge: number)) }
            }
        }
    }

    private mutating func putBack(_ position: Int) {
        strikes[position] = nil
        // A unit that nobody can have begun starts with clean inputs anyway; an open one that was handed out
        // before may still be answered by a worker that is thought lost.
        guard table[position].phase != .open || table[position].attemptCount > 0 || mayHaveOrphans else {
            return
        }
        settle(position, as: .open)
        troubles[position] = nil
        committedNumbers[position] = nil
        table.update(position) {
            $0.generation += 1
            $0.attemptCount = 0
        }
        hasAnnouncedFinish = false
        outbox.append(.putBack(graph.unit(at: position), generation: table[position].generation))
    }

    /// Takes in a row of the ledger; rows of units that the plan no longer has are passed over.
    mutating func recover(_ unit: RecoveredUnit) {
        guard let position = graph.position(of: unit.unit) else { return }
        table.update(position) {
            $0.generation = unit.generation
            $0.attemptCount = unit.attemptCount
        }
        strikes[position] = unit.strikes.isEmpty ? nil : unit.strikes
        switch unit.outcome {
        case .open:
            break
        case .handedOut:
            assignsFrom = startedAt + settings.adoptionGrace
        case .done(let number, let values, let node):
            settle(position, as: .done)
            setResult(position, values: values, number: number, node: node)
        case .failed(let cause):
            settle(position, as: .failed)
            note(position, .failed, cause: cause, nodes: [])
        case .quarantined(let cause, let nodes):
            settle(position, as: .quarantined)
            note(position, .quarantined, cause: cause, nodes: nodes)
        }
    }
}
