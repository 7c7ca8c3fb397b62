import ArgumentParser
import Forests
import Foundation
import Rasters

struct ForestTime: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "time",
        abstract: "Measure how fast this machine predicts a tile with a forest.",
        discussion: """
            The tile is a netCDF file: land(y,x), and a float32 array for each feature of the forest, whose \
            dimensions are its shape: (y,x), (day,y,x), (day), or (day,cell) with cell_index(y,x). Prints \
            one line of JSON; nanoseconds are processor time of the best repetition.
            """)

    @Argument(help: "A forest file.") var forest: String
    @Option(name: .long, help: "The tile: FILE.nc.") var tile: String
    @Option(name: .long, help: "Threads that share the tile.") var threads = 1
    @Option(name: .long, help: "auto, portable, avx2 or avx512.") var engine = "auto"
    @Option(name: .long, help: "How often to predict the tile.") var `repeat` = 3
    @Option(name: .long, help: "Only the first days.") var days: Int?
    @Option(name: .long, help: "Only the first trees.") var trees: Int?
    @Option(name: .long, help: "Pixels on a side of a superblock.") var side: Int?
    @Flag(name: .long, help: "Ask for the spread of the trees, too.") var spread = false
    @Option(name: .shortAndLong, help: "Write the predictions: FILE.nc.") var output: String?

    func validate() throws {
        let counts = [("threads", threads), ("repeat", `repeat`), ("days", days ?? 1), ("trees", trees ?? 1)]
        for (name, count) in counts + [("side", side ?? 1)] where count < 1 {
            throw ValidationError("--\(name) \(count): at least 1")
        }
    }

    func run() throws {
        let processor: EngineProcessor
        switch engine {
        case "auto": processor = .best
        default:
            guard let named = EngineProcessor(rawValue: engine), named.isAvailable else {
                let names = ["auto"] + EngineProcessor.allCases.filter(\.isAvailable).map(\.rawValue)
                throw Failure.wrongUse(
                    "--engine \(engine): not on this machine: \(names.joined(separator: ", "))")
            }
            processor = named
        }
        let before = ProcessMemory.residentByteCount
        let start = ContinuousClock.now
        let forest = try Forest(contentsOf: forest)
        var timer = ForestTimer(
            engine: ForestEngine(forest, processor: processor), treeCount: trees, side: side)
        let loadSeconds = start.duration(to: .now)
        let after = ProcessMemory.residentByteCount
        let planes = try TilePlanes(path: tile, features: forest.features.map(\.name), days: days)
        let times = timer.measure(
            planes: planes.planes, columns: planes.columns, rows: planes.rows, days: planes.days,
            land: planes.land, threads: threads, repetitions: `repeat`, spread: spread)
        let rows = Double(planes.landCount * planes.days)
        let trees = timer.treeCount
        let best = times.map { threads == 1 ? $0.cpuSeconds : $0.wallSeconds * Double(threads) }.min() ?? 0
        let report = Report(
            engine: processor.rawValue, rows: Int(rows), trees: trees, threads: threads,
            nanosecondsPerRowAndTree: best * 1e9 / rows / Double(trees), cpuSeconds: times.map(\.cpuSeconds),
            wallSeconds: times.map(\.wallSeconds), loadMilliseconds: loadSeconds / .milliseconds(1),
            forestBytes: forest.byteCount, residentBytesAfterLoad: after - before,
            peakResidentBytes: ProcessMemory.peakByteCount)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
        if let output {
            try NetCDFArrays.write(
                timer.predictions, name: "prediction",
                dimensions: [
                    .init(name: "day", length: planes.days), .init(name: "y", length: planes.rows),
                    .init(name: "x", length: planes.columns),
                ], to: output)
        }
    }

    private struct Report: Encodable {
        let engine: String
        let rows: Int
        let trees: Int
        let threads: Int
        let nanosecondsPerRowAndTree: Double
        let cpuSeconds: [Double]
        let wallSeconds: [Double]
        let loadMilliseconds: Double
        let forestBytes: Int
        let residentBytesAfterLoad: Int
        let peakResidentBytes: Int
    }
}
