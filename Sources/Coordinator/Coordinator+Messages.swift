internal import Foundation
internal import Ledger
internal import Logging
internal import Messaging
internal import Scheduling
internal import Tiling

/// What arrives on the socket, turned into events of the scheduler or answered at once.
extension Coordinator {
    func receive(_ incoming: Incoming, at now: MonotonicInstant, into batch: inout Batch) {
        switch incoming {
        case .fromWorker(let peer, let message):
            receive(message, from: peer, at: now, into: &batch)
        case .fromClient(let peer, let request):
            batch.replies.append((peer, answer(request, at: now, into: &batch)))
        case .disconnected(let peer):
            guard let worker = peers.remove(peer) else { return }
            settings.log.warning("\(worker) is gone")
            batch.directives += scheduler.handle(.workerLost(worker), at: now)
        case .malformed(let peer, let why):
            settings.log.warning("muted \(peer): \(why)")
        case .woken:
            break
        }
    }

    private func receive(
        _ message: WorkerMessage, from peer: PeerID, at now: MonotonicInstant, into batch: inout Batch
    ) {
        if case .hello(let hello) = message {
            welcome(hello, at: peer, now: now, into: &batch)
            return
        }
        guard let worker = peers.worker(at: peer) else {
            batch.replies.append((peer, .helloAgain))
            return
        }
        switch message {
        case .hello: break
        case .heartbeat(let credits, let held):
            batch.replies.append((peer, .heard))
            batch.directives += scheduler.handle(
                .heartbeatReceived(worker, credits: credits, holding: held), at: now)
        case .completed(let attempt, let bytes):
            complete(attempt, receipt: bytes, by: worker, now: now, into: &batch)
        case .failed(let attempt, let isRetriable, let cause):
            settings.log.warning("\(plan.name(of: attempt.unit)) failed on \(worker): \(cause)")
            batch.directives += scheduler.handle(
                .attemptFailed(worker, attempt, isRetriable: isRetriable, cause: cause), at: now)
        case .returned(let attempt, _):
            batch.directives += scheduler.handle(.attemptReturned(worker, attempt), at: now)
        case .draining:
            batch.directives += scheduler.handle(.drainBegan(worker), at: now)
        case .goodbye:
            _ = peers.remove(peer)
            batch.directives += scheduler.handle(.workerLost(worker), at: now)
        }
    }

    private func complete(
        _ attempt: Attempt, receipt bytes: [UInt8], by worker: WorkerID, now: MonotonicInstant,
        into batch: inout Batch
    ) {
        guard let receipt = try? CanonicalJSON.value(Receipt.self, from: bytes),
            receipt.unit == plan.name(of: attempt.unit), receipt.recipe == plan.recipe
        else {
            batch.directives += scheduler.handle(
                .attemptFailed(
                    worker, attempt, isRetriable: true, cause: "its receipt is not one of this unit"), at: now
            )
            return
        }
        batch.receipts[attempt] = bytes
        let seconds = receipt.seconds.values.reduce(0, +)
        batch.directives += scheduler.handle(
            .attemptCompleted(worker, attempt, values: receipt.valuesDigest, runTime: .seconds(seconds)),
            at: now)
    }

    /// A worker is taken when it would compute the same values as all others.
    private func welcome(_ hello: Hello, at peer: PeerID, now: MonotonicInstant, into batch: inout Batch) {
        do {
            try HelloCheck(plan: plan, ledger: ledger).check(hello)
        } catch {
            settings.log.warning("refused \(hello.workerID) on \(hello.node): \(error)")
            batch.replies.append((peer, .refused(why: "\(error)")))
            return
        }
        let worker = WorkerID(hello.workerID)
        if peers.worker(at: peer) == nil { settings.log.info("\(worker) joined from \(hello.node)") }
        peers.join(worker, at: peer)
        batch.replies.append((peer, .welcome(epoch: epoch, heartbeatSeconds: settings.heartbeatSeconds)))
        let until = hello.untilEpochSeconds.map { now + .seconds($0 - Date.now.timeIntervalSince1970) }
        batch.directives += scheduler.handle(
            .workerJoined(
                WorkerOffer(
                    worker: worker, node: hello.node, stages: Set(hello.stages), credits: hello.credits,
                    holding: hello.held, until: until)), at: now)
    }

    private func answer(_ request: ClientRequest, at now: MonotonicInstant, into batch: inout Batch)
        -> CoordinatorMessage
    {
        switch request.kind {
        case .ping:
            return .reply(id: request.id, isOK: true, body: [])
        case .status:
            return .reply(id: request.id, isOK: true, body: CanonicalJSON.bytes(status))
        case .resume:
            guard let wanted = try? CanonicalJSON.value(ResumeRequest.self, from: request.body) else {
                return .reply(id: request.id, isOK: false, body: Array("not a resume request".utf8))
            }
            let directives = putBack(wanted, at: now)
            batch.directives += directives
            return .reply(id: request.id, isOK: true, body: CanonicalJSON.bytes(reply(to: directives)))
        case .mosaics:
            do {
                let directives = try putBackLostMosaics()
                batch.directives += directives
                return .reply(id: request.id, isOK: true, body: CanonicalJSON.bytes(reply(to: directives)))
            } catch {
                return .reply(id: request.id, isOK: false, body: Array("\(error)".utf8))
            }
        case .allowGaps:
            batch.directives += scheduler.handle(.gapPolicyChanged(allowGaps: true), at: now)
            return .reply(id: request.id, isOK: true, body: [])
        }
    }

    private func reply(to directives: [SchedulerDirective]) -> ResumeReply {
        ResumeReply(
            putBack: directives.compactMap { directive in
                guard case .putBack(let unit, _) = directive else { return nil }
                return plan.name(of: unit)
            })
    }

    func putBack(_ request: ResumeRequest, at now: MonotonicInstant) -> [SchedulerDirective] {
        let units = request.units(of: plan, inTrouble: scheduler.progress.troubles.map(\.unit))
        return units.isEmpty ? [] : scheduler.handle(.unitsPutBack(units), at: now)
    }
}
