import Foundation
import Glibc

/// A file system of 64 KiB in memory, mounted for one test.
final class SmallDisk {
    let path: String

    /// Nil, with a loud line, where this process may not mount.
    init?(in folder: FreshFolder) throws {
        path = folder.file("disk")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=64k") == 0 else {
            let why = String(cString: strerror(errno))
            print("SKIPPED: the test of a full disk may not mount a file system here: \(why)")
            return nil
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes all space that is left.
    func fill() throws -> String {
        let filler = "\(path)/filler"
        let file = open(filler, O_WRONLY | O_CREAT, 0o600)
        let page = [UInt8](repeating: 1, count: 4096)
        while write(file, page, page.count) == page.count {}
        close(file)
        return filler
    }
}
