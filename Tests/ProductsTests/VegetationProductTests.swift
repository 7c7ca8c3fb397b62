import Products
import Testing
import Tiling

/// Smoothing, quality flags and classes, as a product file spells them.
@Suite struct VegetationProductTests {
    /// The pool's first covariate, from `source:` on.
    private func covariate(_ source: String) throws -> Covariate {
        let text = try ProductText.replacing("{raster: clay.tif}", with: source)
        return try #require(try ProductText.load(text).product.covariate(named: "clay"))
    }

    private func raster(_ path: String, band: Int = 1, every: Int = 1) -> FileSource {
        FileSource(path: PathTemplate(path), content: .raster(band: band), everyDays: every)
    }

    @Test func smoothingHasTheDefaultsOfThePublishedSeries() throws {
        let source = "{raster: \"ndvi/{year}{doy}.tif\", every: 16}"
        let usual = Smoothing(halfWindowDays: 48, coefficients: 3, minimum: 5)
        let table: [(text: String, expected: Smoothing)] = [
            ("{half-window-days: 48, coefficients: 3, minimum: 5}", usual), ("{}", usual),
            ("{mode: corrected}", usual),
            (
                "{mode: published}",
                Smoothing(halfWindowDays: 48, coefficients: 3, minimum: 5, mode: .published)
            ),
            (
                "{half-window-days: 80, coefficients: 4}",
                Smoothing(halfWindowDays: 80, coefficients: 4, minimum: 6)
            ),
        ]
        for (text, expected) in table {
            let found = try covariate("\(source), smooth: {savitzky-golay: \(text)}, interpolate: linear")
            #expect(found.smoothing == expected && found.interpolation == .linear)
        }
    }

    @Test func flagsAreBesideTheValuesOrInFilesOfTheirOwn() throws {
        let low = QualityTest.Bits(first: 0, last: 1)
        let table: [(source: String, quality: String, expected: [QualityTest])] = [
            (
                "{raster: \"lst/{year}{doy}.tif\"}", "{band: 2, bits: [0, 1], in: [0, 1]}",
                [QualityTest(flags: raster("lst/{year}{doy}.tif", band: 2), bits: low, accepted: [0, 1])]
            ),
            (
                "{raster: \"vi/{year}{doy}.tif\", every: 16}", "{band: 2, in: -2000..10000}",
                [
                    QualityTest(
                        flags: raster("vi/{year}{doy}.tif", band: 2, every: 16), accepted: [],
                        acceptedRange: .init(first: -2000, last: 10_000))
                ]
            ),
            (
                "{raster: \"vi/{year}{doy}.tif\", every: 16}",
                "[{raster: \"qa/{year}{doy}.tif\", bits: 15, in: 0}, {band: 3, in: [0, 1]}]",
                [
                    QualityTest(
                        flags: raster("qa/{year}{doy}.tif", every: 16), bits: .init(first: 15, last: 15),
                        accepted: [0]),
                    QualityTest(flags: raster("vi/{year}{doy}.tif", band: 3, every: 16), accepted: [0, 1]),
                ]
            ),
            (
                "{netcdf: \"lst_{year}.nc\", variable: LST_Day_1km}",
                "{variable: QC_Day, bits: [0, 1], in: 0}",
                [
                    QualityTest(
                        flags: FileSource(
                            path: PathTemplate("lst_{year}.nc"), content: .netCDF(variables: ["QC_Day"])),
                        bits: low, accepted: [0])
                ]
            ),
        ]
        for (source, quality, expected) in table {
            #expect(try covariate("\(source), quality: \(quality)").quality == expected, "\(quality)")
        }
    }

    /// A source of flags is prepared like any other, and waits for the same days.
    @Test func flagsArePlannedWithTheValues() throws {
        let found = try covariate(
            "{raster: \"vi/{year}{doy}.tif\", every: 16}, "
                + "quality: [{band: 3, in: 0}, {raster: \"qa/{year}{doy}.tif\", in: 0}], "
                + "smooth: {savitzky-golay: {}}, interpolate: linear")
        let sources = PlannedSource.sources(of: [found])
        #expect(sources.map(\.name) == ["vi", "qa"])
        #expect(sources.map(\.content) == [.raster(bands: [1, 3]), .raster(bands: [1])])
        #expect(sources.map(\.historyDays) == [64, 64] && sources.map(\.lookAheadDays) == [64, 64])
        #expect(sources.map(\.everyDays) == [16, 16])
    }

    @Test func recipesWithoutTheNewKeysKeepTheirDigest() {
        let covariate = Covariate(name: "lat", unit: "degrees_north", source: .latitude)
        let text = String(decoding: CanonicalJSON.bytes(covariate), as: UTF8.self)
        #expect(!text.contains("smoothing") && !text.contains("quality"))
    }

    @Test func granulesAreAPatternAndALayer() throws {
        let pattern = "MOD11A1/MOD11A1.A{year}{doy}.{hv}.061.*.hdf"
        let lst = try covariate(
            "{granules: \"\(pattern)\", field: LST_Day_1km}, "
                + "quality: {field: QC_Day, bits: [0, 1], in: [0, 1]}"
        )
        func granules(_ path: String, _ layer: GranuleLayer, every: Int = 1) -> FileSource {
            FileSource(path: PathTemplate(path), content: .granules(layer), everyDays: every)
        }
        #expect(lst.source == .files(granules(pattern, .field("LST_Day_1km"))))
        #expect(
            lst.quality == [
                QualityTest(
                    flags: granules(pattern, .field("QC_Day")), bits: .init(first: 0, last: 1),
                    accepted: [0, 1])
            ])
        let source = try #require(PlannedSource.sources(of: [lst]).first)
        #expect(source.name == "mod11a1-mod11a1-a-061")
        #expect(source.content == .granules(layers: [.field("LST_Day_1km"), .field("QC_Day")]))
        #expect(source.calendar == .months)
        #expect(
            source.path.path(for: try #require(Day("2016-02-01")))
                == "MOD11A1/MOD11A1.A2016032.{hv}.061.*.hdf")
        let heights = try covariate("{granules: \"elv/*_elv.tif\"}, resample: average")
        #expect(heights.source == .files(granules("elv/*_elv.tif", .band(1))))
        let ndvi = try covariate(
            "{granules: \"vi.A{year}{doy}.{hv}.hdf\", field: 1 km 16 days NDVI, every: 16}")
        #expect(
            ndvi.source
                == .files(granules("vi.A{year}{doy}.{hv}.hdf", .field("1 km 16 days NDVI"), every: 16)))
    }

    @Test func classesAndConversionsOfUnits() throws {
        #expect(try covariate("{raster: land.tif}, resample: mode").resampling == .mode)
        let porosity = try covariate("{raster: bdod.tif}, scale: -1/265, offset: 1")
        #expect(porosity.scale == -1.0 / 265 && porosity.offset == 1)
    }

    @Test func flagsThatComeAtAnotherPaceAreRefused() throws {
        let text = try ProductText.replacing(
            "{raster: clay.tif}",
            with:
                "{raster: \"vi/{year}{doy}.tif\", every: 16}, "
                + "quality: {netcdf: \"m_{year}.nc\", variable: q, in: 0}"
        )
        #expect(
            try ProductText.mistakes(in: text) == [
                "6: covariate 'rain': takes 'm_{year}.nc' every 1 days, covariate 'clay' on line 5 every 16: "
                    + "write the same in both"
            ])
    }
}
