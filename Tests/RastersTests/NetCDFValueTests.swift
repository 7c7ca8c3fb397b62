import Foundation
import Rasters
import Testing
import Tiling

/// Packing, missing values and time bases, made with ncgen from a few lines of text.
@Suite struct NetCDFValueTests {
    /// One row of values at one place: (declaration of the type, attributes, stored values) -> values.
    private func values(
        _ type: String, _ attributes: String, _ stored: String, skipping test: String = #function
    ) throws -> [Float]? {
        guard let ncgen = Tool("ncgen", skipping: test) else { return nil }
        let folder = try TemporaryFolder()
        let count = stored.split(separator: ",").count
        let cdl = """
            netcdf made { dimensions: lat = 1 ; lon = \(count) ;
            variables: double lat(lat), lon(lon) ; \(type) v(lat, lon) ; \(attributes)
            data: lat = 0 ; lon = \((0..<count).map(String.init).joined(separator: ", ")) ; v = \(stored) ; }
            """
        let source = try folder.write(Array(cdl.utf8), to: "made.cdl")
        try ncgen.run("-4", "-o", folder.file("made.nc"), source)
        let variable = try NetCDFFile(path: folder.file("made.nc")).variable(named: "v")
        return try variable.read(step: 0, window: PixelWindow(column: 0, row: 0, columns: count, rows: 1))
    }

    private func expect(
        _ type: String, _ attributes: String, _ stored: String, gives expected: [Float],
        location: SourceLocation = #_sourceLocation
    ) throws {
        guard let found = try values(type, attributes, stored) else { return }
        // NaN stands for missing, and equals itself here.
        #expect(found.map(\.description) == expected.map(\.description), sourceLocation: location)
    }

    @Test func packedNumbersAreUnpackedInDouble() throws {
        try expect(
            "short", "v:scale_factor = 0.01 ; v:add_offset = 300. ; v:_FillValue = -32768s ;",
            "-30000, -32768, 949",
            gives: [0, .nan, Float(949 * 0.01 + 300)])
        try expect("int", "v:scale_factor = 0.5 ;", "2000000001, -3", gives: [1_000_000_000.5, -1.5])
    }

    @Test func everyMissingValueCounts() throws {
        try expect(
            "float", "v:_FillValue = -9999.f ; v:missing_value = -1., -2. ;", "-9999, -1, -2, -3, NaN",
            gives: [.nan, .nan, .nan, -3, .nan])
        try expect("float", "v:missing_value = 1.e20 ;", "1.e20, 5", gives: [.nan, 5])
        try expect(
            "ushort", "v:_FillValue = 32767US ; v:missing_value = 32767s ;", "32767, 40000",
            gives: [.nan, 40_000])
    }

    @Test func validRangesAreOfStoredNumbersUnlessTheirTypeSaysOtherwise() throws {
        try expect(
            "ubyte", "v:valid_range = 0UB, 200UB ; v:scale_factor = 0.5f ;", "0, 200, 241, 255",
            gives: [0, 100, .nan, .nan])
        try expect(
            "byte", "v:valid_min = 1 ; v:valid_max = 58 ;", "0, 1, 58, 59", gives: [.nan, 1, 58, .nan])
        try expect(
            "short", "v:scale_factor = 0.1 ; v:valid_min = 0. ; v:valid_max = 10. ;", "-1, 0, 100, 101",
            gives: [.nan, 0, 10, .nan])
    }

    @Test func signedBytesMayMeanUnsignedOnes() throws {
        try expect(
            "byte", #"v:_Unsigned = "true" ; v:_FillValue = -1b ; v:scale_factor = 2. ;"#, "-1, -2, 127",
            gives: [.nan, 508, 254])
    }

    private func times(_ type: String, _ units: String, _ calendar: String?, _ stored: String) throws
        -> [TimeStep]?
    {
        guard let ncgen = Tool("ncgen") else { return nil }
        let folder = try TemporaryFolder()
        let count = stored.split(separator: ",").count
        let cdl = """
            netcdf made { dimensions: time = \(count) ; lat = 2 ; lon = 2 ;
            variables: double lat(lat), lon(lon) ; \(type) time(time) ; time:units = "\(units)" ;
            \(calendar.map { "time:calendar = \"\($0)\" ;" } ?? "") float v(time, lat, lon) ;
            data: lat = 1, 0 ; lon = 0, 1 ; time = \(stored) ; }
            """
        let source = try folder.write(Array(cdl.utf8), to: "made.cdl")
        try ncgen.run("-4", "-o", folder.file("made.nc"), source)
        return try NetCDFFile(path: folder.file("made.nc")).variable(named: "v").times
    }

    /// units, calendar, stored number -> time. Day 1 of year 1 is two days earlier in the standard (Julian)
    /// calendar.
    @Test(
        arguments: [
            ("int64", "seconds since 1970-01-01", "proleptic_gregorian", "1577836800", "2020-01-01", 0),
            ("int", "hours since 1900-01-01 00:00:00.0", "gregorian", "1016832", "2016-01-01", 0),
            ("int", "hours since 1900-01-01 00:00:00.0", nil, "1016843", "2016-01-01", 11 * 3600),
            ("double", "days since 1858-11-17 00:00:00", nil, "57754.25", "2017-01-01", 6 * 3600),
            ("double", "days since 1970-01-01T12:00:00", "standard", "17317.5", "2017-06-01", 0),
            ("float", "days since 2046-1-1", "standard", "0.5", "2046-01-01", 12 * 3600),
            ("int", "minutes since 2000-02-28 23:59:00", "standard", "2", "2000-02-29", 60),
            ("int", "days since 0001-01-01 00:00:00", "standard", "736329", "2016-12-30", 0),
            ("int", "days since 0001-01-01 00:00:00", "proleptic_gregorian", "736329", "2017-01-01", 0),
            ("int", "hours since 2016-01-01 00:00:00 +01:00", "standard", "1", "2016-01-01", 0),
            ("int", "hours since 2016-01-01T00:00:00Z", "standard", "-1", "2015-12-31", 23 * 3600),
            ("double", "days since 2016-01-01 UTC", "standard", "0.0416666666", "2016-01-01", 3600),
        ] as [(String, String, String?, String, String, Int)])
    func timeBases(
        _ type: String, _ units: String, _ calendar: String?, _ stored: String, _ day: String, _ second: Int
    ) throws {
        guard let found = try times(type, units, calendar, stored) else { return }
        #expect(found == [TimeStep(day: try #require(Day(day)), secondOfDay: second)], "\(units)")
    }

    @Test func otherCalendarsAndUnitsAreRefusedByName() throws {
        for calendar in ["noleap", "365_day", "360_day", "julian"] {
            let error = #expect(throws: RasterError.self) {
                try times("int", "days since 2016-01-01", calendar, "0") ?? self.refusal(calendar)
            }
            #expect(error?.problem.contains("'\(calendar)'") == true)
        }
        let months = #expect(throws: RasterError.self) {
            try times("int", "months since 2016-01-01", nil, "0") ?? self.refusal("months")
        }
        #expect(months?.problem.contains("months") == true && months?.problem.contains("'time'") == true)
    }

    /// Stands in where ncgen is not installed.
    private func refusal(_ word: String) throws(RasterError) -> [TimeStep] {
        throw RasterError(.unsupported, path: "", problem: "'time' '\(word)'")
    }
}
