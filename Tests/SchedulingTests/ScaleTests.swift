import Foundation
import Scheduling
import Testing
import Tiling

@Suite struct ScaleTests {
    @Test func tenMillionUnitsPlanAtOnceInTensOfMegabytes() throws {
        let graph = UnitGraph(
            prepareUnits: [], tiles: Array(0..<40_000), predictBlocks: 24_000...24_249,
            mergeDays: Dictionary(uniqueKeysWithValues: (0..<7500).map { ($0, 24_000 + $0 / 30) }),
            prepareNeeds: Dictionary(uniqueKeysWithValues: (24_000...24_249).map { ($0, [prepare(0, $0)]) }))
        #expect(graph.unitCount(of: .predict) == 10_000_000)
        let bytesBefore = try residentByteCount()
        let clock = ContinuousClock()
        let start = clock.now
        var stand = TestStand(graph)
        stand.send(offer(ann, credits: 2))
        stand.expect(.assign(ann, prepare(0, 24_000).attempt(1)), .assign(ann, prepare(0, 24_001).attempt(1)))
        stand.send(completed(ann, prepare(0, 24_000).attempt(1)))
        stand.expect(commit(ann, prepare(0, 24_000).attempt(1)), .assign(ann, prepare(0, 24_002).attempt(1)))
        #expect(stand.counts(.predict).ready == 40_000)
        #expect(stand.counts(.predict).waiting == 9_960_000)
        // Seconds would mean a walk per unit and event; the bound is wide because tests share the machine.
        #expect(clock.now - start < .seconds(30))
        #expect(try residentByteCount() - bytesBefore < 300_000_000)
        stand.nothingElse()
    }

    private func residentByteCount() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(fields[1])) * Int(getpagesize())
    }

    @Test func hundredsOfWorkersAreServedQuickly() {
        var scheduler = Scheduler(
            graph: .tiles(Array(0..<1500), blocks: 0...19), at: MonotonicInstant(nanoseconds: 0))
        let workers = (0..<100).map { WorkerID("worker-\($0)") }
        var queue: [(WorkerID, Attempt)] = []
        var doneCount = 0
        func collect(_ directives: [SchedulerDirective]) {
            for directive in directives {
                switch directive {
                case .assign(let worker, let attempt): queue.append((worker, attempt))
                case .commit: doneCount += 1
                default: break
                }
            }
        }
        let start = ContinuousClock().now
        var tick: Int64 = 0
        for worker in workers {
            collect(scheduler.handle(offer(worker, credits: 2), at: .init(nanoseconds: 0)))
        }
        // A tenth of the run shows its pace.
        while doneCount < 3000, !queue.isEmpty {
            let (worker, attempt) = queue.removeFirst()
            tick += 1_000_000
            collect(scheduler.handle(completed(worker, attempt), at: MonotonicInstant(nanoseconds: tick)))
        }
        #expect(doneCount == 3000)
        #expect(queue.count == 200)
        #expect(ContinuousClock().now - start < .seconds(60))
    }
}
