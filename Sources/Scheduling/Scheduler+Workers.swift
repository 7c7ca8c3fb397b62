import Tiling

// Workers that come, speak and go.
extension Scheduler {
    mutating func join(_ offer: WorkerOffer) {
        nodes.note(offer.worker, on: offer.node)
        // A worker that says hello again holds what it says it holds; the rest is free, and cancelled in case
        // the assignment was on its way when the worker spoke.
        for lease in workers[offer.worker]?.held ?? [] {
            let attempt = attempt(at: lease.position, number: lease.attemptNumber)
            guard !offer.holding.contains(attempt) else { continue }
            outbox.append(.cancel(offer.worker, attempt))
            drop(lease, of: offer.worker)
        }
        var state = WorkerState(offer, at: now)
        if let previous = workers[offer.worker] {
            state.held = previous.held
            state.doneCount = previous.doneCount
            state.typicalDurations = previous.typicalDurations
            state.isDraining = previous.isDraining || offer.isDraining
        } else {
            roster.append(offer.worker)
        }
        workers[offer.worker] = state
        confirm(offer.holding, heldBy: offer.worker)
    }

    mutating func hear(_ worker: WorkerID, credits: Int, holding: [Attempt]) {
        guard workers[worker] != nil else {
            outbox.append(.requestJoin(worker))
            return
        }
        workers[worker]!.lastHeardAt = now
        workers[worker]!.credits = credits
        workers[worker]!.isPaused = false
        confirm(holding, heldBy: worker)
    }

    /// Renews the leases of attempts that a worker says it holds, adopts attempts that it still may compute,
    /// and cancels the others.
    private mutating func confirm(_ attempts: [Attempt], heldBy worker: WorkerID) {
        for attempt in attempts {
            guard let position = position(of: attempt) else {
                outbox.append(.cancel(worker, attempt))
                continue
            }
            let number = attempt.number
            if let index = workers[worker]!.held.firstIndex(where: { $0.position == position }),
                workers[worker]!.held[index].attemptNumber == number
            {
                workers[worker]!.held[index].expiresAt = now + settings.leaseDuration
                continue
            }
            let phase = table[position].phase
            let isHeldInAnotherAttempt = holders[position]?.contains(worker) ?? false
            guard phase == .open || phase == .leased, number >= table[position].attemptCount, number > 0,
                !isHeldInAnotherAttempt
            else {
                outbox.append(.cancel(worker, attempt))
                continue
            }
            // A heartbeat may be overtaken by the failure that it did not know of yet.
            guard !hasStrike(worker, number: number, at: position, isLoss: false) else { continue }
            strikes[position]?.removeAll { $0.worker == worker && $0.attemptNumber == number && $0.isLoss }
            lease(position, number: number, to: worker)
        }
    }

    mutating func lease(_ position: Int, number: UInt32, to worker: WorkerID) {
        table.update(position) { $0.attemptCount = max($0.attemptCount, number) }
        table.move(position, to: .leased)
        holders[position, default: []].append(worker)
        workers[worker]!.held.append(
            Lease(
                position: position, attemptNumber: number, assignedAt: now,
                expiresAt: now + settings.leaseDuration))
    }

    /// Ends a lease at no cost: the unit is open again unless another worker holds it too.
    mutating func drop(_ lease: Lease, of worker: WorkerID) {
        endLease(at: lease.position, of: worker)
        reopen(lease.position)
    }

    /// Takes a lease off the books; the unit's phase is the caller's business.
    mutating func endLease(at position: Int, of worker: WorkerID) {
        workers[worker]?.held.removeAll { $0.position == position }
        holders[position]?.removeAll { $0 == worker }
        if holders[position]?.isEmpty ?? false { holders[position] = nil }
    }

    /// Makes a unit open again when nobody holds it any more.
    mutating func reopen(_ position: Int) {
        guard holders[position] == nil, table[position].phase == .leased else { return }
        if table[position].attemptCount >= UnitRecord.attemptLimit {
            quarantine(
                position, cause: "was handed out \(UnitRecord.attemptLimit) times without a result", nodes: []
            )
        } else {
            table.move(position, to: .open)
        }
    }

    mutating func lose(_ worker: WorkerID) {
        guard let state = workers[worker] else { return }
        // What ends as announced, by draining or at the end of its job, did not die of its units.
        let isExpected = state.isEnding || state.until.map { now >= $0 } ?? false
        for lease in state.held { endLease(at: lease.position, of: worker) }
        workers[worker] = nil
        roster.removeAll { $0 == worker }
        if !state.isReleased { lostWorkerCount += 1 }
        for lease in state.held {
            if isExpected {
                reopen(lease.position)
                continue
            }
            let failure = AttemptFailure(
                attempt: attempt(at: lease.position, number: lease.attemptNumber), worker: worker,
                node: state.node,
                cause: "worker \(worker) on \(state.node) was lost", isRetriable: true, isLoss: true)
            outbox.append(.recordFailure(failure))
            strike(lease.position, failure)
        }
    }

    /// Ends what no heartbeat has renewed in time.
    mutating func dropOverdue() {
        for worker in roster where workers[worker]!.lastHeardAt + settings.heartbeatTimeout <= now {
            lose(worker)
        }
        for worker in roster {
            for lease in workers[worker]!.held where lease.expiresAt <= now {
                outbox.append(.cancel(worker, attempt(at: lease.position, number: lease.attemptNumber)))
                drop(lease, of: worker)
            }
        }
    }

    /// Lets workers go that nothing is left for.
    mutating func releaseWorkers() {
        let idle = roster.filter { !workers[$0]!.isReleased && workers[$0]!.held.isEmpty }
        guard !idle.isEmpty else { return }
        let remaining = Stage.allCases.filter {
            table.remainingCount(of: $0, allowGaps: settings.allowGaps) > 0
        }
        for worker in idle {
            let stages = remaining.filter(workers[worker]!.stages.contains)
            let reason: ReleaseReason
            if workers[worker]!.isDraining {
                reason = .drained
            } else if stages.isEmpty {
                reason = .nothingLeft
            } else if !stages.contains(where: { canFinish(oneMoreOf: $0, on: worker) }) {
                reason = .outOfTime
            } else {
                continue
            }
            workers[worker]!.isReleased = true
            outbox.append(.release(worker, reason))
        }
    }

    mutating func announceFinish() {
        guard !hasAnnouncedFinish, holders.isEmpty,
            Stage.allCases.allSatisfy({ table.remainingCount(of: $0, allowGaps: settings.allowGaps) == 0 })
        else { return }
        hasAnnouncedFinish = true
        outbox.append(.finish(progress.stages))
    }
}
