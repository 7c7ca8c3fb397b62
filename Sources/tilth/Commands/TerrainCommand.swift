public import ArgumentParser
import Foundation
import Synchronization
public import Terrain

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
            nor the number of threads changes a value. Scratch files of 9 bytes a cell, and the map \
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

    func validate() throws {
        guard (16...16_384).contains(tile) else { throw ValidationError("--tile is from 16 to 16384 cells") }
        guard (1...1024).contains(threads) else { throw ValidationError("--threads is from 1 to 1024") }
    }

    func run() throws {
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
