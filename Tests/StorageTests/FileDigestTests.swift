import Foundation
import Storage
import Testing
import Tiling

@Suite struct FileDigestTests {
    let folder: FreshFolder
    init() throws { folder = try FreshFolder() }

    @Test func agreesWithThePublishedTestVector() throws {
        try DurableFile.write("abc", to: folder.file("abc"))
        // FIPS 180-2, appendix B.1.
        let expected = Digest(hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try FileDigest.sha256(ofFile: folder.file("abc")) == expected)
    }

    @Test func readsLongFilesInParts() throws {
        let bytes = (0..<2_500_001).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try DurableFile.write(bytes, to: folder.file("long"))
        #expect(try FileDigest.sha256(ofFile: folder.file("long")) == Digest(of: bytes))
    }

    @Test func describesAnInput() throws {
        let path = folder.file("static/land.tif")
        try DurableFile.write("land", to: path)
        let changed = Date(timeIntervalSince1970: 1_700_000_000)
        try FileManager.default.setAttributes([.modificationDate: changed], ofItemAtPath: path)
        let input = try FileDigest.inputFile(path: "static/land.tif", relativeTo: folder.path)
        #expect(
            input
                == InputFile(
                    path: "static/land.tif", byteCount: 4, modifiedAt: 1_700_000_000,
                    sha256: Digest(of: "land")))
    }

    @Test func namesAFileThatIsGone() throws {
        let error = try #require(throws: StorageError.self) {
            try FileDigest.inputFile(path: "gone.tif", relativeTo: folder.path)
        }
        #expect(error.description.contains("\(folder.path)/gone.tif"))
        #expect(error.description.contains("No such file"))
    }
}
