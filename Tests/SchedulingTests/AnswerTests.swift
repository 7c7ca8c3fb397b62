import Scheduling
import Testing
import Tiling

@Suite struct AnswerTests {
    @Test func aCompletionSentTwiceIsNoDuplicateResult() {
        var stand = TestStand(.tiles([1, 2]))
        stand.pass(offer(ann))
        stand.send(completed(ann, predict(1, 10).attempt(1)))
        stand.expect(commit(ann, predict(1, 10).attempt(1)), .assign(ann, predict(2, 10).attempt(1)))
        stand.send(completed(ann, predict(1, 10).attempt(1)))
        stand.expect(.acknowledge(ann, predict(1, 10).attempt(1), .duplicate))
        stand.nothingElse()
        #expect(stand.scheduler.progress.duplicateCount == 0)
    }

    @Test func aLateResultOfALostWorkerIsAcceptedAndStopsItsSuccessor() {
        var stand = TestStand(.tiles([1, 2]))
        stand.pass(offer(ann))
        stand.send(.workerLost(ann))
        stand.expect(recordedLoss(ann, predict(1, 10).attempt(1)))
        stand.send(offer(ben))
        stand.expect(.assign(ben, predict(1, 10).attempt(2)))
        stand.send(completed(ann, predict(1, 10).attempt(1)))
        stand.expect(
            commit(ann, predict(1, 10).attempt(1)), .cancel(ben, predict(1, 10).attempt(2)),
            .assign(ben, predict(2, 10).attempt(1)))
        stand.send(completed(ben, predict(1, 10).attempt(2)))
        stand.expect(.acknowledge(ben, predict(1, 10).attempt(2), .duplicate))
        stand.nothingElse()
        #expect(stand.scheduler.progress.duplicateCount == 1)
    }

    @Test func differentValuesQuarantineTheUnitAndNameBothNodes() {
        var stand = TestStand(.chain(tiles: [7], blocks: 10...10))
        stand.pass(offer(ann, stages: [.prepare, .predict]))
        stand.pass(completed(ann, prepare(0, 10).attempt(1)))
        stand.pass(.workerLost(ann))
        stand.send(offer(ben, stages: [.prepare, .predict]))
        stand.expect(.assign(ben, predict(7, 10).attempt(2)))
        stand.send(completed(ben, predict(7, 10).attempt(2)))
        stand.expect(commit(ben, predict(7, 10).attempt(2)), .release(ben, .nothingLeft))
        #expect(stand.scheduler.state(of: merge(1000)) == .ready)
        stand.send(completed(ann, predict(7, 10).attempt(1), values: "others"))
        stand.expect(
            .quarantine(
                Quarantine(
                    unit: predict(7, 10), generation: 1,
                    cause: "attempts 2 on node-ben and 1 on node-ann made different values",
                    nodes: ["node-ben", "node-ann"])),
            .acknowledge(ann, predict(7, 10).attempt(1), .disputed))
        guard case .finish = try? stand.next() else {
            return #expect(Bool(false), "only the gapped day is left")
        }
        stand.nothingElse()
        #expect(stand.scheduler.state(of: merge(1000)) == .blocked)
        #expect(stand.scheduler.progress.gappedDays == [1000])
        #expect(stand.scheduler.progress.disputeCount == 1)
    }

    @Test func attemptsOfAnOlderGenerationAreIgnored() {
        var stand = TestStand(.tiles([1]))
        stand.pass(offer(ann))
        stand.send(.unitsPutBack([predict(1, 10), predict(99, 10)]))
        stand.expect(
            .cancel(ann, predict(1, 10).attempt(1)), .putBack(predict(1, 10), generation: 2),
            .assign(ann, predict(1, 10).attempt(1, generation: 2)))
        stand.send(completed(ann, predict(1, 10).attempt(1)))
        stand.expect(.acknowledge(ann, predict(1, 10).attempt(1), .stale))
        stand.send(failed(ann, predict(1, 10).attempt(1), isRetriable: false))
        stand.expect(.acknowledge(ann, predict(1, 10).attempt(1), .stale))
        stand.send(completed(ann, predict(99, 10).attempt(1)))
        stand.expect(.acknowledge(ann, predict(99, 10).attempt(1), .stale))
        stand.nothingElse()
        #expect(stand.scheduler.state(of: predict(1, 10)) == .leased)
    }

    @Test func aReplacedAttemptCannotFailItsSuccessor() {
        var stand = TestStand(.tiles([1]))
        stand.pass(offer(ann))
        stand.pass(.workerLost(ann))
        stand.pass(offer(ben))
        stand.send(failed(ann, predict(1, 10).attempt(1), isRetriable: false))
        stand.expect(.acknowledge(ann, predict(1, 10).attempt(1), .stale))
        stand.nothingElse()
        #expect(stand.scheduler.state(of: predict(1, 10)) == .leased)
    }

    @Test func whatIsNotRetriableFailsAtOnce() throws {
        var stand = TestStand(.chain(tiles: [7], blocks: 10...10))
        stand.pass(offer(ann))
        stand.send(failed(ann, prepare(0, 10).attempt(1), isRetriable: false))
        stand.expect(
            recorded(ann, prepare(0, 10).attempt(1), isRetriable: false), .release(ann, .nothingLeft))
        guard case .finish(let counts) = try stand.next() else {
            return #expect(Bool(false), "nothing can be done")
        }
        stand.nothingElse()
        #expect(
            counts[.prepare]!.failed == 1 && counts[.predict]!.blocked == 1 && counts[.merge]!.blocked == 1)
        #expect(stand.scheduler.progress.troubles.map(\.unit) == [prepare(0, 10)])
        #expect(stand.scheduler.progress.troubles.map(\.cause) == ["disk full"])
    }

    @Test func threeDistinctWorkersQuarantineAUnit() {
        var stand = TestStand(.tiles([1, 2, 3, 4, 5, 6]))
        let unit = predict(1, 10)
        for worker in [ann, ben, cyd, WorkerID("dan")] { stand.pass(offer(worker)) }
        stand.send(failed(ann, unit.attempt(1)))
        // Ann gets another unit: others have not tried this one yet.
        stand.expect(recorded(ann, unit.attempt(1)), .assign(ann, predict(5, 10).attempt(1)))
        stand.send(failed(ann, unit.attempt(1)))
        stand.expect(.acknowledge(ann, unit.attempt(1), .stale))
        stand.send(completed(ben, predict(2, 10).attempt(1)))
        stand.expect(commit(ben, predict(2, 10).attempt(1)), .assign(ben, unit.attempt(2)))
        stand.send(.workerLost(ben))
        stand.expect(recordedLoss(ben, unit.attempt(2)))
        stand.send(completed(cyd, predict(3, 10).attempt(1)))
        stand.expect(commit(cyd, predict(3, 10).attempt(1)), .assign(cyd, unit.attempt(3)))
        stand.send(failed(cyd, unit.attempt(3)))
        let nodes = ["node-ann", "node-ben", "node-cyd"]
        stand.expect(
            recorded(cyd, unit.attempt(3)),
            .quarantine(
                Quarantine(
                    unit: unit, generation: 1,
                    cause: "failed 3 times on node-ann, node-ben, node-cyd, the last time: disk full",
                    nodes: nodes)),
            .assign(cyd, predict(6, 10).attempt(1)))
        stand.nothingElse()
        #expect(stand.counts(.predict).quarantined == 1)
        stand.send(.unitsPutBack([unit]))
        stand.expect(.putBack(unit, generation: 2))
        stand.nothingElse()
        #expect(stand.scheduler.progress.troubles.isEmpty)
    }

    @Test func aLoneWorkerTriesThreeTimes() throws {
        var stand = TestStand(.tiles([1]))
        stand.pass(offer(ann))
        for number in UInt32(1)...2 {
            stand.send(failed(ann, predict(1, 10).attempt(number)))
            stand.expect(
                recorded(ann, predict(1, 10).attempt(number)),
                .assign(ann, predict(1, 10).attempt(number + 1)))
        }
        stand.send(failed(ann, predict(1, 10).attempt(3)))
        stand.expect(recorded(ann, predict(1, 10).attempt(3)))
        guard case .quarantine(let quarantine) = try stand.next() else {
            return #expect(Bool(false), "quarantined")
        }
        #expect(quarantine.nodes == ["node-ann"])
        stand.expect(.release(ann, .nothingLeft))
        guard case .finish = try stand.next() else { return #expect(Bool(false), "nothing is left") }
        stand.nothingElse()
    }

    @Test func whatIsReturnedCostsNothing() {
        var stand = TestStand(.tiles([1]))
        stand.pass(offer(ann))
        for number in UInt32(1)...5 {
            stand.send(.attemptReturned(ann, predict(1, 10).attempt(number)))
            stand.expect(.acknowledge(ann, predict(1, 10).attempt(number), .returned))
            stand.send(.heartbeatReceived(ann, credits: 1, holding: []))
            stand.expect(.assign(ann, predict(1, 10).attempt(number + 1)))
        }
        stand.send(.drainBegan(ann))
        stand.send(.workerLost(ann))
        stand.nothingElse()
        #expect(stand.counts(.predict).ready == 1)
    }
}
