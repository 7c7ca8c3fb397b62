import Foundation
import TestSupport
import Testing
import Tiling

@testable import Stations

@Suite struct StationTableTests {
    static var mapping: ColumnMapping {
        ColumnMapping(
            station: .column("id"), latitude: .column("lat"), longitude: .column("lon"),
            time: .column("time"),
            value: .column("sm"), depthFrom: .column("depth"))
    }

    private func read(_ text: String, _ mapping: ColumnMapping = mapping) throws -> StationTable {
        try StationTable(Array(text.utf8), source: "t.csv", mapping: mapping)
    }

    private func said(_ table: StationTable) -> [String] {
        table.issues.map(\.description).filter { !$0.contains("holds one station only") }
    }

    private static let head = "id,lat,lon,depth,time,sm\n"

    @Test func stationsAndDepthsBecomeSeries() throws {
        let table = try read(
            "\u{FEFF}" + Self.head + """
                b,-34.5,146.25,0.1,2016-01-01 00:00,0.20
                a,-35,146.5,0.2,2016-01-01T00:00:00Z,0.30
                "b",-34.5,146.25,0.1,2016/01/01 01:00,NA
                a,-35,146.5,0.1,2016-01-01T08:00+08:00,-9999
                """)
        #expect(table.issues.isEmpty, "\(table.issues)")
        #expect(table.series.map(\.station.id.name) == ["a", "a", "b"])
        #expect(table.series.map(\.depth.from) == [0.1, 0.2, 0.1])
        #expect(table.series[2].observations.count == 2 && table.series[2].observations[1].value.isNaN)
        #expect(table.series[2].observations[1].flags.contains(.missing))
        #expect(table.series[0].observations[0].time.description == "2016-01-01T00:00")
        #expect(table.series[1].station.latitude == -35 && table.series[1].observations[0].value == 0.3)
    }

    @Test func mappingsTakeConstantsNamesUnitsAndClocks() throws {
        var mapping = ColumnMapping(
            station: .fileName("site_{}.csv"), latitude: .constant("10"), longitude: .constant("350"),
            time: .column("when"), value: .column("vwc"), depthFrom: .column("d1"), depthTo: .column("d2"))
        mapping.unit = .percent
        mapping.depthUnit = .centimetre
        mapping.hoursFromUTC = 8
        mapping.network = .constant("CMA")
        let table = try StationTable(
            Array("when;vwc;d1;d2\r\n2016-01-01 07:00;25.5;0;10\r\n".utf8), source: "/x/site_58 A.csv",
            mapping: mapping)
        let series = try #require(table.series.first)
        #expect(series.station.id == .init(network: "CMA", name: "58 A") && series.station.longitude == -10)
        #expect(series.depth == DepthRange(from: 0, to: 0.1) && series.observations[0].value == 0.255)
        #expect(series.observations[0].time.description == "2015-12-31T23:00")
    }

    @Test func unsortedAndRepeatedRowsAreSaid() throws {
        let table = try read(
            Self.head + """
                a,1,2,0.1,2016-01-02,0.3
                a,1,2,0.1,2016-01-01,0.2
                a,1,2,0.1,2016-01-01,0.2
                a,1,2,0.1,2016-01-02,0.4
                """)
        #expect(table.series[0].observations.map(\.value) == [0.2, 0.3])
        #expect(
            said(table) == [
                "t.csv: a: times are not in order: sorted",
                "t.csv: a: 1 rows repeat the time of another: dropped",
                "t.csv: a: 1 times come again with another value, the first is 2016-01-02T00:00:"
                    + " the first value is kept",
            ])
    }

    @Test func percentIsConvertedOnlyWhenTold() throws {
        let text = Self.head + "a,1,2,0.1,2016-01-01,25\na,1,2,0.1,2016-01-02,30\n"
        let refused = try read(text)
        #expect(refused.series.isEmpty)
        #expect(
            refused.issues.map(\.description) == [
                "t.csv: a: soil moisture up to 30.0 is percent, not m3 m-3: say so (--percent, or"
                    + " unit=percent in --columns), and it is divided by 100: skipped"
            ])
        var told = Self.mapping
        told.unit = .percent
        #expect(try read(text, told).series[0].observations.map(\.value) == [0.25, 0.3])
        let one = try read(
            Self.head + "a,1,2,0.1,2016-01-01,0.2\na,1,2,0.1,2016-01-02,1.4\na,1,2,0.1,2016-01-03,0.2\n")
        #expect(one.series.count == 1)
        #expect(said(one) == ["t.csv: a: 1 of 3 values are above 1 m3 m-3: kept for quality control (C02)"])
    }

    @Test func badRowsAreSaidOncePerKind() throws {
        let table = try read(
            Self.head + """
                a,1,2,0.1,2016-01-01,0.2
                a,1,2,0.1,2016-13-01,0.2
                a,1,2,0.1,yesterday,0.2
                a,1,2,0.1,2016-01-04,wet
                a,146,-34,0.1,2016-01-05,0.2
                a,1,2,0.1
                ,1,2,0.1,2016-01-07,0.2
                a,1,2,-0.1,2016-01-08,0.2
                a,1,NA,0.1,2016-01-08,0.2
                """)
        #expect(table.series.count == 1 && table.series[0].observations.count == 1)
        #expect(
            said(table) == [
                "t.csv: line 3: the time is not an ISO date or time: '2016-13-01': row left out"
                    + " (and 1 more rows)",
                "t.csv: line 5: the value is not a number: 'wet': row left out",
                "t.csv: line 6: station a: latitude 146.0 is not between -90 and 90"
                    + " (are latitude and longitude swapped?): row left out",
                "t.csv: line 7: too few fields for 6 columns: row left out",
                "t.csv: line 8: the station has no name: row left out",
                "t.csv: line 9: the depths are not depths in metres: '-0.1' to '-0.1': row left out",
                "t.csv: line 10: station a: has no position: latitude 1.0, longitude nan: row left out",
            ])
    }

    @Test func aStationThatMovesIsSaid() throws {
        let table = try read(Self.head + "a,1,2,0.1,2016-01-01,0.2\na,1.5,2,0.1,2016-01-02,0.2\n")
        #expect(said(table) == ["t.csv: line 3: a is at another place than in its first row"])
    }

    @Test(arguments: [
        ("", "t.csv: is empty"), (head, "t.csv: has a header but no rows"),
        (
            "id,lat,lon,time,sm\na,1,2,2016-01-01,0.2\n",
            "t.csv: has no column 'depth' (depthFrom); it has id, lat, lon, time, sm"
        ),
        (
            head + "a,1,2,0.1,today,0.2\n",
            "t.csv: no row can be read: the time is not an ISO date or time: 'today': row left out"
        ),
    ]) func uselessTablesAreRefused(_ text: String, _ message: String) {
        do {
            _ = try read(text)
            Issue.record("\(message): not refused")
        } catch {
            #expect("\(error)" == message)
        }
    }

    @Test func aFileThatCannotBeReadIsNamedAndTheOthersAreUsed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "tilth-table-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let good = folder.appending(path: "good.csv").path
        let empty = folder.appending(path: "empty.csv").path
        try Data((Self.head + "a,1,2,0.1,2016-01-01,0.2\n").utf8).write(to: URL(filePath: good))
        try Data().write(to: URL(filePath: empty))
        let absent = folder.appending(path: "absent.csv").path
        let table = try StationTable(paths: [absent, empty, good], mapping: Self.mapping)
        #expect(
            table.issues.map(\.description) == [
                "\(absent): does not exist or cannot be read: check the path: skipped",
                "\(empty): is empty: skipped",
                "\(good): holds one station only, a: it can be tested in time, but not in space",
            ])
        #expect(throws: StationError.self) {
            try StationTable(paths: [absent, empty], mapping: Self.mapping)
        }
        #expect(throws: StationError.self) { try StationTable(paths: [], mapping: Self.mapping) }
    }

    /// The tables of OzNet as they are published, when the shared data are at hand.
    @Test func realTablesOfYanco() throws {
        guard let folder = SharedData.path("yanco/stations") else { return }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix("_cleaned_data.csv")
        }.sorted()
        var mapping = ColumnMapping(
            station: .fileName("OzNet_{}_cleaned_data.csv"), latitude: .column("lat"),
            longitude: .column("lon"), time: .column("time"), value: .column("insitu_sm"),
            depthFrom: .constant("0"), depthTo: .constant("0.05"))
        mapping.network = .constant("OzNet")
        let table = try StationTable(paths: names.map { "\(folder)/\($0)" }, mapping: mapping)
        #expect(table.issues.isEmpty, "\(table.issues)")
        #expect(table.series.count == 21)
        #expect(table.series.reduce(0) { $0 + $1.observations.count } == 30_681)
        let daily = try table.series.map { try DailySeries($0) }
        #expect(daily.reduce(0) { $0 + $1.validCount } == 24_051)
        #expect(daily.allSatisfy { $0.first == day(0) && $0.values.count == 1461 })
        let y10 = try #require(table.series.firstIndex { $0.station.id.name == "y10" })
        #expect(daily[y10].values[0] == 0.125 && table.series[y10].station.latitude == -35.005)

        // The fixed folds of the sites' table; stations of one cluster share 30-arcsec pixels across folds.
        let folds = try StationLabels(
            path: "\(folder)/OzNet_study_sites.csv", stationColumn: "sitename"
        ).words["iteration"]
        let grid = try #require(Grid.presets["global-30arcsec"])
        let (pixels, issues) = try CellMean.pixels(of: table.series.map(\.station), grid: grid)
        #expect(issues.isEmpty && pixels.count == 21)
        var samples: [Sample] = []
        for (series, daily) in zip(table.series, daily) {
            let station = series.station
            let pixel = try #require(pixels[station.id])
            for (offset, value) in daily.values.enumerated() where !value.isNaN {
                samples.append(
                    Sample(
                        station: station.id, pixel: pixel, latitude: station.latitude,
                        longitude: station.longitude, day: day(offset)))
            }
        }
        let plan = try Experiment.rowFolds(RepeatedValues(samples.map { folds?[$0.station.name] ?? "" }))
            .split(samples)
        #expect(plan.splits.map(\.name) == ["fold 1", "fold 2", "fold 3"])
        let first = Set(plan.splits[0].test.map { samples[$0].station.name })
        #expect(first == ["y10", "y8", "ya3", "ya4d", "ya7a", "ya7e", "yb7a"])
        #expect(plan.warnings.count == (Set(pixels.values).count < 21 ? 1 : 0))
        print("Yanco: 21 stations in \(Set(pixels.values).count) pixels of 30 arcsec: \(plan.warnings)")
    }
}
