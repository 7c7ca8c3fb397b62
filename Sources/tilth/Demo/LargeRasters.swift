import Foundation
import Rasters
import Tiling

/// Writes the GeoTIFFs that the large world has and the demo has not: 16 bits, as their models store them.
struct LargeRasters {
    let rasters: DemoRasters

    static let noData = Int16.min

    private var truth: DemoTruth { rasters.truth }
    private var terrain: DemoTerrain { rasters.truth.terrain }
    private var ground: DemoGround { rasters.truth.ground }
    private var seed: UInt64 { rasters.truth.parameters.seed }

    /// Slope, density and carbon of soils, height of plants, and mean vegetation index.
    func writeStatic() throws {
        try write("static/slope.tif", named: "slope", unit: "degree", scale: 0.01) { index, _, _ in
            atan(terrain.slope(at: index)) * 18_000 / Double.pi
        }
        let density = DemoNoise(seed: seed, field: "density")
        try write("static/bulk_density.tif", named: "bulk density, 0-5 cm", unit: "cg cm-3") { index, x, y in
            160 - 0.05 * Double(ground.clay[index]) + 30 * density.fractal(x * 4, y * 4, octaves: 5)
        }
        let carbon = DemoNoise(seed: seed, field: "carbon")
        try write("static/organic_carbon.tif", named: "organic carbon, 0-5 cm", unit: "dg kg-1") {
            index, x, y in
            max(5, 60 + 400 * vegetation(index) + 200 * carbon.fractal(x * 3, y * 3, octaves: 6))
        }
        let canopy = DemoNoise(seed: seed, field: "canopy")
        try write("static/canopy_height.tif", named: "canopy height", unit: "dm") { index, x, y in
            max(0, 300 * (vegetation(index) - 0.3) + 150 * canopy.fractal(x * 8, y * 8, octaves: 4))
        }
        try write("static/ndvi_mean.tif", named: "mean NDVI", unit: "1", scale: 1e-4) { index, _, _ in
            vegetation(index) * 10_000
        }
    }

    /// Leaf area from the vegetation index, with the noise of an eight-day retrieval.
    func writeLeafArea(_ day: Day) throws {
        let (cosine, sine) = DemoGround.phase(of: day)
        let noise = DemoNoise(seed: seed, field: "lai \(day)")
        try write("lai/LAI_{year}{doy}.tif", on: day, named: "leaf area index", unit: "m2 m-2", scale: 0.01) {
            index, x, y in
            let green = Double(ground.ndvi(index, cosine: cosine, sine: sine))
            return max(0, 700 * (green - 0.1) * (1 + 0.15 * noise.fractal(x * 30, y * 30, octaves: 2)))
        }
    }

    /// Green and wet land is dark.
    func writeAlbedo(_ day: Day) throws {
        let moisture = truth.moisture(on: day)
        let (cosine, sine) = DemoGround.phase(of: day)
        let noise = DemoNoise(seed: seed, field: "albedo \(day)")
        try write("albedo/ALBEDO_{year}{doy}.tif", on: day, named: "albedo", unit: "1", scale: 0.001) {
            index, x, y in
            let green = Double(ground.ndvi(index, cosine: cosine, sine: sine))
            return 270 - 140 * green - 150 * Double(moisture[index])
                + 20 * noise.fractal(x * 20, y * 20, octaves: 3)
        }
    }

    /// By day dry and bare land is hot, by night wet land stays warm; 0.02 K, as MODIS stores it.
    func writeSurfaceTemperature(_ day: Day) throws {
        let air = truth.airTemperature(on: day)
        let moisture = truth.moisture(on: day)
        let (cosine, sine) = DemoGround.phase(of: day)
        for (name, field, dryness, bareness, mean) in [
            ("DAY", "noon", 14.0, 9.0, 8.0), ("NIGHT", "midnight", -9.0, -2.0, -6.0),
        ] {
            let noise = DemoNoise(seed: seed, field: "\(field) \(day)")
            try write(
                "lst/LST_\(name)_{year}{month}{day}.tif", on: day,
                named: "land surface temperature, \(field)", unit: "K", scale: 0.02
            ) { index, x, y in
                let green = Double(ground.ndvi(index, cosine: cosine, sine: sine))
                let dry = dryness * (0.3 - Double(moisture[index]))
                let texture = 3 * noise.fractal(x * 5, y * 5, octaves: 5, persistence: 0.6)
                let warmth = mean + dry + bareness * (0.6 - green) + texture
                return 50 * (273.15 + Double(air[index]) + warmth)
            }
        }
    }

    private func vegetation(_ index: Int) -> Double { Double(ground.meanNDVI[index]) }

    /// `stored` gives the stored number of a land pixel, from its index, x and y.
    private func write(
        _ template: String, on day: Day = Day(number: 0), named name: String, unit: String, scale: Double = 1,
        stored: (Int, Double, Double) -> Double
    ) throws {
        var values = [Int16](repeating: LargeRasters.noData, count: terrain.isLand.count)
        forEachPixel(of: terrain.grid) { index, x, y in
            guard terrain.isLand[index] else { return }
            values[index] = Int16(min(32_767, max(-32_767, stored(index, x, y).rounded())))
        }
        try rasters.write(
            .int16(values), PathTemplate(template).path(for: day), named: name,
            encoding: .init(type: .int16, scale: scale, noData: Double(LargeRasters.noData), unit: unit))
    }
}
