import Execution
import Foundation
import Merger
import Storage
import Synchronization
import Testing
import Tiling

/// An attempt that the coordinator has taken away does not replace what a newer one has written.
@Suite struct TakenAwayTests {
    @Test func aMosaicThatNobodyWantsAnyMoreIsNotWritten() throws {
        let world = try TinyWorld()
        #expect(try world.runAll().code == 0)
        let mosaics = world.mosaics
        let run = RunDirectory(world.run)
        let plan = try run.loadPlan()
        let day = plan.days.first
        // Without its tiles, so that it would be another mosaic.
        let order = MergeOrder(
            day: day,
            tiles: plan.tiles.map {
                MergeTile(
                    tile: plan.product.tiles.tile(at: $0.index).name, path: nil, digests: [],
                    absence: "a test")
            }, allowGaps: true)
        let executor = MergeExecutor(plan: plan, run: run, cacheBytes: 1 << 24)
        defer { executor.close() }
        func merge(isWanted: Bool) -> Outcome? {
            let attempt = Attempt(
                unit: UnitID(stage: .merge, place: 0, block: day.number), generation: 1, number: 1)
            let done = DispatchSemaphore(value: 0)
            let outcome = Mutex<Outcome?>(nil)
            executor.submit(
                Assignment(
                    attempt: attempt, name: plan.name(of: attempt.unit), order: CanonicalJSON.bytes(order),
                    isWanted: { isWanted })
            ) { result in
                outcome.withLock { $0 = result }
                done.signal()
            }
            done.wait()
            return outcome.withLock { $0 }
        }

        guard case .failed(let cause, _) = merge(isWanted: false) else {
            return #expect(Bool(false), "it was taken away")
        }
        #expect(cause.contains("merge/2016-01-05: taken away by the coordinator"))
        #expect(world.mosaics == mosaics)
        let names = try FileManager.default.contentsOfDirectory(atPath: world.run + "/mosaics/2016")
        #expect(names.count == mosaics.count, "nothing half-written stays: \(names)")
        guard case .completed = merge(isWanted: true) else {
            return #expect(Bool(false), "it is wanted")
        }
        #expect(world.mosaics != mosaics)
    }
}
