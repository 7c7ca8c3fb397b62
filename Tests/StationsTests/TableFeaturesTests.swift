import Forests
import Foundation
import Testing
import Tiling

@testable import Stations

@Suite struct TableFeaturesTests {
    private static let columns =
        "station=site,latitude=lat,longitude=lon,time=day,value=sm,depth-from=0,depth-to=0.05"

    /// Stations in a table, as `tilth evaluate` reads them without a product.
    private func read(_ text: String, _ features: TableFeatures, columns: String = columns) throws -> (
        table: SampleTable, counts: SampleCounts, issues: [String]
    ) {
        let path = FileManager.default.temporaryDirectory.appending(path: "tilth-\(UUID().uuidString).csv")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let mapping = try ColumnMapping(text: columns, source: "columns")
        let grid = try #require(Grid.presets["global-30arcsec"])
        let made = try TargetMaking(
            grid: grid, layers: [Layer(name: "table", model: "", features: [])],
            making: DailyMaking(fill: nil)
        ).targets(from: StationInputs(paths: [path], mapping: mapping))
        let days = DayRange(day(0), through: day(365))
        let found = try features.table(
            of: made.targets["table"] ?? [], days: days, paths: [path], mapping: mapping,
            target: Forest.Feature(name: "soil_moisture", unit: "m3 m-3"))
        return (found.table, found.counts, made.issues.map(\.problem))
    }

    private func refusal(_ text: String, _ features: String) -> String {
        do {
            _ = try read(text, TableFeatures(text: features, source: "--features"))
            return "read"
        } catch {
            let text = "\(error)"
            return text.range(of: ".csv: ").map { String(text[$0.upperBound...]) } ?? text
        }
    }

    @Test func rowsNeedTheTargetAndWholeHistory() throws {
        var features = try TableFeatures(text: "rain, wet=running-sum(rain;2)", source: "")
        features.labels = ["class"]
        features.others = ["era5"].compactMap { TableFeature($0) }
        let found = try read(
            """
            site,lat,lon,day,sm,rain,class,era5
            b,-34.5,146.25,2016-01-02,0.3,5,Cfa,NA
            b,-34.5,146.25,2016-01-01,0.2,1,Cfa,0.2
            b,-34.5,146.25,2016-01-02,0.3,9,Cfa,NA
            a,10,200,2016-01-05,0.1,0,,0.1
            a,10,200,2016-01-06,NA,0.5,,0.1
            a,10,200,2016-01-07,0.15,2,,0.3
            a,10,200,2016-01-09,0.4,2,,0.3
            """, features)
        let table = found.table
        // Days 1 of b, and 5 and 9 of a, have no day before; the second row of b's day 2 is a repeat.
        #expect(table.rowCount == 2 && table.samples.map(\.station.name) == ["a", "b"])
        #expect(table.samples[0].longitude == -160 && table.samples[0].pixel.row == 80 * 120)
        let columns = try table.columns.map { try $0.values() }
        #expect(columns[0] == [2, 5] && columns[1] == [2.5, 6])
        #expect(table.features.map(\.name) == ["rain", "wet", "era5"])
        #expect(columns[2][0] == 0.3 && columns[2][1].isNaN)
        #expect(table.labels == ["class": ["", "Cfa"]])
        #expect(found.counts.dropped == ["wet missing": 3] && found.counts.stationDays == 5)
        #expect(
            found.issues.contains { $0.hasSuffix("repeat the time of another: dropped") }, "\(found.issues)")
        #expect(found.issues.contains { $0.hasSuffix("times are not in order: sorted") }, "\(found.issues)")
    }

    /// The mean of stations in a cell goes with the mean of their features.
    @Test func aCellHasTheMeanOfItsStationsFeatures() throws {
        let features = try TableFeatures(text: "rain", source: "")
        let table = TableColumnsCell.text
        let path = FileManager.default.temporaryDirectory.appending(path: "tilth-\(UUID().uuidString).csv")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try table.write(toFile: path, atomically: true, encoding: .utf8)
        let mapping = try ColumnMapping(text: Self.columns, source: "columns")
        let made = try TargetMaking(
            grid: try #require(Grid.presets["global-30arcsec"]),
            layers: [Layer(name: "table", model: "", features: [])], making: DailyMaking(fill: nil),
            joinsCells: true
        ).targets(from: StationInputs(paths: [path], mapping: mapping))
        let found = try features.table(
            of: made.targets["table"] ?? [], days: DayRange(day(0), through: day(9)), paths: [path],
            mapping: mapping, target: Forest.Feature(name: "soil_moisture", unit: "m3 m-3"))
        #expect(try found.table.columns[0].values() == [3, 5] && found.table.targetValues == [0.2, 0.3])
    }

    private enum TableColumnsCell {
        static let text = """
            site,lat,lon,day,sm,rain
            a,0.001,0.001,2016-01-01,0.1,2
            b,0.002,0.002,2016-01-01,0.3,4
            b,0.002,0.002,2016-01-02,0.3,5
            """
    }

    @Test func badTablesAreNamed() throws {
        let head = "site,lat,lon,day,sm,rain\n"
        for (text, problem) in [
            ("", "gives no station: is empty"), (head, "gives no station: has a header but no rows"),
            (
                "site,lat,lon,sm\na,1,2,0.3\n",
                "gives no station: has no column 'day' (time); it has site, lat, lon, sm"
            ),
            (
                head + "a,1,2,05/01/2016,0.3,1\n",
                "gives no station: line 2: the time is not an ISO date or time: '05/01/2016': row left out"
            ),
            (
                head + "a,1,2,2016-01-01,30,1\na,1,2,2016-01-02,25,1\n",
                "gives no station: a: soil moisture up to 30.0 is percent, not m3 m-3: say so (--percent, or "
                    + "unit=percent in --columns), and it is divided by 100"
            ),
        ] {
            #expect(refusal(text, "rain") == problem)
        }
        for word in ["wet", "inf", "1e39"] {
            #expect(
                refusal(head + "a,1,2,2016-01-01,0.3,1\na,1,2,2016-01-02,0.3,\(word)\n", "rain")
                    == "line 3: '\(word)' in column rain is no finite number: correct it, or say that it"
                    + " means no value (missing=\(word) in --columns)")
        }
        #expect(
            refusal(head + "a,1,2,2016-01-01,0.3,1\n", "rian")
                == "has no column 'rian'; it has site, lat, lon, day, sm, rain")
        // Said to mean no value, it is one that is missing.
        let said = try read(
            head + "a,1,2,2016-01-01,0.3,1\na,1,2,2016-01-02,0.3,inf\n",
            TableFeatures(text: "rain", source: ""), columns: Self.columns + ",missing=inf")
        #expect(said.table.rowCount == 1 && said.counts.dropped == ["rain missing": 1])
        let percent = try read(
            head + "a,1,2,2016-01-01,30,1\n", TableFeatures(text: "rain", source: ""),
            columns: Self.columns + ",unit=percent")
        #expect(percent.table.targetValues == [0.3])
    }

    @Test func featuresAreSpelledInOneWay() {
        #expect(
            TableFeature("api=antecedent-index(rain;34;0.91)")
                == TableFeature(
                    name: "api", column: "rain",
                    derivation: .antecedentIndex(terms: 34, decay: 0.91, scale: 1)))
        #expect(TableFeature("ndvi = ndvi_500m") == TableFeature(name: "ndvi", column: "ndvi_500m"))
        for text in [
            "", "=a", "a=", "a=b(c)", "running-sum(tp;7)", "a=running-sum(tp)", "a=running-sum(tp;0)",
            "a=antecedent-index(tp;34;1.5)",
        ] {
            #expect(TableFeature(text) == nil, "\(text)")
        }
        for (text, problem) in [
            ("rain,=a", "--features: '=a' is not NAME, NAME=COLUMN"),
            ("rain,dem,rain", "--features: 'rain' is there twice: keep one"),
        ] {
            do {
                _ = try TableFeatures(text: text, source: "--features")
                Issue.record("\(text) was read")
            } catch { #expect("\(error)".hasPrefix(problem)) }
        }
    }

    @Test func labelsOfSitesJoinByName() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tilth-\(UUID().uuidString).csv")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "name,fold,class\ns0,1,Cfa\ns1,2,BWh\ns9,3,Cfa\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let table = try TestTable.make(stations: 2, days: 3)
        let labels = try StationLabels(path: path, stationColumn: "name")
        let labelled = try labels.labelling(table)
        #expect(try labelled.words(of: "class") == ["Cfa", "Cfa", "Cfa", "BWh", "BWh", "BWh"])
        #expect(labels.unused("fold", in: labelled) == ["3"] && labels.columns == ["fold", "class"])
        for (column, problem) in [
            ("site", "has no column 'site'; it has name, fold, class"),
            (
                "fold",
                "names none of the 2 stations, of which one is N/s0: which column holds their names?"
            ),
        ] {
            #expect(throws: StationError(source: path, problem: problem)) {
                try StationLabels(path: path, stationColumn: column).labelling(table)
            }
        }
    }
}
