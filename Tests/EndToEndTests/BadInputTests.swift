import Forests
import Foundation
import Testing
import Tiling

/// Every mistake that a user can make: one clear line, a true exit code, and nothing lost or half-written.
@Suite struct BadInputTests {
    private func expectOneLine(
        _ result: Program.Result, code: Int32, says words: [String],
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(result.code == code, "\(result.all)", sourceLocation: location)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1, "one line: \(result.errors)", sourceLocation: location)
        for word in words {
            #expect(result.errors.contains(word), "\(word) in: \(result.errors)", sourceLocation: location)
        }
    }

    @Test func aHealthyRunIsDoneAndStaysDone() throws {
        let world = try TinyWorld()
        let first = try world.runAll()
        #expect(first.code == 0, "\(first.all)")
        let mosaics = world.mosaics
        #expect(mosaics.count == 10)
        let again = try world.runAll()
        #expect(again.code == 0, "\(again.all)")
        #expect(world.mosaics == mosaics)
        #expect(try world.tilth("status", world.run).code == 0)
        #expect(try world.tilth("verify", world.run).code == 0)
    }

    @Test func allMistakesOfAProductComeAtOnceWithTheirLines() throws {
        let yaml = TinyWorld.yaml.replacing("unit: 5", with: "unti: 5").replacing(
            "valid: [0, 500]", with: "valid: wet")
        let world = try TinyWorld(yaml: yaml)
        for command in [["check", world.product], ["plan", world.product, "--run", world.run]] {
            let result = try Program.run(command)
            #expect(result.code == 2)
            let lines = result.errors.split(separator: "\n")
            #expect(lines.count == 2, "\(result.errors)")
            #expect(result.errors.contains("product.yaml:4: ") && result.errors.contains("unit"))
            #expect(result.errors.contains("product.yaml:8: ") && result.errors.contains("rain"))
        }
        #expect(!FileManager.default.fileExists(atPath: world.run), "a wrong product leaves no run directory")
    }

    @Test func aMissingRasterNamesFileAndUnit() throws {
        let world = try TinyWorld()
        try FileManager.default.removeItem(atPath: world.folder.file("clay.tif"))
        #expect(try world.tilth("check", world.product).code == 2)
        let result = try world.runAll()
        #expect(result.code == 1, "\(result.all)")
        let status = try world.tilth("status", world.run)
        #expect(status.code == 1)
        #expect(
            status.output.contains("prepare/clay") && status.output.contains("clay.tif"), "\(status.output)")
        #expect(world.mosaics.isEmpty)
    }

    @Test func anUnreadableRasterAndAWrongVariableAreNamed() throws {
        let damaged = try TinyWorld()
        try Data("not a raster".utf8).write(to: URL(filePath: damaged.folder.file("clay.tif")))
        #expect(try damaged.runAll().code == 1)
        #expect(try damaged.tilth("status", damaged.run).output.contains("clay.tif"))

        let renamed = try TinyWorld()
        try renamed.writeRain(variable: "tp")
        #expect(try renamed.runAll().code == 1)
        let status = try renamed.tilth("status", renamed.run).output
        #expect(
            status.contains("rain_2016.nc") && status.contains("tp"),
            "says which variables there are: \(status)")
    }

    @Test func aGridThatDoesNotCoverTheTileIsRefused() throws {
        let world = try TinyWorld()
        try world.writeClay(
            grid: .init(
                crs: "EPSG:4326", west: 10, north: 50, pixelWidth: 1 / 32.0, pixelHeight: 1 / 32.0,
                columns: 16, rows: 32))
        #expect(try world.runAll().code == 1)
        let status = try world.tilth("status", world.run).output
        #expect(status.contains("x1y0") && status.contains("clay"), "\(status)")
        #expect(status.contains("outside"), "says what to do: \(status)")
    }

    @Test func aForestOfOtherFeaturesIsRefused() throws {
        let world = try TinyWorld()
        try world.writeForest(features: ["clay", "wet", "rain"])
        expectOneLine(
            try world.tilth("plan", world.product, "--run", world.run), code: 2,
            says: ["tiny.forest", "order", "clay, wet, rain"])
        try world.writeForest(features: ["clay", "rain", "slope"])
        expectOneLine(
            try world.tilth("plan", world.product, "--run", world.run), code: 2,
            says: ["tiny.forest", "'slope'"])
    }

    /// The rules of its features stand in a forest: linear in time is not linear as published.
    @Test func aForestTrainedWithAnotherRuleIsRefused() throws {
        let published = "every 16 days; linear in time, 13 days to January 1st as published; nearest in space"
        for (interpolate, fits) in [("linear-published", true), ("linear", false)] {
            let yaml = TinyWorld.yaml.replacing(
                "- {name: clay, unit: \"%\", source: {raster: clay.tif}, resample: nearest}",
                with: "- {name: clay, unit: \"%\", source: {raster: \"clay_{year}{doy}.tif\", every: 16}, "
                    + "interpolate: \(interpolate)}")
            let world = try TinyWorld(yaml: yaml)
            var builder = ForestBuilder(
                features: ["clay", "rain", "wet"].map { Forest.Feature(name: $0, unit: "") },
                target: Forest.Feature(name: "soil_moisture", unit: "m3 m-3"),
                derivations: ["clay": published])
            try builder.append(tree: [.leaf(0.25)])
            try Data(builder.serialized()).write(to: URL(filePath: world.folder.file("tiny.forest")))
            let result = try world.tilth("plan", world.product, "--run", world.run)
            guard !fits else {
                #expect(result.code == 0, "\(result.all)")
                continue
            }
            expectOneLine(
                result, code: 2,
                says: ["'clay' made by [\(published)]", "[every 16 days; linear in time; nearest in space]"])
        }
    }

    @Test func aDamagedForestIsRefused() throws {
        let world = try TinyWorld()
        let path = world.folder.file("tiny.forest")
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count - 3] ^= 0x40
        try bytes.write(to: URL(filePath: path))
        expectOneLine(
            try world.tilth("plan", world.product, "--run", world.run), code: 2, says: ["tiny.forest"])
        expectOneLine(try world.tilth("forest", "inspect", path), code: 2, says: ["tiny.forest"])
        try bytes.prefix(40).write(to: URL(filePath: path))
        expectOneLine(try world.tilth("forest", "inspect", path), code: 2, says: ["tiny.forest"])
    }

    @Test func aDamagedCopyOfAForestEndsTheRunInOneLine() throws {
        let world = try TinyWorld()
        #expect(try world.tilth("plan", world.product, "--run", world.run).code == 0)
        let copies = try FileManager.default.contentsOfDirectory(atPath: world.run + "/forests")
        let copy = world.run + "/forests/" + (try #require(copies.first))
        var bytes = try Data(contentsOf: URL(filePath: copy))
        bytes[bytes.count - 3] ^= 0x40
        try bytes.write(to: URL(filePath: copy))
        let result = try world.runAll()
        #expect(result.code == 2, "\(result.all)")
        #expect(result.errors.split(separator: "\n").last?.contains(copy) ?? false, "\(result.errors)")
        #expect(world.mosaics.isEmpty)
    }

    @Test func anUnwritableRunDirectoryIsNamed() throws {
        let world = try TinyWorld()
        let blocked = try world.folder.write("a file", to: "blocked")
        expectOneLine(
            try world.tilth("plan", world.product, "--run", "\(blocked)/run"), code: 2, says: ["\(blocked)"])
    }

    @Test func aDirectoryThatIsNoRunIsNamed() throws {
        let folder = try TemporaryFolder()
        for command in ["status", "verify", "resume", "coordinator", "worker", "merge"] {
            expectOneLine(try Program.run(command, folder.path), code: 2, says: [folder.path, "tilth plan"])
        }
    }

    @Test func aDamagedLedgerIsRebuiltFromReceipts() throws {
        let world = try TinyWorld()
        #expect(try world.runAll().code == 0)
        let ledger = URL(filePath: world.run + "/ledger.sqlite")
        try Data(repeating: 0x5a, count: 20_000).write(to: ledger)
        let status = try world.tilth("status", world.run)
        #expect(status.code == 0, "every unit is known again from the receipts: \(status.all)")
        let names = try FileManager.default.contentsOfDirectory(atPath: world.run)
        #expect(names.contains { $0.hasPrefix("ledger.sqlite.damaged") }, "nothing is thrown away: \(names)")
    }

    @Test func aTakenPortAndASecondCoordinatorAreRefused() throws {
        let world = try TinyWorld()
        #expect(try world.tilth("plan", world.product, "--run", world.run).code == 0)
        let first = try Running(["coordinator", world.run, "--bind", "tcp://127.0.0.1:0"])
        defer { first.kill() }
        #expect(
            eventually(withinSeconds: 10) {
                FileManager.default.fileExists(atPath: world.run + "/coordinator.json")
            })
        expectOneLine(
            try world.tilth("coordinator", world.run, "--bind", "tcp://127.0.0.1:0"), code: 2,
            says: ["already runs"])

        let endpoint = try String(contentsOfFile: world.run + "/coordinator.json", encoding: .utf8)
        let port = try #require(endpoint.firstMatch(of: /tcp:\/\/127\.0\.0\.1:(\d+)/)?.1)
        let other = try TinyWorld()
        #expect(try other.tilth("plan", other.product, "--run", other.run).code == 0)
        expectOneLine(
            try other.tilth("coordinator", other.run, "--bind", "tcp://127.0.0.1:\(port)"), code: 2,
            says: [String(port)])
    }

    @Test func wrongUseHasCodeTwo() throws {
        #expect(try Program.run("frobnicate").code == 2)
        #expect(try Program.run("plan").code == 2)
        #expect(try Program.run("plan", "x.yaml", "--run", "r", "--days", "2016-13-01").code == 2)
        #expect(try Program.run("--help").code == 0)
        #expect(try Program.run("--version").output == "0.1.0\n")
        expectOneLine(try Program.run("check", "/nowhere/x.yaml"), code: 2, says: ["/nowhere/x.yaml"])
    }
}
