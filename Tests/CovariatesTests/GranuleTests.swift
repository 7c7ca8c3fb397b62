import Foundation
import Rasters
import Storage
import Testing
import Tiling

@testable import Covariates

/// MODIS granules: two HDF-EOS tiles of 12 x 12 cells, made by `Tests/Granules/make_granules.py`.
@Suite struct GranuleTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Granules").path
    /// Across the line between h29v12 and h30v12, which is at 146.5 E in the south and 140 E in the north.
    private static let product = degrees(144, -31, 0.25, 16, 16)
    private static let pattern = "lst/MOD11A1.A{year}{doy}.{hv}.061.*.hdf"
    private let tile = Tile(x: 0, y: 0)

    private func granules(_ layer: GranuleLayer, _ path: String = pattern) -> FileSource {
        FileSource(path: PathTemplate(path), content: .granules(layer))
    }

    private var lst: Covariate {
        Covariate(
            name: "lst", unit: "K", source: .files(granules(.field("LST_Day_1km"))),
            quality: [
                QualityTest(
                    flags: granules(.field("QC_Day")), bits: .init(first: 0, last: 1), accepted: [0, 1])
            ], outside: .nodata)
    }

    /// A production whose `lst/` holds copies of the two granules, by day and tile.
    private func production(
        _ covariates: [Covariate], days: String = "2016-01-01",
        copies: [(doy: Int, h: Int)] = [(1, 29), (1, 30)]
    ) throws -> TestProduction {
        let made = try TestProduction(
            grid: Self.product, tilePixels: 16, covariates: covariates, days: days)
        try FileManager.default.createDirectory(
            atPath: made.dataRoot + "/lst", withIntermediateDirectories: true)
        for (doy, h) in copies {
            try FileManager.default.copyItem(
                atPath: "\(Self.folder)/MOD11A1.A2016001.h\(h)v12.061.20212410\(h).hdf",
                toPath: made.dataRoot
                    + "/lst/MOD11A1.A2016\(zeroPadded(doy, 3)).h\(h)v12.061.20212410\(h).hdf")
        }
        return made
    }

    /// Tile and cell of a pixel by the formula of the sinusoidal projection: x = R lon cos(lat), y = R lat.
    private func place(ofPixel pixel: Int) -> (h: Int, cell: Int) {
        let (lon, lat) = (144.125 + 0.25 * Double(pixel % 16), -31.125 - 0.25 * Double(pixel / 16))
        let radius = 6_371_007.181
        let x = radius * lon * .pi / 180 * cos(lat * .pi / 180)
        let y = radius * lat * .pi / 180
        let side = 1_111_950.519667
        let column = Int((x + 20_015_109.354) / side * 12)
        let row = Int((10_007_554.677 - y) / side * 12)
        return (column / 12, (row - 144) * 12 + column % 12)
    }

    /// What the script wrote: 0.02 * (14000 + 5 * cell), 20 K more in h30; QC runs through 0..3.
    private func expected(_ place: (h: Int, cell: Int)) -> Float {
        if place.cell % 4 > 1 || place.cell < 2 { return .nan }
        return Float(Double(14_000 + 5 * place.cell + 1000 * (place.h - 29)) * 0.02)
    }

    @Test func aGranuleThatLiesElsewhereThanItsNameSaysIsRefused() throws {
        let made = try production([lst], copies: [(1, 29)])
        try FileManager.default.copyItem(
            atPath: "\(Self.folder)/MOD11A1.A2016001.h29v12.061.2021241029.hdf",
            toPath: made.dataRoot + "/lst/MOD11A1.A2016001.h30v12.061.2021241030.hdf")
        let error = #expect(throws: CovariateError.self) { try made.prepare() }
        #expect(
            error?.description
                == "lst/MOD11A1.A2016001.h30v12.061.2021241030.hdf: lies at h29v12, and not where "
                + "its name says: download it again")
    }

    @Test func granulesOfADayAreOneGrid() throws {
        let made = try production([lst])
        let results = try made.prepare()
        #expect(results[0].inputs.map(\.path).map { $0.split(separator: ".")[2] } == ["h29v12", "h30v12"])
        let stack = try made.reader.gather(features: ["lst"], tile: tile, days: made.plan.days)
        let places = (0..<256).map(place)
        #expect(Set(places.map(\.h)) == [29, 30], "the product lies across both")
        var kept = 0
        for pixel in 0..<256 {
            let value = try #require(stack.value(of: "lst", pixel: pixel, day: 0))
            let wanted = expected(places[pixel])
            #expect(value.isNaN == wanted.isNaN && (wanted.isNaN || value == wanted), "pixel \(pixel)")
            kept += value.isNaN ? 0 : 1
        }
        #expect(kept > 100)
        #expect(stack.inputs.count == 2 && stack.missing.isEmpty)
        // One pixel opens its own granule only.
        let one = try made.reader.gather(features: ["lst"], tile: tile, pixels: [0], days: made.plan.days)
        #expect(one.inputs.count == 1)
        let trace = try made.reader.explain(
            feature: "lst", pixel: Pixel(column: 3, row: 9), day: made.plan.days.first)
        let value = try #require(stack.value(of: "lst", pixel: 9 * 16 + 3, day: 0))
        #expect(trace.value.bitPattern == value.bitPattern && trace.rule.contains("LST_Day_1km"))
        #expect(trace.cell?.column == place(ofPixel: 147).h * 12 + place(ofPixel: 147).cell % 12)
    }

    /// The same cells as one GeoTIFF in the sinusoidal projection: the other way that MODIS is kept.
    @Test(arguments: [Covariate.Resampling.nearest, .bilinear, .average, .mode])
    func aMosaicGivesTheSameBits(rule: Covariate.Resampling) throws {
        let field = Covariate(
            name: "granules", unit: "K", source: .files(granules(.field("LST_Day_1km"))), resampling: rule)
        let mosaic = Covariate(
            name: "mosaic", unit: "K", source: raster("lst_{year}{doy}.tif"), scale: 0.02,
            valid: .init(minimum: 150, maximum: 1310.7), resampling: rule)
        let made = try production([field, mosaic])
        // The cells of the globe's grid, so that positions have the same bits.
        let globe = try GranuleLattice(
            around: [
                RasterFile(
                    path: "\(Self.folder)/MOD11A1.A2016001.h29v12.061.2021241029.hdf", field: "LST_Day_1km"
                ).info.grid
            ]
        ).grid
        #expect(globe.columns == 432 && globe.rows == 216)
        let part = globe.cropped(to: PixelWindow(column: 29 * 12, row: 144, columns: 24, rows: 12))
        try made.writeRaster(
            "lst_2016001.tif", grid: part,
            bands: [
                (0..<288).map { number in
                    let (column, cell) = (number % 24, number / 24 * 12 + number % 12)
                    if cell == 0 { return 0 }
                    return cell == 1 ? 7000 : Float(14_000 + 5 * cell + (column < 12 ? 0 : 1000))
                }
            ])
        try made.prepare()
        let stack = try made.reader.gather(
            features: ["granules", "mosaic"], tile: tile, days: made.plan.days)
        var valid = 0
        for pixel in 0..<256 {
            let (a, b) = (
                stack.value(of: "granules", pixel: pixel, day: 0) ?? 0,
                stack.value(of: "mosaic", pixel: pixel, day: 0) ?? 0
            )
            #expect(a.isNaN == b.isNaN && (a.isNaN || abs(a - b) <= 1e-4), "\(rule), \(pixel): \(a) \(b)")
            valid += a.isNaN ? 0 : 1
        }
        #expect(valid > 150)
    }

    @Test func aGranuleThatIsNotThereIsMissingOrOutside() throws {
        // The eastern granule is there on the second day only: on the first its pixels are missing.
        let days = "2016-01-01..2016-01-03"
        let made = try production([lst], days: days, copies: [(1, 29), (2, 29), (2, 30)])
        let prepared = try made.prepare()
        let name = "lst/MOD11A1.A2016002.h30v12.061.2021241030.hdf"
        let incomplete = prepared[0].missing.filter { $0.day.iso == "2016-01-01" }
        #expect(incomplete.map(\.reason) == ["1 of 2 granules found, none where \(name) lies"])
        #expect(!prepared[0].missing.contains { $0.day.iso == "2016-01-02" })
        let stack = try made.reader.gather(features: ["lst"], tile: tile, days: made.plan.days)
        let east = try #require(
            (0..<256).first { place(ofPixel: $0).h == 30 && !expected(place(ofPixel: $0)).isNaN })
        #expect(stack.value(of: "lst", pixel: east, day: 0)?.isNaN == true)
        #expect(stack.value(of: "lst", pixel: east, day: 1) == expected(place(ofPixel: east)))
        #expect(stack.missing.map(\.day.iso) == ["2016-01-03"])
        #expect(
            stack.missing[0].reason.contains("no file matches lst/MOD11A1.A2016003.{hv}.061.*.hdf"))
        // Without it on any day the source does not reach there, and `outside: fail` says so.
        let strict = Covariate(name: "lst", unit: "K", source: .files(granules(.field("LST_Day_1km"))))
        let narrow = try production([strict], copies: [(1, 29)])
        try narrow.prepare()
        let error = #expect(throws: CovariateError.self) {
            try narrow.reader.gather(features: ["lst"], tile: tile, days: narrow.plan.days)
        }
        let count = (0..<256).filter { place(ofPixel: $0).h == 30 }.count
        #expect(error?.description.contains("does not reach \(count) land pixels") == true)
    }

    @Test func brokenAndAmbiguousGranulesAreRefusedInOneLine() throws {
        let made = try production([lst], copies: [(1, 29)])
        let name = "lst/MOD11A1.A2016001.h30v12.061.2021241030.hdf"
        let whole = try Data(
            contentsOf: URL(filePath: "\(Self.folder)/MOD11A1.A2016001.h30v12.061.2021241030.hdf"))
        for byteCount in [100, 1000, 3000, 6000] {
            try whole.prefix(byteCount).write(to: URL(filePath: "\(made.dataRoot)/\(name)"))
            let error = #expect(throws: RasterError.self, "\(byteCount) bytes") { try made.prepare() }
            #expect(
                error?.description.hasPrefix(
                    "\(name): LST_Day_1km of 2016-01-01: is a truncated HDF4 file of \(byteCount)") == true,
                "\(String(describing: error))")
            #expect(error?.isRetriable == false && error?.description.contains("\n") == false)
        }
        try FileManager.default.removeItem(atPath: "\(made.dataRoot)/\(name)")
        let older = "MOD11A1.A2016001.h29v12.061.2021241029.hdf"
        func copy(as name: String) throws {
            try FileManager.default.copyItem(
                atPath: "\(Self.folder)/\(older)", toPath: "\(made.dataRoot)/lst/\(name)")
        }
        // Made again, as the stamp of production says: the newer one counts.
        let newer = "MOD11A1.A2016001.h29v12.061.2022000000.hdf"
        try copy(as: newer)
        #expect(try made.prepare()[0].inputs.map(\.path) == ["lst/\(newer)"])
        // A copy by hand says nothing of the kind.
        try copy(as: "MOD11A1.A2016001.h29v12.061.2021241029(1).hdf")
        let twice = #expect(throws: CovariateError.self) { try made.prepare() }
        let said = twice?.description ?? ""
        #expect(said.contains("2021241029(1).hdf") && said.contains("lst/\(older)"), "\(said)")
        #expect(said.contains("keep one of them"))

        let wrong = try production([
            Covariate(name: "lst", unit: "K", source: .files(granules(.field("LST_Day"))))
        ])
        let field = #expect(throws: RasterError.self) { try wrong.prepare() }
        #expect(
            field?.problem
                == "LST_Day of 2016-01-01: has no field 'LST_Day': choose from LST_Day_1km, QC_Day, Emis_31")
    }

    /// Tiles of a fixed map, such as 5-degree files of elevation.
    @Test func plainRastersMayBeGranulesToo() throws {
        let height = Covariate(
            name: "height", unit: "m", source: .files(granules(.band(2), "elv/*_elv.tif")),
            resampling: .average, outside: .nodata)
        let made = try production([height], copies: [])
        func value(_ column: Int, _ row: Int) -> Float { Float(column * 100 + row) }
        for (number, west) in [144.0, 146.0].enumerated() {
            let values = (0..<256).map { value($0 % 16 + number * 16, $0 / 16) }
            try made.writeRaster(
                "elv/s35e\(Int(west))_elv.tif", grid: degrees(west, -31, 0.125, 16, 16),
                bands: [values.map { -$0 }, values])
        }
        try made.prepare()
        let stack = try made.reader.gather(features: ["height"], tile: tile, days: made.plan.days)
        // Four cells under each pixel; the granules reach half way down.
        for pixel in 0..<256 {
            let (column, row) = (pixel % 16 * 2, pixel / 16 * 2)
            let found = try #require(stack.value(of: "height", pixel: pixel, day: 0))
            #expect(row < 16 ? found == value(column, row) + 50.5 : found.isNaN, "pixel \(pixel)")
        }
        #expect(stack.inputs.map(\.path) == ["elv/s35e144_elv.tif", "elv/s35e146_elv.tif"])
    }

    @Test func patternsMatchNamesAndFolders() throws {
        let made = try production([lst])
        for path in ["a/2016.01.01/x.h01v02.hdf", "a/2016.01.02/x.h01v02.hdf", "a/2016.01.01/x.hdf.part"] {
            try DurableFile.write(Array("x".utf8), to: "\(made.dataRoot)/\(path)")
        }
        var listing = FileListing(root: made.dataRoot)
        let table: [(pattern: String, count: Int)] = [
            ("a/2016.01.01/*.hdf", 1), ("a/*/x.{hv}.hdf", 2), ("a/*/*", 3), ("a/*/x.{hv}.h5", 0),
            ("a/*/x.h0{hv}.hdf", 0), ("nowhere/*.hdf", 0), ("a/2016.01.01/x*v02*", 1),
        ]
        for (pattern, count) in table {
            #expect(try listing.files(matching: pattern).count == count, "\(pattern)")
        }
        #expect(
            try listing.files(matching: made.dataRoot + "/a/*/x.{hv}.hdf")
                == ["01", "02"].map { "\(made.dataRoot)/a/2016.01.\($0)/x.h01v02.hdf" })
    }

    @Test func theSurveyOpensAGranuleUnderTheProduct() throws {
        let made = try production([lst], days: "2016-01-01..2016-01-02")
        let survey = try #require(
            CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot).survey(
                days: made.plan.days
            ).first)
        #expect(survey.errors.isEmpty && survey.filesFoundCount == 2)
        #expect(survey.filesMissing.contains("lst/MOD11A1.A2016002.{hv}.061.*.hdf"))
        #expect(survey.missingDays.map(\.description) == ["2016-01-02"])
        let range = try #require(survey.sampleRange)
        #expect(range.lowerBound >= 280 && range.upperBound <= 315)
    }
}
