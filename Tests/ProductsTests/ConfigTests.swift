import Foundation
import Products
import Testing
import Tiling

/// The product files of the repository say what the publications say.
@Suite struct ConfigTests {
    private func product(_ name: String) throws -> Product {
        try ProductFile.load(path: Self.path(of: name).path).product
    }

    private static func path(of name: String) -> URL {
        URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Configs/\(name).yaml")
    }

    @Test func gssm1km() throws {
        let product = try product("gssm1km")
        let table = [
            "apei mm", "Tair degC", "Evapo mm", "LST_DAILY degC", "LST_Diff K", "EVI_SG_linear 1",
            "NDVI_SG_linear 1", "clay percent", "sand percent", "silt percent", "TI ln(m)", "elevation m",
            "lat degrees_north", "lon degrees_east", "porosity 1", "omc percent", "WTD m", "DTB cm",
        ]
        #expect(product.grid == Grid.presets["gssm1km"])
        #expect(product.period == DayRange("2000-03-05..2020-12-31"))
        #expect(product.layers.map(\.depth) == [[0, 0.05]])
        #expect(try described(product.layers[0], of: product) == table)
        #expect(product.output.scale == 0.001 && product.output.type == .uint16)
        let apei = try #require(product.covariate(named: "apei"))
        #expect(apei.derivation == .antecedentIndex(terms: 34, decay: 0.91, scale: 1000))
        // As published: 13 days at the end of every year, each year by itself, one mask for both indices.
        for name in ["EVI_SG_linear", "NDVI_SG_linear"] {
            let index = try #require(product.covariate(named: name))
            #expect(index.interpolation == .linearPublished && index.resampling == .nearest)
            #expect(
                index.smoothing
                    == Smoothing(halfWindowDays: 48, coefficients: 3, minimum: 5, mode: .published))
            let mask = index.quality?.map(\.acceptedRange)
            #expect(mask == (name == "EVI_SG_linear" ? nil : [.init(first: -2000, last: 10_000)]))
        }
    }

    /// What the comments name as the other choice can be written, and is read as that.
    @Test func theOtherChoicesOfGSSM1kmCanBeWritten() throws {
        var text = try String(contentsOf: Self.path(of: "gssm1km"), encoding: .utf8)
        for (own, other) in [
            ("daily: {overpass: 10.5, every: 6}", "daily: {mean: 12}"),
            ("daily: {overpass: 22.5, every: 6}", "daily: {mean: 0}"),
            ("mode: corrected}", "mode: published}"),
            ("interpolate: linear-published", "interpolate: linear"),
            ("minimum: 5, mode: published", "minimum: 5, mode: corrected"),
            ("    quality: {field: 1 km 16 days EVI, in: -2000..10000}\n", ""),
            (
                "field: 1 km 16 days EVI, every: 16}\n",
                "field: 1 km 16 days EVI, every: 16}\n    "
                    + "quality: {field: 1 km 16 days pixel reliability, in: [0, 1]}\n"
            ),
            (
                "field: LST_Day_1km}\n",
                "field: LST_Day_1km}\n    "
                    + "quality: {field: QC_Day, bits: [0, 1], in: [0, 1]}\n"
            ),
            ("variable: [tp, e]", "variable: tp"),
        ] {
            try #require(text.contains(own), "\(own)")
            text = text.replacing(own, with: other)
        }
        let product = try ProductText.load(text).product
        for name in ["lst_day", "lst_night"] {
            guard case .continuous(let series)? = product.covariate(named: name)?.source else {
                Issue.record("\(name) is continuous")
                continue
            }
            #expect(series.mode == .published && series.fit == .published)
        }
        for (name, hour) in [("air_day", 12), ("air_night", 0)] {
            guard case .files(let files)? = product.covariate(named: name)?.source else {
                Issue.record("\(name) comes from files")
                continue
            }
            #expect(files.daily == DailyRule(.mean, hours: hour...hour) && files.overpass == nil)
        }
        #expect(product.covariate(named: "NDVI_SG_linear")?.quality == nil)
        #expect(product.covariate(named: "NDVI_SG_linear")?.interpolation == .linear)
        #expect(product.covariate(named: "EVI_SG_linear")?.quality?.first?.accepted == [0, 1])
        #expect(product.covariate(named: "lst_day_clear")?.quality?.first?.bits == .init(first: 0, last: 1))
    }

    @Test(arguments: ["smci-1km", "smci-9km"]) func smci(name: String) throws {
        let product = try product(name)
        let weather = [
            "tp mm", "tp_sum7 mm", "tp_sum28 mm", "e mm", "pev mm", "t2m degC", "swvl1 m3 m-3",
            "swvl2 m3 m-3", "swvl3 m3 m-3", "swvl4 m3 m-3", "stl1 degC", "stl2 degC", "stl3 degC",
            "stl4 degC", "lai_hv m2 m-2", "lai_lv m2 m-2",
        ]
        let soilLayers = [3, 4, 5, 5, 6, 6, 6, 6, 7, 7]
        #expect(product.period == DayRange("2010-01-01..2020-12-31"))
        #expect(product.layers.map(\.name) == (1...10).map { "\($0)0cm" })
        #expect(product.layers.compactMap { $0.depth?.last } == (1...10).map { Double($0) / 10 })
        #expect(Set(product.layers.map(\.model)).count == 10)
        for (layer, soil) in zip(product.layers, soilLayers) {
            let percents = ["POR", "SA", "SI", "CL", "GRAV"].map { "\($0)_\(soil) percent" }
            let rest = ["BD_\(soil) g cm-3", "Landtypes 1", "DEM m", "LAI m2 m-2"]
            #expect(layer.features.count == 25)
            #expect(try described(layer, of: product) == weather + percents + rest)
        }
        #expect(product.output.noData == -999 && product.output.type == .int16)
        for (feature, days) in [("tp_sum7", 7), ("tp_sum28", 28)] {
            let sum = try #require(product.covariate(named: feature))
            #expect(sum.derivation == .runningSum(days: days) && sum.scale == 1000 && sum.clip == 0)
        }
    }

    @Test func gridsOfSMCI() throws {
        let fine = try product("smci-1km").grid
        let coarse = try product("smci-9km")
        #expect(fine == Grid.presets["smci-30arcsec"])
        #expect(coarse.grid.columns == 630 && coarse.grid.rows == 360)
        #expect(coarse.grid.west == 72.95 && coarse.grid.north == 54.05)
        #expect(coarse.covariate(named: "Landtypes")?.resampling == .mode)
        for name in ["DEM", "LAI", "POR_3", "BD_7"] {
            #expect(coarse.covariate(named: name)?.resampling == .average, "\(name)")
        }
    }

    /// `name unit` of each feature, in model order; a feature that the pool lacks fails.
    private func described(_ layer: Layer, of product: Product) throws -> [String] {
        try layer.features.map { name in "\(name) \(try #require(product.covariate(named: name)).unit)" }
    }
}
