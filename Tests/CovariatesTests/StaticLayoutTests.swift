import Foundation
import Rasters
import Storage
import Testing
import Tiling

@testable import Covariates

/// Soil, relief, ground water and land cover in the layout of their archives, read onto a grid through the
/// product's path; expected values come from closed forms.
@Suite struct StaticLayoutTests {
    private func gather(
        _ covariates: [Covariate], on grid: Grid, tile: Int, days: String,
        _ fill: (TestProduction) throws -> Void
    )
        throws -> FeatureStack
    {
        let made = try TestProduction(grid: grid, tilePixels: tile, covariates: covariates, days: days)
        try fill(made)
        try made.prepare()
        return try made.reader.gather(
            features: covariates.map(\.name), tile: Tile(x: 0, y: 0), days: made.plan.days)
    }

    private func write(
        _ values: [Int16], grid: Grid, noData: Double, to path: String, blockSize: Int = 256
    ) throws {
        let bytes = try GeoTIFFEncoder(
            grid: grid, blockSize: blockSize,
            encoding: OutputEncoding(type: .int16, noData: noData, unit: "", compression: .deflate)
        ).encode(bands: [GeoTIFFBand(description: "", values: .int16(values))])
        try DurableFile.write(bytes, to: path)
    }

    /// Goode homolosine of a sphere between 40.7 S and 40.7 N: a sinusoidal map for each lobe. In the south
    /// the ocean is interrupted at 80 E, between the lobes around 20 E and 140 E.
    private enum Goode {
        static let crs = "+proj=igh +datum=WGS84 +units=m +no_defs"
        static let radius = 6_378_137.0

        static func point(_ longitude: Double, _ latitude: Double) -> (x: Double, y: Double) {
            let (centre, phi) = (longitude < 80 ? 20.0 : 140.0, latitude * .pi / 180)
            return (
                radius * (centre + (longitude - centre) * cos(phi)) * .pi / 180, radius * phi
            )
        }
    }

    /// 250 m, int16, -32768 where there is no map, as a VRT of two GeoTIFFs, across the interruption.
    @Test(arguments: [Covariate.Resampling.nearest, .bilinear]) func soilGridsInGoodeHomolosine(
        resampling: Covariate.Resampling
    ) throws {
        let product = degrees(79.68, -20, 0.04, 16, 16)
        let (left, top) = (Goode.point(79.6, -20.72).x, Goode.point(80, -19.98).y)
        let source = Grid(
            crs: Goode.crs, west: (left / 250).rounded(.down) * 250, north: (top / 250).rounded(.up) * 250,
            pixelWidth: 250, pixelHeight: 250, columns: 3800, rows: 336)
        // In the gap between the lobes there is nothing; g/kg, linear in column and row.
        func stored(_ column: Int, _ row: Int) -> Int16 {
            let (x, y) = (source.centerX(column: column), source.centerY(row: row))
            let phi = y / Goode.radius
            let fromLobe = { (centre: Double) in (x / Goode.radius * 180 / .pi - centre) / cos(phi) }
            return fromLobe(20) > 60 && fromLobe(140) < -60 ? -32768 : Int16(column / 10 + row)
        }
        let values = (0..<source.rows).flatMap { row in (0..<source.columns).map { stored($0, row) } }
        let clay = Covariate(
            name: "clay", unit: "%", source: raster("clay_0-5cm_mean.vrt"), scale: 0.1,
            valid: .init(minimum: 0, maximum: 100), resampling: resampling)
        let half = source.columns / 2
        let stack = try gather([clay], on: product, tile: 16, days: "2016-07-01") { made in
            for (number, columns) in [0..<half, half..<source.columns].enumerated() {
                let part = source.cropped(
                    to: PixelWindow(
                        column: columns.lowerBound, row: 0, columns: columns.count, rows: source.rows))
                try write(
                    (0..<source.rows).flatMap { row in columns.map { values[row * source.columns + $0] } },
                    grid: part, noData: -32768, to: "\(made.dataRoot)/tiles/\(number).tif")
            }
            let parts = [0..<half, half..<source.columns].enumerated().map { number, columns in
                """
                <SimpleSource><SourceFilename relativeToVRT="1">tiles/\(number).tif</SourceFilename>
                <SourceBand>1</SourceBand><SrcRect xOff="0" yOff="0" xSize="\(columns.count)"
                ySize="\(source.rows)"/><DstRect xOff="\(columns.lowerBound)" yOff="0"
                xSize="\(columns.count)" ySize="\(source.rows)"/></SimpleSource>
                """
            }.joined()
            try DurableFile.write(
                """
                <VRTDataset rasterXSize="\(source.columns)" rasterYSize="\(source.rows)">
                <SRS>\(Goode.crs)</SRS>
                <GeoTransform>\(source.west), 250, 0, \(source.north), 0, -250</GeoTransform>
                <VRTRasterBand dataType="Int16" band="1"><NoDataValue>-32768</NoDataValue>\(parts)
                </VRTRasterBand></VRTDataset>
                """, to: "\(made.dataRoot)/clay_0-5cm_mean.vrt")
        }
        var seen: Set<Bool> = []
        for row in 0..<16 {
            for column in 0..<16 {
                let (longitude, latitude) = (
                    product.centerX(column: column), product.centerY(row: row)
                )
                let (x, y) = Goode.point(longitude, latitude)
                let found = Double(try #require(stack.value(of: "clay", pixel: row * 16 + column, day: 0)))
                let pixel = try #require(source.pixel(x: x, y: y))
                seen.insert(longitude < 80)
                if resampling == .nearest {
                    let expected = Double(stored(pixel.column, pixel.row)) / 10
                    #expect(abs(found - expected) < 1e-5, "\(row) \(column): \(found) \(expected)")
                } else {
                    // A tenth of a column is lost to the integers; the next lobe is 775 km away.
                    let expected =
                        ((x - source.west) / 250 - 0.5) / 10 + (source.north - y) / 250 - 0.5
                    #expect(abs(found - expected / 10) < 0.11, "\(row) \(column): \(found) \(expected / 10)")
                }
            }
        }
        #expect(seen == [true, false], "both lobes")
    }

    /// MERIT Hydro: tiles of 3 arc seconds, cell centres on whole seconds, so edges half a cell off.
    @Test(arguments: [Covariate.Resampling.bilinear, .average]) func meritElevation(
        resampling: Covariate.Resampling
    ) throws {
        let cell = 1 / 1200.0
        func height(_ x: Double, _ y: Double) -> Float { Float(100 + 3000 * (x - 145) - 2000 * (y - 35)) }
        let elevation = Covariate(
            name: "elv", unit: "m",
            source: .files(
                FileSource(path: PathTemplate("merit/*_elv.tif"), content: .granules(.band(1)))),
            valid: .init(minimum: -500, maximum: 9000), resampling: resampling)
        let product = degrees(145 + 1 / 120.0, 35 - 1 / 120.0, 1 / 120.0, 8, 3)
        let stack = try gather([elevation], on: product, tile: 8, days: "2016-07-01") { made in
            for (number, name) in ["n30e145", "n30e150"].enumerated() {
                let grid = degrees(145 - cell / 2 + Double(number) * 60 * cell, 35 + cell / 2, cell, 60, 60)
                let values = (0..<60).flatMap { row in
                    (0..<60).map { height(grid.centerX(column: $0), grid.centerY(row: row)) }
                }
                try made.writeRaster("merit/\(name)_elv.tif", grid: grid, bands: [values])
            }
        }
        for row in 0..<3 {
            for column in 0..<8 {
                let expected = height(product.centerX(column: column), product.centerY(row: row))
                let found = try #require(stack.value(of: "elv", pixel: row * 8 + column, day: 0))
                #expect(abs(found - expected) < 0.01, "\(row) \(column): \(found) \(expected)")
            }
        }
    }

    /// Depth to bedrock: whole cm as int32 on 30 arc seconds; classes of land cover as bytes, by mode.
    @Test func bedrockAndLandCover() throws {
        let fine = degrees(10, 46, 1 / 120.0, 48, 48)
        let product = degrees(10, 46, 0.1, 4, 4)
        // Under each pixel 80 cells of its own class, 64 of class 16 (water), and in one pixel nothing.
        func landCover(_ position: Int) -> Int16 {
            let (row, column) = (position / 48, position % 48)
            let pixel = row / 12 * 4 + column / 12
            let number = row % 12 * 12 + column % 12
            return pixel == 5 ? 0 : number < 80 ? Int16(1 + pixel) : 16
        }
        let pool = [
            Covariate(
                name: "DTB", unit: "cm", source: raster("BDTICM_M_1km_ll.tif"),
                valid: .init(minimum: 0, maximum: 100_000)),
            Covariate(
                name: "Landtypes", unit: "1", source: raster("gusgs2_0ll.tif"),
                valid: .init(minimum: 1, maximum: 24), resampling: .mode),
        ]
        var isMade = true
        let stack = try gather(pool, on: product, tile: 4, days: "2016-07-01") { made in
            var depths: [Int16] = (0..<2304).map { Int16($0 * 10) }
            depths[6 * 48 + 6] = -1
            let root = made.dataRoot
            try write(depths, grid: fine, noData: -1, to: "\(root)/dtb.tif")
            let classes: [Int16] = (0..<2304).map(landCover)
            try write(classes, grid: fine, noData: 0, to: "\(root)/classes.tif")
            let hasBedrock = try translate("Int32", "\(root)/dtb.tif", "\(root)/BDTICM_M_1km_ll.tif")
            let hasClasses = try translate("Byte", "\(root)/classes.tif", "\(root)/gusgs2_0ll.tif")
            isMade = hasBedrock && hasClasses
        }
        guard isMade else { return }
        for row in 0..<4 {
            for column in 0..<4 {
                let pixel = row * 4 + column
                let bedrock: Float = try #require(stack.value(of: "DTB", pixel: pixel, day: 0))
                // The centre lies on the corner of four cells: the one to the south-east.
                let cell = (row * 12 + 6) * 48 + column * 12 + 6
                if pixel == 0 { #expect(bedrock.isNaN) } else { #expect(bedrock == Float(cell * 10)) }
                let found: Float = try #require(stack.value(of: "Landtypes", pixel: pixel, day: 0))
                if pixel == 5 { #expect(found.isNaN) } else { #expect(found == Float(1 + pixel)) }
            }
        }
    }

    /// Fan et al. have both signs: `scale: -1` turns the negative one; `valid` shows when that is forgotten.
    @Test(arguments: [1.0, -1]) func waterTableDepth(sign: Double) throws {
        let grid = degrees(10, 46, 1 / 120.0, 16, 16)
        func covariate(_ scale: Double) -> Covariate {
            Covariate(
                name: "WTD", unit: "m", source: files("AUSTRALIA_WTD.nc", "WTD"), scale: scale,
                valid: .init(minimum: 0, maximum: 2000))
        }
        let values = (0..<256).map { sign * (0.5 + Double($0)) }
        var isMade = true
        func fill(_ made: TestProduction) throws {
            isMade = try NcgenFile.write(
                """
                dimensions: lat = 16 ; lon = 16 ;
                variables: float lat(lat), lon(lon) ;
                lat:units = "degrees_north" ; lon:units = "degrees_east" ;
                float WTD(lat, lon) ; WTD:units = "m" ;
                data: lat = \(NcgenFile.list((0..<16).map { grid.centerY(row: 15 - $0) })) ;
                lon = \(NcgenFile.list((0..<16).map { grid.centerX(column: $0) })) ;
                WTD = \(NcgenFile.list((0..<256).map { values[(15 - $0 / 16) * 16 + $0 % 16] })) ;
                """, to: "\(made.dataRoot)/AUSTRALIA_WTD.nc")
        }
        let stack = try gather([covariate(sign)], on: grid, tile: 16, days: "2016-07-01", fill)
        guard isMade else { return }
        for pixel in [0, 15, 100, 255] {
            #expect(stack.value(of: "WTD", pixel: pixel, day: 0) == Float(0.5 + Double(pixel)))
        }
        // The other sign has no value anywhere, and the check says so.
        let wrong = try TestProduction(
            grid: grid, tilePixels: 16, covariates: [covariate(-sign)], days: "2016-07-01")
        try fill(wrong)
        let survey = CovariateSurveyor(product: wrong.plan.product, dataRoot: wrong.dataRoot).survey(
            days: wrong.plan.days)
        #expect(
            survey[0].errors.first?.contains("outside valid [0.0, 2000.0]") == true, "\(survey[0].errors)")
    }

    /// Leaf area: 8-day steps in a file a year, 15 arc seconds, averaged; the last step of a year stands 5
    /// days before the next, 6 in leap years.
    @Test(arguments: [2015, 2016]) func leafAreaAcrossTheYearsEnd(year: Int) throws {
        let product = degrees(10, 46, 1 / 120.0, 4, 4)
        let fine = degrees(10, 46, 1 / 240.0, 8, 8)
        let lai = Covariate(
            name: "LAI", unit: "m2 m-2", source: files("lai_{year}.nc", "lai", every: 8), scale: 0.1,
            valid: .init(minimum: 0, maximum: 10), interpolation: .linear, resampling: .average)
        let first = Day("\(year)-12-19")!
        // Linear in true days, so that interpolation at a wrong spacing would show.
        func value(_ day: Day, _ row: Int, _ column: Int) -> Double {
            20 + 0.25 * Double(day - first) + Double(row % 2) + 2 * Double(column % 2)
        }
        var isMade = true
        let stack = try gather(
            [lai], on: product, tile: 4, days: "\(year)-12-20..\(year + 1)-01-12"
        ) { made in
            for year in [year, year + 1] {
                let steps = stride(from: 1, through: 361, by: 8).map {
                    Day(year: year, month: 1, day: 1)! + $0 - 1
                }
                let cells = steps.flatMap { day in (0..<64).map { value(day, $0 / 8, $0 % 8) } }
                isMade =
                    try NcgenFile.write(
                        """
                        dimensions: time = 46 ; lat = 8 ; lon = 8 ;
                        variables: int time(time) ; time:units = "days since \(year)-01-01" ;
                        float lat(lat), lon(lon) ; lat:units = "degrees_north" ; lon:units = "degrees_east" ;
                        float lai(time, lat, lon) ; lai:units = "0.1 m2 m-2" ;
                        data: time = \((0..<46).map { "\($0 * 8)" }.joined(separator: ", ")) ;
                        lat = \(NcgenFile.list((0..<8).map { fine.centerY(row: $0) })) ;
                        lon = \(NcgenFile.list((0..<8).map { fine.centerX(column: $0) })) ;
                        lai = \(NcgenFile.list(cells)) ;
                        """, to: "\(made.dataRoot)/lai_\(year).nc") && isMade
            }
        }
        guard isMade else { return }
        for (number, day) in stack.days.enumerated() {
            let found = try #require(stack.value(of: "LAI", pixel: 5, day: number))
            let expected = 0.1 * (20 + 0.25 * Double(day - first) + 0.5 + 1)
            #expect(abs(Double(found) - expected) < 1e-5, "\(day): \(found) \(expected)")
        }
    }

    /// Into another number type; false, with a loud line, without GDAL's programs.
    private func translate(_ type: String, _ from: String, _ to: String) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gdal_translate", "-q", "-ot", type, from, to]
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus == 127 {
            print("SKIPPED: \(#function): gdal_translate is not installed")
        }
        return process.terminationStatus == 0
    }
}
