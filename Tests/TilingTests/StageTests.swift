import Testing

@testable import Tiling

/// What the stages declare of themselves.
@Suite struct StageTests {
    private static let series = ContinuousSeries(
        observed: "lst", weather: "air", period: DayRange("2014-12-01..2015-12-31")!)

    private static var plan: RunPlan {
        func files(_ path: String) -> Covariate.Source {
            .files(FileSource(path: PathTemplate(path), content: .netCDF(variables: ["x"])))
        }
        let covariates = [
            Covariate(name: "lst", unit: "K", source: files("lst_{year}{month}.nc")),
            Covariate(name: "air", unit: "K", source: files("air_{year}.nc")),
            Covariate(name: "filled", unit: "K", source: .continuous(series)),
        ]
        let grid = Grid(
            crs: "EPSG:4326", west: 0, north: 10, pixelWidth: 1, pixelHeight: 1, columns: 10, rows: 10)
        let days = DayRange("2016-01-10..2016-02-10")!
        let product = Product(
            name: "p", grid: grid, period: days, tilePixels: 5, covariates: covariates,
            layers: [Layer(name: "l", model: "m", features: ["filled"])],
            output: OutputEncoding(type: .uint16, noData: 0, unit: "1"))
        return RunPlan(
            product: product, recipe: Digest(of: ""), dataRoot: "/", days: days,
            tiles: [0, 3].map { PlannedTile(index: $0, landPixelCount: 25) },
            sources: PlannedSource.sources(of: covariates), forests: [:], software: "",
            terrain: PlannedTerrain(
                elevation: "/dem", directions: nil, accumulation: nil, accumulationUnit: "km2",
                mode: "corrected"))
    }

    @Test func everyPreliminaryUnitHasANameOfItsOwn() {
        let plan = Self.plan
        let units = plan.preliminaryGroups.flatMap(\.units)
        #expect(Set(units).count == units.count)
        #expect(Set(units.map(plan.name)).count == units.count)
        for unit in units { #expect(plan.unit(named: plan.name(of: unit)) == unit) }
        for stage in Stage.preliminary {
            #expect(plan.unitCount(of: stage) == units.count { $0.stage == stage }, "\(stage)")
        }
        #expect(plan.unit(named: "climatology/x0y0/rain") == nil)
        #expect(plan.unit(named: "terrain/flood") == nil && plan.unit(named: "terrain/basins/x0y0") == nil)
    }

    /// The period is prepared as well as the days of the run, and each climatology waits for its own source.
    @Test func aClimatologyNeedsItsPeriod() {
        let plan = Self.plan
        let names = plan.prepareUnits.map(plan.name)
        #expect(names.count == 15 + 3, "\(names)")
        let groups = plan.preliminaryGroups.filter { $0.units.first?.stage == .climatology }
        #expect(
            groups.map { $0.units.map(plan.name) } == [
                ["climatology/x0y0/lst", "climatology/x1y1/lst"],
                ["climatology/x0y0/air", "climatology/x1y1/air"],
            ])
        #expect(groups.map(\.needs.count) == [13, 2])
        #expect(
            plan.preliminaryUnits(ofTile: 3).map(plan.name)
                == ["climatology/x1y1/lst", "climatology/x1y1/air"])
        #expect(plan.touches(plan.unit(named: "prepare/lst/2015-03")!, tiles: nil, days: plan.days))
        #expect(!plan.touches(groups[0].units[0], tiles: TileRange("x1y1"), days: nil))
    }

    @Test func terrainPassesWaitForOneAnother() {
        let groups = Self.plan.preliminaryGroups.filter { $0.units.first?.stage == .terrain }
        #expect(groups.map(\.units.count) == [4, 1, 4, 4, 1, 4, 1, 4, 1])
        for (before, group) in zip(groups, groups.dropFirst()) { #expect(group.needs == before.units) }
    }

    @Test func haloesAreDeclared() {
        let plan = Self.plan
        #expect(plan.rules(of: .terrain).halo == Halo(pixels: 1))
        #expect(plan.rules(of: .prepare).halo == Halo(daysBefore: 1, daysAfter: 1))
        #expect(Set(Stage.allCases.map(\.folder)).count == Stage.allCases.count)
    }
}
