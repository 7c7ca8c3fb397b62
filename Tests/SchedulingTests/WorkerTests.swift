import Scheduling
import Testing
import Tiling

@Suite struct WorkerTests {
    @Test func anOverdueHeartbeatLosesTheWorker() {
        var stand = TestStand(.tiles([1, 2]))
        stand.pass(offer(ann))
        stand.pass(offer(ben), after: .seconds(10))
        #expect(stand.scheduler.nextDeadline == MonotonicInstant(nanoseconds: 20_000_000_000))
        stand.send(.timePassed, after: .seconds(9))
        stand.send(.timePassed, after: .seconds(1))
        stand.expect(recordedLoss(ann, predict(1, 10).attempt(1)))
        stand.send(completed(ben, predict(2, 10).attempt(1)))
        stand.expect(commit(ben, predict(2, 10).attempt(1)), .assign(ben, predict(1, 10).attempt(2)))
        stand.send(.heartbeatReceived(ann, credits: 1, holding: [predict(1, 10).attempt(1)]))
        stand.expect(.requestJoin(ann))
        // The unit went to Ben meanwhile.
        stand.send(offer(ann, holding: [predict(1, 10).attempt(1)]))
        stand.expect(.cancel(ann, predict(1, 10).attempt(1)))
        stand.nothingElse()
        #expect(stand.scheduler.progress.lostWorkerCount == 1)
    }

    @Test func aWorkerThatComesBackInTimeKeepsItsUnit() {
        var stand = TestStand(.tiles([1]))
        stand.pass(offer(ann))
        stand.pass(.workerLost(ann))
        stand.send(offer(ann, holding: [predict(1, 10).attempt(1)]))
        stand.nothingElse()
        #expect(stand.scheduler.progress.workers.map(\.held) == [[predict(1, 10).attempt(1)]])
    }

    @Test func aLeaseThatNoHeartbeatNamesEndsWithoutAStrike() {
        var stand = TestStand(.tiles([1]), settings: SchedulerSettings(leaseDuration: .seconds(30)))
        stand.pass(offer(ann))
        for _ in 1...2 { stand.send(.heartbeatReceived(ann, credits: 1, holding: []), after: .seconds(10)) }
        stand.send(.timePassed, after: .seconds(10))
        stand.expect(.cancel(ann, predict(1, 10).attempt(1)), .assign(ann, predict(1, 10).attempt(2)))
        for _ in 1...9 {
            stand.send(
                .heartbeatReceived(ann, credits: 1, holding: [predict(1, 10).attempt(2)]), after: .seconds(10)
            )
            stand.send(.timePassed)
        }
        stand.nothingElse()
    }

    @Test func drainingWorkersFinishWhatTheyHold() {
        var stand = TestStand(.tiles([1, 2, 3]))
        stand.pass(offer(ann, credits: 2))
        stand.send(.drainBegan(ann))
        stand.send(completed(ann, predict(1, 10).attempt(1)))
        stand.expect(commit(ann, predict(1, 10).attempt(1)))
        stand.send(.attemptReturned(ann, predict(2, 10).attempt(1)))
        stand.expect(.acknowledge(ann, predict(2, 10).attempt(1), .returned), .release(ann, .drained))
        stand.send(offer(ben))
        stand.expect(.assign(ben, predict(2, 10).attempt(2)))
        stand.nothingElse()
    }

    @Test func aRestartedCoordinatorAdoptsWhatWorkersHold() {
        var stand = TestStand(.tiles([1, 2, 3]))
        stand.send(recovered(predict(1, 10), .handedOut))
        stand.send(
            recovered(predict(2, 10), .done(attemptNumber: 1, values: Digest(of: "values"), node: "node-ben"))
        )
        stand.send(.timePassed)
        stand.send(offer(ben))
        // Nothing is handed out in the grace period, not even what was never begun.
        #expect(stand.scheduler.nextDeadline == MonotonicInstant(nanoseconds: 3_000_000_000))
        stand.send(
            offer(ann, holding: [predict(1, 10).attempt(1), predict(2, 10).attempt(1)]), after: .seconds(1))
        stand.expect(.cancel(ann, predict(2, 10).attempt(1)))
        stand.send(.timePassed, after: .seconds(2))
        stand.expect(.assign(ben, predict(3, 10).attempt(1)))
        stand.send(completed(ann, predict(2, 10).attempt(1)))
        stand.expect(.acknowledge(ann, predict(2, 10).attempt(1), .duplicate))
        stand.nothingElse()
    }

    @Test func whatNobodyAnnouncesIsHandedOutAfterTheGracePeriod() {
        var stand = TestStand(.tiles([1]))
        stand.send(recovered(predict(1, 10), .handedOut))
        stand.send(.timePassed)
        stand.send(offer(ben), after: .seconds(1))
        stand.send(.timePassed, after: .seconds(2))
        stand.expect(.assign(ben, predict(1, 10).attempt(2)))
        stand.nothingElse()
    }

    @Test func attemptsThatTheLedgerNeverSawAreAdoptedToo() {
        var stand = TestStand(.tiles([1, 2]), mayHaveOrphans: true)
        stand.send(.timePassed)
        stand.send(offer(ann, holding: [predict(1, 10).attempt(4)]))
        stand.send(offer(ben))
        stand.send(.timePassed, after: .seconds(3))
        stand.expect(.assign(ben, predict(2, 10).attempt(1)))
        stand.send(.workerLost(ann))
        stand.expect(recordedLoss(ann, predict(1, 10).attempt(4)))
        stand.send(completed(ben, predict(2, 10).attempt(1)))
        stand.expect(commit(ben, predict(2, 10).attempt(1)), .assign(ben, predict(1, 10).attempt(5)))
        stand.nothingElse()
    }

    @Test func aSecondHelloFreesWhatItDoesNotName() {
        var stand = TestStand(.tiles([1, 2]))
        stand.pass(offer(ann, credits: 2))
        stand.send(offer(ann, credits: 1, holding: [predict(2, 10).attempt(1)]))
        stand.expect(.cancel(ann, predict(1, 10).attempt(1)))
        stand.nothingElse()
        #expect(stand.counts(.predict).ready == 1)
    }

    @Test func aFinishedRunReleasesWhoeverJoins() throws {
        var stand = TestStand(.tiles([1]))
        stand.send(
            recovered(predict(1, 10), .done(attemptNumber: 1, values: Digest(of: "values"), node: "node-ben"))
        )
        stand.send(.timePassed)
        guard case .finish = try stand.next() else {
            return #expect(Bool(false), "the ledger holds everything")
        }
        stand.send(offer(ann))
        stand.expect(.release(ann, .nothingLeft))
        stand.nothingElse()
    }

    private func recovered(_ unit: UnitID, _ outcome: RecoveredUnit.Outcome) -> SchedulerEvent {
        .unitRecovered(RecoveredUnit(unit: unit, generation: 1, attemptCount: 1, outcome: outcome))
    }
}
