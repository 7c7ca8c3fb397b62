import ArgumentParser
import Foundation
import Merger
import Storage
import Tiling

struct Aggregate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Average finished mosaics to a coarser grid, day by day.",
        discussion: """
            Each cell becomes the area-weighted mean of the valid pixels under it, where these are at least \
            --minimum-share of the cell's part of the map. Cell centres lie on multiples of the cell size: \
            with 0.1 degrees on those of ERA5-Land, and for the grid of SMCI1.0 on its 630 x 360 cells. \
            Mosaics are held against their receipts first. This makes the map coarse; a product on a coarse \
            grid (Configs/smci-9km.yaml) makes the covariates coarse and predicts anew: the two differ.
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
    @Option(name: .long, help: "Cell size in the units of the product's grid, degrees mostly.")
    var to: Double
    @Option(
        name: .long,
        help: "Share of a cell that must be valid; sea and missing pixels are not. From 0 to 1.")
    var minimumShare = 0.5
    @Option(name: [.customShort("o"), .long], help: "Folder for the maps. Default: RUN/aggregated/SIZE.")
    var output: String?
    @Option(name: .long, help: "Days: 2016-01-01..2016-12-31, or one day. Default: all.")
    var days: DayRange?
    @Option(name: .long, help: "Memory for GDAL's block cache.") var memory = ByteCount(bytes: 256 << 20)

    func validate() throws {
        guard (0...1).contains(minimumShare) else {
            throw ValidationError("--minimum-share is from 0 to 1, not \(minimumShare)")
        }
    }

    func run() throws {
        let run = target.directory
        let plan = try run.loadPlan()
        guard
            let aggregation = MosaicAggregation(
                plan: plan, cellSize: to, minimumShare: minimumShare, cacheBytes: memory.bytes)
        else {
            throw Failure.wrongUse(
                "--to \(to): cells must be larger than the pixels of \(plan.product.name) "
                    + "(\(plan.product.grid.pixelWidth)) and smaller than its grid")
        }
        let size = to == to.rounded() && abs(to) < 1e9 ? "\(Int(to))" : "\(to)"
        let folder = output.map(absolutePath) ?? run.absolute("aggregated/\(size)")
        let mosaics = try finishedMosaics(of: run, plan: plan)
        let wanted = plan.days.filter { days?.contains($0) ?? true }
        var made = 0
        var lacking: [Day] = []
        for day in wanted {
            for layer in plan.product.layers {
                guard let mosaic = mosaics[run.mosaicPath(layer: layer, day: day)] else {
                    if lacking.last != day { lacking.append(day) }
                    continue
                }
                let name = "TILTH_\(layer.name.uppercased())_\(day.compact)_\(size).tif"
                _ = try aggregation.aggregate(
                    mosaic, of: run, layer: layer, day: day,
                    to: "\(folder)/\(day.iso.prefix(4))/\(name)")
                made += 1
            }
        }
        let grid = aggregation.grid
        print("\(counted(made, "map")) of \(grid.columns) x \(grid.rows) cells of \(size) in \(folder)")
        guard lacking.isEmpty else {
            throw Failure.incomplete(
                "no mosaic of \(DayRunText(DayRange.runs(of: lacking))): finish and merge these days first")
        }
    }

    /// What the newest receipts of merge units say, by path.
    private func finishedMosaics(of run: RunDirectory, plan: RunPlan) throws -> [String: OutputFile] {
        var range = RangeOptions()
        range.tiles = nil
        range.days = days
        let receipts = try Audit(run: run, plan: plan, range: range).newestReceipts()
        let outputs = receipts.filter { plan.unit(named: $0.unit)?.stage == .merge }.flatMap(\.outputs)
        return Dictionary(outputs.map { ($0.path, $0) }) { $1 }
    }
}
