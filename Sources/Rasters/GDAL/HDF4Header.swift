internal import CGDAL
internal import Foundation
internal import Glibc

/// What the first bytes of an HDF4 file say: where each of its objects lies.
///
/// A granule whose download broke off may open and read as zeros, because the library trusts the directory in
/// front. The directory is a chain of blocks: a 16-bit count and a 32-bit offset of the next block, then per
/// object a 16-bit tag and reference, a 32-bit offset and length, all big-endian.
struct HDF4Header {
    static let magic: [UInt8] = [0x0e, 0x03, 0x13, 0x01]

    /// Where the last object ends, by the blocks of the directory that are there.
    private(set) var endOffset = 0
    /// Whether the directory itself goes on beyond the end of the file.
    private(set) var isCut = false

    /// Nil for a file of another format.
    init?(path: String) {
        guard Self.hasMagic(path), let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        func bytes(at offset: Int, count: Int) -> [UInt8] {
            guard (try? file.seek(toOffset: UInt64(offset))) != nil else { return [] }
            return [UInt8]((try? file.read(upToCount: count)) ?? Data())
        }
        var next = 4
        var seen: Set<Int> = []
        while next != 0, seen.insert(next).inserted {
            let head = bytes(at: next, count: 6)
            guard head.count == 6 else {
                isCut = true
                return
            }
            let count = Self.number(head[0..<2])
            let objects = bytes(at: next + 6, count: count * 12)
            for start in stride(from: 0, to: objects.count - 11, by: 12) {
                let tag = Self.number(objects[start..<start + 2])
                let offset = Self.number(objects[start + 4..<start + 8])
                let length = Self.number(objects[start + 8..<start + 12])
                // Tag 1 marks a free place; all bits set, an object that was never written.
                guard tag != 1, offset != Self.none, length != Self.none else { continue }
                endOffset = max(endOffset, offset + length)
            }
            if objects.count < count * 12 {
                isCut = true
                return
            }
            next = Self.number(head[2..<6])
        }
    }

    /// Every file that is opened is asked.
    private static func hasMagic(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: magic.count)
        return pread(file, &bytes, bytes.count, 0) == bytes.count && bytes == magic
    }

    private static let none = 0xffff_ffff

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// Refuses an HDF4 file that ends before its objects do, or that this GDAL has no driver for.
    static func check(_ path: String) throws(RasterError) {
        guard let header = HDF4Header(path: path) else { return }
        if GDALGetDriverByName("HDF4") == nil {
            throw RasterError(
                .unsupported, path: path,
                problem:
                    "is an HDF4 file, and this GDAL has no HDF4 driver: install one that has it (Debian's "
                    + "and Ubuntu's libgdal, libgdal-hdf4 of conda-forge), or turn the files into GeoTIFF")
        }
        let byteCount = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
        guard let byteCount, header.isCut || header.endOffset > byteCount else { return }
        throw RasterError(
            .unreadable, path: path,
            problem: "is a truncated HDF4 file of \(byteCount) bytes"
                + (header.isCut ? "" : ", its last object ends at \(header.endOffset)")
                + ": download it again")
    }
}
