import ArgumentParser
import Foundation
import Stations
import Storage
import Tiling

struct Correlate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Map the partial correlation of a run's soil moisture with covariates.",
        discussion: """
            As in SMCI1.0: annual means of soil moisture against those of each driver, the others held \
            constant. A mean is of the days on which the map and all drivers have a value; --day-share of a \
            year's days must have one, or the year does not count. Writes GeoTIFFs: partial_r_DRIVER, \
            partial_p_DRIVER (probability by chance), dominant_driver, steps; and a page of them, \
            correlation.html. Reads the finished units of the run, each held against its receipt, a tile at \
            a time.

              tilth correlate RUN --drivers rain,tavg,srad -o maps
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
    @Option(name: .long, help: "Covariates of the product's pool, with commas.") var drivers: String
    @Option(name: .shortAndLong, help: "The folder to write to; made when it is not there.")
    var output: String
    @Option(name: .long, help: "The layer. Default: the only one.") var layer: String?
    @Option(name: .long, help: "year, or month: months have the seasons in them.") var step = "year"
    @Option(name: .long, help: "Share of a year's (or month's) days that must have values.")
    var dayShare = 0.9
    @Option(name: .long, help: "Days: 2010-01-01..2020-12-31. Default: all of the run.") var days: DayRange?
    @Option(name: .long, help: "What sums may take: 2G, 512M.") var memory = ByteCount(bytes: 512 << 20)

    func validate() throws {
        guard ["year", "month"].contains(step) else { throw ValidationError("--step \(step): year or month") }
        guard dayShare >= 0, dayShare <= 1 else {
            throw ValidationError("--day-share \(dayShare): 0 to 1")
        }
    }

    func run() throws {
        let run = target.directory
        let plan = try run.loadPlan()
        guard let layer = layer ?? (plan.product.layers.count == 1 ? plan.product.layers[0].name : nil) else {
            throw Failure.wrongUse(
                "--layer: the run has \(plan.product.layers.map(\.name).joined(separator: ", "))")
        }
        var settings = RunCorrelation.Settings(
            layer: layer,
            drivers: drivers.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        settings.step = step == "year" ? .years : .months
        settings.dayShare = dayShare
        settings.days = days
        settings.memoryBytes = memory.bytes
        let correlation = try RunCorrelation(plan: plan, run: run, settings: settings)
        let maps = try CorrelationMaps(folder: absolutePath(output), plan: plan, settings: settings)
        var summary = CorrelationSummary(drivers: settings.drivers)
        let tiles = correlation.tiles
        for (number, tile) in tiles.enumerated() {
            FileHandle.standardError.write(Data("tile \(tile), \(number + 1) of \(tiles.count)\n".utf8))
            try correlation.correlate(tile) {
                try maps.write($0)
                summary.add($0)
            }
        }
        for path in try maps.finish() { print(path) }
        let folder = absolutePath(output)
        let page = CorrelationPage(plan: plan, settings: settings, summary: summary, folder: folder)
        try DurableFile.write(page.html(), to: "\(folder)/correlation.html")
        print("\(folder)/correlation.html")
    }
}
