import Foundation
import Rasters
import Tiling

/// Writes the GeoTIFFs of a demo world.
struct DemoRasters {
    let truth: DemoTruth
    /// The folder of the world.
    let folder: String
    /// Pixels along one side of the files' blocks; that of the product's tiles unless said otherwise.
    var blockSize: Int?

    private var terrain: DemoTerrain { truth.terrain }
    private var isLand: [Bool] { truth.terrain.isLand }

    /// Land mask, soil, relief and topographic index.
    func writeStatic() throws {
        try write(
            .uint16(isLand.map { $0 ? 1 : 0 }), "static/land.tif", named: "land mask: 1 land, 0 water",
            encoding: .init(type: .uint16, noData: 65_535, unit: "1"))
        let soil = OutputEncoding(type: .int16, noData: -32_768, unit: "g kg-1")
        let (clay, sand) = (truth.ground.clay, truth.ground.sand)
        let silt = zip(clay, sand).map { 1000 - $0 - $1 }
        for (name, values) in [("clay", clay), ("sand", sand), ("silt", silt)] {
            let stored = zip(values, isLand).map { $1 ? $0 : Int16.min }
            try write(.int16(stored), "static/\(name).tif", named: "\(name) content, 0-5 cm", encoding: soil)
        }
        let height = zip(terrain.elevation, terrain.isSea).map { $1 ? Int16.min : Int16($0.rounded()) }
        try write(
            .int16(height), "static/elevation.tif", named: "elevation above the sea",
            encoding: .init(type: .int16, noData: -32_768, unit: "m"))
        try write(
            .float32(terrain.topographicIndex.map { $0.isNaN ? -9999 : $0 }), "static/ti.tif",
            named: "topographic index ln(a / tan b)",
            encoding: .init(type: .float32, noData: -9999, unit: "ln(m)"))
    }

    /// One 16-day composite of the vegetation index.
    func writeComposite(_ day: Day, of composites: DemoComposites) throws {
        let (cosine, sine) = DemoGround.phase(of: day)
        var stored = [Int16](repeating: DemoComposites.noData, count: isLand.count)
        forEachPixel(of: terrain.grid) { index, x, y in
            guard terrain.isLand[index] else { return }
            stored[index] = composites.stored(
                truth.ground.ndvi(index, cosine: cosine, sine: sine), on: day, x: x, y: y)
        }
        let path = PathTemplate("ndvi/NDVI_{year}{doy}.tif").path(for: day)
        try write(
            .int16(stored), path, named: "NDVI, 16 days from \(day)",
            encoding: .init(
                type: .int16, scale: DemoComposites.scale, noData: Double(DemoComposites.noData), unit: "1"))
    }

    /// What the map of a day should show.
    func writeTruth(_ day: Day) throws {
        let stored = truth.moisture(on: day).map { $0.isNaN ? UInt16.max : UInt16(($0 * 1000).rounded()) }
        try write(
            .uint16(stored), PathTemplate("truth/SM_TRUTH_{year}{month}{day}.tif").path(for: day),
            named: "true soil moisture, \(day)",
            encoding: .init(type: .uint16, scale: 0.001, noData: 65_535, unit: "m3 m-3"))
    }

    /// One band over the whole grid; `path` is relative to the folder of the world.
    func write(
        _ values: RasterBuffer, _ path: String, named name: String, encoding: OutputEncoding
    ) throws {
        let side = blockSize ?? truth.parameters.tilePixels
        let encoder = GeoTIFFEncoder(
            grid: terrain.grid, blockSize: side % 16 == 0 ? side : 256, encoding: encoding)
        let bytes = try encoder.encode(
            bands: [GeoTIFFBand(description: name, values: values)], metadata: ["AREA_OR_POINT": "Area"])
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + path), options: .atomic)
    }
}
