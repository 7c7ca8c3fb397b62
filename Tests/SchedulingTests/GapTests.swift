import Scheduling
import Testing
import Tiling

@Suite struct GapTests {
    @Test func gapsKeepADayFromBeingMergedUntilTheyAreAllowed() throws {
        var stand = TestStand(.chain(tiles: [7, 8], blocks: 10...10, daysPerBlock: 2))
        stand.pass(offer(ann))
        stand.pass(completed(ann, prepare(0, 10).attempt(1)))
        stand.pass(failed(ann, predict(7, 10).attempt(1), isRetriable: false))
        stand.send(completed(ann, predict(8, 10).attempt(1)))
        stand.expect(commit(ann, predict(8, 10).attempt(1)), .release(ann, .nothingLeft))
        guard case .finish = try stand.next() else { return #expect(Bool(false), "both days have gaps") }
        #expect(stand.scheduler.progress.gappedDays == [1000, 1001])
        #expect(stand.counts(.merge).blocked == 2)
        stand.send(.gapPolicyChanged(allowGaps: true))
        stand.send(offer(ben, credits: 2))
        stand.expect(.assign(ben, merge(1000).attempt(1)), .assign(ben, merge(1001).attempt(1)))
        stand.nothingElse()
        #expect(stand.scheduler.progress.gappedDays == [])
    }

    @Test func withGapsAllowedADayStillWaitsForEveryUnit() {
        var stand = TestStand(
            .chain(tiles: [7, 8, 9], blocks: 10...10), settings: SchedulerSettings(allowGaps: true))
        stand.pass(offer(ann, credits: 2))
        stand.pass(completed(ann, prepare(0, 10).attempt(1)))
        stand.send(failed(ann, predict(7, 10).attempt(1), isRetriable: false))
        stand.expect(
            recorded(ann, predict(7, 10).attempt(1), isRetriable: false),
            .assign(ann, predict(9, 10).attempt(1)))
        stand.send(completed(ann, predict(8, 10).attempt(1)))
        stand.expect(commit(ann, predict(8, 10).attempt(1)))
        stand.send(completed(ann, predict(9, 10).attempt(1)))
        stand.expect(commit(ann, predict(9, 10).attempt(1)), .assign(ann, merge(1000).attempt(1)))
        stand.nothingElse()
    }

    @Test func puttingAPrepareUnitBackUnblocksItsBlocks() {
        var stand = TestStand(.chain(tiles: [7], blocks: 10...11))
        stand.pass(offer(ann, stages: [.prepare]))
        stand.pass(failed(ann, prepare(0, 10).attempt(1), isRetriable: false))
        #expect(stand.counts(.predict).blocked == 1)
        #expect(stand.counts(.predict).waiting == 1)
        #expect(stand.scheduler.state(of: predict(7, 10)) == .blocked)
        stand.send(.unitsPutBack([prepare(0, 10)]))
        stand.expect(.putBack(prepare(0, 10), generation: 2))
        stand.send(completed(ann, prepare(0, 11).attempt(1)))
        stand.expect(
            commit(ann, prepare(0, 11).attempt(1)), .assign(ann, prepare(0, 10).attempt(1, generation: 2)))
        stand.send(completed(ann, prepare(0, 10).attempt(1, generation: 2)))
        stand.expect(
            commit(ann, prepare(0, 10).attempt(1, generation: 2)), .release(ann, .nothingLeft))
        stand.nothingElse()
        #expect(stand.counts(.predict).ready == 2)
    }

    @Test func aMosaicThatALostWorkerMadeOfAnOlderTileIsNotTaken() {
        var stand = TestStand(.chain(tiles: [7], blocks: 10...10))
        stand.pass(offer(ann))
        for unit in [prepare(0, 10), predict(7, 10)] { stand.pass(completed(ann, unit.attempt(1))) }
        stand.send(.workerLost(ann))
        stand.expect(recordedLoss(ann, merge(1000).attempt(1)))
        // Nobody holds the day any more, but Ann may come back with it.
        stand.send(.unitsPutBack([predict(7, 10)]))
        stand.expect(.putBack(predict(7, 10), generation: 2), .putBack(merge(1000), generation: 2))
        stand.send(completed(ann, merge(1000).attempt(1)))
        stand.expect(.acknowledge(ann, merge(1000).attempt(1), .stale))
        stand.nothingElse()
    }

    @Test func aBrokenResultIsPutBackWithTheDaysMadeOfIt() {
        var stand = TestStand(.chain(tiles: [7, 8], blocks: 10...10))
        stand.pass(offer(ann))
        for unit in [prepare(0, 10), predict(7, 10), predict(8, 10)] {
            stand.pass(completed(ann, unit.attempt(1)))
        }
        #expect(stand.scheduler.state(of: merge(1000)) == .leased)
        stand.send(.unitsPutBack([predict(7, 10), merge(1000)]))
        stand.expect(
            .putBack(predict(7, 10), generation: 2), .cancel(ann, merge(1000).attempt(1)),
            .putBack(merge(1000), generation: 2), .assign(ann, predict(7, 10).attempt(1, generation: 2)))
        stand.send(completed(ann, merge(1000).attempt(1)))
        stand.expect(.acknowledge(ann, merge(1000).attempt(1), .stale))
        stand.send(completed(ann, predict(7, 10).attempt(1, generation: 2), values: "repaired"))
        stand.expect(
            commit(ann, predict(7, 10).attempt(1, generation: 2), values: "repaired"),
            .assign(ann, merge(1000).attempt(1, generation: 2)))
        stand.nothingElse()
        #expect(stand.scheduler.generation(of: merge(1000)) == 2)
    }
}
