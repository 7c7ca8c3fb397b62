import Foundation
import Storage
import Testing
import Tiling

@testable import Covariates

/// Download names with parts that nobody knows beforehand: stamps of production, versions, times of day.
@Suite struct FileNameTests {
    private static let grid = degrees(10, 46, 0.25, 4, 4)
    private let tile = Tile(x: 0, y: 0)

    private func production(
        _ covariates: Covariate..., days: String = "2016-07-01..2016-07-02"
    ) throws -> TestProduction {
        try TestProduction(grid: Self.grid, tilePixels: 4, covariates: covariates, days: days)
    }

    /// A file whose cells all hold one value at each time; times are minutes of a day.
    private func write(
        _ name: String, in made: TestProduction, day: String = "2016-07-01", minutes: [Int] = [0],
        value: Float
    ) throws {
        let number = try #require(Day(day)).number
        try ClassicNetCDF(
            longitudes: (0..<4).map(Self.grid.centerX), latitudes: (0..<4).map(Self.grid.centerY),
            times: minutes.map { Double(number) + Double($0) / 1440 },
            variables: [("x", [Float](repeating: value, count: 16 * minutes.count))]
        ).write(to: "\(made.dataRoot)/\(name)")
    }

    private func value(_ made: TestProduction, day: Int = 0) throws -> Float? {
        try made.reader.gather(features: ["x"], tile: tile, days: made.plan.days)
            .value(of: "x", pixel: 5, day: day)
    }

    @Test func wildcardsGiveWhatTheyStandFor() throws {
        let made = try production(Covariate(name: "x", unit: "1", source: files("{year}/*.nc", "x")))
        for name in ["S003000-E005959.V07B", "S013000-E015959.V06B", "S013000-E025959.V06B", "S0x3000-E0"] {
            try DurableFile.write([1], to: "\(made.dataRoot)/2016/\(name)")
        }
        var listing = FileListing(root: made.dataRoot)
        let found = try listing.matches(of: "2016/S{hour}{minute}00-E{hour}5959.V*")
        #expect(found.map(\.path) == ["2016/S003000-E005959.V07B", "2016/S013000-E015959.V06B"])
        #expect(found.map(\.hour) == [0, 1] && found.map(\.minute) == [30, 30])
        #expect(found.map(\.stars) == [["07B"], ["06B"]])
        #expect(found.map(\.identity) == ["2016/S003000-E005959.V*", "2016/S013000-E015959.V*"])
    }

    /// `a` and `b` are two files of a day, `newest` is what counts; empty for a refusal.
    @Test(arguments: [
        ("x_{year}{month}{day}_*.nc", "x_20160701_20190101120000.nc", "x_20160701_20201231000000.nc", "b"),
        ("x_{year}{doy}.*.nc", "x_2016183.2021241029.nc", "x_2016183.2019241029.nc", "a"),
        ("*/x_{year}{doy}.nc", "20160801/x_2016183.nc", "20160802/x_2016183.nc", "b"),
        ("x_{year}{doy}.*.nc", "x_2016183.V06.nc", "x_2016183.V07.nc", ""),
        ("x_{year}{doy}.*.nc", "x_2016183.001.nc", "x_2016183.002.nc", ""),
        ("x_{year}{doy}.*.nc", "x_2016183.2021241029.nc", "x_2016183.20212410290000.nc", ""),
        ("x_{year}{doy}*_*.nc", "x_2016183a_2021241029.nc", "x_2016183b_2022241029.nc", ""),
    ])
    func theNewestVersionCounts(path: String, a: String, b: String, newest: String) throws {
        let made = try production(
            Covariate(name: "x", unit: "1", source: files(path, "x")), days: "2016-07-01")
        try write(a, in: made, value: 1)
        try write(b, in: made, value: 2)
        let surveyor = CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot)
        let survey = try #require(surveyor.survey(days: made.plan.days).first)
        guard newest.isEmpty else {
            let results = try made.prepare()
            #expect(results[0].inputs.map(\.path) == [newest == "a" ? a : b])
            #expect(try value(made) == (newest == "a" ? 1 : 2))
            #expect(survey.olderVersions == [newest == "a" ? b : a] && survey.errors.isEmpty)
            return
        }
        let said = try #require(#expect(throws: CovariateError.self) { try made.prepare() }).description
        #expect(said.contains(a) && said.contains(b) && said.contains("keep one of them"), "\(said)")
        #expect(!said.contains("\n"))
        #expect(survey.errors.contains { $0.contains(a) && $0.contains(b) }, "\(survey.errors)")
    }

    /// IMERG: a file each half hour, rates in mm an hour.
    @Test func halfHoursInFilesOfTheirOwn() throws {
        let path = "{year}/{doy}/3B-HHR.MS.MRG.3IMERG.{year}{month}{day}-S{hour}{minute}00-E*.HDF5"
        let rule = DailyRule(.mean, minutes: 0...1410, everyMinutes: 30)
        let made = try production(
            Covariate(name: "x", unit: "mm", source: hourly(path, "x", daily: rule), scale: 24))
        func name(_ doy: Int, _ minute: Int) -> String {
            let clock = zeroPadded(minute / 60, 2) + zeroPadded(minute % 60, 2)
            let end = zeroPadded((minute + 29) / 60, 2) + zeroPadded((minute + 29) % 60, 2)
            let number = zeroPadded(minute, 4)
            return "2016/\(doy)/3B-HHR.MS.MRG.3IMERG.2016070\(doy - 182)-S\(clock)00-E\(end)59.\(number)"
                + ".V07B.HDF5"
        }
        for minute in stride(from: 0, to: 1440, by: 30) {
            try write(name(183, minute), in: made, minutes: [minute], value: Float(minute) / 30)
            if minute != 810 { try write(name(184, minute), in: made, day: "2016-07-02", value: 1) }
        }
        // The second day's files all say midnight, whatever their names say.
        let wrong = try #require(#expect(throws: CovariateError.self) { try made.prepare() }).description
        #expect(wrong.contains("S003000") && wrong.contains("duplicated time step"), "\(wrong)")
        for minute in stride(from: 0, to: 1440, by: 30) where minute != 810 {
            try write(name(184, minute), in: made, day: "2016-07-02", minutes: [minute], value: 1)
        }
        let missing = try made.prepare()[0].missing
        #expect(try value(made) == 24 * 23.5)
        let gap = try #require(missing.first { $0.day.iso == "2016-07-02" })
        #expect(
            gap.reason.hasPrefix("x: 47 of 48 hours found, no file matches 2016/184/3B-HHR")
                && gap.reason.hasSuffix(" at 2016-07-02 13:30"), "\(gap.reason)")

        let survey = try #require(
            CovariateSurveyor(product: made.plan.product, dataRoot: made.dataRoot)
                .survey(days: made.plan.days).first)
        #expect(survey.errors.isEmpty && survey.filesFoundCount == 95)
        #expect(survey.missingDays.map(\.description) == ["2016-07-02"])
        #expect(survey.filesMissing.contains { $0.hasPrefix("1 of 48 2016/184/3B-HHR") })
        #expect(survey.sampleRange == 0...(24 * 47) || survey.sampleRange == 24 * 23.5...24 * 23.5)
    }

    /// SMAP L4: eight files a day, stamped at half past, without a time inside.
    @Test func threeHoursInFilesOfTheirOwn() throws {
        let path = "SMAP_L4_SM_gph_{year}{month}{day}T{hour}3000_Vv*.h5"
        let rule = DailyRule(.mean, minutes: 90...1350, everyMinutes: 180)
        #expect(rule.name == "mean-1h30to22h30by3" && rule.terms.count == 8)
        let made = try production(
            Covariate(
                name: "x", unit: "m3 m-3", source: hourly(path, "Geophysical_Data/sm_surface", daily: rule)),
            days: "2016-07-01")
        for (number, hour) in stride(from: 1, to: 24, by: 3).enumerated() {
            let cells = Array(repeating: "\(number)", count: 16).joined(separator: ", ")
            guard
                try NcgenFile.write(
                    """
                    dimensions: lat = 4 ; lon = 4 ;
                    variables: double lat(lat) ; lat:units = "degrees_north" ;
                    double lon(lon) ; lon:units = "degrees_east" ;
                    data: lat = 45.875, 45.625, 45.375, 45.125 ; lon = 10.125, 10.375, 10.625, 10.875 ;
                    group: Geophysical_Data {
                    variables: float sm_surface(lat, lon) ; data: sm_surface = \(cells) ; }
                    """,
                    to: "\(made.dataRoot)/SMAP_L4_SM_gph_20160701T\(zeroPadded(hour, 2))3000_Vv7032_001.h5")
            else { return }
        }
        #expect(try made.prepare()[0].missing.filter { $0.day.iso == "2016-07-01" }.isEmpty)
        #expect(try value(made) == 3.5)
    }

    /// Names in a folder are listed once and searched by what they begin with: a day among 20 years of tiles.
    @Test func aLargeFolderIsSearchedQuickly() throws {
        let made = try production(Covariate(name: "x", unit: "1", source: files("x.nc", "x")))
        let folder = made.dataRoot + "/lst"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for day in 0..<40 {
            for tile in 0..<100 {
                let name =
                    "M.A2016\(zeroPadded(day, 3)).h\(zeroPadded(tile / 10, 2))v0\(tile % 10).061.20210101"
                _ = FileManager.default.createFile(atPath: "\(folder)/\(name).hdf", contents: nil)
            }
        }
        var listing = FileListing(root: made.dataRoot)
        #expect(try listing.files(matching: "lst/M.A2016007.{hv}.061.*.hdf").count == 100)
        // What comes later is not seen: the folder is not listed again.
        _ = FileManager.default.createFile(
            atPath: "\(folder)/M.A2016008.h20v05.061.20210101.hdf", contents: nil)
        #expect(try listing.files(matching: "lst/M.A2016008.{hv}.061.*.hdf").count == 100)
        #expect(try listing.files(matching: "lst/M.A2016099.{hv}.061.*.hdf").isEmpty)
        #expect(try listing.files(matching: "lst/*.hdf").count == 4000)
    }
}
