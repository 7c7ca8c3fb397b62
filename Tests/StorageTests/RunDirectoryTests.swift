import Storage
import Testing
import Tiling

@Suite struct RunDirectoryTests {
    let folder: FreshFolder
    let run: RunDirectory

    init() throws {
        folder = try FreshFolder()
        run = RunDirectory(folder.file("run"))
    }

    private var plan: RunPlan {
        let days = DayRange(Day(number: 16801), through: Day(number: 16831))
        let grid = Grid(
            crs: "EPSG:4326", west: 0, north: 1, pixelWidth: 0.1, pixelHeight: 0.1, columns: 10, rows: 10)
        let product = Product(
            name: "test", grid: grid, period: days, tilePixels: 10, covariates: [],
            layers: [Layer(name: "surface", model: "a.forest", features: [])],
            output: OutputEncoding(type: .float32, noData: -9999, unit: "1"))
        return RunPlan(
            product: product, recipe: Digest(of: "recipe"), dataRoot: "/data", days: days,
            tiles: [PlannedTile(index: 0, landPixelCount: 100)], sources: [], forests: [:], software: "test")
    }

    @Test func putsEverythingWhereTheDesignSays() {
        let run = RunDirectory("/runs/r")
        let digest = Digest(of: "forest")
        #expect(run.productPath == "/runs/r/product.yaml")
        #expect(run.coordinatorPath == "/runs/r/coordinator.json")
        #expect(run.keysPath == "/runs/r/keys")
        #expect(run.ledgerPath == "/runs/r/ledger.sqlite")
        #expect(run.forestPath(digest) == "/runs/r/forests/\(digest.hex).forest")
        #expect(run.receiptLogPath(worker: "w1") == "/runs/r/receipts/w1.log")
        let day = Day("2016-01-15")!
        let layer = Layer(name: "surface", model: "", features: [])
        #expect(run.mosaicPath(layer: layer, day: day) == "mosaics/2016/TILTH_SURFACE_20160115.tif")
        let tile = Tile(x: 45, y: 12)
        let month = Calendar.months.block(of: day)
        #expect(run.tilePath(tile: tile, block: month, unit: .months) == "tiles/2016/01/x45y12.tif")
    }

    @Test(arguments: [Calendar.days(1), .days(8), .years, .months])
    func noTwoBlocksShareATileFile(unit: Calendar) {
        let blocks = unit.blocks(of: DayRange(Day("2015-12-01")!, through: Day("2017-02-01")!))
        let paths = blocks.map { run.tilePath(tile: Tile(x: 1, y: 2), block: $0, unit: unit) }
        #expect(Set(paths).count == blocks.count)
    }

    @Test func aPlanComesBackAsItWasFrozen() throws {
        try run.create()
        try run.create()
        #expect(!run.isPlanned)
        try run.savePlan(plan)
        #expect(run.isPlanned)
        #expect(CanonicalJSON.bytes(try run.loadPlan()) == CanonicalJSON.bytes(plan))
        #expect(try folder.names(in: "run").filter { $0.hasPrefix(".") }.isEmpty)
    }

    @Test func aFolderWithoutPlanIsNoRun() throws {
        let error = try #require(throws: StorageError.self) { try run.loadPlan() }
        #expect(
            error.description
                == "\(run.path) is not a run directory: make one with `tilth plan PRODUCT --run \(run.path)`")
    }

    @Test func aPlanOfAnotherFormatIsNamedEvenWhenItDoesNotDecode() throws {
        try DurableFile.write("{\"formatVersion\":99,\"unknown\":1}", to: run.planPath)
        let error = try #require(throws: StorageError.self) { try run.loadPlan() }
        #expect(error.description.hasPrefix("\(run.planPath): format 99"))
        try DurableFile.write("{\"formatVersion\":1,", to: run.planPath)
        let damaged = try #require(throws: StorageError.self) { try run.loadPlan() }
        #expect(damaged.description.hasPrefix("\(run.planPath): damaged"))
    }

    @Test func aPlaceThatCannotBeWrittenIsOneLine() throws {
        try DurableFile.write("a file", to: run.path)
        let error = try #require(throws: StorageError.self) { try run.create() }
        #expect(error.description.contains(run.path))
        #expect(!error.description.contains("\n"))
    }

    @Test func outputsAreDescribedByTheirBytes() throws {
        let written = try run.writeOutput(Array("tile".utf8), to: "tiles/2016/01/x1y2.tif")
        #expect(
            written == OutputFile(path: "tiles/2016/01/x1y2.tif", byteCount: 4, sha256: Digest(of: "tile")))
        let temporary = DurableFile.temporaryName(for: run.absolute("mosaics/m.tif"))
        try DurableFile.write("mosaic", to: temporary)
        let adopted = try run.adoptOutput(temporary: temporary, as: "mosaics/m.tif")
        #expect(adopted == OutputFile(path: "mosaics/m.tif", byteCount: 6, sha256: Digest(of: "mosaic")))
        #expect(try folder.names(in: "run/mosaics") == ["m.tif"])
    }
}
