import Foundation
import Forests
import Rasters
import TestSupport
import Testing
import Tiling

/// One day of real rasters against a map that scikit-learn made of them.
@Suite(.serialized) struct YancoMapTests {
    /// Worst difference to `expected/map_20160205.tif`, m3 m-3: the forest over the stack that scikit-learn
    /// saw.
    @Test func forestOverTheStackGivesTheMap() throws {
        guard let data = SharedData.path("yanco") else { return }
        let folder = try TemporaryFolder()
        let forest = try importedForest(data, into: folder)
        let stack = try RasterFile(path: "\(data)/expected/stack_20160205.tif")
        let names = ["dem", "silt", "awc", "rain", "srad", "tavg", "vpd", "et", "lst"]
        #expect(forest.features.map(\.name) == names)
        let window = PixelWindow(column: 0, row: 0, columns: 100, rows: 100)
        let values = try stack.read(window: window, bands: Array(1...9))
        let planes = (0..<9).map { FeaturePlane.fixed(Array(values[$0 * 10_000..<($0 + 1) * 10_000])) }
        let land = [Bool](repeating: true, count: 10_000)
        let map = ForestEngine(forest).predict(
            planes: planes, columns: 100, rows: 100, days: 1, land: land, threads: 2)
        let expected = try RasterFile(path: "\(data)/expected/map_20160205.tif").read(
            window: window, bands: [1])
        #expect(worstDifference(map, expected) <= 1e-6)
        let reference = ReferenceForest(forest)
        for pixel in stride(from: 0, to: 10_000, by: 7) {
            let row = (0..<9).map { values[$0 * 10_000 + pixel] }
            #expect(reference.predict(row: row).bitPattern == map[pixel].bitPattern || map[pixel].isNaN)
        }
    }

    /// The same map by the whole main job, from the raw 0.001° rasters with average resampling.
    @Test func rawRastersGiveTheMapThroughTheMainJob() throws {
        guard let data = SharedData.path("yanco") else { return }
        let folder = try TemporaryFolder()
        _ = try importedForest(data, into: folder)
        let product = try folder.write(Self.product, to: "day.yaml")
        let result = try Program.run(
            "run", product, "--run", folder.file("run"), "--data", data, "--threads", "2")
        #expect(result.code == 0, "\(result.all)")
        let mosaic = folder.file("run/mosaics/2016/TILTH_SURFACE_20160205.tif")
        let window = PixelWindow(column: 0, row: 0, columns: 100, rows: 100)
        let map = try RasterFile(path: mosaic).read(window: window, bands: [1])
        let expected = try RasterFile(path: "\(data)/expected/map_20160205.tif").read(
            window: window, bands: [1])
        let differences = zip(map, expected).map { abs($0 - $1) }.filter { !$0.isNaN }
        let large = differences.count { $0 > 1e-4 }
        print(
            "Yanco from raw rasters: largest difference \(differences.max() ?? .nan) m3 m-3, \(large) of "
                + "\(differences.count) pixels above 1e-4")
        #expect(differences.count == 9_978)
        #expect(zip(map, expected).allSatisfy { $0.isNaN == $1.isNaN })
        // Averages agree with the stack to float rounding; a pixel can only move where that crosses a
        // threshold.
        #expect(large <= 10, "more pixels changed sides than rounding explains")
    }

    private func worstDifference(_ a: [Float], _ b: [Float]) -> Float {
        var worst: Float = 0
        for (x, y) in zip(a, b) {
            if x.isNaN != y.isNaN { return .infinity }
            if !x.isNaN { worst = max(worst, abs(x - y)) }
        }
        return worst
    }

    private func importedForest(_ data: String, into folder: TemporaryFolder) throws -> Forest {
        let names =
            "dem\tm\nsilt\t1\nawc\tpercent\nrain\tmm\nsrad\tMJ m-2 d-1\ntavg\tdegC\nvpd\thPa\net\tmm "
            + "d-1\nlst\tK\n"
        let features = try folder.write(names, to: "features.txt")
        let imported = try Program.run(
            "forest", "import", "\(data)/forest/yanco_rf9.onnx", "--features", features, "-o",
            folder.file("rf9.forest"))
        #expect(imported.code == 0, "\(imported.errors)")
        return try Forest(contentsOf: folder.file("rf9.forest"))
    }

    private static let product = """
        name: yanco-day
        grid: {crs: "EPSG:4326", west: 146, east: 147, south: -35.3, north: -34.3, pixel: 0.01}
        period: 2016-02-05..2016-02-05
        unit: month
        tile: 48
        covariates:
          - {name: dem, unit: m, source: {raster: static/DEM_100m_resampled.tif}, resample: average}
          - {name: silt, unit: "1", source: {raster: static/SLT_100m_resampled.tif}, resample: average}
          - {name: awc, unit: percent, source: {raster: static/AWC_100m_resampled.tif}, resample: average}
          - name: rain
            unit: mm
            source: {raster: real_20160205/ANUClimate_v2-0_rain_daily_20160205.tif}
            resample: average
          - name: srad
            unit: MJ m-2 d-1
            source: {raster: real_20160205/ANUClimate_v2-0_srad_daily_20160205.tif}
            resample: average
          - name: tavg
            unit: degC
            source: {raster: real_20160205/ANUClimate_v2-0_tavg_daily_20160205.tif}
            resample: average
          - name: vpd
            unit: hPa
            source: {raster: real_20160205/ANUClimate_v2-0_vpd_daily_20160205.tif}
            resample: average
          - name: et
            unit: mm d-1
            source: {raster: real_20160205/CMRSET_Landsat_ET_2016_02_01.tif}
            resample: average
          - name: lst
            unit: K
            source: {raster: real_20160205/ubESTARFM_LST_cloudrm_20160205.tif}
            resample: average
        layers:
          - name: surface
            depth: [0, 0.05]
            model: rf9.forest
            features: [dem, silt, awc, rain, srad, tavg, vpd, et, lst]
        output: {type: float32, nodata: -9999, unit: m3 m-3}
        missing: nodata
        """
}
