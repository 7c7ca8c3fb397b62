internal import Glibc

/// The first directory of a little-endian TIFF file, classic or big: what its blocks are and where they lie.
///
/// TIFF 6.0, section 2: an 8-byte header with the place of the directory, which is a count of entries and per
/// entry a tag, a type, a count, and the values or, where they do not fit, their place.
struct TIFFDirectory {
    let columns: Int
    let rows: Int
    let blockColumns: Int
    let blockRows: Int
    let isTiled: Bool
    let bitsPerValue: Int
    /// 1 unsigned, 2 signed, 3 floating point.
    let sampleFormat: Int
    let compression: Int
    let predictor: Int
    let bandCount: Int
    /// Whether each band has blocks of its own.
    let hasBandsApart: Bool
    private let offsets: Values
    private let byteCounts: Values

    /// Where the values of an entry lie in the file.
    private struct Values {
        let type: Int
        let count: Int
        let place: Int

        /// Bytes of a value that is a whole number; 0 for other types.
        var size: Int { [3: 2, 4: 4, 16: 8][type] ?? 0 }

        func number(_ index: Int, in file: Int32) -> Int? {
            guard index >= 0, index < count, size > 0 else { return nil }
            return TIFFDirectory.number(in: file, at: place + index * size, byteCount: size)
        }
    }

    /// Nil for a file of another kind, and for one whose directory does not say all that is needed.
    init?(file: Int32) {
        guard let entries = Self.entries(of: file) else { return nil }
        func number(_ tag: Int) -> Int? { entries[tag]?.number(0, in: file) }
        /// Of all bands, where they agree.
        func common(_ tag: Int, else usual: Int) -> Int? {
            guard let values = entries[tag] else { return usual }
            let all = (0..<min(values.count, Self.bandsMax)).map { values.number($0, in: file) }
            guard values.count <= Self.bandsMax, let first = all.first, all.allSatisfy({ $0 == first })
            else { return nil }
            return first
        }
        guard let columns = number(256), let rows = number(257), columns > 0, rows > 0,
            let bits = common(258, else: 1), let format = common(339, else: 1),
            // Bits in the other order.
            number(266) ?? 1 == 1
        else { return nil }
        isTiled = entries[322] != nil
        let width = isTiled ? number(322) : columns
        let height = isTiled ? number(323) : min(number(278) ?? rows, rows)
        guard let width, let height, width > 0, height > 0,
            let offsets = entries[isTiled ? 324 : 273], let byteCounts = entries[isTiled ? 325 : 279]
        else { return nil }
        (self.columns, self.rows, blockColumns, blockRows) = (columns, rows, width, height)
        (bitsPerValue, sampleFormat) = (bits, format)
        compression = number(259) ?? 1
        // What is not compressed is not predicted either.
        predictor = compression == 1 ? 1 : number(317) ?? 1
        bandCount = number(277) ?? 1
        hasBandsApart = bandCount == 1 || number(284) == 2
        (self.offsets, self.byteCounts) = (offsets, byteCounts)
    }

    private static let bandsMax = 1000
    private static let entriesMax = 1000
    /// No file is that long.
    private static let placeMax = 1 << 56

    /// Where a block lies; nil for one that nobody wrote.
    func place(ofBlock column: Int, _ row: Int, band: Int, in file: Int32) -> (offset: Int, byteCount: Int)? {
        let across = (columns + blockColumns - 1) / blockColumns
        let down = (rows + blockRows - 1) / blockRows
        let number = (band - 1) * across * down + row * across + column
        guard let offset = offsets.number(number, in: file), offset > 0,
            let byteCount = byteCounts.number(number, in: file), byteCount > 0
        else { return nil }
        return (offset, byteCount)
    }

    /// By tag.
    private static func entries(of file: Int32) -> [Int: Values]? {
        guard number(in: file, at: 0, byteCount: 2) == 0x4949,
            let version = number(in: file, at: 2, byteCount: 2), version == 42 || version == 43
        else { return nil }
        // Of a place, a count of values and a count of entries; and of an entry.
        let (wide, countBytes, entryBytes) = version == 43 ? (8, 8, 20) : (4, 2, 12)
        guard let start = number(in: file, at: version == 43 ? 8 : 4, byteCount: wide),
            start < placeMax, let count = number(in: file, at: start, byteCount: countBytes),
            count <= entriesMax,
            let bytes = bytes(in: file, at: start + countBytes, byteCount: count * entryBytes)
        else { return nil }
        var entries: [Int: Values] = [:]
        for entry in stride(from: 0, to: bytes.count, by: entryBytes) {
            func part(_ from: Int, _ byteCount: Int) -> Int? {
                Int(
                    exactly: bytes[entry + from..<entry + from + byteCount].reversed().reduce(UInt64(0)) {
                        $0 << 8 | UInt64($1)
                    })
            }
            guard let tag = part(0, 2), let type = part(2, 2), let valueCount = part(4, wide),
                let pointer = part(4 + wide, wide), pointer < placeMax
            else { return nil }
            let inline = Values(
                type: type, count: valueCount, place: start + countBytes + entry + 4 + wide)
            let isInline = valueCount <= wide && inline.size * valueCount <= wide
            entries[tag] = isInline ? inline : Values(type: type, count: valueCount, place: pointer)
        }
        return entries
    }

    private static func number(in file: Int32, at offset: Int, byteCount: Int) -> Int? {
        var number: UInt64 = 0
        guard offset >= 0, pread(file, &number, byteCount, off_t(offset)) == byteCount else { return nil }
        return Int(exactly: UInt64(littleEndian: number))
    }

    private static func bytes(in file: Int32, at offset: Int, byteCount: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        return pread(file, &bytes, byteCount, off_t(offset)) == byteCount ? bytes : nil
    }
}
