import Testing
import Tiling

/// Path templates, the sources of a pool, and the units of a plan.
@Suite struct PlanTests {
    @Test(arguments: [
        ("static/dem.tif", "static/dem.tif", Calendar.whole), ("m_{year}.nc", "m_2016.nc", .years),
        ("{year}/m_{year}{month}.nc", "2016/m_201602.nc", .months),
        ("n_{year}{doy}.tif", "n_2016036.tif", .months),
        ("n_{year}-{month}-{day}.tif", "n_2016-02-05.tif", .months),
        ("climate_{month}.tif", "climate_02.tif", .months),
    ])
    func templates(_ text: String, _ path: String, _ calendar: Calendar) throws {
        let template = PathTemplate(text)
        #expect(try template.path(for: #require(Day("2016-02-05"))) == path)
        #expect(template.calendar == calendar)
        #expect(template.isFixed == (calendar == .whole))
        #expect(template.isPerDay == (text.contains("{day}") || text.contains("{doy}")))
    }

    @Test func sourcesGatherCovariatesByTemplate() {
        #expect(
            PlannedSource.sources(of: Self.pool) == [
                Self.planned("static-dem", "static/dem.tif", .raster(bands: [1, 3]), 1, 0, 0),
                Self.planned(
                    "daily-meteo", "daily/meteo_{year}.nc",
                    .netCDF(variables: Self.variables("tp", "e", "t2m")), 1, 33, 0),
                Self.planned(
                    "daily-ndvi", "daily/ndvi_{year}.nc", .netCDF(variables: Self.variables("ndvi")), 16, 16,
                    16),
                Self.planned("lai", "lai/{year}{doy}.tif", .raster(bands: [1]), 8, 7, 7),
                Self.planned("lai-2", "lai/{year}.tif", .raster(bands: [1]), 1, 0, 0),
            ])
    }

    @Test func blocksOfASourceCoverHistoryAndWhatLiesAhead() throws {
        let sources = PlannedSource.sources(of: Self.pool)
        let january = try #require(DayRange("2016-01-01..2016-01-31"))
        #expect(sources[0].blocks(for: january) == 0...0)
        #expect(sources[1].blocks(for: january) == 2015...2016)
        #expect(sources[2].blocks(for: january) == 2015...2016)
        #expect(sources[3].blocks(for: january) == (2015 * 12 + 11)...(2016 * 12 + 1))
    }

    @Test(arguments: [
        (UnitID(stage: .predict, place: 4, block: 2016 * 12), "predict/x1y1/2016-01"),
        (UnitID(stage: .predict, place: 8, block: 2016 * 12 + 11), "predict/x2y2/2016-12"),
        (UnitID(stage: .prepare, place: 0, block: 0), "prepare/static-dem/all"),
        (UnitID(stage: .prepare, place: 1, block: 2016), "prepare/daily-meteo/2016"),
        (UnitID(stage: .prepare, place: 3, block: 2016 * 12 + 1), "prepare/lai/2016-02"),
        (UnitID(stage: .merge, place: 0, block: 16_836), "merge/2016-02-05"),
    ])
    func unitsAndTheirNames(_ unit: UnitID, _ name: String) {
        #expect(Self.plan.name(of: unit) == name)
        #expect(Self.plan.unit(named: name) == unit)
    }

    @Test func allUnitsReadBack() {
        let plan = Self.plan
        let predict = plan.predictBlocks.flatMap { block in
            plan.tiles.map { UnitID(stage: .predict, place: $0.index, block: block) }
        }
        let merge = plan.days.map { UnitID(stage: .merge, place: 0, block: $0.number) }
        let units = plan.prepareUnits + predict + merge
        #expect(units.count == Stage.allCases.reduce(0) { $0 + plan.unitCount(of: $1) })
        #expect(Set(units.map(plan.name(of:))).count == units.count)
        #expect(units.allSatisfy { plan.unit(named: plan.name(of: $0)) == $0 })
        #expect(
            Set(predict.flatMap { plan.prepareUnits(forPredictBlock: Int($0.block)) })
                == Set(plan.prepareUnits))
    }

    @Test(arguments: [
        "predict/x3y0/2016-01", "predict/x1y1", "predict/x1y1/2016-13", "prepare/nothing/all",
        "prepare/static-dem/2016",
        "merge/2016-02-30", "prepare/daily-meteo/99999999999", "mosaic/2016-02-05", "", "merge/2016-02-05/x",
    ])
    func whatIsNoUnit(_ name: String) {
        #expect(Self.plan.unit(named: name) == nil)
    }

    private static let pool: [Covariate] = [
        covariate("dem", "static/dem.tif", .raster(band: 1)),
        covariate(
            "api", "daily/meteo_{year}.nc", .netCDF(variables: ["tp", "e"]),
            derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1)),
        covariate("slope", "static/dem.tif", .raster(band: 3)),
        covariate("tair", "daily/meteo_{year}.nc", .netCDF(variables: ["t2m", "tp"])),
        covariate(
            "ndvi", "daily/ndvi_{year}.nc", .netCDF(variables: ["ndvi"]), everyDays: 16,
            interpolation: .linear),
        covariate("lai", "lai/{year}{doy}.tif", .raster(band: 1), everyDays: 8),
        covariate("lai_year", "lai/{year}.tif", .raster(band: 1)),
        Covariate(name: "lat", unit: "degrees_north", source: .latitude),
    ]

    private static func covariate(
        _ name: String, _ path: String, _ content: FileSource.Content, everyDays: Int = 1,
        derivation: Covariate.Derivation? = nil, interpolation: Covariate.Interpolation = .none
    ) -> Covariate {
        Covariate(
            name: name, unit: "1",
            source: .files(FileSource(path: PathTemplate(path), content: content, everyDays: everyDays)),
            derivation: derivation, interpolation: interpolation)
    }

    private static func variables(_ names: String...) -> [SourceVariable] { names.map { SourceVariable($0) } }

    private static func planned(
        _ name: String, _ path: String, _ content: PlannedSource.Content, _ everyDays: Int, _ history: Int,
        _ ahead: Int
    ) -> PlannedSource {
        PlannedSource(
            name: name, path: PathTemplate(path), content: content, everyDays: everyDays,
            historyDays: history,
            lookAheadDays: ahead)
    }

    private static let plan = RunPlan(
        product: Product(
            name: "p",
            grid: Grid(
                crs: "EPSG:4326", west: 0, north: 0, pixelWidth: 1, pixelHeight: 1, columns: 110, rows: 120),
            period: DayRange("2015-01-01..2017-12-31")!, tilePixels: 40, covariates: pool,
            layers: [Layer(name: "surface", model: "m.forest", features: ["dem", "api"])],
            output: OutputEncoding(type: .uint16, noData: 65_535, unit: "m3 m-3")),
        recipe: Digest(of: "recipe"), dataRoot: "/data", days: DayRange("2016-01-10..2016-03-20")!,
        tiles: [PlannedTile(index: 0, landPixelCount: 5), PlannedTile(index: 8, landPixelCount: 7)],
        sources: PlannedSource.sources(of: pool), forests: [:], software: "test")
}
