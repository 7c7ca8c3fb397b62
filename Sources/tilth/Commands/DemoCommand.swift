import ArgumentParser
import Coordinator
import Foundation
import Rasters
import Storage
import Tiling

struct DemoCommand: ParsableCommand, EndsOnSignal {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Make a small world in real formats, map it, and score the map against the known truth.",
        discussion: """
            Makes ERA5-Land-like netCDF, 16-day NDVI and static GeoTIFFs, a forest and a product; then runs \
            the main job on them as real processes: one coordinator, two workers, one merger. Run it again \
            to see it find all done.
            """)

    @Option(name: .long, help: "Folder of the demo; made when it is not there.") var directory = ".demo"
    @Flag(name: .long, help: "Make the world only, and run nothing.") var worldOnly = false
    /// Makes the world of `Benchmarks/run unit` instead, which has no forest: nothing is run.
    @Flag(name: .long, help: .hidden) var large = false
    @Option(name: .long, help: .hidden) var tilePixels: Int?
    @Option(name: .long, help: .hidden) var trees: Int?
    @Option(name: .long, help: .hidden) var period: DayRange?
    @Option(name: .long, help: .hidden) var seed: UInt64?
    @Option(name: .long, parsing: .unconditional, help: .hidden) var west: Int?
    @Option(name: .long, help: .hidden) var north: Int?

    func run() throws {
        let started = Date.now
        let folder = absolutePath(directory)
        var parameters = large ? DemoParameters.large : DemoParameters()
        if let tilePixels { parameters.tilePixels = tilePixels }
        if let trees { parameters.treeCount = trees }
        if let period { parameters.period = period }
        if let seed { parameters.seed = seed }
        (parameters.west, parameters.north) = (west, north)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let world = DemoWorld(parameters: parameters)
        if large {
            try LargeWorld(parameters: parameters).make(in: folder, progress: Self.show)
        } else {
            try world.make(in: folder, progress: Self.show)
        }
        print("world      \(DemoWorld.folder(in: folder)) (\(Self.seconds(since: started)))")
        if worldOnly || large { return }

        let frozen = try FrozenRun(
            product: DemoWorld.productPath(in: folder), run: "\(folder)/run",
            dataRoot: DemoWorld.folder(in: folder))
        let (run, planned) = (frozen.directory, frozen.plan)
        let before = try StoredStatus.read(run: run, plan: planned)
        if before.isComplete {
            let counts = before.stages.filter { $0.total > 0 }.map { "\($0.done) \($0.stage)" }
            print("run        everything was done already: \(counts.joined(separator: ", "))")
        } else {
            try produce(run: run, plan: planned)
        }
        try show(world, run: run, plan: planned)
        print("took       \(Self.seconds(since: started))")
    }

    private func produce(run: RunDirectory, plan: RunPlan) throws {
        let started = Date.now
        let session = RunSession(run: run, plan: plan, workerCount: 2, threadsPerWorker: 1)
        let report = try session.execute(showingProgress: true)
        if !report.isComplete {
            StatusText(report: report).print()
            try report.throwUnlessComplete()
        }
        let seconds = Date.now.timeIntervalSince(started)
        let rate = Double(plan.landPixelDays) / seconds
        print(
            String(
                format:
                    "run        %.1f million land-pixel-days in %.1f s: %.2f million per second on %d "
                    + "workers, all stages",
                Double(plan.landPixelDays) / 1e6, seconds, rate / 1e6, session.workerCount))
    }

    private func show(_ world: DemoWorld, run: RunDirectory, plan: RunPlan) throws {
        let mosaics = run.absolute("mosaics/{year}/TILTH_SURFACE_{year}{month}{day}.tif")
        print("mosaics    \(mosaics)")
        print("truth      \(try world.score(pattern: mosaics))")
        let day = plan.days.first + plan.days.count / 2
        let quicklook = "\(run.path)/quicklook_\(day.compact).png"
        let bytes = try Quicklook().png(ofRaster: PathTemplate(mosaics).path(for: day))
        try DurableFile.write(bytes, to: quicklook)
        print("quicklook  \(quicklook)")
    }

    private static func show(_ what: String, share: Double) {
        print(String(format: "%3.0f %%  %@", share * 100, what))
    }

    private static func seconds(since date: Date) -> String {
        String(format: "%.1f s", Date.now.timeIntervalSince(date))
    }
}
