import Foundation
import Rasters
import TestSupport
import Testing
import Tiling

/// Published rasters against facts that rasterio and ecCodes report.
@Suite struct RealRasterTests {
    struct RasterFacts: Decodable {
        let size: [Int]
        let nodata: Double?
        let geotransform: [Double]
        let crs: String?
        let valid: Int
        let min, max, mean: Double
        let upperLeftCell: Double?
        let centreCell: Double?
    }

    private func check(_ path: String, _ facts: RasterFacts) throws {
        let file = try RasterFile(path: path)
        let info = file.info
        #expect([info.columns, info.rows] == facts.size, "\(path)")
        #expect(
            info.grid.west == facts.geotransform[0] && info.grid.north == facts.geotransform[3], "\(path)")
        #expect(
            info.grid.pixelWidth == facts.geotransform[1] && info.grid.pixelHeight == -facts.geotransform[5])
        if let crs = facts.crs { #expect(info.grid.crs == crs, "\(path): \(info.grid.crs)") }
        if let noData = facts.nodata { #expect(info.noData == noData, "\(path)") }
        let whole = PixelWindow(column: 0, row: 0, columns: info.columns, rows: info.rows)
        let values = try file.read(window: whole, bands: [1])
        let found = Statistics(values)
        #expect(
            found.agrees(valid: facts.valid, min: facts.min, max: facts.max, mean: facts.mean),
            "\(path): \(found), expected \(facts)")
        if let corner = facts.upperLeftCell { #expect(values[0] == Float(corner), "\(path)") }
        if let centre = facts.centreCell {
            let pixel = PixelWindow(column: info.columns / 2, row: info.rows / 2, columns: 1, rows: 1)
            #expect(try file.read(window: pixel, bands: [1]) == [Float(centre)], "\(path)")
        }
    }

    @Test func yancoRastersReadAsRasterioReadsThem() throws {
        struct Facts: Decodable { let rasters: [String: TolerantFacts] }
        guard let facts = try SharedData.json("yanco/expected/inputs.json", as: Facts.self),
            let folder = SharedData.path("yanco")
        else { return }
        #expect(facts.rasters.count > 10)
        for (name, raster) in facts.rasters { try check("\(folder)/\(name)", raster.facts) }
    }

    /// `nodata` may be the text "nan" in the facts.
    struct TolerantFacts: Decodable {
        let facts: RasterFacts

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            facts = RasterFacts(
                size: try container.decode([Int].self, forKey: .size),
                nodata: try? container.decode(Double.self, forKey: .nodata),
                geotransform: try container.decode([Double].self, forKey: .geotransform),
                crs: try container.decodeIfPresent(String.self, forKey: .crs),
                valid: try container.decode(Int.self, forKey: .valid),
                min: try container.decode(Double.self, forKey: .min),
                max: try container.decode(Double.self, forKey: .max),
                mean: try container.decode(Double.self, forKey: .mean),
                upperLeftCell: try? container.decode(Double.self, forKey: .upperLeftCell),
                centreCell: try? container.decode(Double.self, forKey: .centreCell))
        }

        enum Keys: CodingKey {
            case size, nodata, geotransform, crs, valid, min, max, mean, upperLeftCell, centreCell
        }
    }

    @Test func asciiGridsOfTheMoselAreRead() throws {
        struct Facts: Decodable { let rasters: [String: RasterFacts] }
        guard let facts = try SharedData.json("mosel/expected.json", as: Facts.self),
            let folder = SharedData.path("mosel/morph")
        else { return }
        for (name, raster) in facts.rasters where name == "dem.asc" || name == "soil_class.asc" {
            try check("\(folder)/\(name)", raster)
        }
    }

    @Test func packedLandSurfaceTemperatureIsUnpacked() throws {
        struct Day: Decodable { let daily: Means }
        struct Means: Decodable { let valid: Int; let meanK: Double? }
        struct Facts: Decodable { let lst2016: [String: Day] }
        guard let facts = try SharedData.json("yanco/expected/inputs.json", as: Facts.self),
            let folder = SharedData.path("yanco/daily/lst_2016")
        else { return }
        #expect(facts.lst2016.count == 60)
        for (name, day) in facts.lst2016 {
            let file = try RasterFile(path: "\(folder)/\(name)")
            #expect(file.info.scale == 0.02 && file.info.noData == 0)
            let whole = PixelWindow(column: 0, row: 0, columns: file.info.columns, rows: file.info.rows)
            let found = Statistics(try file.read(window: whole, bands: [1]))
            #expect(
                found.valid == day.daily.valid && abs(found.mean - (day.daily.meanK ?? 0)) < 1e-4, "\(name)")
        }
    }

    @Test func aTruncatedHDF4FileIsRefusedByName() throws {
        guard let path = SharedData.path("readers/modis/MOD09GA_truncated_64KiB.hdf") else { return }
        #expect(throws: RasterError.self) { try RasterFile(path: path) }
        do {
            _ = try NetCDFFile(path: path)
            Issue.record("a truncated HDF4 file was opened")
        } catch {
            #expect(error.description.contains("HDF4") && error.path == path && !error.isRetriable)
        }
    }
}
