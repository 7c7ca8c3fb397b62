import Covariates
import Forests
import Foundation
import Products
import Rasters
import Storage
import TestSupport
import Testing
import Tiling

@testable import Stations

/// Rows of training against the planes that a worker hands its engine, bit for bit.
@Suite struct SampleGatheringTests {
    private static let moisture = Forest.Feature(name: "soil_moisture", unit: "m3 m-3")

    private static func target(
        _ name: String, _ column: Int, _ row: Int, days: DayRange, without: Set<Day> = []
    ) -> StationTarget {
        let values = days.map { without.contains($0) ? .nan : 0.1 + Double($0.number % 7) / 50 }
        let station = Station(
            id: .init(network: "N", name: name), latitude: 50 - 0.01 * (Double(row) + 0.5),
            longitude: 10 + 0.01 * (Double(column) + 0.5))
        return StationTarget(
            stations: [station], pixel: Pixel(column: column, row: row),
            daily: DailySeries(first: days.first, values: values))
    }

    /// The values that a worker hands its engine: a whole tile over a whole block, from a reader of its own.
    private struct WorkerPlanes {
        let plan: RunPlan
        let run: RunDirectory
        var stacks: [UnitID: FeatureStack] = [:]

        mutating func row(_ pixel: Pixel, _ day: Day, features: [String]) throws -> [Float] {
            let scheme = plan.product.tiles
            let tile = scheme.tile(of: pixel)
            let block = plan.product.unit.block(of: day)
            let unit = UnitID(stage: .predict, place: scheme.index(of: tile), block: block)
            let days = try #require(plan.days(ofPredictBlock: block))
            if stacks[unit] == nil {
                stacks[unit] = try CovariateReader(plan: plan, run: run).gather(
                    features: plan.product.featureNames, tile: tile, days: days)
            }
            let stack = try #require(stacks[unit])
            let window = scheme.window(of: tile)
            let position = (pixel.row - window.row) * window.columns + pixel.column - window.column
            return try features.map {
                try #require(stack.value(of: $0, pixel: position, day: day - days.first))
            }
        }
    }

    /// Every row equals the worker's values; every day that is no row lacks something there too.
    private func compare(_ targets: [StationTarget], _ plan: RunPlan, _ run: RunDirectory) throws
        -> (rows: Int, counts: SampleCounts)
    {
        let features = plan.product.layers[0].features
        let (table, counts) = try SampleGathering(
            reader: CovariateReader(plan: plan, run: run), features: features, days: plan.days
        ).table(of: targets, target: Self.moisture)
        var worker = WorkerPlanes(plan: plan, run: run)
        var wrong = 0
        let columns = try table.columns.map { try $0.values() }
        for (row, sample) in table.samples.enumerated() {
            let expected = try worker.row(sample.pixel, sample.day, features: features)
            let found = columns.map { $0[row] }
            if found.map(\.bitPattern) != expected.map(\.bitPattern) { wrong += 1 }
        }
        #expect(wrong == 0, "\(wrong) of \(table.rowCount) rows differ from what a worker computes")
        let reader = CovariateReader(plan: plan, run: run)
        let kept = Set(table.samples)
        for target in targets {
            let tile = plan.product.tiles.tile(of: target.pixel)
            let window = plan.product.tiles.window(of: tile)
            let position =
                (target.pixel.row - window.row) * window.columns + target.pixel.column - window.column
            let isLand = try reader.land(of: tile)[position]
            for day in target.validDays(within: plan.days) {
                let values = try worker.row(target.pixel, day, features: features)
                let sample = Sample(
                    station: target.id, pixel: target.pixel, latitude: target.latitude,
                    longitude: target.longitude, day: day)
                #expect(kept.contains(sample) == (isLand && values.allSatisfy(\.isFinite)), "\(sample)")
            }
        }
        #expect(table.rowCount == counts.rows)
        #expect(counts.rows + counts.dropped.values.reduce(0, +) == counts.stationDays)
        return (table.rowCount, counts)
    }

    @Test func rowsAreWhatAWorkerComputes() throws {
        let world = try SamplingWorld()
        let days = SamplingWorld.days
        let (rows, counts) = try compare(
            [
                Self.target("corner", 0, 0, days: days.extended(before: 3, after: 2)),
                Self.target("beside", 1, 0, days: days, without: [days.first + 5]),
                Self.target("same pixel", 1, 0, days: DayRange(days.first, through: days.first + 9)),
                Self.target("hole", 20, 20, days: days),
                Self.target("sea", 12, 38, days: days),
                Self.target("edge", 39, 30, days: DayRange(days.last - 3, through: days.last)),
                Self.target("gap", 17, 3, days: days, without: Set(days.dropFirst(20).prefix(40))),
            ], world.plan, world.run)
        #expect(rows > 100)
        #expect(counts.dropped["station on water by the product's mask"] == days.count)
        #expect(counts.dropped["outside \(days)"] == 5)
        // The day without weather, and the 33 days whose index reaches back to it.
        #expect(counts.dropped["rain, api, warmth and 1 more missing"] ?? 0 > 0)
        #expect(counts.dropped["api, gap missing"] ?? 0 > 0)
        #expect(counts.dropped.keys.contains { $0.hasPrefix("clay") })
    }

    @Test func aMissingDayFailsWhereTheProductSaysSo() throws {
        let world = try SamplingWorld(missing: .fail)
        let gathering = SampleGathering(
            reader: world.reader, features: SamplingWorld.features, days: SamplingWorld.days)
        let error = #expect(throws: CovariateError.self) {
            try gathering.table(
                of: [Self.target("a", 3, 3, days: SamplingWorld.days)], target: Self.moisture)
        }
        #expect("\(String(describing: error))".contains("missing: nodata"))
    }

    /// The real product of Yanco at its stations, over the rows of two years.
    @Test func rowsOfYancoAreWhatAWorkerComputes() throws {
        guard let data = SharedData.path("yanco") else { return }
        let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let product = try ProductFile.load(path: repository.appending(path: "Configs/yanco.yaml").path)
            .product
        let days = try #require(DayRange("2016-02-01..2017-03-31"))
        let plan = RunPlan(
            product: product, recipe: Digest(of: "recipe"), dataRoot: data, days: days, tiles: [],
            sources: PlannedSource.sources(of: product.covariates), forests: [:], software: "test")
        let root = FileManager.default.temporaryDirectory.appending(
            path: "tilth-yanco-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let run = RunDirectory(root.path)
        try run.create()
        let preparation = SourcePreparation(plan: plan, run: run)
        for unit in plan.prepareUnits { _ = try preparation.execute(unit) }
        let mapping = try ColumnMapping(text: Yanco.columns ?? "", source: "Configs/yanco.columns")
        let inputs = try StationInputs(paths: ["\(data)/stations"], mapping: mapping)
        let made = try TargetMaking(
            grid: product.grid, layers: product.layers, making: DailyMaking(fill: nil)
        ).targets(from: inputs)
        let (rows, counts) = try compare(try #require(made.targets["surface"]), plan, run)
        print("Yanco: \(rows) rows equal a worker's values bit for bit; dropped \(counts.summary)")
        #expect(rows > 5000)
    }
}

/// The stations of the real case.
enum Yanco {
    /// The mapping that README names.
    static let columns = try? String(
        contentsOf: URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Configs/yanco.columns"),
        encoding: .utf8)
}
