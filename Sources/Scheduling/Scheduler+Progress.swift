public import Tiling

// What others may ask.
extension Scheduler {
    /// When `timePassed` must be sent at the latest; nil when nothing waits for time.
    public var nextDeadline: MonotonicInstant? {
        var deadlines: [MonotonicInstant] = []
        for worker in roster {
            deadlines.append(workers[worker]!.lastHeardAt + settings.heartbeatTimeout)
            deadlines += workers[worker]!.held.map(\.expiresAt)
        }
        if assignsFrom > now { deadlines.append(assignsFrom) }
        if let nextDuplication { deadlines.append(nextDuplication) }
        return deadlines.min()
    }

    /// The state of a unit; nil for a unit of another plan.
    public func state(of unit: UnitID) -> UnitState? {
        guard let position = graph.position(of: unit) else { return nil }
        switch table[position].phase {
        case .leased: return .leased
        case .done: return .done
        case .failed: return .failed
        case .quarantined: return .quarantined
        case .open:
            if table.isReady(position, allowGaps: settings.allowGaps) { return .ready }
            return table.isBlocked(position, allowGaps: settings.allowGaps) ? .blocked : .waiting
        }
    }

    /// The generation of a unit; nil for a unit of another plan.
    public func generation(of unit: UnitID) -> UInt32? {
        graph.position(of: unit).map { table[$0].generation }
    }

    /// How far the run is. It takes a walk over blocks, days and workers: for status pages, not for every
    /// message.
    public var progress: RunProgress {
        RunProgress(
            stages: Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0, counts(of: $0)) }),
            workers: roster.map { id in
                let worker = workers[id]!
                return WorkerProgress(
                    worker: id, node: worker.node,
                    held: worker.held.map { attempt(at: $0.position, number: $0.attemptNumber) },
                    doneCount: worker.doneCount, lastHeardAt: worker.lastHeardAt,
                    isDraining: worker.isDraining)
            },
            troubles: troubles.sorted { $0.key < $1.key }.map(\.value), gappedDays: gappedDays,
            duplicateCount: duplicateCount, disputeCount: disputeCount, lostWorkerCount: lostWorkerCount)
    }

    private var gappedDays: [Int] {
        guard !settings.allowGaps else { return [] }
        return graph.mergeDays.indices.filter {
            table[graph.position(merge: $0)].phase == .open && table.isGapped(block: graph.mergeBlocks[$0])
        }.map { graph.mergeDays[$0] }
    }

    private func counts(of stage: Stage) -> StageCounts {
        let tally = table.tally(of: stage)
        var counts = StageCounts()
        counts.leased = tally[.leased]
        counts.done = tally[.done]
        counts.failed = tally[.failed]
        counts.quarantined = tally[.quarantined]
        counts.ready = table.readyCount(of: stage, allowGaps: settings.allowGaps)
        counts.blocked = table.blockedCount(of: stage, allowGaps: settings.allowGaps)
        counts.waiting = tally[.open] - counts.ready - counts.blocked
        return counts
    }
}
