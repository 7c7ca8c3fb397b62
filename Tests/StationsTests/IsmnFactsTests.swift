import Foundation
import TestSupport
import Testing

@testable import Stations

/// Every fact of the real ISMN files that `expected.json` records.
@Suite struct IsmnFactsTests {
    struct Facts: Decodable {
        struct Sample: Decodable {
            let row: Int
            let time: String
            let value: Double
            let flag: String
        }
        let header: [String]
        let rows: Int
        let first: String
        let last: String
        let min: Double
        let max: Double
        let mean: Double
        let valid: Int
        let flagCounts: [String: Int]
        let goodRows: Int
        let meanGood: Double?
        let sortedInTime: Bool
        let duplicateTimes: Int
        let samples: [Sample]
    }
    struct Archive: Decodable { let members: [String: Facts] }

    /// The records of ISMN files, still undecoded, by path; nil where the data are absent.
    private static func records() throws -> [String: Any]? {
        guard let path = SharedData.path("readers/expected.json") else { return nil }
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
        return (json as? [String: Any])?.filter { $0.key.hasPrefix("ismn/") }
    }

    private static func decode<Value: Decodable>(_ json: Any, as type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: JSONSerialization.data(withJSONObject: json))
    }

    private static func same(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * Swift.max(1, abs(b)) }

    private func check(_ series: Series, _ facts: Facts, _ name: String) {
        let note = Comment(rawValue: name)
        let header = facts.header
        #expect(series.station.id == .init(network: header[0], name: header[2]), note)
        #expect(series.station.latitude == Double(header[3]), note)
        #expect(series.station.longitude == Double(header[4]), note)
        #expect(series.station.elevation == Double(header[5]), note)
        #expect(
            series.depth == DepthRange(from: Double(header[6]) ?? .nan, to: Double(header[7]) ?? .nan), note)
        if header.count > 8 { #expect(series.sensor == header[8], note) }
        let rows = series.observations
        #expect(rows.count == facts.rows, note)
        #expect("\(rows[0].time):00" == facts.first, note)
        #expect("\(rows[rows.count - 1].time):00" == facts.last, note)
        let valid = rows.map(\.value).filter { !$0.isNaN }
        #expect(valid.count == facts.valid, note)
        #expect(valid.min() == facts.min && valid.max() == facts.max, note)
        #expect(Self.same(valid.reduce(0, +) / Double(valid.count), facts.mean), note)
        let good = rows.filter(\.flags.isGood).map(\.value)
        #expect(good.count == facts.goodRows, note)
        if let mean = facts.meanGood {
            #expect(Self.same(good.reduce(0, +) / Double(good.count), mean), note)
        }
        var counts: [QualityFlags: Int] = [:]
        for row in rows { counts[row.flags, default: 0] += 1 }
        var expected: [QualityFlags: Int] = [:]
        for (text, count) in facts.flagCounts { expected[QualityFlags(text: text), default: 0] += count }
        #expect(counts == expected, note)
        #expect(!expected.keys.contains { $0.contains(.unknown) }, note)
        #expect(facts.sortedInTime && facts.duplicateTimes == 0 && series.issues.isEmpty, note)
        for sample in facts.samples {
            let row = rows[sample.row]
            #expect("\(row.time):00" == sample.time && row.value == sample.value, note)
            #expect(row.flags == QualityFlags(text: sample.flag), note)
        }
    }

    @Test func filesInFolders() throws {
        guard let records = try Self.records() else { return }
        var count = 0
        for (path, json) in records.sorted(by: { $0.key < $1.key }) where path.hasSuffix(".stm") {
            let facts = try Self.decode(json, as: Facts.self)
            let file = try #require(SharedData.path("readers/\(path)"))
            let archive = try StationArchive(path: URL(filePath: file).deletingLastPathComponent().path)
            let member = try #require(archive.members.first { file.hasSuffix(archive.label($0)) })
            check(try archive.read(member), facts, path)
            count += 1
        }
        #expect(count == 4)
    }

    @Test func membersOfZipArchives() throws {
        guard let records = try Self.records() else { return }
        var count = 0
        for (path, json) in records.sorted(by: { $0.key < $1.key }) where path.hasSuffix(".zip") {
            let facts = try Self.decode(json, as: Archive.self).members
            let zip = try #require(SharedData.path("readers/\(path)"))
            let archive = try StationArchive(path: zip)
            #expect(archive.issues.isEmpty, "\(archive.issues)")
            let names = archive.members.map { archive.label($0).dropFirst(zip.count + 1) }
            #expect(Set(names.map(String.init)) == Set(facts.keys), "\(path)")
            for member in archive.members {
                let name = String(archive.label(member).dropFirst(zip.count + 1))
                check(try archive.read(member), try #require(facts[name]), "\(path)/\(name)")
                count += 1
            }
        }
        #expect(count == 16)
    }

    @Test func theWholeFolderNamesWhatItCannotRead() throws {
        guard let folder = SharedData.path("readers/ismn") else { return }
        let archive = try StationArchive(path: folder)
        #expect(archive.issues.map(\.description).count == 3, "\(archive.issues)")
        #expect(
            archive.issues.contains { $0.source.hasSuffix("malformed/mal_formed_file.txt") && $0.isSkipped })
        var stations = 0
        let issues = archive.forEachStation { series in
            #expect(Set(series.map(\.station.id)).count == 1)
            stations += 1
        }
        #expect(issues == archive.issues, "all files that look like series are read")
        #expect(stations == archive.stations.count && stations > 15)
    }

    @Test func metadataOfTheStation() throws {
        guard
            let zip = SharedData.path(
                "readers/ismn/TUW-GEO_ismn_test_data/Data_seperate_files_20170810_20180809.zip")
        else { return }
        let archive = try StationArchive(path: zip)
        let series = try archive.members.map { try archive.read($0) }
        let fraye = try #require(series.first { $0.station.id.name == "fraye" }).station
        #expect(fraye.climateClass == "Cfb" && fraye.landCover == "70")
        #expect(fraye.soil.map(\.depth) == [DepthRange(from: 0, to: 0.3), DepthRange(from: 0.3, to: 1)])
        #expect(fraye.saturation(depth: 0.05) == 49 && fraye.saturation(depth: 0.5) == 42)
        let arm = try #require(series.first { $0.station.id.name == "ARM-1" })
        #expect(arm.station.climateClass == "Cfa" && arm.station.landCover == "130")
        #expect(arm.station.soil.first?.sandPercent == 36 && arm.station.soil.first?.clayPercent == 23)
        #expect(arm.sensor == "Cosmic-ray-Probe", "CEOP files name the sensor in the file name only")
    }
}
