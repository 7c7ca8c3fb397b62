import Foundation
import Tiling

/// The world that `Benchmarks/run unit` maps: land and weather of the demo under 24 covariates, shaped as in
/// the published products. Twelve never change, six are cells of 0.1 degree, five change by the day at full
/// resolution, and one is the date.
///
/// It has true maps to learn from and no forest: the benchmark trains one with scikit-learn, so that both
/// sides predict with the same trees.
package struct LargeWorld: Sendable {
    package let parameters: DemoParameters

    package init(parameters: DemoParameters = .large) { self.parameters = parameters }

    /// Days that have a true map.
    private static let truthDayCount = 15
    /// As many programs write them, and not the product's tiles: some blocks belong to two tiles.
    private static let blockSize = 256

    /// Makes the world, unless it is there already. `progress` gets what is being made, and the share that is
    /// done, 0…1.
    package func make(in directory: String, progress: (String, Double) -> Void = { _, _ in }) throws {
        try parameters.validate()
        let folder = DemoWorld.folder(in: directory)
        let stamp = DemoStamp(path: folder + "/large-world.json")
        guard try !stamp.isThere(for: parameters) else { return progress("large world is there", 1) }
        for name in ["static", "era5land", "ndvi", "lai", "albedo", "lst", "truth", "forests"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        progress("relief, soils and weather", 0)
        let truth = DemoTruth(parameters: parameters)
        let rasters = DemoRasters(truth: truth, folder: folder, blockSize: LargeWorld.blockSize)
        let largeRasters = LargeRasters(rasters: rasters)
        progress("static rasters", 0.1)
        try rasters.writeStatic()
        try largeRasters.writeStatic()
        progress("ERA5-Land files", 0.2)
        let archive = DemoArchive(weather: truth.weather, days: parameters.weatherDays)
        try archive.write(to: folder + "/era5land")
        progress("composites", 0.25)
        let composites = DemoComposites(parameters: parameters)
        for day in composites.days { try rasters.writeComposite(day, of: composites) }
        let period = parameters.period
        for day in LargeWorld.steps(in: period.extended(before: 8, after: 8)) {
            try largeRasters.writeLeafArea(day)
        }
        for day in LargeWorld.steps(in: period.extended(before: 8, after: 0)) {
            try largeRasters.writeAlbedo(day)
        }
        for (number, day) in period.enumerated() {
            progress("land surface temperature of \(day)", 0.4 + 0.5 * Double(number) / Double(period.count))
            try largeRasters.writeSurfaceTemperature(day)
        }
        progress("true maps", 0.9)
        let truthDayCount = min(LargeWorld.truthDayCount, period.count)
        for number in 0..<truthDayCount {
            try rasters.writeTruth(period.first + number * period.count / truthDayCount)
        }
        try Data(LargeProductFile(parameters: parameters).text.utf8).write(
            to: URL(fileURLWithPath: folder + "/" + LargeProductFile.name), options: .atomic)
        try stamp.write(parameters)
        progress("large world is made", 1)
    }

    /// Days between the steps of leaf area and albedo.
    static let everyDays = 8

    private static func steps(in days: DayRange) -> [Day] {
        days.filter { ($0.dayOfYear - 1) % everyDays == 0 }
    }
}
