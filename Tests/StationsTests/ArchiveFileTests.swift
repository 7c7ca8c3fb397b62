import Foundation
import Rasters
import Testing

/// Zip archives of many members, of one empty member, and with a comment, as Python writes them.
@Suite struct ArchiveFileTests {
    /// Runs Python; nil, said aloud, where it is not installed.
    private func zip(_ lines: String) throws -> String? {
        let path = FileManager.default.temporaryDirectory.appending(path: "tilth-\(UUID().uuidString).zip")
            .path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import zipfile, sys\nz = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n"
                + "\(lines)\nz.close()",
            path,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            print("SKIPPED: ArchiveFileTests: python3 is not installed")
            return nil
        }
        return path
    }

    @Test func manyMembersInTheOrderOfTheirNames() throws {
        guard
            let path = try zip(
                "for i in range(3000): z.writestr(f'{i % 7}/n {i:04}#(x).txt', str(i) * (i % 5))\n"
                    + "z.comment = b'PK comment'"
            )
        else { return }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let archive = try ArchiveFile(path: path)
        #expect(archive.members.count == 3000)
        #expect(archive.members.map(\.name) == archive.members.map(\.name).sorted())
        for member in archive.members {
            let number = try #require(Int(member.name.dropFirst(4).prefix(4)))
            let text = String(decoding: try archive.read(member, byteCountMax: 100), as: UTF8.self)
            #expect(text == String(repeating: "\(number)", count: number % 5))
        }
    }

    /// Archives of more than 4 GB or 65,535 members have other records (ZIP64); Python writes them for small
    /// ones, too, when told that its limits are lower.
    @Test func archivesBeyondTheOldLimits() throws {
        for limits in ["zipfile.ZIP64_LIMIT = 10", "zipfile.ZIP_FILECOUNT_LIMIT = 2"] {
            guard
                let path = try zip(
                    "\(limits)\nfor i in range(9): z.writestr(f'a/{i}.stm', f'value {i} ' * 40)\n"
                        + "with z.open('a/streamed.stm', 'w', force_zip64=True) as f: f.write(b'x' * 500)")
            else { return }
            defer { try? FileManager.default.removeItem(atPath: path) }
            let records = try #require(FileManager.default.contents(atPath: path))
            #expect(records.range(of: Data("PK\u{6}\u{6}".utf8)) != nil, "\(limits): a ZIP64 record")
            let archive = try ArchiveFile(path: path)
            #expect(archive.members.count == 10)
            let texts = try archive.members.map {
                String(decoding: try archive.read($0, byteCountMax: 1000), as: UTF8.self)
            }
            #expect(texts[3] == String(repeating: "value 3 ", count: 40))
            #expect(texts[9] == String(repeating: "x", count: 500))
        }
    }

    @Test func aMemberThatIsTooLargeIsRefusedUnread() throws {
        guard let path = try zip("z.writestr('a', 'x' * 10_000_000)") else { return }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let archive = try ArchiveFile(path: path)
        #expect(throws: RasterError.self) { try archive.read(archive.members[0], byteCountMax: 1_000_000) }
        #expect(try archive.read(archive.members[0], byteCountMax: 10_000_000).count == 10_000_000)
    }

    @Test func emptyAndAbsentArchives() throws {
        #expect(throws: RasterError.self) { try ArchiveFile(path: "/absent.zip") }
        guard let path = try zip("") else { return }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let members = (try? ArchiveFile(path: path))?.members
        #expect(members == nil || members == [], "either is fine, a crash is not")
    }
}
