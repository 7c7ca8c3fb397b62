import Coordinator
import Foundation
import Storage
import Terrain
import Tiling

/// A run directory that makes a topographic index and nothing else: the engine's own processes and receipts.
struct TerrainRun {
    let directory: RunDirectory
    let plan: RunPlan

    /// Plans the run, or takes up the one that is there; another DEM, mode or tile size is refused.
    init(directory: RunDirectory, terrain: PlannedTerrain, tileSide: Int) throws {
        self.directory = directory
        let maps = try TerrainMaps(
            elevation: terrain.elevation, directions: terrain.directions, accumulation: terrain.accumulation)
        let noDay = Day(number: 0)
        let product = Product(
            name: "topographic-index", grid: maps.grid, period: DayRange(noDay, through: noDay),
            tilePixels: tileSide, covariates: [], layers: [],
            output: OutputEncoding(type: .float32, noData: -9999, unit: "ln(m)"))
        var hasher = Digest.Hasher()
        CanonicalJSON.bytes(terrain).withUnsafeBytes { hasher.update($0) }
        CanonicalJSON.bytes(product).withUnsafeBytes { hasher.update($0) }
        plan = RunPlan(
            product: product, recipe: hasher.finish(), dataRoot: "/", days: product.period, tiles: [],
            sources: [], forests: [:], software: Tilth.version, terrain: terrain)
        if directory.isPlanned {
            guard try directory.loadPlan().recipe == plan.recipe else {
                throw Failure.wrongUse(
                    "\(directory.path): was planned for other maps, another mode or tile size: "
                        + "choose another run directory")
            }
            return
        }
        try directory.create()
        try RunKeys.make(in: directory)
        try directory.savePlan(plan)
    }

    /// Does what is not done yet, with workers of this machine.
    func execute(workers: Int, threads: Int) throws {
        let session = RunSession(
            run: directory, plan: plan, workerCount: workers, threadsPerWorker: max(1, threads / workers))
        let report = try session.execute(showingProgress: true)
        try report.throwUnlessComplete()
    }

    /// Puts a copy of the map where it was asked for, whole or not at all.
    func deliver(to output: String) throws {
        let temporary = DurableFile.temporaryName(for: output)
        try DurableFile.makeFolder(URL(filePath: output).deletingLastPathComponent().path)
        try FileManager.default.copyItem(
            atPath: directory.absolute(PlannedTerrain.mapPath), toPath: temporary)
        try DurableFile.adopt(temporary: temporary, as: output)
    }
}
