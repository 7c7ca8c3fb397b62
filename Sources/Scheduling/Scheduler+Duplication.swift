import Tiling

// When idle workers find nothing else, they repeat what takes longest elsewhere.
extension Scheduler {
    /// A lease that an idle worker may repeat once it is overdue.
    struct SlowLease {
        let position: Int
        let stage: Stage
        let startedAt: MonotonicInstant
        let dueAt: MonotonicInstant
    }

    mutating func duplicateSlowLeases() {
        let idle = roster.filter { workers[$0]!.held.isEmpty && canTakeWork($0) }
        guard !idle.isEmpty else { return }
        var overdue = unrepeatedLeases.filter { $0.dueAt <= now }
            .sorted { ($0.startedAt, $0.position) < ($1.startedAt, $1.position) }
        for worker in idle where !overdue.isEmpty {
            let index = overdue.firstIndex { lease in
                let isStruck = strikes[lease.position]?.contains { $0.worker == worker } ?? false
                return !isStruck && workers[worker]!.stages.contains(lease.stage)
                    && canFinish(oneMoreOf: lease.stage, on: worker)
            }
            guard let index else { continue }
            let lease = overdue.remove(at: index)
            duplicatedUnits.insert(lease.position)
            handOut(lease.position, to: worker)
        }
    }

    /// When the next lease becomes slow enough to be repeated, if a worker is idle.
    var nextDuplication: MonotonicInstant? {
        let idle = roster.filter { workers[$0]!.held.isEmpty && canTakeWork($0) }
        guard !idle.isEmpty else { return nil }
        let stages = idle.reduce(into: Set<Stage>()) { $0.formUnion(workers[$1]!.stages) }
        // Leases that are overdue already found no taker; only time ahead can change that.
        return unrepeatedLeases.filter { $0.dueAt > now && stages.contains($0.stage) }.map(\.dueAt).min()
    }

    private var unrepeatedLeases: [SlowLease] {
        let medians = durations.compactMapValues(\.median)
        guard !medians.isEmpty else { return [] }
        return roster.flatMap { worker in
            workers[worker]!.held.compactMap { lease -> SlowLease? in
                let stage = graph.stage(at: lease.position)
                guard let median = medians[stage], holders[lease.position]!.count == 1,
                    !duplicatedUnits.contains(lease.position),
                    table.isReady(lease.position, allowGaps: settings.allowGaps),
                    table[lease.position].attemptCount < UnitRecord.attemptLimit
                else { return nil }
                let startedAt = workers[worker]!.start(of: lease)
                return SlowLease(
                    position: lease.position, stage: stage, startedAt: startedAt,
                    dueAt: startedAt + median * settings.slowLeaseFactor)
            }
        }
    }
}
