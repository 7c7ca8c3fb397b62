import Foundation
import Testing

@testable import Storage

@Suite struct DurableFileTests {
    let folder: FreshFolder
    init() throws { folder = try FreshFolder() }

    @Test func writesAllBytesIntoNewFoldersAndLeavesNothingElse() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = folder.file("a/b/c.bin")
        try DurableFile.write(bytes, to: path)
        #expect(try DurableFile.read(path) == bytes)
        #expect(try folder.names(in: "a/b") == ["c.bin"])
    }

    @Test func replacesAnOlderFileAndSetsTheMode() throws {
        let path = folder.file("key")
        try DurableFile.write("first, and longer", to: path)
        try DurableFile.write("second", to: path, mode: 0o600)
        #expect(try DurableFile.read(path) == Array("second".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func aFolderThatIsAFileIsNamed() throws {
        let file = folder.file("file")
        try DurableFile.write("older", to: file)
        let error = try #require(throws: StorageError.self) {
            try DurableFile.write("new", to: "\(file)/below")
        }
        #expect(error.description.hasPrefix(file))
        #expect(!error.isRetriable)
        #expect(!error.description.contains("\n"))
        #expect(try DurableFile.read(file) == Array("older".utf8))
    }

    @Test func aNameThatIsAFolderLeavesNoTemporary() throws {
        try DurableFile.makeFolder(folder.file("taken"))
        #expect(throws: StorageError.self) { try DurableFile.write("new", to: folder.file("taken")) }
        #expect(try folder.names() == ["taken"])
    }

    @Test func aForbiddenFolderIsNotRetriable() throws {
        // Root may write everywhere, but nobody makes folders in /proc.
        let path = geteuid() == 0 ? "/proc/tilth/file" : folder.file("closed/file")
        if geteuid() != 0 {
            try FileManager.default.createDirectory(
                atPath: folder.file("closed"), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o500])
        }
        let error = try #require(throws: StorageError.self) { try DurableFile.write("new", to: path) }
        #expect(!error.isRetriable)
        #expect(error.description.contains(path.dropLast(5)))
    }

    @Test func errorsOfFullDisksAreRetriableAndSayWhatToDo() {
        for code in [ENOSPC, EDQUOT, EIO, ESTALE] {
            #expect(StorageError("write", "/runs/a/b.tif", code: code).isRetriable)
        }
        for code in [EACCES, EROFS, ENOENT, ENOTDIR] {
            #expect(!StorageError("write", "/runs/a/b.tif", code: code).isRetriable)
        }
        let full = StorageError("write", "/runs/a/b.tif", code: ENOSPC).description
        #expect(full.contains("No space left on device: free some space under /runs/a"))
        #expect(full.contains("tilth resume"))
    }

    @Test func aFullDiskLeavesTheOlderFileAndNoTemporary() throws {
        guard let disk = try SmallDisk(in: folder) else { return }
        let path = "\(disk.path)/tile.tif"
        try DurableFile.write("older", to: path)
        let filler = try disk.fill()
        let bytes = [UInt8](repeating: 7, count: 200_000)
        let error = try #require(throws: StorageError.self) { try DurableFile.write(bytes, to: path) }
        #expect(error.isRetriable)
        #expect(error.description.contains("No space left on device"))
        #expect(try folder.names(in: "disk") == ["filler", "tile.tif"])
        #expect(try DurableFile.read(path) == Array("older".utf8))
        DurableFile.remove(filler)
        try DurableFile.write("newer", to: path)
        #expect(try DurableFile.read(path) == Array("newer".utf8))
    }

    @Test func adoptsWhatSomebodyElseWrote() throws {
        let path = folder.file("mosaic.tif")
        let temporary = DurableFile.temporaryName(for: path)
        try "content".write(toFile: temporary, atomically: false, encoding: .utf8)
        try DurableFile.adopt(temporary: temporary, as: path)
        #expect(try folder.names() == ["mosaic.tif"])
        #expect(throws: StorageError.self) { try DurableFile.adopt(temporary: temporary, as: path) }
        #expect(try DurableFile.read(path) == Array("content".utf8))
    }

    @Test func removesOnlyWhatDeadProcessesLeft() throws {
        let dead = Process()
        dead.executableURL = URL(filePath: "/bin/true")
        try dead.run()
        dead.waitUntilExit()
        let alive = DurableFile.temporaryName(for: folder.file("a.tif"))
        let left = alive.replacing(".\(getpid()).", with: ".\(dead.processIdentifier).")
        let host = alive.split(separator: ".").dropLast(3).last ?? ""
        let foreign = left.replacing(".\(host).", with: ".other-host.")
        let abandoned = foreign.replacing(".a.tif.", with: ".b.tif.")
        for path in [alive, left, foreign, abandoned, folder.file("b.tif"), folder.file(".hidden.tmp")] {
            try "x".write(toFile: path, atomically: false, encoding: .utf8)
        }
        try FileManager.default.setAttributes(
            [.modificationDate: Date.now.addingTimeInterval(-200_000)], ofItemAtPath: abandoned)
        #expect(try DurableFile.removeLeftovers(in: folder.path) == 2)
        #expect(!DurableFile.exists(left))
        #expect(!DurableFile.exists(abandoned))
        #expect(DurableFile.exists(alive))
        #expect(DurableFile.exists(foreign))
        #expect(try folder.names().count == 4)
        #expect(try DurableFile.removeLeftovers(in: folder.file("no-such-folder")) == 0)
    }
}
