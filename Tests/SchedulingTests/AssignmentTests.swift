import Scheduling
import Testing
import Tiling

@Suite struct AssignmentTests {
    @Test func aRunGoesFromPreparationToMerge() {
        var stand = TestStand(.chain(tiles: [7], blocks: 10...10))
        stand.send(offer(ann))
        stand.expect(.assign(ann, prepare(0, 10).attempt(1)))
        stand.send(completed(ann, prepare(0, 10).attempt(1)))
        stand.expect(commit(ann, prepare(0, 10).attempt(1)), .assign(ann, predict(7, 10).attempt(1)))
        stand.send(completed(ann, predict(7, 10).attempt(1)))
        stand.expect(commit(ann, predict(7, 10).attempt(1)), .assign(ann, merge(1000).attempt(1)))
        stand.send(completed(ann, merge(1000).attempt(1)))
        var one = StageCounts()
        one.done = 1
        stand.expect(
            commit(ann, merge(1000).attempt(1)), .release(ann, .nothingLeft),
            .finish([
                .prepare: one, .climatology: StageCounts(), .terrain: StageCounts(), .predict: one,
                .merge: one,
            ]))
        stand.send(.timePassed, after: .seconds(1))
        stand.nothingElse()
    }

    @Test func creditsLimitWhatAWorkerHolds() {
        var stand = TestStand(.tiles([1, 2, 3, 4]))
        stand.send(offer(ann, credits: 2))
        stand.expect(.assign(ann, predict(1, 10).attempt(1)), .assign(ann, predict(2, 10).attempt(1)))
        stand.send(
            .heartbeatReceived(
                ann, credits: 3, holding: [predict(1, 10).attempt(1), predict(2, 10).attempt(1)]))
        stand.expect(.assign(ann, predict(3, 10).attempt(1)))
        stand.send(.heartbeatReceived(ann, credits: 0, holding: []))
        stand.send(completed(ann, predict(1, 10).attempt(1)))
        stand.expect(commit(ann, predict(1, 10).attempt(1)))
        stand.nothingElse()
    }

    @Test func aWorkerStaysOnItsTileAsFarAsTheLimitAllows() {
        var settings = SchedulerSettings()
        settings.blocksAheadLimit = 2
        var stand = TestStand(.tiles([4, 9], blocks: 10...12), settings: settings)
        stand.send(offer(ann, credits: 1))
        stand.expect(.assign(ann, predict(4, 10).attempt(1)))
        stand.send(completed(ann, predict(4, 10).attempt(1)))
        stand.expect(commit(ann, predict(4, 10).attempt(1)), .assign(ann, predict(4, 11).attempt(1)))
        stand.send(completed(ann, predict(4, 11).attempt(1)))
        // Block 12 is two ahead of block 10, in which tile 9 still waits.
        stand.expect(commit(ann, predict(4, 11).attempt(1)), .assign(ann, predict(9, 10).attempt(1)))
        stand.send(completed(ann, predict(9, 10).attempt(1)))
        stand.expect(commit(ann, predict(9, 10).attempt(1)), .assign(ann, predict(9, 11).attempt(1)))
        stand.nothingElse()
    }

    @Test func unitsAreDealtRoundByRound() {
        var stand = TestStand(.tiles([1, 2, 3], blocks: 10...11))
        stand.pass(offer(ben, credits: 0))
        stand.pass(offer(ann, credits: 0))
        stand.send(.heartbeatReceived(ann, credits: 2, holding: []))
        // The second unit of a worker is the next block of its tile.
        stand.expect(.assign(ann, predict(1, 10).attempt(1)), .assign(ann, predict(1, 11).attempt(1)))
        stand.send(.heartbeatReceived(ben, credits: 2, holding: []))
        stand.expect(.assign(ben, predict(2, 10).attempt(1)), .assign(ben, predict(2, 11).attempt(1)))
        stand.nothingElse()
    }

    @Test func preparationFollowsTheOrderOfNeedAcrossCalendars() {
        // Source 0 is by year (block 2016), source 1 by month: their block numbers cannot be compared.
        let graph = UnitGraph(
            prepareUnits: [prepare(0, 2017), prepare(0, 2016), prepare(1, 24_193), prepare(1, 24_192)],
            tiles: [5], predictBlocks: 1...2, mergeDays: [:],
            prepareNeeds: [
                1: [prepare(0, 2016), prepare(1, 24_192)], 2: [prepare(0, 2017), prepare(1, 24_193)],
            ])
        #expect(
            graph.preliminaryUnits == [
                prepare(0, 2016), prepare(1, 24_192), prepare(0, 2017), prepare(1, 24_193),
            ])
        var stand = TestStand(graph)
        stand.send(offer(ann, credits: 2))
        stand.expect(.assign(ann, prepare(0, 2016).attempt(1)), .assign(ann, prepare(1, 24_192).attempt(1)))
        stand.nothingElse()
        #expect(stand.scheduler.state(of: predict(5, 1)) == .waiting)
        #expect(stand.scheduler.state(of: predict(6, 1)) == nil)
    }

    @Test func workersGetOnlyStagesTheyOffer() {
        var stand = TestStand(.chain(tiles: [7], blocks: 10...10))
        stand.send(offer(ann, stages: [.merge]))
        stand.send(offer(ben, stages: [.prepare]))
        stand.expect(.assign(ben, prepare(0, 10).attempt(1)))
        stand.send(completed(ben, prepare(0, 10).attempt(1)))
        stand.expect(commit(ben, prepare(0, 10).attempt(1)), .release(ben, .nothingLeft))
        stand.send(offer(cyd, stages: [.predict]))
        stand.expect(.assign(cyd, predict(7, 10).attempt(1)))
        stand.send(completed(cyd, predict(7, 10).attempt(1)))
        stand.expect(
            commit(cyd, predict(7, 10).attempt(1)), .assign(ann, merge(1000).attempt(1)),
            .release(cyd, .nothingLeft))
        stand.nothingElse()
    }

    @Test func nothingIsAssignedThatCannotFinishInTime() {
        var stand = TestStand(.tiles([1, 2, 3, 4]))
        stand.pass(offer(ann, until: MonotonicInstant(nanoseconds: 250_000_000_000)))
        stand.send(completed(ann, predict(1, 10).attempt(1), runTime: .seconds(100)), after: .seconds(100))
        stand.expect(commit(ann, predict(1, 10).attempt(1)), .assign(ann, predict(2, 10).attempt(1)))
        stand.send(completed(ann, predict(2, 10).attempt(1), runTime: .seconds(100)), after: .seconds(100))
        // It is second 200: a unit of 100 s does not fit before 250.
        stand.expect(commit(ann, predict(2, 10).attempt(1)), .release(ann, .outOfTime))
        stand.send(.workerLost(ann), after: .seconds(50))
        stand.nothingElse()
        #expect(stand.counts(.predict).ready == 2)
        #expect(stand.scheduler.progress.lostWorkerCount == 0)
    }

    @Test func slowAttemptsAreDuplicatedOntoIdleWorkersOnce() throws {
        var stand = TestStand(.tiles([1, 2, 3, 4]))
        stand.pass(offer(ann))
        for tile in 1...3 {
            stand.pass(completed(ann, predict(tile, 10).attempt(1), runTime: .seconds(2)), after: .seconds(2))
        }
        // Ann holds the last unit since second 6; the median is 2 s.
        stand.send(offer(ben), after: .seconds(1))
        #expect(stand.scheduler.nextDeadline == MonotonicInstant(nanoseconds: 10_000_000_000))
        stand.send(.timePassed, after: .seconds(3))
        stand.expect(.assign(ben, predict(4, 10).attempt(2)))
        stand.send(offer(cyd))
        stand.send(.timePassed, after: .seconds(5))
        stand.nothingElse()
        stand.send(completed(ann, predict(4, 10).attempt(1)))
        stand.expect(commit(ann, predict(4, 10).attempt(1)), .cancel(ben, predict(4, 10).attempt(2)))
        for worker in [ann, ben, cyd] { stand.expect(.release(worker, .nothingLeft)) }
        guard case .finish = try stand.next() else { return #expect(Bool(false), "the run is finished") }
        stand.send(completed(ben, predict(4, 10).attempt(2)))
        stand.expect(.acknowledge(ben, predict(4, 10).attempt(2), .duplicate))
        stand.nothingElse()
        #expect(stand.scheduler.progress.duplicateCount == 1)
    }
}
