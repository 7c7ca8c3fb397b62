import Foundation
import Rasters
package import Tiling

/// A small world in real formats, whose true soil moisture is known: covariates, a forest that has learned
/// from it, and a product file. Made the same way everywhere, from a seed.
package struct DemoWorld: Sendable {
    package let parameters: DemoParameters

    package init(parameters: DemoParameters = DemoParameters()) { self.parameters = parameters }

    /// The folder of the world in a directory.
    package static func folder(in directory: String) -> String { directory + "/world" }

    /// The product file of the world in a directory.
    package static func productPath(in directory: String) -> String {
        folder(in: directory) + "/" + DemoProductFile.name
    }

    /// Makes the world, unless it is there already; a half-made one is made anew. `progress` gets what is
    /// being made and the share that is done, 0…1.
    package func make(in directory: String, progress: (String, Double) -> Void = { _, _ in }) throws {
        try parameters.validate()
        let folder = DemoWorld.folder(in: directory)
        let stamp = DemoStamp(path: folder + "/world.json")
        guard try !stamp.isThere(for: parameters) else { return progress("demo world is there", 1) }
        for name in ["static", "era5land", "ndvi", "truth", "forests"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        progress("relief, soils and weather", 0)
        let truth = DemoTruth(parameters: parameters)
        guard truth.terrain.isLand.contains(true) else {
            throw DemoError("demo: seed \(parameters.seed) makes a world without land; choose another")
        }
        let rasters = DemoRasters(truth: truth, folder: folder)
        progress("static rasters", 0.3)
        try rasters.writeStatic()

        progress("ERA5-Land files", 0.4)
        let archive = DemoArchive(weather: truth.weather, days: parameters.weatherDays)
        try archive.write(to: folder + "/era5land")

        let composites = DemoComposites(parameters: parameters)
        for (number, day) in composites.days.enumerated() {
            progress("NDVI of \(day)", 0.45 + 0.2 * Double(number) / Double(composites.days.count))
            try rasters.writeComposite(day, of: composites)
        }
        progress("true maps", 0.65)
        let period = parameters.period
        for day in Set([period.first, period.first + period.count / 2, period.last]) {
            try rasters.writeTruth(day)
        }

        progress("samples", 0.7)
        let samples = DemoSamples(truth: truth, archive: archive, composites: composites)
        progress("forest of \(parameters.treeCount) trees on \(samples.count) samples", 0.85)
        let forest = try samples.forestFile(parameters: parameters)
        try Data(forest).write(
            to: URL(fileURLWithPath: folder + "/" + DemoProductFile.forestPath), options: .atomic)
        try Data(DemoProductFile(parameters: parameters).text.utf8).write(
            to: URL(fileURLWithPath: DemoWorld.productPath(in: directory)), options: .atomic)
        try stamp.write(parameters)
        progress("demo world is made", 1)
    }

    /// Scores one band of daily maps on the world's grid; `pattern` is their path with `{year}`, `{month}`,
    /// `{day}`. `days` is the whole period unless said otherwise.
    package func score(pattern: String, band: Int = 1, days: DayRange? = nil) throws -> DemoScore {
        try parameters.validate()
        let truth = DemoTruth(parameters: parameters)
        let grid = parameters.grid
        var score = DemoScore()
        for day in days ?? parameters.period {
            let file = try RasterFile(path: PathTemplate(pattern).path(for: day))
            let (columns, rows) = (file.info.columns, file.info.rows)
            guard columns == grid.columns, rows == grid.rows else {
                throw DemoError(
                    "\(file.info.path): has \(columns) x \(rows) pixels, the demo world has "
                        + "\(grid.columns) x \(grid.rows): score it with the parameters that it was made with"
                )
            }
            let window = PixelWindow(column: 0, row: 0, columns: grid.columns, rows: grid.rows)
            score.add(map: try file.read(window: window, bands: [band]), truth: truth.moisture(on: day))
        }
        return score
    }
}

/// A small file, written last, that says which world a folder holds.
struct DemoStamp {
    private struct Content: Codable, Equatable {
        /// Rises when the same parameters make another world.
        let version: Int
        let parameters: DemoParameters
    }

    let path: String

    /// Whether the folder holds the whole world of these parameters; another world is never overwritten.
    func isThere(for parameters: DemoParameters) throws -> Bool {
        guard let data = FileManager.default.contents(atPath: path) else { return false }
        guard let content = try? JSONDecoder().decode(Content.self, from: data),
            content == Content(version: DemoStamp.version, parameters: parameters)
        else {
            throw DemoError(
                "\(path): the folder holds another demo world; remove it or choose another directory")
        }
        return true
    }

    func write(_ parameters: DemoParameters) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let content = Content(version: DemoStamp.version, parameters: parameters)
        try encoder.encode(content).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static let version = 1
}
