import Execution
import Foundation
import Merger
import Storage
import Synchronization
import Testing
import Tiling
import Worker

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
        let attempt = Attempt(
            unit: UnitID(stage: .merge, place: 0, block: day.number), generation: 1, number: 1)
        func merge(isWanted: Bool) -> Outcome? {
            outcome(of: attempt, in: plan, by: executor, order: CanonicalJSON.bytes(order)) { isWanted }
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

    private static let everyStage = TinyWorld.yaml.replacing(
        "{raster: clay.tif}, resample: nearest",
        with: "{topographic-index: dem.tif}, resample: bilinear, outside: nodata"
    ).replacing(
        "  - name: wet\n",
        with: """
              - {name: clear, unit: mm, source: {netcdf: "rain_{year}.nc", variable: rain}, valid: [4, 500]}
              - name: full
                unit: mm
                source: {continuous: clear, weather: rain, period: 2016-01-01..2016-01-20, fit: published}
              - name: wet\n
            """
    ).replacing("[clay, rain, wet]", with: "[clay, full, wet]")

    /// The first unit of each stage that workers compute, and of each pass over a DEM.
    @Test func noStageWritesWhatNobodyWantsAnyMore() throws {
        let world = try TinyWorld(yaml: Self.everyStage)
        try world.writeForest(features: ["clay", "full", "wet"])
        try world.writeRaster(
            "dem.tif",
            grid: Grid(
                crs: "EPSG:4326", west: 9.9, north: 50.1, pixelWidth: 0.02, pixelHeight: 0.02, columns: 60,
                rows: 60)
        ) { 200 + Float($0 % 60) + Float(($0 * 31) % 23) }
        let whole = try world.runAll()
        #expect(whole.code == 0, "\(whole.all)")
        let run = RunDirectory(world.run)
        let plan = try run.loadPlan()
        var units = plan.preliminaryGroups.compactMap(\.units.first)
        units += plan.prepareUnits
        units.append(UnitID(stage: .predict, place: 0, block: plan.predictBlocks.lowerBound))
        #expect(Set(units.map(\.stage)) == Set(Stage.ofWorkers))
        let executor = try WorkerExecutor(plan: plan, run: run, settings: .init(threadCount: 1))
        defer { executor.close() }
        for unit in units { try expectNothingWritten(by: unit, of: plan, executor, in: world) }

        // What stations are sampled for.
        let key = SamplePlan.key(
            Tile(x: 0, y: 0), block: plan.predictBlocks.lowerBound, unit: plan.product.unit)
        var samples = plan
        samples.sampling = SamplePlan(features: ["clay", "wet"], pixels: [key: [3, 4, 20]])
        let sampler = try WorkerExecutor(plan: samples, run: run, settings: .init(threadCount: 1))
        defer { sampler.close() }
        try expectNothingWritten(by: units[units.count - 1], of: samples, sampler, in: world)
    }

    /// Its files are taken out of the way, so that those of a late attempt would be seen.
    private func expectNothingWritten(
        by unit: UnitID, of plan: RunPlan, _ executor: some UnitExecutor, in world: TinyWorld
    ) throws {
        let name = plan.name(of: unit)
        let attempt = Attempt(unit: unit, generation: 1, number: 1)
        guard case .completed(let result) = outcome(of: attempt, in: plan, by: executor, while: { true })
        else { return #expect(Bool(false), "\(name) is wanted") }
        #expect(!result.outputs.isEmpty, "\(name)")
        let paths = result.outputs.map { "\(world.run)/\($0.path)" }
        let before = try paths.map { try Data(contentsOf: URL(filePath: $0)) }
        for path in paths { try FileManager.default.removeItem(atPath: path) }

        // A prediction is asked before it begins, too.
        let asked = Mutex(0)
        let taken = outcome(of: attempt, in: plan, by: executor) {
            asked.withLock {
                $0 += 1
                return $0 == 1 && unit.stage == .predict && plan.sampling == nil
            }
        }
        guard case .failed(let cause, _) = taken else {
            return #expect(Bool(false), "\(name) was taken away")
        }
        #expect(cause.contains("\(name): taken away by the coordinator before it was written"), "\(cause)")
        for path in paths {
            #expect(!FileManager.default.fileExists(atPath: path), "\(path)")
            let folder = URL(filePath: path).deletingLastPathComponent()
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(!left.contains { $0.contains(".tmp") || $0.hasPrefix(".") }, "\(left)")
        }
        _ = outcome(of: attempt, in: plan, by: executor, while: { true })
        #expect(try paths.map { try Data(contentsOf: URL(filePath: $0)) } == before, "\(name)")
    }

    private func outcome(
        of attempt: Attempt, in plan: RunPlan, by executor: some UnitExecutor, order: [UInt8] = [],
        while isWanted: @escaping @Sendable () -> Bool
    ) -> Outcome? {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Outcome?>(nil)
        executor.submit(
            Assignment(attempt: attempt, name: plan.name(of: attempt.unit), order: order, isWanted: isWanted)
        ) { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        return outcome.withLock { $0 }
    }
}
