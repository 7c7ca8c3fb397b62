import Scheduling
import Testing
import Tiling

/// Stages between preparation and prediction: units of a tile that wait for prepare units, and that the
/// tile's predictions wait for.
@Suite struct GateTests {
    private func climatology(_ tile: Int) -> UnitID { UnitID(stage: .climatology, place: tile, block: 0) }

    /// Block 10 needs one prepare unit; the climatologies of tiles 7 and 8 need that one and an older one.
    private var graph: UnitGraph {
        UnitGraph(
            groups: [
                UnitGroup(units: [prepare(0, 9), prepare(0, 10)]),
                UnitGroup(
                    units: [climatology(7), climatology(8)], needs: [prepare(0, 9), prepare(0, 10)]),
            ],
            tiles: [7, 8], predictBlocks: 10...10, mergeDays: [1000: 10],
            blockNeeds: [10: [prepare(0, 10)]], tileNeeds: [7: [climatology(7)], 8: [climatology(8)]])
    }

    @Test func aTileOpensWithItsOwnClimatology() {
        var stand = TestStand(graph)
        stand.send(offer(ann))
        stand.expect(.assign(ann, prepare(0, 9).attempt(1)))
        stand.send(completed(ann, prepare(0, 9).attempt(1)))
        stand.expect(commit(ann, prepare(0, 9).attempt(1)), .assign(ann, prepare(0, 10).attempt(1)))
        #expect(stand.counts(.climatology).waiting == 2)
        stand.send(completed(ann, prepare(0, 10).attempt(1)))
        stand.expect(commit(ann, prepare(0, 10).attempt(1)), .assign(ann, climatology(7).attempt(1)))
        #expect(stand.counts(.climatology).ready == 1)
        #expect(stand.counts(.predict).waiting == 2)
        stand.send(completed(ann, climatology(7).attempt(1)))
        stand.expect(commit(ann, climatology(7).attempt(1)), .assign(ann, climatology(8).attempt(1)))
        #expect(stand.counts(.predict).ready == 1)
        #expect(stand.counts(.predict).waiting == 1)
        #expect(stand.scheduler.state(of: predict(7, 10)) == .ready)
        #expect(stand.scheduler.state(of: predict(8, 10)) == .waiting)
        stand.send(offer(ben))
        stand.expect(.assign(ben, predict(7, 10).attempt(1)))
        stand.send(completed(ann, climatology(8).attempt(1)))
        stand.expect(commit(ann, climatology(8).attempt(1)), .assign(ann, predict(8, 10).attempt(1)))
        stand.nothingElse()
    }

    @Test func whatCannotBePreparedBlocksAllThatRestsOnIt() {
        var stand = TestStand(graph)
        stand.pass(offer(ann))
        stand.pass(failed(ann, prepare(0, 9).attempt(1), isRetriable: false))
        #expect(stand.counts(.climatology).blocked == 2)
        #expect(stand.counts(.predict).blocked == 2)
        #expect(stand.counts(.merge).blocked == 1)
        stand.pass(completed(ann, prepare(0, 10).attempt(1)))
        #expect(stand.scheduler.state(of: climatology(7)) == .blocked)
        stand.send(.unitsPutBack([prepare(0, 9)]))
        stand.expect(.putBack(prepare(0, 9), generation: 2))
        stand.nothingElse()
        #expect(stand.counts(.climatology).waiting == 2)
        #expect(stand.counts(.predict).waiting == 2)
        #expect(stand.counts(.merge).blocked == 0)
    }

    @Test func aTileWithoutClimatologyLeavesAGapAndTheOthersGoOn() {
        var stand = TestStand(graph, settings: SchedulerSettings(allowGaps: true))
        stand.pass(offer(ann, credits: 2))
        for unit in [prepare(0, 9), prepare(0, 10)] { stand.pass(completed(ann, unit.attempt(1))) }
        stand.send(failed(ann, climatology(7).attempt(1), isRetriable: false))
        stand.expect(recorded(ann, climatology(7).attempt(1), isRetriable: false))
        #expect(stand.counts(.predict).blocked == 1)
        stand.send(completed(ann, climatology(8).attempt(1)))
        stand.expect(commit(ann, climatology(8).attempt(1)), .assign(ann, predict(8, 10).attempt(1)))
        stand.send(completed(ann, predict(8, 10).attempt(1)))
        stand.expect(commit(ann, predict(8, 10).attempt(1)), .assign(ann, merge(1000).attempt(1)))
        stand.nothingElse()
    }
}
