internal import CGDAL

/// The checksums in a zip archive's central directory. GDAL unpacks members without comparing them, so a
/// damaged copy would give other numbers in silence.
struct ZipDirectory {
    /// CRC-32 of the unpacked bytes, by member name.
    private(set) var checksums: [String: UInt32] = [:]

    /// Throws when the archive has no whole central directory.
    init(path: String) throws(RasterError) {
        let damaged = RasterError(
            .unreadable, path: path, problem: "is not a zip archive, or damaged: copy it again")
        guard let file = VSIFOpenL(path, "rb") else {
            throw GDALLibrary.failure(.unreadable, path, cannot: "open it")
        }
        defer { VSIFCloseL(file) }
        VSIFSeekL(file, 0, SEEK_END)
        let byteCount = Int(VSIFTellL(file))
        func read(at place: Int, count: Int) throws(RasterError) -> [UInt8] {
            guard place >= 0, count >= 0, place + count <= byteCount else { throw damaged }
            VSIFSeekL(file, vsi_l_offset(place), SEEK_SET)
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
                read = count == 0 ? 0 : Int(VSIFReadL(buffer.baseAddress, 1, count, file))
            }
            guard bytes.count == count else { throw damaged }
            return bytes
        }
        // The end record is the last thing in the file, but for a comment of at most 65,535 bytes.
        let tailCount = min(byteCount, Self.endRecordBytes + 65_535)
        let tail = try read(at: byteCount - tailCount, count: tailCount)
        guard
            let end = stride(from: tailCount - Self.endRecordBytes, through: 0, by: -1).first(where: {
                tail.integer(at: $0, byteCount: 4) == Self.endSignature
            })
        else { throw damaged }
        var start = tail.integer(at: end + 16, byteCount: 4)
        var count = tail.integer(at: end + 12, byteCount: 4)
        if start == 0xFFFF_FFFF || count == 0xFFFF_FFFF {
            // ZIP64: a locator just before the end record says where the longer record is.
            let locator = byteCount - tailCount + end - 20
            let place = try read(at: locator, count: 20).integer(at: 8, byteCount: 8)
            let record = try read(at: place, count: 56)
            guard record.integer(at: 0, byteCount: 4) == Self.end64Signature else { throw damaged }
            count = record.integer(at: 40, byteCount: 8)
            start = record.integer(at: 48, byteCount: 8)
        }
        let directory = try read(at: start, count: count)
        var place = 0
        while place + Self.entryBytes <= directory.count {
            guard directory.integer(at: place, byteCount: 4) == Self.entrySignature else { throw damaged }
            let nameCount = directory.integer(at: place + 28, byteCount: 2)
            let next =
                place + Self.entryBytes + nameCount + directory.integer(at: place + 30, byteCount: 2)
                + directory.integer(at: place + 32, byteCount: 2)
            guard next <= directory.count else { throw damaged }
            let name = directory[(place + Self.entryBytes)..<(place + Self.entryBytes + nameCount)]
            checksums[String(decoding: name, as: UTF8.self)] = UInt32(
                truncatingIfNeeded: directory.integer(at: place + 16, byteCount: 4))
            place = next
        }
    }

    private static let endRecordBytes = 22
    private static let entryBytes = 46
    private static let endSignature = 0x0605_4B50
    private static let end64Signature = 0x0606_4B50
    private static let entrySignature = 0x0201_4B50
}

extension [UInt8] {
    /// A little-endian number; what lies beyond the end counts as 0, and so does the highest bit of eight.
    fileprivate func integer(at place: Int, byteCount: Int) -> Int {
        var value = 0
        for offset in (0..<byteCount).reversed() where place + offset < count {
            value = (value << 8 | Int(self[place + offset])) & Int.max
        }
        return value
    }

    /// The CRC-32 of zip, gzip and PNG.
    var crc32: UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in self { crc = crcTable[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
        return ~crc
    }
}

private let crcTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
}
