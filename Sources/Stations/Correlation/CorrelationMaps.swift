import Rasters
import Storage
public import Tiling

/// The GeoTIFFs of a correlation: for each driver r and its probability, the driver with the largest |r|, and
/// how many steps each pixel has. Cloud-optimised, as mosaics are.
public final class CorrelationMaps {
    private let folder: String
    private let names: [String]
    private let writers: [MosaicWriter]
    private let driverCount: Int

    private static let number = OutputEncoding(type: .float32, noData: -9999, unit: "1")
    private static let count = OutputEncoding(type: .int16, noData: 0, unit: "1")

    /// Makes the folder; nothing has a final name before `finish`.
    public init(folder: String, plan: RunPlan, settings: RunCorrelation.Settings) throws {
        self.folder = folder
        driverCount = settings.drivers.count
        try DurableFile.makeFolder(folder)
        let step = settings.step == .years ? "annual" : "monthly"
        var maps: [(name: String, encoding: OutputEncoding, text: String)] = []
        for driver in settings.drivers {
            let others = settings.drivers.filter { $0 != driver }.joined(separator: ", ")
            let given = others.isEmpty ? "" : " given \(others)"
            maps.append(
                (
                    "partial_r_\(driver)", Self.number,
                    "partial correlation of \(step) \(settings.layer) with \(driver)\(given)"
                ))
            maps.append(("partial_p_\(driver)", Self.number, "probability of that r by chance, two-sided"))
        }
        let numbered = settings.drivers.enumerated().map { "\($0.offset + 1) \($0.element)" }
        maps.append(
            ("dominant_driver", Self.count, "driver of the largest |r|: \(numbered.joined(separator: ", "))"))
        maps.append(("steps", Self.count, "\(step) means that count"))
        names = maps.map { "\(folder)/\($0.name).tif" }
        writers = try maps.map { map in
            try MosaicWriter(
                temporaryPath: DurableFile.temporaryName(for: "\(folder)/\(map.name).assembly"),
                grid: plan.product.grid, encoding: map.encoding, description: map.text,
                metadata: [
                    "AREA_OR_POINT": "Area", "TIFFTAG_SOFTWARE": "Tilth \(plan.software)",
                    "TILTH_PRODUCT": plan.product.name, "TILTH_LAYER": settings.layer,
                    "TILTH_RECIPE": plan.recipe.hex,
                    "TILTH_DAYS": "\((settings.days ?? plan.days).intersection(plan.days) ?? plan.days)",
                ],
                overviews: map.encoding.type == .int16 ? .nearest : .average)
        }
    }

    /// Puts a strip into its place.
    public func write(_ strip: RunCorrelation.Strip) throws {
        func stored(_ values: [Float]) -> RasterBuffer { .float32(values.map { $0.isNaN ? -9999 : $0 }) }
        for driver in 0..<driverCount {
            try writers[2 * driver].write(stored(strip.r[driver]), window: strip.window)
            try writers[2 * driver + 1].write(stored(strip.p[driver]), window: strip.window)
        }
        try writers[2 * driverCount].write(.int16(strip.dominant), window: strip.window)
        try writers[2 * driverCount + 1].write(.int16(strip.steps), window: strip.window)
    }

    /// Gives the maps their names, which it returns.
    public func finish() throws -> [String] {
        for (writer, path) in zip(writers, names) {
            let temporary = DurableFile.temporaryName(for: path)
            try writer.finish(to: temporary)
            try DurableFile.adopt(temporary: temporary, as: path)
        }
        return names
    }
}
