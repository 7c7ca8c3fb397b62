import Foundation
import Testing

/// `tilth evaluate PRODUCT --stations`: rows as training makes them, and other products out of the pool.
@Suite struct EvaluateProductTests {
    private static let yaml = TinyWorld.yaml
        .replacing("name: surface, model", with: "name: surface, depth: [0, 0.05], model")
        .replacing(
            "layers:",
            with: """
                  - name: swvl1
                    unit: m3 m-3
                    source: {netcdf: "rain_{year}.nc", variable: rain}
                    scale: 0.02
                  - {name: swvl2, unit: "%", source: {netcdf: "rain_{year}.nc", variable: rain}, scale: 100}
                layers:
                """)

    private func scores(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: path + ".json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func rowsOfAProductAreThoseOfTraining() throws {
        let world = try TinyWorld(yaml: Self.yaml)
        let stations = try world.folder.write(StationFiles.table(), to: "stations.csv")
        let from = ["--stations", stations, "--columns", StationFiles.columns, "--trees", "8"]
        let how = ["--experiment", "station-to-station:2/5", "--permutations", "0"]
        let forest = world.folder.file("new.forest")
        let trained = try Program.run(["train", world.product, "-o", forest] + from)
        #expect(trained.code == 0, "\(trained.all)")

        let product = try Program.run(
            ["evaluate", world.product, "-o", world.folder.file("product")] + from + how + [
                "--compare", "ERA5-Land=swvl1:0..0.07,swvl2:0.07..0.28", "--classes", "none",
            ])
        #expect(product.code == 2 && product.errors.contains("has no column of words 'none'"))
        let compared = try Program.run(
            ["evaluate", world.product, "-o", world.folder.file("product")] + from + how + [
                "--compare", "ERA5-Land=swvl1:0..0.07,swvl2:0.07..0.28",
            ])
        #expect(compared.code == 0, "\(compared.all)")
        let table = try Program.run(
            [
                "evaluate", world.folder.file("new.samples.nc"), "-o", world.folder.file("table"), "--trees",
                "8",
            ] + how)
        #expect(table.code == 0, "\(table.all)")
        let (a, b) = (try scores(world.folder.file("product")), try scores(world.folder.file("table")))
        #expect(a["rows"] as? Int == 50 && a["held_out_rows"] as? Int == 20)
        #expect((a["pooled"] as? NSDictionary) == (b["pooled"] as? NSDictionary), "the same rows and forest")
        let comparison = try #require(a["comparison"] as? [String: Any])
        let products = try #require(comparison["products"] as? [[String: Any]])
        #expect(products.compactMap { $0["covariate"] as? String } == ["", "swvl1"])
        #expect(comparison["rows"] as? Int == 20)

        // The deeper layer is in percent, and said so.
        let deep = try Program.run(
            ["evaluate", world.product, "-o", world.folder.file("deep")] + from + how + [
                "--compare", "swvl2",
            ])
        #expect(deep.code == 2 && deep.errors.contains("swvl2: values up to"), "\(deep.all)")
        let absent = try Program.run(
            ["evaluate", world.product, "-o", world.folder.file("x")] + from + how + ["--compare", "smap"])
        #expect(absent.code == 2 && absent.errors.contains("has no covariate 'smap'; it has clay, rain"))
        let none = try Program.run(["evaluate", world.product, "-o", world.folder.file("x")] + how)
        #expect(none.code == 2 && none.errors.contains("--stations PATH...: name at least one"))
    }
}
