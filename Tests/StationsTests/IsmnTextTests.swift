import Foundation
import Testing

@testable import Stations

@Suite struct IsmnTextTests {
    private static let header = "NET NET st-1 10.5 -20.25 100.0 0.05 0.05 Sensor 5TM\n"
    private static let row = "2017/01/01 00:00 0.2 G M\n"

    private func refusal(_ text: String) -> String {
        do {
            _ = try IsmnText(Array(text.utf8), source: "f.stm")
            return "not refused"
        } catch {
            return "\(error)"
        }
    }

    @Test func bothFormsAndAllLineEnds() throws {
        let ceop = "2017/01/01 00:00 2017/01/01 00:03 NET NET st-1 10.5 -20.25 100.0 0.05 0.05 0.2 G M\n"
        for text in [Self.header + Self.row + Self.row, ceop + ceop] {
            for ends in ["\n", "\r", "\r\n"] {
                let read = try IsmnText(Array(text.replacing("\n", with: ends).utf8), source: "f.stm")
                #expect(read.observations.map(\.value) == [0.2, 0.2] && read.badRows == nil)
                #expect(read.observations[0].time.description == "2017-01-01T00:00")
                #expect(read.observations[0].flags.isGood && read.station.id.name == "st-1")
                #expect(read.station.elevation == 100 && read.depth == DepthRange(from: 0.05, to: 0.05))
                #expect(read.sensor == (text.hasPrefix("NET") ? "Sensor 5TM" : nil))
            }
        }
    }

    @Test func namesMayHaveBlanksAndNumbers() throws {
        let text = Self.header.replacing("st-1", with: "Adams Ranch 5") + Self.row
        #expect(try IsmnText(Array(text.utf8), source: "f").station.id.name == "Adams Ranch 5")
    }

    @Test func missingValuesAndOddFlags() throws {
        let text =
            Self.header + "2017/01/01 00:00 -9999.0 M M\n2017/01/01 01:00 NaN G\n2017/01/01 02:00 0.3\n"
            + "2017/01/01 03:00 0.3 D03,X99 M\n"
        let read = try IsmnText(Array(text.utf8), source: "f")
        #expect(read.observations.map(\.value.isNaN) == [true, true, false, false])
        #expect(read.observations.map(\.flags) == [.missing, .missing, .unchecked, [.d03, .unknown]])
    }

    @Test func damagedRowsAreCountedAndNamed() throws {
        let text = Self.header + Self.row + "2017/02/30 00:00 0.2 G M\n2017/01/0"
        let read = try IsmnText(Array(text.utf8), source: "f")
        #expect(read.observations.count == 1)
        #expect(read.badRows == "line 3 is not a row: '2017/02/30 00:00 0.2 G M' (and 1 more): left out")
    }

    @Test func malformedFilesSayWhy() {
        #expect(refusal("") == "f.stm: is empty")
        #expect(
            refusal("no good data here").hasPrefix("f.stm: is not an ISMN file: its first line is neither"))
        #expect(refusal("\u{0}\u{1}\u{2}").hasPrefix("f.stm: is not an ISMN file"))
        #expect(refusal(Self.header) == "f.stm: has a header but no values")
        #expect(refusal(Self.header + "x\n") == "f.stm: line 2 is not a row: 'x': left out")
        #expect(
            refusal(Self.header.replacing("10.5", with: "146") + Self.row)
                == "f.stm: station st-1: latitude 146.0 is not between -90 and 90"
                + " (are latitude and longitude swapped?)")
        #expect(
            refusal(Self.header.replacing("0.05", with: "9999") + Self.row)
                == "f.stm: station st-1: depth 9999.0 m is not a depth in metres")
        let ceop = "2017/01/01 00:00 2017/01/01 00:00 NET NET a 1 2 3 0.05 0.05 0.2 G M\n"
        #expect(
            refusal(ceop + ceop.replacing(" a ", with: " b "))
                == "f.stm: line 2 is of another station or depth: a file holds one sensor")
    }

    @Test func fileNames() throws {
        let name = try #require(
            IsmnFileName("SCAN_SCAN_A#1_sm_0.050800_0.050800_Hydraprobe-(2.5-Volt)_20070101_20131231.stm"))
        #expect(name.quantity == .soilMoisture && name.sensor == "Hydraprobe-(2.5-Volt)")
        #expect(name.depth == DepthRange(from: 0.0508, to: 0.0508))
        #expect(
            IsmnFileName("A_A_b_ta_-2.000000_-2.000000_T_19500101_20200101.stm")?.quantity == .airTemperature)
        for other in ["", ".stm", "sm_1_2.stm", "a_b_c_sm_0_0.stm", "a_b_c_xx_0_0_s_1_2.stm", "readme.txt"] {
            #expect(IsmnFileName(other) == nil, "\(other)")
        }
    }

    @Test func numbersAreReadAsTheLibraryReadsThem() {
        for text in [
            "0.1410", "-0.0001", "12345678901234567890", "1e-3", ".5", "7.", "-97.48780",
            "0.1234567890123456789",
        ] {
            let bytes = Array(text.utf8)
            #expect(bytes.number(0..<bytes.count) == Double(text) ?? Double(text + "0"), "\(text)")
        }
        for text in ["", "-", ".", "1.2.3", "x", "inf", "0x10p"] {
            let bytes = Array(text.utf8)
            #expect(bytes.number(0..<bytes.count) == nil, "\(text)")
        }
    }

    @Test func archivesWithTrapsAreReadOrNamed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tilth-ismn-\(UUID().uuidString)")
        let deep = folder.appending(path: "NET/st-1")
        try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: deep.appending(path: name))
        }
        func name(_ quantity: String) -> String {
            "NET_NET_st-1_\(quantity)_0.050000_0.050000_S_20170101_20170102.stm"
        }
        try write(name("sm"), Self.header + Self.row)
        try write(name("ts"), Self.header + "2017/01/01 00:00 -1.5 G M\n")
        try write("NET_NET_st-2_sm_0.050000_0.050000_S_20170101_20170102.stm", "")
        try write(
            "NET_NET_st-3_sm_0.050000_0.050000_S_20170101_20170102.stm",
            Self.header + Self.row.replacing("0.2", with: "20"))
        try write("NET_NET_st-1_static_variables.csv", "a;b\n1;2\n")
        try write("notes.txt", "x")
        try write("broken.zip", "PK no zip")
        let archive = try StationArchive(path: folder.path)
        var read: [[Series]] = []
        let lines = archive.forEachStation { read.append($0) }.map {
            $0.description.replacing(deep.path + "/", with: "")
        }
        #expect(read.map { $0.map(\.quantity) } == [[.soilMoisture, .soilTemperature]])
        #expect(lines.count == 5, "\(lines)")
        #expect(lines.contains("broken.zip: is not a zip archive, or damaged: copy it again: skipped"))
        #expect(lines.contains("notes.txt: is not a file of an ISMN archive: skipped"))
        #expect(
            lines.contains("NET_NET_st-2_sm_0.050000_0.050000_S_20170101_20170102.stm: is empty: skipped"))
        #expect(lines.contains { $0.hasPrefix("NET_NET_st-3_sm") && $0.contains("is percent, not m3 m-3") })
        #expect(
            lines.filter { $0.contains("static_variables.csv: is not a table of station metadata") }.count
                == 1)
        let flags = QualityControl(
            of: read[0][0], ancillary: Ancillary(beside: read[0][0], in: read[0])
        ).flags(of: try HourlySeries(read[0][0]))
        #expect(flags == [.d01])
        #expect(throws: StationError.self) { try StationArchive(path: folder.path + "/absent") }
    }
}
