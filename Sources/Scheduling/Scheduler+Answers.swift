import Tiling

// What workers say about attempts.
extension Scheduler {
    mutating func complete(_ attempt: Attempt, by worker: WorkerID, values: Digest, runTime: Duration?) {
        workers[worker]?.lastHeardAt = now
        guard let position = position(of: attempt) else {
            outbox.append(.acknowledge(worker, attempt, .stale))
            return
        }
        let lease = endedLease(of: attempt, at: position, by: worker)
        let node = nodes.node(of: worker)
        switch table[position].phase {
        case .done:
            compare(attempt, at: position, by: worker, values: values)
        case .failed, .quarantined:
            outbox.append(.acknowledge(worker, attempt, .stale))
        case .open, .leased:
            outbox.append(.commit(Completion(attempt: attempt, worker: worker, node: node, values: values)))
            settle(position, as: .done)
            setResult(position, values: values, number: attempt.number, node: node)
            workers[worker]?.doneCount += 1
            if let duration = runTime ?? lease.map({ now - $0 }) {
                measured(duration, attempt.unit.stage, on: worker)
            }
        }
        workers[worker]?.lastAnswerAt = now
    }

    mutating func setResult(_ position: Int, values: Digest, number: UInt32, node: String) {
        let nodeNumber = nodes.number(of: node)
        table.update(position) {
            $0.attemptCount = max($0.attemptCount, number)
            $0.fingerprint = UnitRecord.fingerprint(of: values)
            $0.node = nodeNumber
        }
        committedNumbers[position] = number == 1 ? nil : number
    }

    /// A result of a unit that has one: the same values are no news, other values put both in doubt.
    private mutating func compare(_ attempt: Attempt, at position: Int, by worker: WorkerID, values: Digest) {
        let committedNumber = committedNumbers[position] ?? 1
        guard table[position].fingerprint != UnitRecord.fingerprint(of: values) else {
            // The same attempt once more is only a message sent twice.
            if attempt.number != committedNumber { duplicateCount += 1 }
            outbox.append(.acknowledge(worker, attempt, .duplicate))
            return
        }
        disputeCount += 1
        let first = nodes.name(ofNumber: table[position].node)
        let second = nodes.node(of: worker)
        quarantine(
            position,
            cause:
                "attempts \(committedNumber) on \(first) and \(attempt.number) on \(second) "
                + "made different values",
            nodes: [first, second])
        outbox.append(.acknowledge(worker, attempt, .disputed))
    }

    mutating func fail(_ attempt: Attempt, on worker: WorkerID, isRetriable: Bool, cause: String) {
        workers[worker]?.lastHeardAt = now
        guard let position = position(of: attempt), isCurrent(attempt, at: position, of: worker) else {
            outbox.append(.acknowledge(worker, attempt, .stale))
            return
        }
        _ = endedLease(of: attempt, at: position, by: worker)
        workers[worker]?.lastAnswerAt = now
        let failure = AttemptFailure(
            attempt: attempt, worker: worker, node: nodes.node(of: worker), cause: cause,
            isRetriable: isRetriable,
            isLoss: false)
        outbox.append(.recordFailure(failure))
        if isRetriable {
            strike(position, failure)
        } else {
            settle(position, as: .failed)
            note(position, .failed, cause: cause, nodes: [failure.node])
        }
    }

    mutating func giveBack(_ attempt: Attempt, from worker: WorkerID) {
        workers[worker]?.lastHeardAt = now
        guard let position = position(of: attempt), endedLease(of: attempt, at: position, by: worker) != nil
        else {
            outbox.append(.acknowledge(worker, attempt, .stale))
            return
        }
        workers[worker]?.lastAnswerAt = now
        workers[worker]?.isPaused = true
        reopen(position)
        outbox.append(.acknowledge(worker, attempt, .returned))
    }

    /// Whether a failure may change the unit: its worker holds the lease, or nobody does and no newer attempt
    /// is out.
    private func isCurrent(_ attempt: Attempt, at position: Int, of worker: WorkerID) -> Bool {
        if lease(of: attempt, at: position, by: worker) != nil { return true }
        return table[position].phase == .open && attempt.number >= table[position].attemptCount
            && !hasStrike(worker, number: attempt.number, at: position, isLoss: false)
    }

    private func lease(of attempt: Attempt, at position: Int, by worker: WorkerID) -> Lease? {
        workers[worker]?.held.first { $0.position == position && $0.attemptNumber == attempt.number }
    }

    /// Ends the lease of an attempt and says when the worker can have begun it; nil when it held none.
    private mutating func endedLease(of attempt: Attempt, at position: Int, by worker: WorkerID)
        -> MonotonicInstant?
    {
        guard let lease = lease(of: attempt, at: position, by: worker) else { return nil }
        let start = workers[worker]!.start(of: lease)
        endLease(at: position, of: worker)
        return start
    }

    private mutating func measured(_ duration: Duration, _ stage: Stage, on worker: WorkerID) {
        durations[stage, default: .init()].append(duration)
        workers[worker]?.measured(duration, of: stage)
    }
}
