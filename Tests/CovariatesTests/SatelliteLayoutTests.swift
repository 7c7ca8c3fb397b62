import Foundation
import Storage
import Testing
import Tiling

@testable import Covariates

/// Satellite products in the layout that their archives publish, read onto a grid through the product's path.
///
/// Layouts follow the archives' own header listings; the values are functions of row and column.
@Suite struct SatelliteLayoutTests {
    /// EASE-Grid 2.0, cylindrical, WGS 84, true at 30 degrees: Brodzik et al. 2012, equations 11 to 15.
    private enum EASE {
        static let (a, e) = (6_378_137.0, 0.081_819_190_842_6)
        static let scale = cos(Double.pi / 6) / sqrt(1 - e * e * 0.25)
        static let (west, north, cell) = (-17_367_530.4451615, 7_314_540.8306386, 9_008.055210146)

        static func x(_ longitude: Double) -> Double { a * scale * longitude * .pi / 180 }

        static func y(_ latitude: Double) -> Double {
            let s = sin(latitude * .pi / 180)
            let q = (1 - e * e) * (s / (1 - e * e * s * s) - log((1 - e * s) / (1 + e * s)) / (2 * e))
            return a * q / (2 * scale)
        }

        /// By halving: the closed form has no inverse.
        static func latitude(_ y: Double) -> Double {
            var (low, high) = (-90.0, 90.0)
            for _ in 0..<60 {
                let middle = (low + high) / 2
                if self.y(middle) < y { low = middle } else { high = middle }
            }
            return low
        }

        static func column(_ longitude: Double) -> Int { Int(((x(longitude) - west) / cell).rounded(.down)) }
        static func row(_ latitude: Double) -> Int { Int(((north - y(latitude)) / cell).rounded(.down)) }
    }

    private static let product = degrees(10, 45.16, 0.02, 16, 16)
    private static let (firstColumn, firstRow) = (EASE.column(9.8), EASE.row(45.3))
    private static let (columns, rows) = (9, 8)

    private static func moisture(_ row: Int, _ column: Int) -> Double {
        (row + column) % 5 == 0 ? .nan : 0.01 * Double(row) + 0.001 * Double(column)
    }

    /// The file of SMAP: everything in groups, cells of 9 km; `hasAxes` is L4, without is L3, where cells
    /// that were not seen have no coordinates either.
    private func smap(hasAxes: Bool, hasSeen: Bool = true) -> String {
        let cells = (0..<Self.rows).flatMap { row in (0..<Self.columns).map { (row, $0) } }
        let values = cells.map { row, column in
            let value = Self.moisture(row, column)
            return value.isNaN || !hasSeen ? "-9999.f" : "\(value)f"
        }.joined(separator: ", ")
        func degrees(_ value: (Int, Int) -> Double) -> String {
            cells.map { row, column in
                !hasSeen || !hasAxes && Self.moisture(row, column).isNaN
                    ? "-9999.f" : "\(Float(value(row, column)))f"
            }.joined(separator: ", ")
        }
        let latitudes = degrees { row, _ in
            EASE.latitude(EASE.north - (Double(Self.firstRow + row) + 0.5) * EASE.cell)
        }
        let longitudes = degrees { _, column in
            (EASE.west + (Double(Self.firstColumn + column) + 0.5) * EASE.cell)
                / (EASE.a * EASE.scale) * 180 / .pi
        }
        let (y, x) = hasAxes ? ("y", "x") : ("phony_dim_0", "phony_dim_1")
        let head = "dimensions: \(y) = \(Self.rows) ; \(x) = \(Self.columns) ;\n"
        guard hasAxes else {
            return head + """
                group: Soil_Moisture_Retrieval_Data_AM {
                variables: float latitude(\(y), \(x)) ; latitude:_FillValue = -9999.f ;
                float longitude(\(y), \(x)) ; longitude:_FillValue = -9999.f ;
                float soil_moisture(\(y), \(x)) ; soil_moisture:_FillValue = -9999.f ;
                data: latitude = \(latitudes) ; longitude = \(longitudes) ; soil_moisture = \(values) ; }
                """
        }
        let xs = (0..<Self.columns).map { EASE.west + (Double(Self.firstColumn + $0) + 0.5) * EASE.cell }
        let ys = (0..<Self.rows).map { EASE.north - (Double(Self.firstRow + $0) + 0.5) * EASE.cell }
        return head + """
            variables: double y(y) ; y:standard_name = "projection_y_coordinate" ; y:units = "m" ;
            double x(x) ; x:standard_name = "projection_x_coordinate" ; x:units = "m" ;
            int EASE2_global_projection ;
            EASE2_global_projection:grid_mapping_name = "lambert_cylindrical_equal_area" ;
            EASE2_global_projection:standard_parallel = 30. ;
            EASE2_global_projection:longitude_of_central_meridian = 0. ;
            EASE2_global_projection:false_easting = 0. ; EASE2_global_projection:false_northing = 0. ;
            float cell_lat(y, x), cell_lon(y, x) ;
            data: y = \(NcgenFile.list(ys)) ; x = \(NcgenFile.list(xs)) ;
            cell_lat = \(latitudes) ; cell_lon = \(longitudes) ;
            group: Geophysical_Data {
            variables: float sm_surface(y, x) ; sm_surface:_FillValue = -9999.f ;
            sm_surface:grid_mapping = "EASE2_global_projection" ; sm_surface:units = "m3 m-3" ;
            data: sm_surface = \(values) ; }
            """
    }

    @Test(arguments: [true, false]) func smapOnTheEASEGrid(hasAxes: Bool) throws {
        let name = hasAxes ? "Geophysical_Data/sm_surface" : "Soil_Moisture_Retrieval_Data_AM/soil_moisture"
        let path = "SMAP_{year}{month}{day}T133000_Vv7032_001.h5"
        let made = try TestProduction(
            grid: Self.product, tilePixels: 16,
            covariates: [
                Covariate(
                    name: "sm", unit: "m3 m-3", source: files(path, name),
                    valid: .init(minimum: 0, maximum: 0.9))
            ], days: "2016-07-01")
        guard
            try NcgenFile.write(
                smap(hasAxes: hasAxes), to: "\(made.dataRoot)/SMAP_20160701T133000_Vv7032_001.h5")
        else { return }
        try made.prepare()
        let stack = try made.reader.gather(features: ["sm"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        var missingCount = 0
        for row in 0..<16 {
            for column in 0..<16 {
                let (longitude, latitude) = (
                    Self.product.centerX(column: column), Self.product.centerY(row: row)
                )
                let expected = Self.moisture(
                    EASE.row(latitude) - Self.firstRow, EASE.column(longitude) - Self.firstColumn)
                let found = try #require(stack.value(of: "sm", pixel: row * 16 + column, day: 0))
                if expected.isNaN {
                    missingCount += 1
                    #expect(found.isNaN, "\(row) \(column)")
                } else {
                    #expect(abs(Double(found) - expected) < 1e-6, "\(row) \(column): \(found) \(expected)")
                }
            }
        }
        #expect(missingCount > 0 && missingCount < 128)
    }

    /// On a day on which the satellite saw nothing, its file has not even coordinates: the day is missing,
    /// and no other.
    @Test func aDayOnWhichNothingWasSeen() throws {
        let made = try TestProduction(
            grid: Self.product, tilePixels: 16,
            covariates: [
                Covariate(
                    name: "sm", unit: "m3 m-3",
                    source: files(
                        "SMAP_L3_{year}{month}{day}.h5", "Soil_Moisture_Retrieval_Data_AM/soil_moisture"))
            ], days: "2016-07-01..2016-07-03")
        for day in 1...3 {
            guard
                try NcgenFile.write(
                    smap(hasAxes: false, hasSeen: day != 2),
                    to: "\(made.dataRoot)/SMAP_L3_2016070\(day).h5")
            else { return }
        }
        let result = try made.prepare()[0]
        #expect(result.inputs.count == 3 && result.inputs.allSatisfy { $0.sha256 != nil })
        let missing = result.missing.filter { made.plan.days.contains($0.day) }
        #expect(missing.map(\.day.iso) == ["2016-07-02"])
        let reason = missing.first?.reason ?? ""
        let name = "Soil_Moisture_Retrieval_Data_AM/soil_moisture"
        #expect(reason.hasPrefix("SMAP_L3_20160702.h5: \(name) of 2016-07-02"), "\(reason)")
        #expect(reason.contains("no value at all"), "\(reason)")
        let stack = try made.reader.gather(features: ["sm"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        #expect(stack.missing.map(\.day.iso) == ["2016-07-02"])
        let manifest = try String(
            contentsOfFile: made.run.absolute("covariates/smap-l3/2016-07.json"), encoding: .utf8)
        #expect(manifest.contains("SMAP_L3_20160702.h5"))
        // The third file is the one of the third day.
        #expect(stack.inputs.map(\.path) == ["SMAP_L3_20160701.h5", "SMAP_L3_20160703.h5"])
    }

    /// Plain degrees, 4 x 4 cells of 0.25 from 10 E, 46 N; values name their cells, from the north-west.
    private func check(_ cdl: String, path: String, file: String, variable: String) throws {
        let made = try TestProduction(
            grid: degrees(10, 46, 0.125, 8, 8), tilePixels: 8,
            covariates: [
                Covariate(
                    name: "v", unit: "mm", source: files(path, variable),
                    valid: .init(minimum: -1, maximum: 500))
            ], days: "2016-07-01")
        guard try NcgenFile.write(cdl, to: "\(made.dataRoot)/\(file)") else { return }
        try made.prepare()
        let stack = try made.reader.gather(features: ["v"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        for row in 0..<8 {
            for column in 0..<8 {
                let found = try #require(stack.value(of: "v", pixel: row * 8 + column, day: 0))
                let (cellRow, cellColumn) = (row / 2, column / 2)
                if (cellRow, cellColumn) == (1, 2) {
                    #expect(found.isNaN)
                } else {
                    #expect(found == Float(10 * cellRow + cellColumn), "\(row) \(column): \(found)")
                }
            }
        }
    }

    /// Rows and columns of the 4 x 4 cells as the file has them, the slower one first.
    private func stored(_ fill: String, order: (Int, Int) -> (row: Int, column: Int)) -> String {
        (0..<4).flatMap { first in
            (0..<4).map { second in
                let (row, column) = order(first, second)
                return (row, column) == (1, 2) ? fill : "\(10 * row + column)"
            }
        }.joined(separator: ", ")
    }

    private static let north = "45.125, 45.375, 45.625, 45.875"
    private static let east = "10.125, 10.375, 10.625, 10.875"

    /// IMERG daily: (time, lon, lat), latitude from the south, fill -9999.9; half-hourly files have a group.
    @Test(arguments: [false, true]) func imergIsTransposedAndTurned(inGroup: Bool) throws {
        let values = stored("-9999.9f") { (row: 3 - $1, column: $0) }
        let body = """
            dimensions: time = 1 ; lon = 4 ; lat = 4 ;
            variables: int time(time) ; time:units = "days since 1970-01-01 00:00:00 UTC" ;
            float lon(lon) ; lon:units = "degrees_east" ; float lat(lat) ; lat:units = "degrees_north" ;
            float precipitation(time, lon, lat) ; precipitation:_FillValue = -9999.9f ;
            precipitation:units = "mm" ; precipitation:coordinates = "time lon lat" ;
            data: time = \(Day("2016-07-01")!.number) ; lon = \(Self.east) ; lat = \(Self.north) ;
            precipitation = \(values) ;
            """
        try check(
            inGroup ? "group: Grid { \(body) }" : body,
            path: "3B-DAY.MS.MRG.3IMERG.{year}{month}{day}-S000000-E235959.V07B.nc4",
            file: "3B-DAY.MS.MRG.3IMERG.20160701-S000000-E235959.V07B.nc4",
            variable: inGroup ? "Grid/precipitation" : "precipitation")
    }

    /// LPRM: (Longitude, Latitude), north first, fill -32767, no time, names instead of units.
    @Test(arguments: [true, false]) func lprmIsTransposed(northFirst: Bool) throws {
        let values = stored("-32767.f") { (row: northFirst ? $1 : 3 - $1, column: $0) }
        let latitudes = northFirst ? "45.875, 45.625, 45.375, 45.125" : Self.north
        try check(
            """
            dimensions: Longitude = 4 ; Latitude = 4 ;
            variables: float Longitude(Longitude), Latitude(Latitude) ;
            float soil_moisture_c1(Longitude, Latitude) ; soil_moisture_c1:_FillValue = -32767.f ;
            soil_moisture_c1:units = "percent" ;
            data: Longitude = \(Self.east) ; Latitude = \(latitudes) ; soil_moisture_c1 = \(values) ;
            """,
            path: "LPRM-AMSR2_L3_D_SOILM3_V001_{year}{month}{day}000000.nc4",
            file: "LPRM-AMSR2_L3_D_SOILM3_V001_20160701000000.nc4", variable: "soil_moisture_c1")
    }

    /// Without any coordinates the product says where the cells lie; transposed as well.
    @Test(arguments: [false, true]) func aStatedGridPlacesAFileWithoutCoordinates(transposed: Bool) throws {
        let grid = degrees(10, 46, 0.25, 4, 3)
        let source = Covariate.Source.files(
            FileSource(
                path: PathTemplate("bare_{year}{doy}.nc"), content: .netCDF(variables: ["v"]), grid: grid))
        let made = try TestProduction(
            grid: degrees(10, 46, 0.25, 4, 3), tilePixels: 4,
            covariates: [Covariate(name: "v", unit: "1", source: source)], days: "2016-07-01")
        var values: [Int] = []
        for first in 0..<(transposed ? 4 : 3) {
            for second in 0..<(transposed ? 3 : 4) {
                values.append(transposed ? 10 * second + first : 10 * first + second)
            }
        }
        guard
            try NcgenFile.write(
                """
                dimensions: a = \(transposed ? 4 : 3) ; b = \(transposed ? 3 : 4) ;
                variables: float v(a, b) ; data: v = \(values.map(String.init).joined(separator: ", ")) ;
                """, to: "\(made.dataRoot)/bare_2016183.nc")
        else { return }
        try made.prepare()
        let stack = try made.reader.gather(features: ["v"], tile: Tile(x: 0, y: 0), days: made.plan.days)
        for row in 0..<3 {
            for column in 0..<4 {
                #expect(stack.value(of: "v", pixel: row * 4 + column, day: 0) == Float(10 * row + column))
            }
        }
    }
}
