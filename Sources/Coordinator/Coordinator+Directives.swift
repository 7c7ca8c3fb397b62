internal import Foundation
internal import Ledger
internal import Logging
internal import Messaging
internal import Scheduling
internal import Tiling

/// What the scheduler decided is first committed to the ledger, all of a turn in one transaction, and then
/// sent.
extension Coordinator {
    func obey(_ batch: inout Batch) throws {
        var entries: [LedgerEntry] = []
        var outgoing: [(WorkerID, CoordinatorMessage)] = []
        // Obeying a directive may bring new ones (a new result makes mosaics stale), so this is a queue.
        var position = 0
        while position < batch.directives.count {
            let directive = batch.directives[position]
            position += 1
            if let entry = entry(for: directive, batch: batch) { entries.append(entry) }
            if let message = try message(for: directive) { outgoing.append(message) }
            batch.directives += consequences(of: directive, batch: batch)
        }
        if !entries.isEmpty { try ledger.record(entries) }
        for (peer, message) in batch.replies { send(message, to: peer) }
        for (worker, message) in outgoing {
            // A merge order needs the receipts that were committed just now, so it is made last.
            guard let peer = peers.peer(of: worker) else { continue }
            send(try withOrder(message), to: peer)
        }
    }

    private func entry(for directive: SchedulerDirective, batch: Batch) -> LedgerEntry? {
        switch directive {
        case .assign(let worker, let attempt):
            return .leased(plan.name(of: attempt.unit), attempt: attempt, worker: worker.name)
        case .commit(let completion):
            guard let receipt = batch.receipts[completion.attempt] else { return nil }
            return .completed(
                plan.name(of: completion.attempt.unit), attempt: completion.attempt,
                worker: completion.worker.name,
                node: completion.node, values: completion.values, receipt: receipt)
        case .recordFailure(let failure):
            return .failed(
                plan.name(of: failure.attempt.unit), attempt: failure.attempt, worker: failure.worker.name,
                node: failure.node, isRetriable: failure.isRetriable, cause: failure.cause,
                isLoss: failure.isLoss)
        case .quarantine(let quarantine):
            return .quarantined(
                plan.name(of: quarantine.unit), generation: quarantine.generation, cause: quarantine.cause,
                nodes: quarantine.nodes)
        case .putBack(let unit, let generation):
            return .putBack(plan.name(of: unit), generation: generation)
        case .acknowledge, .cancel, .requestJoin, .release, .finish:
            return nil
        }
    }

    private func message(for directive: SchedulerDirective) throws -> (WorkerID, CoordinatorMessage)? {
        switch directive {
        case .assign(let worker, let attempt): return (worker, .assign(attempt, order: []))
        case .commit(let completion): return (completion.worker, .committed(completion.attempt))
        case .acknowledge(let worker, let attempt, _): return (worker, .committed(attempt))
        case .recordFailure(let failure):
            return failure.isLoss ? nil : (failure.worker, .committed(failure.attempt))
        case .cancel(let worker, let attempt): return (worker, .cancel(attempt))
        case .requestJoin(let worker): return (worker, .helloAgain)
        case .release(let worker, let reason): return (worker, .finish(why: reason.rawValue))
        case .finish:
            isEnding = true
            return nil
        case .putBack, .quarantine: return nil
        }
    }

    /// Mosaics that were made before a tile of theirs had this result are stale.
    private func consequences(of directive: SchedulerDirective, batch: Batch) -> [SchedulerDirective] {
        guard case .commit(let completion) = directive, completion.attempt.unit.stage == .predict else {
            return []
        }
        let block = Int(completion.attempt.unit.block)
        mergeOrders.forget(block: block)
        guard let days = plan.days(ofPredictBlock: block) else { return [] }
        if let tile = plan.tiles.first(where: { $0.index == Int(completion.attempt.unit.place) }) {
            rate.add(tile.landPixelCount * days.count)
        }
        let stale = days.map { UnitID(stage: .merge, place: 0, block: $0.number) }
            .filter { [.done, .leased].contains(scheduler.state(of: $0)) }
        return stale.isEmpty ? [] : scheduler.handle(.unitsPutBack(stale), at: monotonicNow)
    }

    private func withOrder(_ message: CoordinatorMessage) throws -> CoordinatorMessage {
        guard case .assign(let attempt, _) = message, attempt.unit.stage == .merge else { return message }
        let order = try mergeOrders.order(
            for: Day(number: Int(attempt.unit.block)), allowGaps: scheduler.settings.allowGaps, ledger: ledger
        )
        return .assign(attempt, order: CanonicalJSON.bytes(order))
    }

    private func send(_ message: CoordinatorMessage, to peer: PeerID) {
        do {
            try socket.send(message, to: peer)
        } catch {
            // The connection is gone: the poll reports it, and the lease ends by itself at the latest.
            settings.log.debug("not sent: \(error)")
        }
    }
}
