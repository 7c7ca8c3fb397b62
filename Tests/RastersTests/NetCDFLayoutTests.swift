import Foundation
import Rasters
import Testing
import Tiling

/// Every layout that files come in, made with ncgen from a few lines of text.
@Suite struct NetCDFLayoutTests {
    private func file(_ cdl: String, skipping test: String = #function) throws -> (
        TemporaryFolder, NetCDFFile
    )? {
        guard let ncgen = Tool("ncgen", skipping: test) else { return nil }
        let folder = try TemporaryFolder()
        let source = try folder.write(Array("netcdf made {\(cdl)}".utf8), to: "made.cdl")
        try ncgen.run("-4", "-o", folder.file("made.nc"), source)
        return (folder, try NetCDFFile(path: folder.file("made.nc")))
    }

    private static let axes = """
        dimensions: time = 2 ; lat = 2 ; lon = 3 ;
        variables: double lat(lat), lon(lon) ; int time(time) ;
        lat:units = "degrees_north" ; lon:units = "degrees_east" ; time:units = "days since 2016-01-01" ;
        """
    private static let coordinates = "lat = 50, 49 ; lon = 10, 11, 12 ; time = 0, 1 ;"
    private static let whole = PixelWindow(column: 0, row: 0, columns: 3, rows: 2)

    @Test func anyOrderOfDimensionsGivesTheSameGrid() throws {
        // Value = 100 * step + 10 * row + column, rows from the north.
        let orders = [
            ("time, lat, lon", "0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112"),
            ("lon, lat, time", "0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112"),
            ("lat, time, lon", "0, 1, 2, 100, 101, 102, 10, 11, 12, 110, 111, 112"),
        ]
        for (order, values) in orders {
            guard
                let (_, file) = try file(
                    "\(Self.axes) float v(\(order)) ; data: \(Self.coordinates) v = \(values) ;")
            else { return }
            let variable = try file.variable(named: "v")
            #expect(
                variable.grid
                    == Grid(
                        crs: "EPSG:4326", west: 9.5, north: 50.5, pixelWidth: 1, pixelHeight: 1, columns: 3,
                        rows: 2))
            #expect(variable.times.map(\.day) == [Day("2016-01-01"), Day("2016-01-02")])
            let all = try variable.read(steps: 0..<2, window: Self.whole)
            #expect(all == [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112], "\(order)")
            let part = PixelWindow(column: 1, row: 1, columns: 2, rows: 1)
            #expect(try variable.read(step: 1, window: part) == [111, 112], "\(order)")
        }
    }

    @Test func axesMayRunEitherWay() throws {
        let data = "lat = 49, 50 ; lon = 12, 11, 10 ; time = 0, 1 ;"
        let values = "12, 11, 10, 2, 1, 0, 112, 111, 110, 102, 101, 100"
        guard
            let (_, file) = try file(
                "\(Self.axes) short v(time, lat, lon) ; data: \(data) v = \(values) ;"
            )
        else { return }
        let variable = try file.variable(named: "v")
        #expect(variable.grid.west == 9.5 && variable.grid.north == 50.5)
        #expect(try variable.read(step: 0, window: Self.whole) == [0, 1, 2, 10, 11, 12])
        let part = PixelWindow(column: 0, row: 1, columns: 2, rows: 1)
        #expect(try variable.read(steps: 0..<2, window: part) == [10, 11, 110, 111])
    }

    @Test func longitudesFromZeroAreRolledToMinus180() throws {
        let cdl = """
            dimensions: lat = 2 ; lon = 8 ; variables: float lat(lat), lon(lon) ;
            lat:units = "degrees_north" ; lon:units = "degrees_east" ; int v(lat, lon) ;
            data: lat = -45, 45 ; lon = 0, 45, 90, 135, 180, 225, 270, 315 ;
            v = 0, 45, 90, 135, 180, 225, 270, 315, 1000, 1045, 1090, 1135, 1180, 1225, 1270, 1315 ;
            """
        guard let (_, file) = try file(cdl) else { return }
        let variable = try file.variable(named: "v")
        #expect(variable.isPeriodic && variable.times.isEmpty && variable.stepCount == 1)
        #expect(
            variable.grid.west == -202.5 && variable.grid.centerX(column: 0) == -180
                && variable.grid.north == 90)
        let row = try variable.read(step: 0, window: PixelWindow(column: 0, row: 0, columns: 8, rows: 1))
        #expect(row == [1180, 1225, 1270, 1315, 1000, 1045, 1090, 1135])
        let seam = try variable.read(step: 0, window: PixelWindow(column: 3, row: 0, columns: 2, rows: 2))
        #expect(seam == [1315, 1000, 315, 0])
        // Over the eastern and the western edge of the grid.
        let east = try variable.read(step: 0, window: PixelWindow(column: 7, row: 1, columns: 3, rows: 1))
        #expect(east == [135, 180, 225])
        let west = try variable.read(step: 0, window: PixelWindow(column: -2, row: 1, columns: 3, rows: 1))
        #expect(west == [90, 135, 180])
    }

    @Test func regionsBeyond180AreShiftedAsAWhole() throws {
        let cdl = """
            dimensions: lat = 2 ; lon = 3 ; variables: double lat(lat), lon(lon) ; byte v(lat, lon) ;
            data: lat = 62, 58 ; lon = 282.5, 287.5, 292.5 ; v = 1, 2, 3, 4, 5, 6 ;
            """
        guard let (_, file) = try file(cdl) else { return }
        let variable = try file.variable(named: "v")
        #expect(variable.grid.west == -80 && variable.grid.pixelWidth == 5 && variable.grid.pixelHeight == 4)
        #expect(!variable.isPeriodic)
        #expect(try variable.read(step: 0, window: Self.whole) == [1, 2, 3, 4, 5, 6])
        let outside = #expect(throws: RasterError.self) {
            try variable.read(step: 0, window: PixelWindow(column: 2, row: 0, columns: 2, rows: 1))
        }
        #expect(outside?.kind == .outside)
        #expect(throws: RasterError.self) { try variable.read(step: 1, window: Self.whole) }
    }

    @Test func singlePrecisionCoordinatesKeepTheirMeaning() throws {
        let longitudes = (0..<3600).map { "\(Float(Double($0) / 10))" }.joined(separator: ", ")
        let cdl = """
            dimensions: lat = 2 ; lon = 3600 ; variables: float lat(lat), lon(lon) ; float v(lat, lon) ;
            data: lat = 0.1, 0 ; lon = \(longitudes) ;
            """
        guard let (_, file) = try file(cdl) else { return }
        let variable = try file.variable(named: "v")
        #expect(variable.isPeriodic && variable.grid.pixelWidth == 0.1)
        #expect(abs(variable.grid.west + 180.05) < 1e-9)
        // Nobody wrote `v`: netCDF's own fill value is no data.
        #expect(try variable.read(step: 0, window: Self.whole).allSatisfy(\.isNaN))
    }

    @Test func extraDimensionsOfLengthOneAreDroppedAndLongerOnesRefused() throws {
        let cdl = """
            dimensions: expver = 1 ; level = 2 ; lat = 2 ; lon = 3 ; variables: double lat(lat), lon(lon) ;
            float one(expver, lat, lon), two(lat, level, lon) ;
            data: lat = 50, 49 ; lon = 10, 11, 12 ; one = 1, 2, 3, 4, 5, 6 ;
            """
        guard let (_, file) = try file(cdl) else { return }
        #expect(try file.variable(named: "one").read(step: 0, window: Self.whole) == [1, 2, 3, 4, 5, 6])
        let error = #expect(throws: RasterError.self) { try file.variable(named: "two") }
        #expect(error?.problem.contains("2 values of 'level'") == true)
    }

    @Test func finalDataGoBeforePreliminaryOnes() throws {
        // The older layout of ERA5-Land: packed int16, hours since 1900, and a dimension for the version.
        // 2016-01-01T00 is final in all cells, T01 in one cell only; one cell has neither there.
        func values(of order: String, _ data: String) throws -> [Float]? {
            let cdl = """
                dimensions: longitude = 3 ; latitude = 2 ; expver = 2 ; time = 2 ;
                variables: float longitude(longitude), latitude(latitude) ; int expver(expver), time(time) ;
                longitude:units = "degrees_east" ; latitude:units = "degrees_north" ;
                time:units = "hours since 1900-01-01 00:00:00.0" ; time:calendar = "gregorian" ;
                short tp(time, expver, latitude, longitude) ;
                tp:scale_factor = 0.5 ; tp:add_offset = 100. ; tp:_FillValue = -32767s ;
                tp:missing_value = -32767s ;
                data: longitude = 10, 11, 12 ; latitude = 50, 49 ; time = 1016832, 1016833 ;
                expver = \(order) ; tp = \(data) ;
                """
            guard let (_, file) = try file(cdl) else { return nil }
            let variable = try file.variable(named: "tp")
            #expect(variable.times.map(\.secondOfDay) == [0, 3600])
            #expect(variable.times.first?.day == Day("2016-01-01"))
            let all = try variable.read(steps: 0..<2, window: Self.whole)
            let part = PixelWindow(column: 1, row: 0, columns: 2, rows: 1)
            #expect(try variable.read(step: 1, window: part) == Array(all[7...8]))
            return all.map { $0.isNaN ? -1 : $0 }
        }
        let expected: [Float] = [100, 101, 102, 103, 104, 105, 110, 106, 107, 108, 109, -1]
        let (early, none) = ("0, 2, 4, 6, 8, 10", "_, _, _, _, _, _")
        let (final, late) = ("20, _, _, _, _, _", "99, 12, 14, 16, 18, _")
        let inOrder = try values(of: "1, 5", "\(early), \(none), \(final), \(late)")
        let reversed = try values(of: "5, 1", "\(none), \(early), \(late), \(final)")
        guard let inOrder, let reversed else { return }
        #expect(inOrder == expected)
        #expect(reversed == expected, "the version counts, not its place in the file")
    }

    @Test func unevenCoordinatesAreRefused() throws {
        let cdl = """
            dimensions: lat = 2 ; lon = 3 ; variables: double lat(lat), lon(lon) ; float v(lat, lon) ;
            data: lat = 50, 49 ; lon = 10, 11, 12.5 ;
            """
        guard let (_, file) = try file(cdl) else { return }
        let error = #expect(throws: RasterError.self) { try file.variable(named: "v") }
        #expect(error?.problem.contains("'lon'") == true && error?.problem.contains("evenly") == true)
    }

    @Test func gridMappingsGiveTheReference() throws {
        let cdl = """
            dimensions: y = 2 ; x = 2 ; variables: double y(y), x(x) ; int m ; float v(y, x), w(y, x) ;
            x:standard_name = "projection_x_coordinate" ; y:standard_name = "projection_y_coordinate" ;
            v:grid_mapping = "m" ; m:grid_mapping_name = "lambert_azimuthal_equal_area" ;
            m:longitude_of_projection_origin = 10. ; m:latitude_of_projection_origin = 52. ;
            m:false_easting = 4321000. ; m:false_northing = 3210000. ; m:semi_major_axis = 6378137. ;
            m:inverse_flattening = 298.257222101 ; w:grid_mapping = "p" ; int p ;
            p:grid_mapping_name = "rotated_latitude_longitude" ;
            data: y = 3210500, 3209500 ; x = 4320500, 4321500 ;
            """
        guard let (_, file) = try file(cdl) else { return }
        let transform = try CoordinateTransform(from: try file.variable(named: "v").grid.crs, to: "EPSG:4326")
        var (x, y) = ([4_321_000.0], [3_210_000.0])
        transform.transform(x: &x, y: &y)
        #expect(abs(x[0] - 10) < 1e-6 && abs(y[0] - 52) < 1e-4)
        let error = #expect(throws: RasterError.self) { try file.variable(named: "w") }
        #expect(error?.problem.contains("'rotated_latitude_longitude'") == true)
    }
}
