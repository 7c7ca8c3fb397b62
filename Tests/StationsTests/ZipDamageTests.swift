import Foundation
import TestSupport
import Testing

@testable import Stations

/// What a copy that went wrong does to a zip archive, on a real one.
@Suite struct ZipDamageTests {
    private static let zip =
        "readers/ismn/TUW-GEO_ismn_test_data/zip_archives/format_header_values/Data_SMOSMANIA.zip"

    /// The lines that reading a damaged copy gives; series are only those that were read.
    private func read(_ damage: (inout [UInt8]) -> Void) throws -> (series: [Series], said: [String])? {
        guard let path = SharedData.path(Self.zip) else { return nil }
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        damage(&bytes)
        let copy = FileManager.default.temporaryDirectory.appending(path: "tilth-\(UUID().uuidString).zip")
        try Data(bytes).write(to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        var series: [Series] = []
        do {
            let issues = try StationArchive(path: copy.path).forEachStation { series += $0 }
            return (series, issues.map(\.description))
        } catch {
            return (series, ["\(error)"])
        }
    }

    @Test func anIntactCopyIsRead() throws {
        guard let read = try read({ _ in }) else { return }
        #expect(read.series.count == 1 && read.said.isEmpty)
    }

    @Test func aTruncatedArchiveIsNamed() throws {
        guard let read = try read({ $0.removeLast($0.count / 2) }) else { return }
        #expect(read.series.isEmpty && read.said.count == 1)
        #expect(read.said.joined().contains("is not a zip archive, or damaged"))
    }

    @Test func aDamagedMemberIsNamed() throws {
        // The series lies behind the first 40 % of the archive.
        for place in [4, 5, 6, 7] {
            guard let read = try read({ $0[$0.count * place / 10] ^= 0x55 }) else { return }
            #expect(read.series.isEmpty && read.said.count == 1, "damage at \(place)/10: \(read.said)")
            #expect(read.said.joined().contains("copy the archive again: skipped"), "\(read.said)")
        }
    }
}
