import Foundation
import Scheduling
import Testing
import Tiling

/// Every seed is another history of crashes, restarts, partitions and lost messages; all must end with every
/// unit done.
///
/// `TILTH_SIMULATION_SEEDS=5000` runs more of them, `TILTH_SIMULATION_SEED=17` one.
@Suite struct SimulationTests {
    @Test func everyHistoryEndsWithEveryUnitDoneOnce() {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["TILTH_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 200
        let single = environment["TILTH_SIMULATION_SEED"].flatMap(UInt64.init)
        var seen = (events: 0, restarts: 0)
        for seed in single.map({ $0...$0 }) ?? 1...max(count, 1) {
            var simulation = Simulation(seed: seed)
            let violations = simulation.run()
            seen.events += simulation.eventCount
            seen.restarts += simulation.restartCount
            #expect(violations.isEmpty, "run again with TILTH_SIMULATION_SEED=\(seed)")
        }
        print("\(seen.events) events, \(seen.restarts) coordinators")
        #expect(seen.events > 0)
    }

    @Test func aSeedAlwaysTellsTheSameStory() {
        var first = Simulation(seed: 4)
        var second = Simulation(seed: 4)
        #expect(first.run() == second.run())
        #expect(first.eventCount == second.eventCount)
        #expect(first.clock.now == second.clock.now)
    }
}
