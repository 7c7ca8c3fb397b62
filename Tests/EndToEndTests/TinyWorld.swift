import Foundation
import Forests
import Rasters
import Tiling

/// The smallest production that exercises everything: four tiles of 16 × 16 pixels, ten days, one netCDF
/// source, one static raster, a forest of one tree. Made anew in a folder of its own, so that tests may break
/// it.
struct TinyWorld {
    let folder: TemporaryFolder
    var product: String { folder.file("product.yaml") }
    var run: String { folder.file("run") }

    static let yaml = """
        name: tiny
        grid: {crs: "EPSG:4326", west: 10, east: 11, south: 49, north: 50, pixel: "1/32"}
        period: 2016-01-05..2016-01-14
        unit: 5
        tile: 16
        covariates:
          - {name: clay, unit: "%", source: {raster: clay.tif}, resample: nearest}
          - {name: rain, unit: mm, source: {netcdf: "rain_{year}.nc", variable: rain}, valid: [0, 500]}
          - name: wet
            unit: mm
            source: {netcdf: "rain_{year}.nc", variable: rain}
            derive: {running-sum: 3}
        layers:
          - {name: surface, model: tiny.forest, features: [clay, rain, wet]}
        output: {type: uint16, scale: 0.001, nodata: 65535, unit: m3 m-3}
        missing: nodata
        """

    init(yaml: String = Self.yaml) throws {
        folder = try TemporaryFolder()
        try folder.write(yaml, to: "product.yaml")
        try writeClay()
        try writeRain()
        try writeForest()
    }

    @discardableResult
    func tilth(_ arguments: String...) throws -> Program.Result { try Program.run(arguments) }

    func runAll(_ extra: String...) throws -> Program.Result {
        try Program.run(["run", product, "--run", run] + extra)
    }

    var mosaics: [String: Data] { contents(of: run + "/mosaics", suffix: ".tif") }

    func writeClay(grid: Grid? = nil) throws {
        try writeRaster("clay.tif", grid: grid) { Float($0 % 37) }
    }

    /// A raster by the numbers of its pixels, on the product's grid if on no other.
    func writeRaster(_ name: String, grid: Grid? = nil, value: (Int) -> Float) throws {
        let grid =
            grid
            ?? Grid(
                crs: "EPSG:4326", west: 10, north: 50, pixelWidth: 1 / 32.0, pixelHeight: 1 / 32.0,
                columns: 32, rows: 32)
        let values = (0..<grid.columns * grid.rows).map(value)
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: 16, encoding: OutputEncoding(type: .float32, noData: -9999, unit: "%")
        ).encode(bands: [GeoTIFFBand(description: name, values: .float32(values))], metadata: [:])
        try Data(bytes).write(to: URL(filePath: folder.file(name)))
    }

    /// Twenty days from January 1st on a 0.25° grid, in text that ncgen turns into netCDF. With another
    /// `shift` it rains elsewhere.
    func writeRain(
        variable: String = "rain", days: Int = 20, to name: String = "rain_2016.nc", shift: Int = 0
    ) throws {
        let cells = (0..<days * 36).map { "\(Double(($0 + shift) % 50) / 4)" }.joined(separator: ", ")
        let cdl = """
            netcdf rain {
            dimensions: time = \(days) ; lat = 6 ; lon = 6 ;
            variables:
              double time(time) ; time:units = "days since 2016-01-01" ; time:standard_name = "time" ;
              double lat(lat) ; lat:units = "degrees_north" ;
              double lon(lon) ; lon:units = "degrees_east" ;
              float \(variable)(time, lat, lon) ; \(variable):units = "mm" ;
            data:
              time = \((0..<days).map(String.init).joined(separator: ", ")) ;
              lat = 50.125, 49.875, 49.625, 49.375, 49.125, 48.875 ;
              lon = 9.875, 10.125, 10.375, 10.625, 10.875, 11.125 ;
              \(variable) = \(cells) ;
            }
            """
        let text = try folder.write(cdl, to: "rain.cdl")
        let made = try Program.run(
            ["ncgen", "-k", "nc4", "-o", folder.file(name), text], executable: "/usr/bin/env")
        guard made.code == 0 else { throw TestFailure("ncgen: \(made.all)") }
    }

    /// A forest whose splits say what it knows: clay from 8 to 20 %, rain from 3 to 24 mm.
    func writeFineForest() throws {
        var builder = ForestBuilder(
            features: ["clay", "rain", "wet"].map { Forest.Feature(name: $0, unit: "") },
            target: Forest.Feature(name: "soil_moisture", unit: "m3 m-3"))
        for number in 0..<60 {
            for (feature, threshold) in [(0, 8 + 0.2 * Double(number)), (1, 3 + 0.35 * Double(number))] {
                try builder.append(tree: [
                    .split(feature: feature, threshold: threshold, trueChild: 1, falseChild: 2),
                    .leaf(0.125), .leaf(0.375),
                ])
            }
        }
        try Data(builder.serialized()).write(to: URL(filePath: folder.file("tiny.forest")))
    }

    /// Two trees: one splits by clay and rain, one by the three-day sum.
    func writeForest(features: [String] = ["clay", "rain", "wet"]) throws {
        var builder = ForestBuilder(
            features: features.map { Forest.Feature(name: $0, unit: "") },
            target: Forest.Feature(name: "soil_moisture", unit: "m3 m-3"))
        try builder.append(tree: [
            .split(feature: 0, threshold: 18, trueChild: 1, falseChild: 2),
            .leaf(0.125),
            .split(feature: 1, threshold: 6, trueChild: 3, falseChild: 4),
            .leaf(0.25), .leaf(0.375),
        ])
        try builder.append(tree: [
            .split(feature: 2, threshold: 15, trueChild: 1, falseChild: 2), .leaf(0.125), .leaf(0.4375),
        ])
        try Data(builder.serialized()).write(to: URL(filePath: folder.file("tiny.forest")))
    }
}
