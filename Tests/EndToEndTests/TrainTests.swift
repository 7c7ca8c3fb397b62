import Forests
import Foundation
import Rasters
import Stations
import Testing
import Tiling

/// From station files to a forest, and from the forest to a map, with the real program.
@Suite struct TrainTests {
    private static let yaml = TinyWorld.yaml.replacingOccurrences(
        of: "output: {type: uint16, scale: 0.001, nodata: 65535, unit: m3 m-3}",
        with: "output: {type: float32, nodata: -9999, unit: m3 m-3}"
    ).replacingOccurrences(of: "name: surface, model", with: "name: surface, depth: [0, 0.05], model")

    private struct World {
        let tiny: TinyWorld
        let stations: String
        var forest: String { tiny.folder.file("tiny.forest") }
        var samples: String { tiny.folder.file("tiny.samples.nc") }

        init(_ table: String = StationFiles.table()) throws {
            tiny = try TinyWorld(yaml: TrainTests.yaml)
            stations = try tiny.folder.write(table, to: "stations.csv")
        }

        func train(_ extra: String..., product: String? = nil) throws -> Program.Result {
            try train(extra, product: product)
        }

        func train(_ extra: [String], product: String? = nil) throws -> Program.Result {
            try Program.run(
                [
                    "train", product ?? tiny.product, "--stations", stations, "--columns",
                    StationFiles.columns, "-o", forest, "--trees", "12",
                ] + extra)
        }
    }

    /// The map of a worker at every row is the forest's prediction of that row, bit for bit: the rows held
    /// what the worker handed its engine.
    @Test func theMapIsTheForestOfTheRows() throws {
        let world = try World()
        let trained = try world.train()
        #expect(trained.code == 0, "\(trained.all)")
        let table = try SampleTable(contentsOf: world.samples)
        #expect(table.rowCount == 50 && table.features.map(\.name) == ["clay", "rain", "wet"])
        #expect(table.features.map(\.unit) == ["%", "mm", "mm"])

        let run = try world.tiny.runAll()
        #expect(run.code == 0, "\(run.all)")
        let forest = try Forest(contentsOf: world.forest)
        let reference = ReferenceForest(forest)
        var maps: [Day: RasterFile] = [:]
        let columns = try table.columns.map { try $0.values() }
        for (row, sample) in table.samples.enumerated() {
            if maps[sample.day] == nil {
                maps[sample.day] = try RasterFile(
                    path: world.tiny.run + "/mosaics/2016/TILTH_SURFACE_\(sample.day.compact).tif")
            }
            let window = PixelWindow(
                column: sample.pixel.column, row: sample.pixel.row, columns: 1, rows: 1)
            let found = try #require(maps[sample.day]?.read(window: window, bands: [1]).first)
            let expected = reference.predict(row: columns.map { $0[row] })
            #expect(found.bitPattern == expected.bitPattern, "\(sample): \(found), \(expected)")
        }
        #expect(forest.provenance["samples"] == "50 days of 5 stations")
        #expect(forest.derivations["wet"] == "running-sum of 3 days; nearest in space")
    }

    /// The engine's workers prepare the same rows and find them done the second time; a run is taken as well.
    @Test func theEnginePrepares() throws {
        let world = try World()
        #expect(try world.train().code == 0)
        let alone = try SampleTable(contentsOf: world.samples)
        // The file is written again: its columns are read now.
        let columns = try alone.columns.map { try $0.values() }
        let run = world.tiny.folder.file("covariates")
        let first = try world.train("--run", run, "--workers", "2")
        #expect(first.code == 0, "\(first.all)")
        let status = try Program.run("status", run)
        #expect(status.code == 0 && status.output.contains("prepare"), "\(status.all)")
        // Sampling is a run of units too: four tiles with stations, two runs of five days.
        let folders = try FileManager.default.contentsOfDirectory(atPath: run + "/samples")
        let samples = run + "/samples/" + (folders.first ?? "")
        #expect(folders.count == 1)
        #expect(contents(of: samples + "/samples", suffix: ".nc").count == 8)
        let units = try Program.run("status", samples)
        #expect(units.output.contains("predict"), "\(units.all)")
        // A run that is there, a run that is prepared; by this process, and by workers; and no run at all.
        let shared = run + "/samples"
        for (number, arguments) in [
            ["--run", run], [], ["--workers", "2"], ["--workers", "2", "--days", "2016-01-05..2016-01-14"],
        ].enumerated() {
            if number == 2 { try FileManager.default.removeItem(atPath: shared) }
            let isOfRun = number == 1 || number == 2
            let again = try world.train(arguments, product: isOfRun ? run : nil)
            #expect(again.code == 0, "\(again.all)")
            #expect(again.errors.contains("with 2 workers") == (number != 1), "\(again.errors)")
            if number == 2 { #expect(FileManager.default.fileExists(atPath: shared)) }
            let table = try SampleTable(contentsOf: world.samples)
            #expect(try table.columns.map { try $0.values() } == columns && table.samples == alone.samples)
        }
        // A run of covariates never becomes one of maps.
        let mixed = try Program.run("plan", world.tiny.product, "--run", run)
        #expect(mixed.code == 2 && mixed.errors.contains("another run directory"), "\(mixed.all)")
    }

    @Test func planOfCovariatesNeedsNoForest() throws {
        let world = try World()
        try FileManager.default.removeItem(atPath: world.forest)
        let run = world.tiny.folder.file("covariates")
        let planned = try Program.run(
            "plan", world.tiny.product, "--run", run, "--covariates-only")
        #expect(planned.code == 0 && planned.output.contains("prepare units"), "\(planned.all)")
        // Nothing has been prepared yet: said in one line.
        let early = try world.train(product: run)
        #expect(early.code == 2 && early.errors.contains("has not been done"), "\(early.all)")
        let workers = try world.train("--workers", "2", product: run)
        #expect(workers.code == 1 && workers.errors.contains("has not been done"), "\(workers.all)")
    }

    @Test func whatTrainingLeavesIsWhatOthersRead() throws {
        let world = try World()
        #expect(try world.train("--seed", "3").code == 0)
        let again = world.tiny.folder.file("again.forest")
        let grown = try Program.run(
            "forest", "grow", world.samples, "-o", again, "--trees", "12", "--seed", "3")
        #expect(grown.code == 0, "\(grown.all)")
        let (a, b) = (try Forest(contentsOf: world.forest), try Forest(contentsOf: again))
        #expect(a.features == b.features && a.target == b.target && a.nodeCount == b.nodeCount)
        let report = try #require(
            FileManager.default.contents(atPath: world.tiny.folder.file("tiny.train.json")))
        let json = try #require(try JSONSerialization.jsonObject(with: report) as? [String: Any])
        let samples = try #require(json["samples"] as? [String: Any])
        #expect(samples["rows"] as? Int == 50 && samples["stations"] as? Int == 5)
        #expect(json["out_of_bag"] != nil)
    }

    /// A product that makes a feature by another rule than the forest learned is refused.
    @Test func anotherRuleIsAnotherForest() throws {
        let world = try World()
        #expect(try world.train().code == 0)
        try world.tiny.folder.write(
            Self.yaml.replacingOccurrences(of: "running-sum: 3", with: "running-sum: 2"), to: "product.yaml")
        let run = try world.tiny.runAll()
        #expect(run.code == 2, "\(run.all)")
        #expect(
            run.errors.contains(
                "trained with 'wet' made by [running-sum of 3 days; nearest in space], the product makes it "
                    + "by [running-sum of 2 days"), "\(run.errors)")
    }

    @Test func stationsInACellAndAReference() throws {
        // Two stations in one pixel, and soil moisture with the moments of the three-day rain.
        var yaml = Self.yaml
        yaml = yaml.replacingOccurrences(
            of: "layers:",
            with: """
                  - name: model
                    unit: m3 m-3
                    source: {netcdf: "rain_{year}.nc", variable: rain}
                    scale: 0.01
                layers:
                """)
        let tiny = try TinyWorld(yaml: yaml)
        var places = StationFiles.places
        places.append(.init(name: "twin", column: 2, row: 3))
        let stations = try tiny.folder.write(
            StationFiles.table(StationFiles.rows(places)), to: "stations.csv")
        let trained = try Program.run(
            "train", tiny.product, "--stations", stations, "--columns", StationFiles.columns, "-o",
            tiny.folder.file("tiny.forest"), "--cell-mean", "--match", "model", "--trees", "3")
        #expect(trained.code == 0, "\(trained.all)")
        let table = try SampleTable(contentsOf: tiny.folder.file("tiny.samples.nc"))
        #expect(table.rowCount == 50)
        #expect(Set(table.samples.map(\.station.name)).contains("a+twin"))
        // The reference is the rain of the same rows, a hundredth of it: mean and deviation agree.
        let rains = try table.values(of: "rain")
        for station in table.samples.stations {
            let rows = table.samples.indices.filter { table.samples[$0].station == station }
            func moments(_ values: [Double]) -> (Double, Double) {
                let mean = values.reduce(0, +) / Double(values.count)
                let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                return (mean, (squares / Double(values.count)).squareRoot())
            }
            let own = moments(rows.map { Double(table.targetValues[$0]) })
            let rain = moments(rows.map { Double(rains[$0]) / 100 })
            #expect(abs(own.0 - rain.0) < 1e-6 && abs(own.1 - rain.1) < 1e-6, "\(station)")
        }
    }
}
