public import ArgumentParser
import Foundation
import Storage
import Synchronization
public import Terrain
import Tiling

struct TerrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terrain", abstract: "Derive covariates from elevation.",
        subcommands: [TerrainIndex.self])
}

struct TerrainIndex: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Make a map of the topographic index ln(a / tan b) from a DEM.",
        discussion: """
            Without --directions, depressions are filled, flats are drained to their nearest outlet, and \
            water follows the steepest descent. With --directions, such as MERIT Hydro's dir, it follows \
            them; with --accumulation, such as its upa, nothing is summed. The mode belongs to the forest: \
            one trained with published values has to be run with published values. Neither the tile size \
            nor the number of threads changes a value. A DEM whose columns span 360 degrees is a ring: water \
            crosses its first and last column. With --run the tiles are units of a run directory: workers on \
            other machines may join (`tilth worker RUN`), and after a kill the same command goes on where it \
            stopped. Scratch files of 9 bytes a cell, and the map \
            uncompressed, lie beside the output while it is made.
            """)

    @Argument(help: "Elevation in m, in any format that GDAL reads.") var dem: String
    @Option(name: .shortAndLong, help: "The GeoTIFF to write.") var output: String
    @Option(
        name: .long, help: "published: as GSSM1km computed it, mistakes included; corrected: true widths.")
    var mode = TopographicIndex.Mode.corrected
    @Option(name: .long, help: "D8 directions on the grid of the DEM: 1 E, 2 SE, 4 S, … 128 NE.")
    var directions: String?
    @Option(name: .long, help: "Upstream areas on the grid of the DEM, each cell itself included.")
    var accumulation: String?
    @Option(name: .long, help: "What the accumulation counts: km2, m2 or cells.")
    var accumulationUnit = TerrainMaps.AccumulationUnit.km2
    @Option(name: .long, help: "Cells along a tile's side: a thread needs about 60 bytes per cell of a tile.")
    var tile = 2048
    @Option(name: .long, help: "Threads to use.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(
        name: .customLong("run"),
        help: "Work in this run directory, as units that several workers share and that survive a kill.")
    var runPath: String?
    @Option(name: .long, help: "Worker processes on this machine, with --run.") var workers = 1
    @Flag(name: .long, help: "With --run: only plan; start `tilth coordinator` and `tilth worker` yourself.")
    var planOnly = false

    func validate() throws {
        guard runPath != nil || (workers == 1 && !planOnly) else {
            throw ValidationError("--workers and --plan-only go with --run")
        }
        guard workers > 0 else { throw ValidationError("--workers starts at 1") }
        guard (16...16_384).contains(tile) else { throw ValidationError("--tile is from 16 to 16384 cells") }
        guard (1...1024).contains(threads) else { throw ValidationError("--threads is from 1 to 1024") }
    }

    func run() throws {
        guard let runPath else { return try makeHere() }
        let run = try TerrainRun(
            directory: RunDirectory(absolutePath(runPath)),
            terrain: PlannedTerrain(
                elevation: absolutePath(dem), directions: directions.map(absolutePath),
                accumulation: accumulation.map(absolutePath), accumulationUnit: accumulationUnit.rawValue,
                mode: mode.rawValue), tileSide: tile)
        if planOnly {
            print(
                "\(counted(run.plan.unitCount(of: .terrain), "unit")) in \(runPath): start `tilth "
                    + "coordinator` and `tilth worker` on it, then this again without --plan-only "
                    + "to write \(output)"
            )
        } else {
            try run.execute(workers: workers, threads: threads)
            try run.deliver(to: absolutePath(output))
            print("\(output): topographic index (\(mode.rawValue)), made in \(runPath)")
        }
    }

    /// In this process, without a run directory.
    private func makeHere() throws {
        let maps = try TerrainMaps(
            elevation: dem, directions: directions, accumulation: accumulation,
            accumulationUnit: accumulationUnit)
        let progress = PhaseProgress()
        let stage = TopographicIndexStage(
            maps: maps, mode: mode, settings: .init(tileSide: tile, threadCount: threads)
        ) { phase, done, count in progress.show(phase, done, count) }
        let result = try stage.write(to: output)
        progress.finish()
        print(
            "\(output): topographic index (\(mode.rawValue)), \(grouped(result.validCount)) of "
                + "\(grouped(result.cellCount)) cells")
    }
}

extension TopographicIndex.Mode: ExpressibleByArgument {}
extension TerrainMaps.AccumulationUnit: ExpressibleByArgument {}

/// One line on standard error that says which phase is at which tile.
private final class PhaseProgress: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let lastShownAt = Mutex(Date.distantPast)

    func show(_ phase: String, _ done: Int, _ count: Int) {
        lastShownAt.withLock { last in
            guard done == count || Date.now.timeIntervalSince(last) >= (isTerminal ? 0.2 : 5) else { return }
            last = .now
            let line = "\(phase) \(done)/\(count) tiles"
            write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
        }
    }

    func finish() { if isTerminal { write("\r\u{1B}[K") } }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
